//! `leadwire do-not-contact`: who is not to be called or written to.

use super::beside::Beside;
use super::leads::{bar, interrupted, say};
use super::text_file;
use crate::config::Config;
use crate::service::outreach::do_not_contact::{self as service, Entry, ListError, NO_ROOM};
use anyhow::{anyhow, bail};
use clap::Subcommand;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Entries of one transaction.
const AT_ONCE: usize = 1_000;
/// The largest file, in bytes.
const LARGEST: u64 = 1 << 30;

/// What to do with a list.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Put numbers (+14155550123) and patterns (+1900*: * any figures, ? one) on the list
    Add {
        /// Numbers and patterns
        #[arg(required = true)]
        entries: Vec<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Put those of a file on the list, one a line; lines that cannot be read, and patterns that find no room, are named, and exit code 1
    /// says so
    Import {
        /// The file
        file: PathBuf,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a number or a pattern off the list
    Remove {
        /// It
        entry: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// The list's patterns, and how many numbers it has: they are kept as keyed hashes, and nobody can read them
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// Runs it for the list of the tenant of this name, or of a campaign; `false`: something was left out.
///
/// # Errors
/// Where there is no such campaign, an entry cannot be read, or the database cannot be used.
pub async fn run(config: Config, slug: &str, campaign: Option<i64>, action: Action) -> anyhow::Result<bool> {
    let beside = Beside::open(config, slug).await?;
    let list = List { beside: &beside, campaign };
    let done = match action {
        Action::Add { entries, json } => list.add(&entries, json).await,
        Action::Import { file, json } => list.import(&file, json).await,
        Action::Remove { entry, json } => list.remove(&entry, json).await,
        Action::List { json } => list.show(json).await,
    };
    beside.closing(done).await
}

/// A tenant's list, or a campaign's.
struct List<'a> {
    beside: &'a Beside,
    campaign: Option<i64>,
}

impl List<'_> {
    fn entry(&self, text: &str) -> Result<Entry, &'static str> {
        Entry::of(&self.beside.app, self.beside.tenant, text)
    }

    fn told<T>(&self, done: Result<T, ListError>) -> anyhow::Result<T> {
        done.map_err(|error| match error {
            ListError::NoCampaign => {
                anyhow!("{error}; leadwire campaign list shows those there are, --tenant names another")
            }
            ListError::Full(ref beyond) => {
                let places: Vec<String> = beyond.iter().map(|n| (n + 1).to_string()).collect();
                anyhow!("entry {} {NO_ROOM}; nothing was put on the list", places.join(", "))
            }
            ListError::Store(error) => error.into(),
        })
    }

    async fn put(&self, entries: Vec<Entry>) -> Result<u64, ListError> {
        let Beside { app, tenant, .. } = self.beside;
        service::add(app, *tenant, &Beside::actor(), self.campaign, entries).await
    }

    /// Puts those of lines on the list that find room; how many were not on it, and the lines that find none.
    async fn put_lines(&self, mut lines: Vec<(Entry, usize)>) -> anyhow::Result<(u64, Vec<usize>)> {
        let mut left_out = Vec::new();
        loop {
            match self.put(lines.iter().map(|(entry, _)| entry.clone()).collect()).await {
                Err(ListError::Full(beyond)) => {
                    // From the last on, so that the places of the others stay.
                    left_out.extend(beyond.into_iter().rev().map(|place| lines.remove(place).1));
                }
                done => return Ok((self.told(done)?, left_out)),
            }
        }
    }

    async fn add(&self, texts: &[String], json: bool) -> anyhow::Result<bool> {
        let entry =
            |(text, n): (&String, usize)| self.entry(text).map_err(|words| anyhow!("entry {n} {words}"));
        let entries: Vec<Entry> = texts.iter().zip(1..).map(entry).collect::<Result<_, _>>()?;
        let added = self.told(self.put(entries).await)?;
        say(&if json {
            json!({ "added": added }).to_string()
        } else {
            format!("{added} of {} came onto the list; the others were on it.", texts.len())
        })?;
        Ok(true)
    }

    async fn import(&self, file: &Path, json: bool) -> anyhow::Result<bool> {
        let text = text_file::read(file, LARGEST)?;
        let lines: Vec<(&str, usize)> = text_file::entries(&text).collect();
        let (bar, stopped) = (bar(lines.len() as u64, "entries"), interrupted());
        let (mut added, mut wrong) = (0, Vec::new());
        for chunk in lines.chunks(AT_ONCE) {
            if stopped.is_cancelled() {
                break;
            }
            let mut entries = Vec::new();
            for (line, n) in chunk {
                match self.entry(line) {
                    Ok(entry) => entries.push((entry, *n)),
                    Err(words) => wrong.push((*n, words)),
                }
            }
            let (new, left_out) = self.put_lines(entries).await?;
            added += new;
            wrong.extend(left_out.into_iter().map(|line| (line, NO_ROOM)));
            bar.inc(chunk.len() as u64);
        }
        bar.finish_and_clear();
        wrong.sort_unstable();
        if json {
            let wrong: Vec<_> =
                wrong.iter().map(|(line, words)| json!({ "line": line, "detail": words })).collect();
            say(&json!({ "lines": lines.len(), "added": added, "wrong": wrong }).to_string())?;
        } else {
            for (line, words) in &wrong {
                say(&format!("{}:{line}: {words}", file.display()))?;
            }
            say(&format!(
                "{added} of {} came onto the list, {} left out; the others were on it.",
                lines.len(),
                wrong.len()
            ))?;
        }
        if stopped.is_cancelled() {
            bail!("interrupted; run it again for the rest");
        }
        Ok(wrong.is_empty())
    }

    async fn remove(&self, text: &str, json: bool) -> anyhow::Result<bool> {
        let entry = self.entry(text).map_err(|words| anyhow!("the entry {words}"))?;
        let Beside { app, tenant, .. } = self.beside;
        if !self.told(service::remove(app, *tenant, self.campaign, &entry).await)? {
            bail!("this is not on the list; --campaign names that of a campaign");
        }
        let words = "it is off the list; leads are looked at again";
        say(&if json { json!({ "removed": 1 }).to_string() } else { words.to_owned() })?;
        Ok(true)
    }

    async fn show(&self, json: bool) -> anyhow::Result<bool> {
        let Beside { app, tenant, .. } = self.beside;
        let (patterns, numbers) = self.told(service::show(app, *tenant, self.campaign).await)?;
        if json {
            let list = json!({ "campaign_id": self.campaign, "patterns": patterns, "numbers": numbers });
            say(&list.to_string())?;
            return Ok(true);
        }
        for pattern in &patterns {
            say(pattern)?;
        }
        let plural = |n: i64| if n == 1 { "" } else { "s" };
        let n = patterns.len() as i64;
        say(&format!("{n} pattern{}, {numbers} number{}.", plural(n), plural(numbers)))?;
        Ok(true)
    }
}
