mod reading;
mod writing;

use super::*;
use crate::delivery::Mapping;
use serde_json::json;

fn template(text: &str) -> Template {
    Template::new(text).unwrap()
}

fn mapping(fields: &[(&str, &str)]) -> Mapping {
    Mapping::new(&fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
        .unwrap()
}

/// An API that can do all, at the usual places.
fn settings() -> Settings {
    let endpoint = |method, url: &str| Endpoint { method, url: template(url) };
    Settings {
        update: Some(endpoint(Method::Patch, "https://crm.example.com/leads/{{ sink_id }}")),
        fields: mapping(&[
            ("name", "{{ full_name }}"),
            ("score", "{{ score | int | tojson }}"),
            ("ref.id", "{{ key }}"),
        ]),
        ..Settings::new(endpoint(Method::Post, "https://crm.example.com/leads"))
    }
}

fn record(sink_id: Option<&str>) -> Record {
    Record {
        key: "lw-7".to_owned(),
        sink_id: sink_id.map(str::to_owned),
        idempotency_key: "lw-7-3".to_owned(),
        event: "completed".to_owned(),
        fields: [("full_name".to_owned(), "Ann & Lee".to_owned())].into(),
        facts: [("phone".to_owned(), json!("+14155550123")), ("score".to_owned(), json!(80))].into(),
        ..Record::default()
    }
}

fn http(errand: Errand) -> Outgoing {
    let Errand::Http(request) = errand else { panic!("{errand:?}") };
    request
}

fn header<'a>(request: &'a Outgoing, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
}

fn reply(status: u16, body: &str) -> Reply<'_> {
    Reply { status, body }
}

fn name(outcome: Outcome) -> String {
    match outcome {
        Outcome::Delivered { sink_id } => format!("delivered {}", sink_id.unwrap_or_default()),
        Outcome::Exists { sink_id } => format!("exists {sink_id}"),
        Outcome::Gone => "gone".to_owned(),
        Outcome::Retry { .. } => "retry".to_owned(),
        Outcome::Refused { fault: Fault::Sink, .. } => "sink".to_owned(),
        Outcome::Refused { fault: Fault::Record, .. } => "record".to_owned(),
        Outcome::Unknown { .. } => "unknown".to_owned(),
    }
}
