//! `[[sinks]]`: where leads are delivered to.

use super::{text, variable};
use crate::delivery::Mapping;
use crate::flow::diagnostic::Findings;
use crate::flow::keys::{Key, Object, Shape};
use crate::flow::template::Template;
use crate::flow::tree::Node;
use std::collections::BTreeMap;

/// A sink that the file names. What it says is checked; its secrets are still names of variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListedSink {
    /// Whose it is, by the tenant's slug.
    pub tenant: String,
    /// As flows call it.
    pub name: String,
    /// `rest`, `hubspot`, `odoo`, `webhook`, `csv`.
    pub kind: String,
    /// What else stands there as text, by key.
    pub texts: BTreeMap<String, String>,
    /// Headers by name.
    pub headers: BTreeMap<String, String>,
    /// Its field map.
    pub fields: BTreeMap<String, String>,
    /// `repeats_safely`.
    pub repeats_safely: bool,
    /// Requests a second.
    pub rate: Option<i64>,
    /// Odoo's sales team.
    pub team: Option<i64>,
    /// Where it stands, `leadwire.toml:3:1`.
    pub place: String,
}

impl ListedSink {
    /// What stands under a key.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }
}

fn kinds() -> Vec<&'static str> {
    vec!["rest", "hubspot", "odoo", "webhook", "csv"]
}

fn methods() -> Vec<&'static str> {
    vec!["POST", "PUT", "PATCH", "GET"]
}

/// The table.
pub(super) static SINK: Object = Object {
    name: "[[sinks]]",
    doc: "Where leads are delivered to: a [[deliver]] of a flow names it.",
    keys: &[
        Key::new("tenant", Shape::Word, "\"shop\"", "Whose it is, by the tenant's short name.").or("\"default\""),
        Key::new("name", Shape::Word, "\"crm\"", "As flows call it in `to`.").required(),
        Key::new("kind", Shape::OneOf(kinds), "\"rest\"", "What it is.").required(),
        Key::new("url", Shape::Word, "\"https://crm.example/api/leads\"", "Where leads are created (rest), the receiver (webhook), Odoo's address, HubSpot's API where it is not the usual one. With {{ key }} and fields where rest wants them in the address."),
        Key::new("method", Shape::OneOf(methods), "\"POST\"", "How they are created.").or("\"POST\""),
        Key::new("update", Shape::Word, "\"https://crm.example/api/leads/{{ sink_id }}\"", "rest: where a lead that is there is corrected, by {{ sink_id }} (its own id) or {{ key }} (ours)."),
        Key::new("update_method", Shape::OneOf(methods), "\"PATCH\"", "How.").or("\"PATCH\""),
        Key::new("auth", Shape::OneOf(|| vec!["none", "basic", "bearer", "header"]), "\"bearer\"", "rest: how requests say who we are.").or("\"bearer\" where there is a secret"),
        Key::new("user", Shape::Word, "\"leadwire\"", "The user of auth = \"basic\", or Odoo's login with api = \"jsonrpc\"."),
        Key::new("header", Shape::Word, "\"X-Api-Key\"", "The header of auth = \"header\"."),
        Key::new("secret", Shape::Word, "\"CRM_TOKEN\"", "The NAME of the variable with the token, password or key; of a webhook its whsec_ secret, two separated by a comma while rotating."),
        Key::new("headers", Shape::Map("header", &Shape::Word), "{ Accept = \"application/json\" }", "rest: further headers."),
        Key::new("body", Shape::OneOf(|| vec!["json", "form"]), "\"json\"", "rest: how fields are written.").or("\"json\""),
        Key::new("fields", Shape::Map("field of the sink", &Shape::Word), "{ Phone = \"{{ phone }}\", Score = \"{{ score | tojson }}\" }", "The sink's fields, from the flow's `map` and what else is known of the lead. A dot makes a nested object; `| tojson` at the end keeps numbers numbers.").or("the flow's map as it is"),
        Key::new("id", Shape::Word, "\"/data/id\"", "rest: where the answer has the sink's id (a JSON pointer).").or("the usual places"),
        Key::new("exists", Shape::Word, "\"/existing_id\"", "rest: where a 409 names the lead that is there already."),
        Key::new("success", Shape::Word, "\"/status\"", "rest: where an answer of status 200 says whether it was taken."),
        Key::new("success_is", Shape::Word, "\"ok\"", "And what it says then.").or("\"\": nothing stands there"),
        Key::new("find_by_key", Shape::Word, "\"https://crm.example/api/leads?ref={{ key }}\"", "rest: where it can be asked for our id."),
        Key::new("find_by_phone", Shape::Word, "\"https://crm.example/api/leads?phone={{ phone }}\"", "rest: for a phone number, where it does not keep our id."),
        Key::new("find_by_email", Shape::Word, "\"https://crm.example/api/leads?email={{ email }}\"", "rest: for an e-mail address, where it does not keep our id."),
        Key::new("found", Shape::Word, "\"/data\"", "rest: where its answers have the leads.").or("the usual places"),
        Key::new("key_field", Shape::Word, "\"/external_id\"", "Where a lead of its has our id: a JSON pointer (rest), a property (hubspot), a field (odoo).").or("leadwire_id for hubspot, referred for odoo"),
        Key::new("list", Shape::Word, "\"https://crm.example/api/leads?since={{ since }}&page={{ page }}\"", "rest: where all its leads are listed, for reconciliation."),
        Key::new("next", Shape::Word, "\"/next_cursor\"", "rest: where a page names the next, for {{ cursor }}.").or("pages are counted"),
        Key::new("idempotency_header", Shape::Word, "\"Idempotency-Key\"", "rest: the header of our idempotency key.").or("\"Idempotency-Key\""),
        Key::new("repeats_safely", Shape::Flag, "true", "rest: whether it makes one lead of two requests with the same idempotency key.").or("false"),
        Key::new("database", Shape::Word, "\"shop\"", "Odoo's database."),
        Key::new("api", Shape::OneOf(|| vec!["json2", "jsonrpc"]), "\"json2\"", "Odoo's API: json2 from version 19 on.").or("\"json2\""),
        Key::new("lead_type", Shape::OneOf(|| vec!["lead", "opportunity"]), "\"lead\"", "What it is in Odoo at first.").or("\"lead\""),
        Key::new("team", Shape::Whole(1), "5", "Odoo's sales team by its id."),
        Key::new("file", Shape::Word, "\"data/leads.csv\"", "csv: the file that lines are added to."),
        Key::new("rate", Shape::Whole(1), "10", "Requests a second.").or("10 for hubspot, else as fast as it goes"),
        Key::new("reports", Shape::Word, "\"CRM_REPORTS_SECRET\"", "The NAME of the variable with the secret (whsec_…) that signs what the CRM posts to /webhooks/crm/NAME."),
    ],
};

