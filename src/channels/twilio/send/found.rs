//! Finding out whether a message of which we heard no answer was taken.

use super::{Settings, field};
use crate::clock::{MINUTE, Millis};
use crate::domain::sending::Dispatch;
use serde::Deserialize;

/// Clocks of ours and Twilio's differ by less than this.
pub(super) const SKEW: Millis = MINUTE;

/// The address that lists messages to this recipient since the day of `since`.
pub fn look_up(dispatch: &Dispatch, settings: &Settings, since: Millis) -> String {
    let day = jiff::Timestamp::from_millisecond(since - SKEW).unwrap_or_default();
    let day = day.strftime("%Y-%m-%d").to_string();
    let query = super::form([("To", dispatch.to.as_str()), ("DateSent>", &day), ("PageSize", "50")]);
    format!("{}?{query}", settings.url("Messages.json"))
}

#[derive(Deserialize)]
struct Page {
    messages: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    sid: String,
    to: String,
    body: Option<String>,
    direction: String,
    date_created: Option<String>,
}

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// What was sent.
    pub dispatch: &'a Dispatch,
    /// Not before this.
    pub since: Millis,
    /// Messages that are known to be others.
    pub others: &'a [String],
}

/// The message in a page of the list, if it is there: of our making, with these words, not too old, and no other's.
///
/// # Errors
/// Where the page cannot be read.
pub fn found(page: &str, wanted: Wanted<'_>) -> Result<Option<String>, String> {
    let page: Page =
        serde_json::from_str(page).map_err(|_| "the list of messages cannot be read".to_owned())?;
    let text = field(&wanted.dispatch.body, "Body").unwrap_or_default();
    let is_it = |listed: &Listed| {
        listed.to == wanted.dispatch.to
            && listed.direction == "outbound-api"
            // Twilio trims what it sends.
            && listed.body.as_deref().is_some_and(|body| body.trim() == text.trim())
            && !wanted.others.contains(&listed.sid)
            && listed.date_created.as_deref().and_then(instant).is_some_and(|at| at >= wanted.since - SKEW)
    };
    // The list begins with the latest; the earliest that fits is ours.
    Ok(page.messages.into_iter().rev().find(is_it).map(|listed| listed.sid))
}

/// An instant as Twilio writes it (RFC 2822).
pub(super) fn instant(text: &str) -> Option<Millis> {
    let at = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(at.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sending::DispatchKind;

    /// 2026-01-05T10:00:00Z.
    const NOW: Millis = 1_767_607_200_000;

    fn dispatch() -> Dispatch {
        let body = super::super::form([("To", "+14155550123"), ("Body", "Which city are you in? ")]);
        Dispatch { kind: DispatchKind::TwilioMessage, to: "+14155550123".to_owned(), body }
    }

    fn listed(sid: &str, body: &str, direction: &str, at: &str) -> serde_json::Value {
        serde_json::json!({"sid": sid, "to": "+14155550123", "body": body, "direction": direction, "date_created": at})
    }

    #[test]
    fn only_the_same_words_of_ours_since_then() {
        let at = "Mon, 05 Jan 2026 10:00:02 +0000";
        let city = "Which city are you in?";
        let rows = [
            ("it", vec![listed("SM1", city, "outbound-api", at)], Some("SM1")),
            ("other words", vec![listed("SM1", "Thank you", "outbound-api", at)], None),
            ("theirs", vec![listed("SM1", city, "inbound", at)], None),
            ("a reply by TwiML", vec![listed("SM1", city, "outbound-reply", at)], None),
            ("too old", vec![listed("SM1", city, "outbound-api", "Mon, 05 Jan 2026 09:58:00 +0000")], None),
            ("known as another", vec![listed("SM9", city, "outbound-api", at)], None),
            (
                "the earlier of two",
                vec![listed("SM2", city, "outbound-api", at), listed("SM1", city, "outbound-api", at)],
                Some("SM1"),
            ),
            ("no date", vec![listed("SM1", city, "outbound-api", "")], None),
            ("nothing", vec![], None),
        ];
        for (label, messages, expected) in rows {
            let page = serde_json::json!({"messages": messages}).to_string();
            let (dispatch, others) = (dispatch(), ["SM9".to_owned()]);
            let wanted = Wanted { dispatch: &dispatch, since: NOW, others: &others };
            assert_eq!(found(&page, wanted).unwrap().as_deref(), expected, "{label}");
        }
        let dispatch = dispatch();
        assert!(found("<html>", Wanted { dispatch: &dispatch, since: NOW, others: &[] }).is_err());
    }

    #[test]
    fn the_list_is_asked_for_the_recipient_and_the_day() {
        let settings = Settings {
            api_base: "https://api.twilio.com".to_owned(),
            account_sid: "AC1".to_owned(),
            token: "token".into(),
            from: None,
        };
        assert_eq!(
            look_up(&dispatch(), &settings, NOW),
            "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json?To=%2B14155550123&DateSent%3E=2026-01-05&PageSize=50"
        );
    }
}
