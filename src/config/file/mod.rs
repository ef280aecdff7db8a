//! `leadwire.toml`: what does not fit into variables. Read with the place of everything in it, so that all mistakes are told at
//! once, each with its line and column.

mod keys;
mod lists;
mod sinks;

pub use lists::{Alerts, FollowUps, LEAST_KEPT, ListedList};
pub use sinks::ListedSink;

use crate::clock::Millis;
use crate::domain::hours::Hours;
use crate::flow::Diagnostic;
use crate::flow::diagnostic::{File, Findings};
use crate::flow::shape;
use crate::flow::tree::{self, Node};
use std::path::{Path, PathBuf};

/// The file's name where nothing names another.
pub const USUAL: &str = "leadwire.toml";

/// A channel account that the file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedAccount {
    /// Whose it is, by the tenant's slug.
    pub tenant: String,
    /// `twilio` or `whatsapp`.
    pub provider: String,
    /// The number, or Meta's id of it.
    pub address: String,
    /// The variable that signs its webhooks.
    pub secret_name: String,
    /// The variable that holds the token to send with, where that is another.
    pub token_name: Option<String>,
    /// Twilio's account, where it is not the variables'.
    pub account_sid: Option<String>,
    /// Whether we confirm STOP ourselves.
    pub confirm_opt_out: bool,
    /// What the provider takes from it in a second.
    pub per_second: Option<i64>,
    /// Where its tenant stands, `leadwire.toml:3:10`.
    pub place: String,
}

/// What the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileConfig {
    /// `[[accounts]]`.
    pub accounts: Vec<ListedAccount>,
    /// `[hours]`.
    pub hours: Hours,
    /// `[[sinks]]`.
    pub sinks: Vec<ListedSink>,
    /// `[[lists]]`.
    pub lists: Vec<ListedList>,
    /// `[alerts]`.
    pub alerts: Alerts,
    /// `[follow_ups]`.
    pub follow_ups: FollowUps,
    /// `[ledger]`: how long deliveries are kept, in milliseconds; `None`: for ever.
    pub ledger_kept_ms: Option<Millis>,
    /// `[outreach] rules`: the folder of regional rules; `None`: those built in alone.
    pub rules: Option<PathBuf>,
}

impl FileConfig {
    /// Reads the file, which must be there.
    ///
    /// # Errors
    /// Why it cannot be read, or everything that is wrong with it.
    pub(super) fn read(path: &Path) -> Result<FileConfig, FileError> {
        let text = std::fs::read_to_string(path).map_err(FileError::Unreadable)?;
        FileConfig::parse(&path.display().to_string(), text).map_err(FileError::Wrong)
    }

    fn parse(path: &str, text: String) -> Result<FileConfig, Vec<Diagnostic>> {
        let mut findings = Findings::default();
        findings.files.push(File { path: path.to_owned(), text });
        let root = tree::parse(0, &mut findings);
        shape::check(&root, &keys::FILE, &mut findings);
        let mut accounts: Vec<ListedAccount> = Vec::new();
        for table in root.get("accounts").map(Node::items).unwrap_or_default() {
            let Some(account) = account(table, &mut findings) else { continue };
            let is_same = |other: &ListedAccount| {
                (&other.provider, &other.address) == (&account.provider, &account.address)
            };
            if accounts.iter().any(is_same) {
                let place = table.value_place("address");
                findings
                    .error(
                        "config::duplicate-account",
                        place,
                        "this address has an account already",
                        "second time",
                    )
                    .help("keep one of the two");
            }
            accounts.push(account);
        }
        let hours = root.get("hours").map_or(Hours::default(), |table| hours(table, &mut findings));
        let tables = |key: &str| root.get(key).map(Node::items).unwrap_or_default();
        let sinks: Vec<ListedSink> =
            tables("sinks").iter().filter_map(|table| sinks::sink(table, &mut findings)).collect();
        let lists: Vec<ListedList> =
            tables("lists").iter().filter_map(|table| lists::list(table, &mut findings)).collect();
        for (place, table) in tables("sinks").iter().enumerate() {
            let own = sinks.get(place).map(|sink| (&sink.tenant, &sink.name));
            if own.is_some() && sinks.iter().take(place).any(|sink| Some((&sink.tenant, &sink.name)) == own) {
                let place = table.value_place("name");
                let message = "this name is taken by another sink";
                findings
                    .error("config::duplicate-sink", place, message, "second time")
                    .help("rename one of the two");
            }
        }
        let alerts =
            root.get("alerts").map_or(Alerts::default(), |table| lists::alerts(table, &mut findings));
        let follow_ups = root.get("follow_ups").map_or(FollowUps::default(), lists::follow_ups);
        let ledger_kept_ms = root.get("ledger").and_then(|table| lists::kept(table, &mut findings));
        let rules = rules(&root);
        if findings.any_error() {
            return Err(findings.into_sorted());
        }
        Ok(FileConfig { accounts, hours, sinks, lists, alerts, follow_ups, ledger_kept_ms, rules })
    }
}

