//! What Odoo's answers mean.
//!
//! JSON-2 answers with the bare result, or a status and `{name, message, …}`. JSON-RPC answers 200 with `result`, or with `error`,
//! whose `data` says the same. Messages may repeat what was sent, so reasons are made of the error's name and field names only.

use crate::delivery::{Fault, Outcome, Reply, by_status};
use serde_json::Value as Json;

/// What to do where Odoo does not accept us.
const KEY: &str = "Odoo does not accept the key (keys live at most three months) or its user's rights";

/// An answer that is no result.
pub(super) struct Error {
    status: u16,
    /// The exception, with its module; empty: none that Odoo names.
    name: String,
    message: String,
}

/// The result of a call. An answer of JSON-RPC is known by its `jsonrpc`.
pub(super) fn result(reply: Reply<'_>) -> Result<Json, Error> {
    let status = reply.status;
    let error = |from: &Json| {
        let text = |name: &str| from[name].as_str().unwrap_or_default().to_owned();
        let is_name = |name: &String| name.len() <= 100 && name.chars().all(is_of_name);
        Error {
            status,
            name: Some(text("name")).filter(is_name).unwrap_or_default(),
            message: text("message"),
        }
    };
    let Ok(answer) = serde_json::from_str::<Json>(reply.body) else { return Err(error(&Json::Null)) };
    if !(200..300).contains(&status) {
        return Err(error(&answer));
    }
    if answer.get("jsonrpc").is_none() {
        return Ok(answer);
    }
    match (answer.get("error"), answer.get("result")) {
        (None | Some(Json::Null), Some(result)) => Ok(result.clone()),
        (failed, _) => Err(error(failed.map_or(&Json::Null, |failed| &failed["data"]))),
    }
}

fn is_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_' || character == '.'
}

/// The user of an answer to `authenticate`.
pub(super) fn session(reply: Reply<'_>) -> Result<String, Outcome> {
    let refused = |reason: &str| Outcome::Refused { reason: reason.to_owned(), fault: Fault::Sink };
    match result(reply) {
        Ok(Json::Number(user)) => Ok(user.to_string()),
        Ok(Json::Bool(false)) => Err(refused("Odoo does not accept the login or its key")),
        Ok(_) => {
            Err(Outcome::Retry { reason: "the answer to the log-in is no user".to_owned(), after_ms: None })
        }
        Err(error) => Err(match error.outcome(false, &[], "") {
            // It is about no record yet, and nothing was written.
            Outcome::Refused { reason, .. } => refused(&reason),
            Outcome::Unknown { reason } => Outcome::Retry { reason, after_ms: None },
            other => other,
        }),
    }
}

/// What became of a record that was created, or written where its id is known.
pub(super) fn written(result: &Json, known: Option<&str>) -> Outcome {
    let sink_id = match known {
        None => result.as_i64().or(result[0].as_i64()).map(|id| id.to_string()),
        Some(id) => (result == &Json::Bool(true)).then(|| id.to_owned()),
    };
    match sink_id {
        Some(id) => Outcome::Delivered { sink_id: Some(id) },
        None => Outcome::Unknown { reason: "the answer says neither yes nor no".to_owned() },
    }
}

impl Error {
    /// What it means; `known`: a record was written by its id; `sent`: the names of what was.
    pub(super) fn outcome(&self, known: bool, sent: &[&str], key_field: &str) -> Outcome {
        let name = self.name.as_str();
        let fault = match name.rsplit('.').next().unwrap_or_default() {
            "MissingError" if known => return Outcome::Gone,
            "ValidationError" | "UserError" | "MissingError" | "ValueError" => Fault::Record,
            "AccessDenied" | "AccessError" | "SessionExpired" | "SessionExpiredException" => {
                return Outcome::Refused { reason: format!("{KEY} ({name})"), fault: Fault::Sink };
            }
            _ if self.status == 401 => {
                return Outcome::Refused { reason: format!("{KEY} (HTTP 401)"), fault: Fault::Sink };
            }
            // The database gave up, or something nobody told us of.
            _ => return by_status(self.status, name),
        };
        if self.names(key_field) {
            let reason = format!("{name}: crm.lead does not take our key in its field {key_field}");
            return Outcome::Refused { reason, fault: Fault::Sink };
        }
        let named: Vec<&str> = sent.iter().copied().filter(|field| self.names(field)).collect();
        let reason = if named.is_empty() { name.to_owned() } else { format!("{name}: {}", named.join(", ")) };
        Outcome::Refused { reason, fault }
    }

    /// Whether the message quotes this field's name.
    fn names(&self, field: &str) -> bool {
        !field.is_empty()
            && [('\'', '\''), ('"', '"'), ('(', ')')]
                .iter()
                .any(|(open, close)| self.message.contains(&format!("{open}{field}{close}")))
    }
}
