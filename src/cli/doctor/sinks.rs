//! The sinks, asked without writing: by logging in, then by looking a key up that nobody has, or by listing; else only reached.

use super::finding::Finding;
use super::{storage, together};
use crate::clock::{Clock, Millis};
use crate::config::{Config, ConfiguredSink};
use crate::delivery::{Errand, Named, Outcome, Record};
use crate::http::{NoAnswer, Outbound};
use crate::jobs::Errands;
use serde_json::Value as Json;
use std::path::Path;
use std::sync::Arc;

/// A key no record has: ours go on with a number.
const NOBODY: &str = "lw-doctor";

/// Asks each of them.
pub async fn check(config: &Config, outbound: &Arc<Outbound>, clock: &Clock) -> Vec<Finding> {
    let (errands, now) = (Arc::new(Errands::new(outbound.clone())), clock.now());
    together(config.sinks.iter().map(|sink| {
        let variable = variable(config, sink);
        let (sink, errands, outbound) = (sink.clone(), errands.clone(), outbound.clone());
        async move { asked(&sink, &variable, &errands, &outbound, now).await }
    }))
    .await
}

/// The variable with the sink's secret.
fn variable(config: &Config, sink: &ConfiguredSink) -> String {
    let listed = config.file.sinks.iter().find(|listed| listed.place == sink.place);
    listed.and_then(|listed| listed.text("secret")).unwrap_or("its secret").to_owned()
}

async fn asked(
    sink: &ConfiguredSink,
    variable: &str,
    errands: &Errands,
    outbound: &Outbound,
    now: Millis,
) -> Finding {
    let named = &sink.named;
    let area = format!("sink {}", named.name);
    let wrong = |outcome: &Outcome| {
        let what = format!("{}: {}", named.kind, outcome.reason().unwrap_or("it contradicts itself"));
        Finding::fault(area.clone(), what, cure(outcome, variable, &sink.place))
    };
    let session = match errands.session(named).await {
        Ok(session) => session,
        Err(outcome) => return wrong(&outcome),
    };
    let record = nobody(now);
    let (look_up, list) = (
        named.sink.look_up(std::slice::from_ref(&record), &session).into_iter().next(),
        named.sink.list(now, None, &session),
    );
    let read = |outcome: Result<(), Outcome>| outcome.err();
    let asked = match (look_up, list) {
        (Some(errand), _) => {
            let heard = errands.run(&errand).await;
            heard.outcome(|reply| {
                read(named.sink.found(reply).map(drop)).unwrap_or(Outcome::Delivered { sink_id: None })
            })
        }
        (None, Some(errand)) => {
            let heard = errands.run(&errand).await;
            heard.outcome(|reply| {
                read(named.sink.listed(reply, None).map(drop)).unwrap_or(Outcome::Delivered { sink_id: None })
            })
        }
        (None, None) => return reached(named, &record, &session, outbound, now, (area, &sink.place)).await,
    };
    match asked {
        Outcome::Delivered { .. } => match unwritable(named, &record, &session, now) {
            None => Finding::ok(area, format!("{} answers; nothing was written", named.kind)),
            Some(why) => Finding::fault(
                area,
                format!("{}: {why}", named.kind),
                format!(
                    "give the file ({}) to the user Leadwire runs as, and see that its folder is there",
                    sink.place
                ),
            ),
        },
        outcome => wrong(&outcome),
    }
}

/// A sink that answers no question: its server is reached.
async fn reached(
    named: &Named,
    record: &Record,
    session: &str,
    outbound: &Outbound,
    now: Millis,
    (area, place): (String, &str),
) -> Finding {
    let test = format!("leadwire sinks test {}", named.name);
    // The request is written to see where it would go. It is not sent.
    let Ok(Errand::Http(outgoing)) = named.sink.write(record, session, now) else {
        return Finding::ok(area, format!("{} cannot be asked; only `{test}` tells", named.kind));
    };
    match outbound.reach(&outgoing.url).await {
        Ok(()) | Err(NoAnswer::TooLong | NoAnswer::Broken) => Finding::ok(
            area,
            format!("{} can be reached; only `{test}` tells whether it takes leads", named.kind),
        ),
        Err(error) => Finding::fault(
            area,
            format!("{}: {error}", named.kind),
            format!("check the address ({place}), and that this machine may call it"),
        ),
    }
}

/// Why a file of ours cannot be added to; the file is not touched.
fn unwritable(named: &Named, record: &Record, session: &str, now: Millis) -> Option<String> {
    let Ok(Errand::Append { path, .. }) = named.sink.write(record, session, now) else { return None };
    may_append(&path).err().map(|error| format!("{} cannot be written: {error}", path.display()))
}

fn may_append(path: &Path) -> std::io::Result<()> {
    match path.exists() {
        true => std::fs::File::options().append(true).open(path).map(drop),
        false => storage::write_into(&storage::folder_of(path)),
    }
}

/// A lead nobody is. Phone and e-mail are examples' own (RFC 2606, and 555-0100 to 0199), for sinks that are asked by them.
fn nobody(now: Millis) -> Record {
    let facts = [("phone", "+15550100"), ("email", "test@example.com"), ("full_name", "Leadwire Test")];
    Record {
        key: NOBODY.to_owned(),
        idempotency_key: NOBODY.to_owned(),
        event: "completed".to_owned(),
        facts: facts.map(|(name, value)| (name.to_owned(), Json::from(value))).into(),
        happened_at: now,
        ..Record::default()
    }
}

fn cure(outcome: &Outcome, variable: &str, place: &str) -> String {
    let reason = outcome.reason().unwrap_or_default();
    if reason == NoAnswer::Private.to_string() {
        return format!("name it in ALLOW_PRIVATE_ADDRESSES if it is meant, or mend the url ({place})");
    }
    let is = |statuses: &[&str]| statuses.iter().any(|status| reason.starts_with(&format!("HTTP {status}")));
    if is(&["401", "403"]) {
        return format!("renew {variable}, see that its user may read and write leads, and restart");
    }
    match outcome {
        Outcome::Refused { .. } => format!("check the sink's keys ({place}) and {variable}"),
        _ => format!("see that it runs and can be reached from this machine; check its url ({place})"),
    }
}
