//! The flow files, and whether the sinks and lists they name are configured.

use super::finding::Finding;
use crate::cli::flow_check;
use crate::config::Config;
use crate::flow::{Diagnostic, Severity};
use std::collections::{BTreeMap, BTreeSet};

const AREA: &str = "flows";

/// Checks all of them as `leadwire flow check` does. Blocks.
pub fn check(config: &Config) -> Vec<Finding> {
    let surveyed = match flow_check::survey(&config.server.flows) {
        Ok(surveyed) => surveyed,
        Err(error) => {
            let cure = "put flow files there, or name their folder with FLOWS_DIR";
            return vec![Finding::fault(AREA, format!("{error:#}"), cure)];
        }
    };
    let (errors, warnings): (Vec<_>, Vec<_>) =
        surveyed.diagnostics.iter().partition(|found| found.severity == Severity::Error);
    let mut found: Vec<Finding> = errors.into_iter().map(error).collect();
    if !warnings.is_empty() {
        let what = format!("warnings: {}", warnings.len());
        found.push(Finding::warning(AREA, what, "`leadwire flow check` shows them with their places"));
    }
    let mut sinks: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    let mut lists = sinks.clone();
    for (tenant, flow) in &surveyed.sound {
        for deliver in &flow.deliver {
            sinks.entry((tenant, &deliver.to)).or_default().insert(&flow.id);
        }
        for via in flow.notify.iter().flat_map(|notify| &notify.via) {
            lists.entry((tenant, via)).or_default().insert(&flow.id);
        }
    }
    sinks.retain(|(tenant, name), _| {
        !config.sinks.iter().any(|sink| (sink.tenant.as_str(), sink.named.name.as_str()) == (*tenant, *name))
    });
    lists.retain(|(tenant, name), _| {
        !config.notify.lists.iter().any(|list| (list.tenant.as_str(), list.name.as_str()) == (*tenant, *name))
    });
    found.extend(sinks.into_iter().map(|((tenant, name), flows)| {
        Finding::fault(
            AREA,
            format!("the sink \"{name}\" is not configured, so leads of {} are not delivered", named(&flows)),
            format!("add it to leadwire.toml ([[sinks]], name = \"{name}\"{}), or mend the flow", of(tenant)),
        )
    }));
    found.extend(lists.into_iter().map(|((tenant, name), flows)| {
        let variable = match name {
            "email" => "set SMTP_HOST, SENDER_EMAIL and SALES_TEAM_EMAILS",
            "slack" => "set SLACK_WEBHOOK_URL",
            "discord" => "set DISCORD_WEBHOOK_URL",
            "teams" => "set TEAMS_WEBHOOK_URL",
            _ => "mend the flow",
        };
        Finding::fault(
            AREA,
            format!(
                "the list \"{name}\" is not configured, so nobody there is told of leads of {}",
                named(&flows)
            ),
            format!("add it to leadwire.toml ([[lists]], name = \"{name}\"{}), or {variable}", of(tenant)),
        )
    }));
    if !found.iter().any(Finding::is_fault) {
        found.insert(0, Finding::ok(AREA, format!("{} without errors", surveyed.flows)));
    }
    found
}

fn error(found: &Diagnostic) -> Finding {
    let Diagnostic { file, line, column, message, help, .. } = found;
    let cure = help.clone().unwrap_or("`leadwire flow check` shows the place".to_owned());
    Finding::fault(AREA, format!("{file}:{line}:{column}: {message}"), cure)
}

fn named(flows: &BTreeSet<&str>) -> String {
    flows.iter().copied().collect::<Vec<_>>().join(", ")
}

fn of(tenant: &str) -> String {
    match tenant {
        crate::config::flow_files::DEFAULT_TENANT => String::new(),
        other => format!(", tenant = \"{other}\""),
    }
}
