//! Bulletins as Discord gets them.

use super::*;
use crate::notify::words::samples;

fn discord(webhook: &str) -> Discord {
    Discord::new(Settings { webhook: webhook.into() })
}

fn sent(bulletin: &Bulletin) -> Json {
    let medium = discord("https://discord.example/api/webhooks/1/secret");
    let Message::Http(outgoing) = medium.encode(bulletin) else { panic!("no request") };
    let body: Json = serde_json::from_str(&outgoing.body).unwrap();
    assert_eq!(body["allowed_mentions"], json!({"parse": []}));
    body
}

#[test]
fn one_lead_is_a_card() {
    let mut bulletin = samples::bulletin(vec![samples::lead(1)]);
    bulletin.is_sample = true;
    let links = "[Claim this lead](https://bot.example.com/claim?lead=1&token=abc) · [Open the lead](https://bot.example.com/leads/1)";
    let description = format!(
        "**SQL · score 85**\n+40 budget above 50k\n\\-20 student\n+15 demo requested\n> “Can we talk on Monday?”\n{links}"
    );
    let expected = json!({
        "allowed_mentions": {"parse": []},
        "content": "This is a test",
        "embeds": [{
            "title": "Hot lead\\: Ann Example 1",
            "url": "https://bot.example.com/leads/1",
            "description": description,
            "fields": [
                {"name": "Phone", "value": "+49 30 901820", "inline": true},
                {"name": "E\\-mail", "value": "ann\\@example.com", "inline": true},
            ],
            "footer": {"text": "5 Jan 2026, 10:00 UTC"},
        }],
    });
    assert_eq!(sent(&bulletin), expected);
}

#[test]
fn several_are_a_list() {
    let body = sent(&samples::bulletin((1..=7).map(samples::lead).collect()));
    assert_eq!(body.get("content"), None);
    assert_eq!(body["embeds"][0]["title"], "7 hot leads");
    let lines: Vec<&str> = body["embeds"][0]["description"].as_str().unwrap().lines().collect();
    assert_eq!(lines.len(), 7);
    let seventh =
        "• Ann Example 7 · SQL · score 85 · [Claim](https://bot.example.com/claim?lead=7&token=abc)";
    assert_eq!(lines[6], seventh);
}

/// Whether a backslash stands before each character that means something, and no line is people's alone.
fn is_escaped(text: &str) -> bool {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '*' | '_' | '~' | '`' | '|' | '[' | ']' | '(' | ')' | '<' | '>' | '#' | '-' | ':' | '@' => {
                return false;
            }
            c if c.is_control() || c == '\u{202e}' => return false,
            _ => {}
        }
    }
    true
}

#[test]
fn what_people_wrote_is_text() {
    let mut lead = samples::lead_of(samples::HOSTILE);
    // Ours is all that may be unescaped.
    (lead.link, lead.claim) = (None, None);
    let body = sent(&samples::bulletin(vec![lead.clone()]));
    let embed = &body["embeds"][0];
    let title = embed["title"].as_str().unwrap();
    assert!(
        title.starts_with("\\<!channel\\> \\*x\\* \\<a\\> \\@everyone \\[x\\]\\(http\\://evil\\) \\`y\\`"),
        "{title}"
    );
    assert!(is_escaped(title), "{title}");
    for field in embed["fields"].as_array().unwrap() {
        assert!(["name", "value"].iter().all(|key| is_escaped(field[key].as_str().unwrap())), "{field}");
    }
    let description = embed["description"].as_str().unwrap();
    for line in description.lines() {
        let bare = line.strip_prefix("> ").unwrap_or(line);
        let bare = bare.strip_prefix("**").and_then(|bare| bare.strip_suffix("**")).unwrap_or(bare);
        assert!(is_escaped(bare), "{line}");
    }
    assert_eq!(description.lines().count(), 1 + 3 + 1, "no line is people's: {description}");
    let listed = sent(&samples::bulletin(vec![lead.clone(), lead]));
    for line in listed["embeds"][0]["description"].as_str().unwrap().lines() {
        assert!(is_escaped(line.strip_prefix("• ").unwrap()), "{line}");
    }
}