/// The file cannot be used.
#[derive(Debug)]
pub(super) enum FileError {
    /// It is not there, or not to be read.
    Unreadable(std::io::Error),
    /// What is wrong in it.
    Wrong(Vec<Diagnostic>),
}

fn text(table: &Node, key: &str) -> Option<String> {
    table.get(key).and_then(Node::text).map(|text| text.trim().to_owned())
}

/// Reads `[outreach]`: the folder of regional rules.
fn rules(root: &Node) -> Option<PathBuf> {
    text(root.get("outreach")?, "rules").map(PathBuf::from)
}

fn account(table: &Node, findings: &mut Findings) -> Option<ListedAccount> {
    let provider = text(table, "provider")?;
    let address = text(table, "address")?;
    let is_number = |address: &str| {
        let digits = address.strip_prefix('+').unwrap_or(address);
        (3..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_usable = match provider.as_str() {
        "twilio" => is_number(&address),
        _ => !address.is_empty() && address.bytes().all(|byte| byte.is_ascii_digit()),
    };
    if !is_usable {
        let (message, help) = match provider.as_str() {
            "twilio" => (
                "this is not a number of Twilio's",
                "as Twilio writes it: +15005550006, without \"whatsapp:\"",
            ),
            _ => (
                "this is not an id of a number",
                "Meta's phone_number_id: figures only, not the number itself",
            ),
        };
        findings
            .error("config::bad-address", table.value_place("address"), message, "not an address")
            .help(help);
    }
    let secret_name = variable(table, "secret", findings);
    let token_name = variable(table, "token", findings);
    let account_sid = text(table, "account_sid");
    if account_sid.as_ref().is_some_and(|sid| !sid.starts_with("AC")) {
        findings
            .error(
                "config::bad-sid",
                table.value_place("account_sid"),
                "this is not an account's SID",
                "not a SID",
            )
            .help("it begins with AC");
    }
    let place = findings.at(table.value_place("tenant"), "");
    Some(ListedAccount {
        tenant: text(table, "tenant").unwrap_or_else(|| "default".to_owned()),
        confirm_opt_out: table.get("confirm_opt_out").and_then(Node::flag).unwrap_or(provider != "twilio"),
        per_second: table.get("rate").and_then(Node::whole),
        place: format!("{}:{}:{}", place.file, place.line, place.column),
        provider,
        address,
        secret_name: secret_name.unwrap_or_default(),
        token_name,
        account_sid,
    })
}

/// The name of a variable. What is none is not shown: it may be the secret itself.
fn variable(table: &Node, key: &str, findings: &mut Findings) -> Option<String> {
    let name = text(table, key)?;
    let is_name = name.bytes().next().is_some_and(|byte| byte.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    if !is_name {
        let message = format!("`{key}` must be the name of a variable, never the secret itself");
        findings
            .error("config::no-variable", table.value_place(key), message, "not a variable's name")
            .help("put the secret into the environment or .env, and write the variable's name here: capitals, figures and _");
    }
    Some(name)
}

fn hours(table: &Node, findings: &mut Findings) -> Hours {
    let mut time = |key: &str, usual: &str| {
        let written = text(table, key);
        let read = written.as_deref().unwrap_or(usual).parse::<jiff::civil::Time>();
        if read.is_err() {
            findings
                .error(
                    "config::bad-time",
                    table.value_place(key),
                    "this is not a time of day",
                    "cannot be read",
                )
                .help("hours and minutes on the 24-hour clock: \"08:00\"");
        }
        read.ok()
    };
    let (Some(from), Some(to)) = (time("from", "08:00"), time("to", "21:00")) else {
        return Hours::default();
    };
    Hours::new(from, to).unwrap_or_else(|| {
        let message = "`to` is not later than `from`";
        findings
            .error("config::no-hours", table.value_place("to"), message, "no time is left")
            .help("from = \"08:00\", to = \"21:00\"; hours over midnight cannot be said");
        Hours::default()
    })
}

#[cfg(test)]
mod tests;