/// What each kind needs, and what it may have beside `tenant`, `name`, `kind`, `fields`, `rate`, `reports`.
fn keys_of(kind: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match kind {
        "rest" => (
            &["url"],
            &[
                "method",
                "update",
                "update_method",
                "auth",
                "user",
                "header",
                "secret",
                "headers",
                "body",
                "id",
                "exists",
                "success",
                "success_is",
                "find_by_key",
                "find_by_phone",
                "find_by_email",
                "found",
                "key_field",
                "list",
                "next",
                "idempotency_header",
                "repeats_safely",
            ],
        ),
        "hubspot" => (&["secret"], &["url", "key_field"]),
        "odoo" => (&["url", "secret"], &["database", "api", "user", "key_field", "lead_type", "team"]),
        "webhook" => (&["url", "secret"], &[]),
        _ => (&["file"], &[]),
    }
}

const ALWAYS: [&str; 6] = ["tenant", "name", "kind", "fields", "rate", "reports"];
const ADDRESSES: [&str; 6] = ["url", "update", "find_by_key", "find_by_phone", "find_by_email", "list"];
const POINTERS: [&str; 5] = ["id", "exists", "success", "found", "next"];
const VARIABLES: [&str; 2] = ["secret", "reports"];

/// Reads a `[[sinks]]` table.
pub(super) fn sink(table: &Node, findings: &mut Findings) -> Option<ListedSink> {
    let (name, kind) = (text(table, "name")?, text(table, "kind")?);
    let (needed, allowed) = keys_of(&kind);
    for key in needed.iter().filter(|key| table.get(key).is_none()) {
        let message = format!("a sink of kind \"{kind}\" needs `{key}`");
        findings
            .error("config::missing-key", table.value_place("kind"), message, "this kind")
            .maybe_help(SINK.key(key).map(|known| format!("{key} = {}", known.example)));
    }
    let mut texts = BTreeMap::new();
    for entry in table.entries() {
        let key = entry.name.as_str();
        if !ALWAYS.contains(&key) && !needed.contains(&key) && !allowed.contains(&key) {
            let message = format!("`{key}` means nothing for a sink of kind \"{kind}\"");
            findings
                .error("config::useless-key", table.key_place(key), message, "not for this kind")
                .help("take the line away");
        }
        if let Some(value) = entry.node.text() {
            texts.insert(key.to_owned(), value.trim().to_owned());
        }
    }
    check_name(&name, table, findings);
    for key in VARIABLES {
        variable(table, key, findings);
    }
    for key in ADDRESSES.iter().filter(|key| texts.contains_key(**key)) {
        address(&texts[*key], table, key, kind == "rest", findings);
    }
    let pointers = POINTERS.iter().chain((kind == "rest").then_some(&"key_field"));
    for key in pointers.filter(|key| texts.get(**key).is_some_and(|pointer| !pointer.starts_with('/'))) {
        findings
            .error("config::bad-pointer", table.value_place(key), "this is not a JSON pointer", "no slash")
            .help("it begins with a slash, with one between names: \"/data/id\"");
    }
    if kind == "odoo" && texts.get("api").is_some_and(|api| api == "jsonrpc") {
        for key in ["user", "database"].iter().filter(|key| !texts.contains_key(**key)) {
            let message = format!("api = \"jsonrpc\" needs `{key}`");
            findings
                .error("config::missing-key", table.value_place("api"), message, "this API")
                .help("the login and database of the user whose key it is");
        }
    }
    auth(&texts, table, findings);
    let fields = map(table, "fields");
    if let Err((field, error)) = Mapping::new(&fields) {
        let place = table.get("fields").map_or(table.place, |fields| fields.value_place(&field));
        let message = format!("the template of {field:?} cannot be read: {error}");
        findings
            .error("config::bad-template", place, message, "not well-formed")
            .help("names stand in {{ … }}: \"{{ phone }}\"");
    }
    let place = findings.at(table.value_place("name"), "");
    Some(ListedSink {
        tenant: text(table, "tenant").unwrap_or_else(|| "default".to_owned()),
        headers: map(table, "headers"),
        fields,
        repeats_safely: table.get("repeats_safely").and_then(Node::flag).unwrap_or(false),
        rate: table.get("rate").and_then(Node::whole),
        team: table.get("team").and_then(Node::whole),
        place: format!("{}:{}:{}", place.file, place.line, place.column),
        name,
        kind,
        texts,
    })
}

