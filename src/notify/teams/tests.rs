//! Bulletins as Teams gets them.

use super::*;
use crate::notify::words::samples;

/// A signature that would not survive being parsed and written again.
const WEBHOOK: &str = "https://prod-1.logic.azure.example:443/workflows/x/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2fmanual%2Frun&sig=a-secret+x~%7e";

fn teams() -> Teams {
    Teams::new(Settings { webhook: WEBHOOK.into() })
}

fn sent(bulletin: &Bulletin) -> Json {
    let Message::Http(outgoing) = teams().encode(bulletin) else { panic!("no request") };
    assert_eq!(outgoing.url, WEBHOOK);
    assert!(outgoing.body.len() < TOTAL);
    serde_json::from_str(&outgoing.body).unwrap()
}

fn content(body: &Json) -> &Json {
    &body["attachments"][0]["content"]
}

#[test]
fn one_lead_is_a_card() {
    let rich = |text: &str| json!({"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text}]});
    let bold = |text: &str| json!({"type": "TextRun", "text": text, "weight": "Bolder"});
    let title =
        json!({"type": "TextRun", "text": "Hot lead: Ann Example 1", "weight": "Bolder", "size": "Large"});
    let fact = |label: &str, value: &str| json!({"type": "RichTextBlock", "inlines": [bold(label), {"type": "TextRun", "text": value}]});
    let open = |label: &str, url: &str| json!({"type": "Action.OpenUrl", "title": label, "url": url});
    let expected = json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": [
                    {"type": "TextBlock", "text": "Repeated: this may have reached you before", "wrap": true},
                    {"type": "RichTextBlock", "inlines": [title]},
                    {"type": "RichTextBlock", "inlines": [bold("SQL · score 85")]},
                    rich("+40 budget above 50k"),
                    rich("-20 student"),
                    rich("+15 demo requested"),
                    rich("“Can we talk on Monday?”"),
                    fact("Phone: ", "+49 30 901820"),
                    fact("E-mail: ", "ann@example.com"),
                    {"type": "TextBlock", "text": "5 Jan 2026, 10:00 UTC", "wrap": true},
                ],
                "actions": [
                    open("Claim this lead", "https://bot.example.com/claim?lead=1&token=abc"),
                    open("Open the lead", "https://bot.example.com/leads/1"),
                ],
            },
        }],
    });
    let repeated = Bulletin { is_repeat: true, ..samples::bulletin(vec![samples::lead(1)]) };
    assert_eq!(sent(&repeated), expected);
}

#[test]
fn several_are_a_list() {
    let body = sent(&samples::bulletin((1..=7).map(samples::lead).collect()));
    let blocks = content(&body)["body"].as_array().unwrap();
    assert_eq!(blocks.len(), 1 + 2 * 7);
    assert_eq!(blocks[0]["inlines"][0]["text"], "7 hot leads");
    assert_eq!(blocks[13]["inlines"][0]["text"], "Ann Example 7 · SQL · score 85");
    assert_eq!(blocks[14]["text"], "[Claim](https://bot.example.com/claim?lead=7&token=abc)");
}

#[test]
fn what_people_wrote_is_in_runs_only() {
    let hostile = samples::lead_of(samples::HOSTILE);
    for notices in [vec![hostile.clone()], vec![hostile.clone(), hostile]] {
        let body = sent(&samples::bulletin(notices));
        let mut runs = 0;
        for block in content(&body)["body"].as_array().unwrap() {
            match block["type"].as_str().unwrap() {
                "TextBlock" => {
                    let text = block["text"].as_str().unwrap();
                    assert!(block["wrap"] == true && !text.contains("channel"), "{text}");
                }
                "RichTextBlock" => {
                    for run in block["inlines"].as_array().unwrap() {
                        let text = run["text"].as_str().unwrap();
                        assert!(!text.contains("{{") && !text.contains(['\n', '\0', '\u{202e}']), "{text}");
                        runs += usize::from(text.contains("<!channel> *x* <a> @everyone [x](http://evil)"));
                    }
                }
                other => panic!("{other}"),
            }
        }
        assert!(runs >= 2, "{runs}");
    }
}

#[test]
fn all_limits_hold() {
    for (label, bulletin) in samples::excessive() {
        let body = sent(&bulletin);
        let blocks = content(&body)["body"].as_array().unwrap();
        let more =
            blocks.iter().filter_map(|block| block["text"].as_str()).find(|text| text.ends_with(" more"));
        match bulletin.notices.len() {
            1 => {
                let shown = blocks
                    .iter()
                    .filter(|block| block["inlines"].as_array().map_or(0, Vec::len) == 2)
                    .count();
                assert!(shown >= 10, "{label}: {shown}");
                assert_eq!(more, Some(format!("and {} more", 30 - shown).as_str()), "{label}");
            }
            500 => {
                let shown = blocks.iter().filter(|block| block["spacing"] == "None").count();
                assert!(shown >= 10, "{label}: {shown}");
                assert_eq!(more, Some(format!("and {} more", 500 - shown).as_str()), "{label}");
            }
            _ => assert_eq!(more, None, "{label}"),
        }
    }
}

#[test]
fn what_answers_mean() {
    let refused = |reason: &str| Outcome::Refused { reason: reason.to_owned() };
    let gone = |status| refused(&format!("Teams answered {status}: the webhook is gone; make a new one"));
    let not_accepted = |status| refused(&format!("Teams answered {status}: the message was not accepted"));
    let rows = [
        (202, Outcome::Sent),
        (200, Outcome::Sent),
        (204, Outcome::Sent),
        (429, Outcome::Retry { reason: "Teams answered 429".to_owned(), after_ms: None }),
        (503, Outcome::Retry { reason: "Teams answered 503".to_owned(), after_ms: None }),
        (400, not_accepted(400)),
        (413, not_accepted(413)),
        (401, gone(401)),
        (403, gone(403)),
        (404, gone(404)),
        (410, gone(410)),
        (502, Outcome::Unknown { reason: "Teams answered 502".to_owned() }),
    ];
    for (status, expected) in rows {
        assert_eq!(teams().outcome(status, "of +15551234567"), expected, "{status}");
    }
    assert_eq!((teams().kind(), teams().spacing()), ("teams", 1_000));
    assert!(!format!("{:?}", teams()).contains("secret"));
}
