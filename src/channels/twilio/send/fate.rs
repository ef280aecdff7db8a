//! Asking what came of a call of which nobody told us.

use super::Settings;
use super::found::{SKEW, instant};
use crate::clock::Millis;
use serde::Deserialize;

/// A call that is asked about.
#[derive(Clone, Copy, Debug)]
pub struct AskedCall<'a> {
    /// Twilio's id of it; `None`: nobody knows whether there is one.
    pub sid: Option<&'a str>,
    /// Who was called.
    pub to: &'a str,
    /// Not before this.
    pub since: Millis,
    /// Calls that are known to be others.
    pub others: &'a [String],
}

/// What Twilio says of a call.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CallFate {
    /// Twilio's id of it.
    pub sid: String,
    /// `CallStatus`.
    pub status: String,
    /// `AnsweredBy`, where somebody listened.
    pub answered_by: Option<String>,
    /// How long it was, in seconds, as text.
    duration: Option<String>,
    #[serde(default)]
    to: String,
    #[serde(default)]
    direction: String,
    date_created: Option<String>,
}

impl CallFate {
    /// How long it was, in seconds.
    pub fn seconds(&self) -> Option<i64> {
        self.duration.as_deref()?.parse().ok()
    }
}

/// Where a call is asked about: at its own address, or in the list of calls to its number since that day.
pub fn call_address(asked: AskedCall<'_>, settings: &Settings) -> String {
    if let Some(sid) = asked.sid {
        return settings.url(&format!("Calls/{sid}.json"));
    }
    let day = jiff::Timestamp::from_millisecond(asked.since - SKEW).unwrap_or_default();
    let day = day.strftime("%Y-%m-%d").to_string();
    let query = super::form([("To", asked.to), ("StartTime>", &day), ("PageSize", "50")]);
    format!("{}?{query}", settings.url("Calls.json"))
}

/// The call in the answer; `None`: it was never made.
///
/// # Errors
/// Where the answer cannot be read.
pub fn call_fate(body: &str, asked: AskedCall<'_>) -> Result<Option<CallFate>, String> {
    #[derive(Deserialize)]
    struct Page {
        calls: Vec<CallFate>,
    }
    let unreadable = |_| "the answer cannot be read".to_owned();
    if asked.sid.is_some() {
        return serde_json::from_str(body).map(Some).map_err(unreadable);
    }
    let page: Page = serde_json::from_str(body).map_err(unreadable)?;
    let is_it = |listed: &CallFate| {
        listed.to == asked.to
            && listed.direction == "outbound-api"
            && !asked.others.contains(&listed.sid)
            && listed.date_created.as_deref().and_then(instant).is_some_and(|at| at >= asked.since - SKEW)
    };
    // The list begins with the latest; the earliest that fits is ours.
    Ok(page.calls.into_iter().rev().find(is_it))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// 2026-01-05T10:00:00Z.
    const NOW: Millis = 1_767_607_200_000;
    const TO: &str = "+14155550123";
    const AT: &str = "Mon, 05 Jan 2026 10:00:02 +0000";

    fn settings() -> Settings {
        Settings {
            api_base: "https://api.twilio.com".to_owned(),
            account_sid: "AC1".to_owned(),
            token: "token".into(),
            from: None,
        }
    }

    fn listed(sid: &str, to: &str, direction: &str, at: &str) -> Value {
        json!({
            "sid": sid, "to": to, "direction": direction, "date_created": at, "status": "completed", "answered_by": "human",
            "duration": "42",
        })
    }

    #[test]
    fn a_call_whose_id_is_known_is_asked_about_by_it() {
        let asked = AskedCall { sid: Some("CA1"), to: TO, since: NOW, others: &[] };
        assert_eq!(
            call_address(asked, &settings()),
            "https://api.twilio.com/2010-04-01/Accounts/AC1/Calls/CA1.json"
        );
        let fate = call_fate(&listed("CA1", TO, "outbound-api", AT).to_string(), asked).unwrap().unwrap();
        assert_eq!((fate.status.as_str(), fate.seconds()), ("completed", Some(42)));
        // What has not been over has no length and no listener.
        let rings = json!({"sid": "CA1", "status": "ringing", "answered_by": null, "duration": null});
        let fate = call_fate(&rings.to_string(), asked).unwrap().unwrap();
        assert_eq!((fate.status.as_str(), fate.seconds(), fate.answered_by), ("ringing", None, None));
        assert!(call_fate("<html>", asked).is_err());
    }

    #[test]
    fn one_that_nobody_knows_of_is_looked_for_by_its_number_and_day() {
        let others = ["CA9".to_owned()];
        let asked = AskedCall { sid: None, to: TO, since: NOW, others: &others };
        assert_eq!(
            call_address(asked, &settings()),
            "https://api.twilio.com/2010-04-01/Accounts/AC1/Calls.json?To=%2B14155550123&StartTime%3E=2026-01-05&PageSize=50"
        );
        let early = "Mon, 05 Jan 2026 09:58:00 +0000";
        let rows = [
            ("it", vec![listed("CA1", TO, "outbound-api", AT)], Some("CA1")),
            ("somebody else", vec![listed("CA1", "+14155550124", "outbound-api", AT)], None),
            ("theirs", vec![listed("CA1", TO, "inbound", AT)], None),
            ("too early", vec![listed("CA1", TO, "outbound-api", early)], None),
            ("known as another", vec![listed("CA9", TO, "outbound-api", AT)], None),
            (
                "the earlier of two",
                vec![listed("CA2", TO, "outbound-api", AT), listed("CA1", TO, "outbound-api", AT)],
                Some("CA1"),
            ),
            ("nothing", vec![], None),
        ];
        for (label, calls, expected) in rows {
            let found = call_fate(&json!({ "calls": calls }).to_string(), asked).unwrap();
            assert_eq!(found.map(|fate| fate.sid).as_deref(), expected, "{label}");
        }
        assert!(call_fate("{}", asked).is_err());
    }
}