fn map(table: &Node, key: &str) -> BTreeMap<String, String> {
    let entries = table.get(key).map(Node::entries).unwrap_or_default();
    entries.iter().filter_map(|entry| Some((entry.name.clone(), entry.node.text()?.to_owned()))).collect()
}

/// Names stand in addresses of ours and in lanes.
pub(super) fn check_name(name: &str, table: &Node, findings: &mut Findings) {
    let is_name = (1..=40).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_'));
    if !is_name {
        findings
            .error(
                "config::bad-name",
                table.value_place("name"),
                "this is not a name that can be used",
                "not a name",
            )
            .help("small letters, figures, - and _; 40 at most");
    }
}

fn address(text: &str, table: &Node, key: &str, is_template: bool, findings: &mut Findings) {
    let place = table.value_place(key);
    if is_template && let Err(error) = Template::new(text) {
        let message = format!("the address cannot be read: {error}");
        findings
            .error("config::bad-template", place, message, "not well-formed")
            .help("names stand in {{ … }}: {{ key }}");
        return;
    }
    let fixed = text.split("{{").next().unwrap_or_default();
    let is_address = url::Url::parse(fixed).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none()
    });
    if !is_address {
        findings
            .error("config::bad-address", place, "this is not an address that can be called", "not an address")
            .help("it begins with https:// and holds no user and no password: those go by auth, user and secret");
    }
}

fn auth(texts: &BTreeMap<String, String>, table: &Node, findings: &mut Findings) {
    let needed: &[&str] = match texts.get("auth").map(String::as_str) {
        Some("basic") => &["user", "secret"],
        Some("bearer") => &["secret"],
        Some("header") => &["header", "secret"],
        _ => &[],
    };
    for key in needed.iter().filter(|key| !texts.contains_key(**key)) {
        let message = format!("auth = \"{}\" needs `{key}`", texts["auth"]);
        findings
            .error("config::missing-key", table.value_place("auth"), message, "this way")
            .maybe_help(SINK.key(key).map(|known| format!("{key} = {}", known.example)));
    }
}
