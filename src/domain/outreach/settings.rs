//! Settings of campaigns as somebody wrote them, in a request or a file: read so that everything that is wrong is told, in words.

use super::campaign::Settings;
use super::mistakes::Mistake;
use serde_json::{Value as Json, json};
use serde_path_to_error::Segment;

/// More mistakes than that nobody reads.
const MOST_MISTAKES: usize = 100;

/// Reads settings.
///
/// # Errors
/// Everything that is wrong with them by themselves.
pub fn read(mut given: Json) -> Result<Settings, Vec<Mistake>> {
    let mut all = Vec::new();
    while all.len() < MOST_MISTAKES {
        let error = match serde_path_to_error::deserialize::<_, Settings>(&given) {
            Ok(settings) => {
                all.extend(settings.mistakes());
                return if all.is_empty() { Ok(settings) } else { Err(all) };
            }
            Err(error) => error,
        };
        let mut path = path(error.path(), &given);
        let told = error.inner().to_string();
        let words = if told.starts_with("unknown field") {
            unknown(&told)
        } else if let Some(name) = told.strip_prefix("missing field ") {
            path.push(name.trim_matches('`').to_owned());
            "is needed".to_owned()
        } else {
            must_be(&path).to_owned()
        };
        all.push(Mistake::malformed(&pointer(&path), &words));
        // What is right is put in its place, or nothing, and the rest is read.
        if !mend(&mut given, &path) {
            break;
        }
    }
    Err(all)
}

/// Where something is wrong, as far as it is there.
fn path(path: &serde_path_to_error::Path, given: &Json) -> Vec<String> {
    let (mut at, mut found) = (given, Vec::new());
    for segment in path {
        let name = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.clone(),
            Segment::Enum { .. } | Segment::Unknown => break,
        };
        let Some(inner) = inner(at, &name) else { break };
        (at, found) = (inner, [found, vec![name]].concat());
    }
    found
}

fn inner<'a>(of: &'a Json, name: &str) -> Option<&'a Json> {
    match of {
        Json::Array(all) => all.get(name.parse::<usize>().ok()?),
        all => all.get(name),
    }
}

/// A path as JSON pointer (RFC 6901).
fn pointer(path: &[String]) -> String {
    path.iter().map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1"))).collect()
}

/// Of an unknown key: which there are, which the reader names.
fn unknown(told: &str) -> String {
    let known: Vec<&str> = told.split('`').skip(3).step_by(2).collect();
    format!("is not known here; there are {}", known.join(", "))
}

/// What must stand at a place.
fn must_be(path: &[String]) -> &'static str {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match path[..] {
        [] => "must be the settings, by their names",
        ["segments"] => "must be a list of ids of segments",
        ["segments", _] => "must be the id of a segment, which is a number",
        ["steps"] => "must be a list of steps, each with a channel",
        ["steps", _] => "must be a step: channel, attempts, template",
        ["steps", _, "channel"] => "must be voice, sms or whatsapp",
        ["steps", _, "attempts"] => "must be 1 to 100",
        ["holidays"] => "must be a list of days",
        ["holidays", _] => "must be a day such as \"2026-12-25\"",
        ["pace"] => "must be calls_per_second, concurrent_calls and messages_per_minute",
        ["pace", "calls_per_second"] => "must be a number",
        ["pace", "concurrent_calls"] => "must be 1 to 1000",
        ["pace", "messages_per_minute"] => "must be 1 to 10000",
        ["retry_minutes"] => "must be minutes by what leads stand at",
        ["retry_minutes", _] => "must be a whole number of minutes",
        ["caps"] => "must be a list, each with attempts and hours",
        ["caps", _] => "must be attempts and hours",
        ["caps", _, "attempts"] => "must be 1 to 1000",
        ["caps", _, "hours"] => "must be 1 to 8784, or left out",
        ["starts_at" | "ends_at"] => "must be an instant such as \"2026-02-01T09:00:00Z\"",
        ["machine"] => "must be hang_up, leave_message or go_on",
        ["consent"] => "must be nothing, contact or opt_in",
        ["prices"] => "must be what an attempt costs by channel",
        ["prices", _] => "must be a number",
        ["ready"] => "must be 1 to 2000",
        _ => "must be text",
    }
}

