//! Bulletins as Slack gets them.

use super::*;
use crate::notify::words::samples;

fn slack() -> Slack {
    Slack::new(Settings { webhook: "https://hooks.slack.example/services/T0/B0/secret".into() })
}

fn sent(bulletin: &Bulletin) -> Json {
    let Message::Http(outgoing) = slack().encode(bulletin) else { panic!("no request") };
    assert_eq!(outgoing.url, "https://hooks.slack.example/services/T0/B0/secret");
    assert!(!format!("{outgoing:?}").contains("secret"));
    serde_json::from_str(&outgoing.body).unwrap()
}

fn texts<'a>(json: &'a Json, found: &mut Vec<&'a Json>) {
    match json {
        Json::Object(fields) => {
            if fields.get("type").is_some_and(|kind| kind == "plain_text" || kind == "mrkdwn") {
                found.push(json);
            }
            fields.values().for_each(|inner| texts(inner, found));
        }
        Json::Array(items) => items.iter().for_each(|inner| texts(inner, found)),
        _ => {}
    }
}

#[test]
fn one_lead_is_a_card() {
    let body = sent(&samples::bulletin(vec![samples::lead(1)]));
    let plain = |text: &str| json!({"type": "plain_text", "text": text, "emoji": false});
    let button = |label: &str, url: &str| json!({"type": "button", "text": plain(label), "url": url});
    let claim = button("Claim this lead", "https://bot.example.com/claim?lead=1&token=abc");
    let open = button("Open the lead", "https://bot.example.com/leads/1");
    let summary = "SQL · score 85\n+40 budget above 50k\n-20 student\n+15 demo requested";
    let fields = [plain("Phone\n+49 30 901820"), plain("E-mail\nann@example.com")];
    let expected = json!({
        "text": "Hot lead꞉ Ann Example 1 · SQL · score 85",
        "unfurl_links": false,
        "blocks": [
            {"type": "header", "text": plain("Hot lead: Ann Example 1")},
            {"type": "section", "text": plain(summary)},
            {"type": "section", "text": plain("“Can we talk on Monday?”")},
            {"type": "section", "fields": fields},
            {"type": "actions", "elements": [claim, open]},
            {"type": "context", "elements": [plain("5 Jan 2026, 10:00 UTC")]},
        ],
    });
    assert_eq!(body, expected);
}

#[test]
fn several_are_a_list() {
    let mut bulletin = samples::bulletin((1..=7).map(samples::lead).collect());
    bulletin.is_repeat = true;
    let body = sent(&bulletin);
    let blocks = body["blocks"].as_array().unwrap();
    assert_eq!(blocks.len(), 1 + 1 + 7);
    assert_eq!(blocks[0]["elements"][0]["text"], "Repeated: this may have reached you before");
    assert_eq!(blocks[1]["text"]["text"], "7 hot leads");
    assert_eq!(blocks[8]["text"]["text"], "Ann Example 7 · SQL · score 85");
    assert_eq!(blocks[8]["accessory"]["url"], "https://bot.example.com/claim?lead=7&token=abc");
}

#[test]
fn what_people_wrote_is_text() {
    let body = sent(&samples::bulletin(vec![samples::lead_of(samples::HOSTILE)]));
    let mut found = Vec::new();
    texts(&body, &mut found);
    assert!(found.len() > 10);
    for object in found {
        let text = object["text"].as_str().unwrap();
        assert_eq!(object["type"], "plain_text", "{text}");
        assert!(!text.contains(['<', '>', '\0', '\u{202e}']), "{text}");
        let bare = text.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "");
        assert!(!bare.contains('&'), "{text}");
    }
    let fallback = body["text"].as_str().unwrap();
    assert!(fallback.contains("&lt;!channel&gt; ∗x∗ &lt;a&gt; ＠everyone"), "{fallback}");
    assert!(!fallback.contains(['<', '>', '*', '_', '~', '`', '@', '\n']), "{fallback}");
}

#[test]
fn all_limits_hold() {
    for (label, bulletin) in samples::excessive() {
        let body = sent(&bulletin);
        assert!(body.to_string().chars().count() < TOTAL, "{label}");
        let blocks = body["blocks"].as_array().unwrap();
        assert!((3..=50).contains(&blocks.len()), "{label}");
        let mut found = Vec::new();
        texts(&body, &mut found);
        for text in found.iter().map(|object| object["text"].as_str().unwrap()) {
            assert!((1..=SECTION).contains(&units(text)), "{label}");
        }
        for block in blocks {
            match block["type"].as_str().unwrap() {
                "header" => assert!(units(block["text"]["text"].as_str().unwrap()) <= HEADER, "{label}"),
                "section" => {
                    let fields = block["fields"].as_array().map_or(0, Vec::len);
                    assert!(fields <= FIELDS && (fields > 0 || block.get("text").is_some()), "{label}");
                }
                "actions" | "context" => {
                    assert!((1..=10).contains(&block["elements"].as_array().unwrap().len()), "{label}");
                }
                other => panic!("{label}: {other}"),
            }
        }
        if bulletin.notices.len() == 500 {
            let shown = blocks.iter().filter(|block| block["type"] == "section").count();
            assert!(shown >= 5, "{label}: {shown}");
            let more = blocks.last().unwrap()["elements"][0]["text"].as_str().unwrap();
            assert_eq!(more, format!("and {} more", 500 - shown), "{label}");
        }
    }
}

#[test]
fn what_answers_mean() {
    let unknown = |reason: &str| Outcome::Unknown { reason: reason.to_owned() };
    let refused = |reason: &str| Outcome::Refused { reason: reason.to_owned() };
    let gone = "the webhook is gone; make a new one";
    let rows = [
        (200, "ok", Outcome::Sent),
        (200, "<html>sign in</html>", unknown("Slack answered 200")),
        (
            400,
            "invalid_payload",
            refused("Slack answered 400 (invalid_payload): the message was not accepted"),
        ),
        (400, "no_text", refused("Slack answered 400 (no_text): the message was not accepted")),
        (403, "action_prohibited", refused(&format!("Slack answered 403 (action_prohibited): {gone}"))),
        (404, "no_service\n", refused(&format!("Slack answered 404 (no_service): {gone}"))),
        (410, "channel_is_archived", refused(&format!("Slack answered 410 (channel_is_archived): {gone}"))),
        (429, "", Outcome::Retry { reason: "Slack answered 429".to_owned(), after_ms: None }),
        (503, "", Outcome::Retry { reason: "Slack answered 503".to_owned(), after_ms: None }),
        (500, "rollup_error", unknown("Slack answered 500 (rollup_error)")),
    ];
    for (status, body, expected) in rows {
        assert_eq!(slack().outcome(status, body), expected, "{status} {body}");
    }
    assert_eq!((slack().kind(), slack().spacing()), ("slack", 1_000));
    assert!(!format!("{:?}", slack()).contains("secret"));
}
