//! `leadwire flow …`: what marketing does with flow files, and what happened to their versions.

use super::{flow_check, flow_graph, flow_schema, flow_test, flow_try, flow_versions};
use crate::clock::Clock;
use crate::config::{Config, flow_files};
use crate::domain::channel::Channel;
use crate::flow::model::Flow;
use crate::flow::{Severity, read, render};
use anyhow::{Context, bail};
use clap::Subcommand;
use std::collections::BTreeMap;
use std::io::{BufRead, IsTerminal};
use std::path::{Path, PathBuf};

/// What to do with flows.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Find every problem, with its place and its cure; without FILE, in all flows
    Check {
        /// Flow files or folders
        file: Vec<PathBuf>,
        /// For machines
        #[arg(long)]
        json: bool,
        /// Warnings fail the check too
        #[arg(long)]
        deny_warnings: bool,
    },
    /// Talk with a flow in the terminal
    Try {
        /// The flow file
        file: PathBuf,
        /// As on this channel: whatsapp, sms, voice or web
        #[arg(long, default_value = "web", value_parser = channel)]
        channel: Channel,
        /// The language it begins in
        #[arg(long)]
        language: Option<String>,
        /// Force a variant, as EXPERIMENT=VARIANT
        #[arg(long, value_parser = pair)]
        variant: Vec<(String, String)>,
    },
    /// Play the transcript tests; without FILE, of all flows
    Test {
        /// Flow files or folders
        file: Vec<PathBuf>,
    },
    /// Write the JSON Schema for editors
    Schema {
        /// Where to; without it, standard output
        #[arg(long)]
        out: Option<PathBuf>,
        /// The reference of all keys as Markdown instead
        #[arg(long)]
        reference: bool,
    },
    /// Draw a flow as a picture
    Graph {
        /// The flow file
        file: PathBuf,
        /// Where to; without it, standard output
        #[arg(long)]
        out: Option<PathBuf>,
        /// Mermaid text instead of SVG
        #[arg(long)]
        mermaid: bool,
    },
    /// List what was published when
    History {
        /// The flow's id
        flow: String,
        /// For machines
        #[arg(long)]
        json: bool,
    },
    /// Show what changed between two versions
    Diff {
        /// The flow's id
        flow: String,
        /// The older version, by the beginning of its hash; without it, the one before the current
        from: Option<String>,
        /// The newer version; without it, the current
        to: Option<String>,
    },
    /// Take a flow out of force; conversations under way finish
    Retire {
        /// The flow's id
        flow: String,
    },
    /// Make an earlier version the current one; the file does not change
    Rollback {
        /// The flow's id
        flow: String,
        /// The version, by the beginning of its hash; without it, the one before the current
        to: Option<String>,
    },
}

fn channel(name: &str) -> Result<Channel, String> {
    Channel::parse(name).ok_or_else(|| "must be whatsapp, sms, voice or web".to_owned())
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("must be EXPERIMENT=VARIANT")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Runs it; whether all is well.
///
/// # Errors
/// Where a file, folder or the database cannot be used.
pub async fn run(config: &Config, action: Action) -> anyhow::Result<bool> {
    let folder = &config.server.flows;
    if let Action::Check { file, .. } | Action::Test { file } = &action
        && file.is_empty()
        && !folder.is_dir()
    {
        bail!("there is no folder {} here; name files, or the folder in FLOWS_DIR", folder.display());
    }
    match action {
        Action::Check { file, json, deny_warnings } => flow_check::check(&file, folder, json, deny_warnings),
        Action::Try { file, channel, language, variant } => {
            let flow = load(&file, folder)?;
            let options = flow_try::TryOptions {
                channel,
                language,
                variants: BTreeMap::from_iter(variant),
                seed: crate::ids::secret(),
            };
            let lines = std::io::stdin().lock().lines();
            flow_try::talk(&flow, &options, lines, &Clock::System, &mut std::io::stdout())?;
            Ok(true)
        }
        Action::Test { file } => {
            let flows = all(&file, folder)?;
            let colour = std::io::stdout().is_terminal();
            Ok(flow_test::test(&flows, colour, &mut std::io::stdout())?)
        }
        Action::Schema { out, reference: false } => flow_schema::schema(out).map(|()| true),
        Action::Schema { out, reference: true } => flow_schema::reference(out).map(|()| true),
        Action::Graph { file, out, mermaid } => flow_graph::graph(&file, folder, out, mermaid).map(|()| true),
        Action::History { flow, json } => flow_versions::history(config, &flow, json).await.map(|()| true),
        Action::Diff { flow, from, to } => flow_versions::diff(config, &flow, from, to).await.map(|()| true),
        Action::Retire { flow } => flow_versions::retire(config, &flow).await.map(|()| true),
        Action::Rollback { flow, to } => flow_versions::roll_back(config, &flow, to).await.map(|()| true),
    }
}

/// The flows of these files and folders, or of the whole flows folder.
fn all(paths: &[PathBuf], folder: &Path) -> anyhow::Result<Vec<(String, Flow)>> {
    let whole = [folder.to_owned()];
    let mut flows = Vec::new();
    for path in if paths.is_empty() { &whole } else { paths } {
        let files = match path.is_dir() {
            true => flow_files::list(path)?.into_iter().map(|file| file.path).collect(),
            false => vec![path.clone()],
        };
        for file in files {
            flows.push((file.display().to_string(), load(&file, folder)?));
        }
    }
    if flows.is_empty() {
        bail!("there are no flow files in {}", folder.display());
    }
    Ok(flows)
}

/// One sound flow; of a broken one, what is wrong with it.
pub(super) fn load(file: &Path, folder: &Path) -> anyhow::Result<Flow> {
    let path = file.to_owned();
    let found = flow_files::FlowFile { path, tenant: flow_files::DEFAULT_TENANT.to_owned() };
    let source = found.source(folder)?;
    let report = read(&source);
    report.flow.with_context(|| {
        let errors: Vec<_> =
            report.diagnostics.into_iter().filter(|found| found.severity == Severity::Error).collect();
        format!("{} is not sound\n{}", file.display(), render(&errors, &source.files(), false, 110))
    })
}