#[test]
fn all_limits_hold() {
    for (label, bulletin) in samples::excessive() {
        let body = sent(&bulletin);
        let embed = &body["embeds"][0];
        let within = |text: &Json, most| (1..=most).contains(&units(text.as_str().unwrap()));
        assert!(within(&embed["title"], 256) && within(&embed["description"], 4_096), "{label}");
        let fields = embed["fields"].as_array().cloned().unwrap_or_default();
        assert!(fields.len() <= 25, "{label}");
        for field in &fields {
            assert!(within(&field["name"], 256) && within(&field["value"], 1_024), "{label}");
        }
        assert!(total(embed) <= 6_000, "{label}");
        let lines = embed["description"].as_str().unwrap().lines().count();
        match bulletin.notices.len() {
            1 => {
                let footer = embed["footer"]["text"].as_str().unwrap();
                let left = format!("and {} more", 30 - fields.len());
                assert!(fields.len() >= 2 && footer.starts_with(&left), "{label}: {footer}");
            }
            500 => {
                let more = format!("\nand {} more", 500 - (lines - 1));
                let told = embed["description"].as_str().unwrap();
                assert!(lines > 3 && told.ends_with(&more), "{label}: {lines}");
            }
            _ => {}
        }
    }
}

#[test]
fn it_waits_and_keeps_the_query() {
    let rows = [
        ("none", "https://d.example/w/1/t", "https://d.example/w/1/t?wait=true"),
        ("a thread", "https://d.example/w/1/t?thread_id=7", "https://d.example/w/1/t?thread_id=7&wait=true"),
        ("empty", "https://d.example/w/1/t?", "https://d.example/w/1/t?wait=true"),
        ("there", "https://d.example/w/1/t?wait=true&a=%2F", "https://d.example/w/1/t?a=%2F&wait=true"),
        ("not waiting", "https://d.example/w/1/t?wait=false", "https://d.example/w/1/t?wait=true"),
        ("another's", "https://d.example/w/1/t?waiter=1", "https://d.example/w/1/t?waiter=1&wait=true"),
    ];
    for (label, webhook, expected) in rows {
        let message = discord(webhook).encode(&samples::bulletin(vec![samples::lead(1)]));
        let Message::Http(outgoing) = message else { panic!("{label}") };
        assert_eq!(outgoing.url, expected, "{label}");
    }
}

#[test]
fn what_answers_mean() {
    let retry = |after_ms| Outcome::Retry { reason: "Discord answered 429".to_owned(), after_ms };
    let gone = "the webhook is gone; make a new one";
    let refused = |reason: String| Outcome::Refused { reason };
    let rows = [
        (200, r#"{"id":"1"}"#, Outcome::Sent),
        (204, "", Outcome::Sent),
        (429, r#"{"message":"slow","retry_after":0.6514,"global":false}"#, retry(Some(652))),
        (429, r#"{"retry_after":64}"#, retry(Some(64_000))),
        (429, r#"{"retry_after":-1}"#, retry(None)),
        (429, r#"{"retry_after":1e300}"#, retry(Some(DAY))),
        (429, "<html>", retry(None)),
        (
            404,
            r#"{"message":"Unknown Webhook","code":10015}"#,
            refused(format!("Discord answered 404 (10015): {gone}")),
        ),
        (401, "", refused(format!("Discord answered 401: {gone}"))),
        (403, "", refused(format!("Discord answered 403: {gone}"))),
        (
            400,
            r#"{"code":50035}"#,
            refused("Discord answered 400 (50035): the message was not accepted".to_owned()),
        ),
        (502, "", Outcome::Unknown { reason: "Discord answered 502".to_owned() }),
    ];
    let medium = discord("https://d.example/w/1/secret");
    for (status, body, expected) in rows {
        assert_eq!(medium.outcome(status, body), expected, "{status} {body}");
    }
    assert_eq!((medium.kind(), medium.spacing()), ("discord", 500));
    assert!(!format!("{medium:?}").contains("secret"));
}