/// Puts something right in the place of what is wrong, or takes that away where it may be left out; `false`: neither can be.
fn mend(given: &mut Json, path: &[String]) -> bool {
    let Some((name, parents)) = path.split_last() else { return false };
    let mut at = given;
    for parent in parents {
        let inner = match at {
            Json::Array(all) => parent.parse::<usize>().ok().and_then(|n| all.get_mut(n)),
            all => all.get_mut(parent.as_str()),
        };
        let Some(inner) = inner else { return false };
        at = inner;
    }
    let parents: Vec<&str> = parents.iter().map(String::as_str).collect();
    let right = match (&parents[..], name.as_str()) {
        (["steps", _], "channel") => Some(json!("voice")),
        (["caps", _], "attempts") => Some(json!(1)),
        ([], "steps") => Some(json!([{ "channel": "voice" }])),
        (["steps"], _) => Some(json!({ "channel": "voice" })),
        (["caps"], _) => Some(json!({ "attempts": 1 })),
        (["segments"], _) => Some(json!(1)),
        (["holidays"], _) => Some(json!("2000-01-01")),
        _ => None,
    };
    match (at, right) {
        (Json::Object(all), Some(right)) => {
            all.insert(name.clone(), right);
            true
        }
        (Json::Object(all), None) => all.remove(name).is_some(),
        (Json::Array(all), Some(right)) => {
            name.parse::<usize>().ok().and_then(|n| all.get_mut(n)).map(|wrong| *wrong = right).is_some()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_wrong_is_told_at_once_and_in_words() {
        let wrong = json!({
            "stepz": [], "segments": [7, "x"], "flow": 3, "hours": ["Mon"], "holidays": ["2026-12-25", "2026-13-45", 5],
            "steps": [{ "channel": "fax", "attempts": -1 }, { "attempts": 2 }, "sms", { "channel": "web" }, { "channel": "sms", "tries": 1 }],
            "pace": { "calls_per_second": "fast", "concurrent_calls": 1.5, "messages_per_minute": [] },
            "retry_minutes": { "busy": "soon" }, "caps": [{ "hours": 24 }, { "attempts": 1, "hours": "day" }, 7],
            "starts_at": "", "ends_at": "tomorrow", "machine": "hang up", "consent": true, "prices": { "sms": "much" }, "ready": 3_000,
        });
        let told: Vec<(String, String)> =
            read(wrong).unwrap_err().into_iter().map(|mistake| (mistake.pointer, mistake.words)).collect();
        let expected = [
            (
                "/stepz",
                "is not known here; there are segments, steps, flow, language, bridge_to, hours, holidays, pace, retry_minutes, caps, starts_at, ends_at, machine, consent, prices, ready",
            ),
            ("/segments/1", "must be the id of a segment, which is a number"),
            ("/flow", "must be text"),
            ("/hours", "must be text"),
            ("/holidays/1", "must be a day such as \"2026-12-25\""),
            ("/holidays/2", "must be a day such as \"2026-12-25\""),
            ("/steps/0/channel", "must be voice, sms or whatsapp"),
            ("/steps/0/attempts", "must be 1 to 100"),
            ("/steps/1/channel", "is needed"),
            ("/steps/2", "must be a step: channel, attempts, template"),
            ("/steps/3/channel", "must be voice, sms or whatsapp: nobody is found in a web page"),
            ("/steps/4/tries", "is not known here; there are channel, attempts, template"),
            ("/pace/calls_per_second", "must be a number"),
            ("/pace/concurrent_calls", "must be 1 to 1000"),
            ("/pace/messages_per_minute", "must be 1 to 10000"),
            ("/retry_minutes/busy", "must be a whole number of minutes"),
            ("/caps/0/attempts", "is needed"),
            ("/caps/1/hours", "must be 1 to 8784, or left out"),
            ("/caps/2", "must be attempts and hours"),
            ("/starts_at", "must be an instant such as \"2026-02-01T09:00:00Z\""),
            ("/ends_at", "must be an instant such as \"2026-02-01T09:00:00Z\""),
            ("/machine", "must be hang_up, leave_message or go_on"),
            ("/consent", "must be nothing, contact or opt_in"),
            ("/prices/sms", "must be a number"),
            ("/ready", "must be 1 to 2000"),
        ];
        for (pointer, words) in expected {
            let all: Vec<&str> =
                told.iter().filter(|(at, _)| at == pointer).map(|(_, words)| words.as_str()).collect();
            assert_eq!(all, [words], "{pointer}");
        }
        assert_eq!(told.len(), expected.len(), "{told:?}");
    }

    #[test]
    fn no_words_are_those_of_a_program() {
        for (name, _) in serde_json::to_value(Settings::default()).unwrap().as_object().unwrap() {
            let is_text = ["flow", "language", "bridge_to", "hours"].contains(&name.as_str());
            assert_eq!(must_be(std::slice::from_ref(name)) == "must be text", is_text, "{name}");
        }
        let told = |given: Json| {
            let mistakes = read(given).unwrap_err();
            (mistakes[0].pointer.clone(), mistakes[0].words.clone())
        };
        assert_eq!(told(json!(3)), (String::new(), "must be the settings, by their names".to_owned()));
        assert_eq!(told(json!({})).0, "/steps", "without steps it does nothing");
        let many: serde_json::Map<String, Json> = (0..1_000).map(|n| (format!("a{n}"), json!(1))).collect();
        assert_eq!(read(many.into()).unwrap_err().len(), MOST_MISTAKES);
        assert!(read(json!({ "steps": [{ "channel": "sms" }] })).is_ok());
    }
}
