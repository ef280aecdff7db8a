//! Bulletins as mails.

use super::*;
use crate::notify::words::samples;

fn email() -> Email {
    let to = vec!["sales@example.com".to_owned(), "Bob <bob@example.com>".to_owned()];
    let settings = Settings::new("Leads <leads@example.com>".to_owned(), to, "bot.example.com".to_owned());
    Email::new(settings.unwrap())
}

fn sent(bulletin: &Bulletin) -> Mail {
    let Message::Mail(mail) = email().encode(bulletin) else { panic!("no mail") };
    mail
}

#[test]
fn one_lead_is_a_card() {
    let mail = sent(&samples::bulletin(vec![samples::lead(1)]));
    assert_eq!(mail.message_id, "<b-1@bot.example.com>");
    assert_eq!(mail.from, "Leads <leads@example.com>");
    assert_eq!(mail.to, ["sales@example.com", "Bob <bob@example.com>"]);
    assert_eq!(mail.subject, "Hot lead: Ann Example 1");
    let expected = "\
Hot lead: Ann Example 1

SQL · score 85
  +40 budget above 50k
  -20 student
  +15 demo requested

“Can we talk on Monday?”

Phone: +49 30 901820
E-mail: ann@example.com

Claim this lead: https://bot.example.com/claim?lead=1&token=abc
Open the lead: https://bot.example.com/leads/1

5 Jan 2026, 10:00 UTC
";
    assert_eq!(mail.text, expected);
    let parts = [
        "<title>Hot lead: Ann Example 1</title>",
        ">SQL · score 85 · “Can we talk on Monday?” · +40 budget above 50k</div>",
        "<strong>SQL · score 85</strong>",
        "+40 budget above 50k<br>\n-20 student<br>\n+15 demo requested</p>",
        ">“Can we talk on Monday?”</blockquote>",
        ">Phone</th>",
        ">ann@example.com</td>",
        "href=\"https://bot.example.com/claim?lead=1&amp;token=abc\"",
        ">Claim this lead</a>",
        ">Open the lead</a>",
        ">5 Jan 2026, 10:00 UTC</p>",
    ];
    let mut rest = mail.html.as_str();
    for part in parts {
        rest = rest.split_once(part).unwrap_or_else(|| panic!("{part} not there, or not in order")).1;
    }
    for remote in ["<img", "<script", "<link", "src=", "url(", "@import"] {
        assert!(!mail.html.contains(remote), "{remote}");
    }
}

#[test]
fn several_are_a_list() {
    let mut bulletin = samples::bulletin((1..=3).map(samples::lead).collect());
    (bulletin.is_sample, bulletin.is_repeat) = (true, true);
    let mail = sent(&bulletin);
    assert_eq!(mail.subject, "Test: Repeated: 3 hot leads");
    let lines: Vec<&str> = mail.text.lines().collect();
    assert_eq!(
        lines[..5],
        ["3 hot leads", "", "This is a test", "Repeated: this may have reached you before", ""]
    );
    assert_eq!(lines[9], "- Ann Example 3 · SQL · score 85");
    assert_eq!(lines[10], "  Claim: https://bot.example.com/claim?lead=3&token=abc");
    assert_eq!(lines.len(), 11);
    assert_eq!(mail.html.matches(">Claim</a>").count(), 3);
    assert!(mail.html.contains(">This is a test</p>"));
}

/// The tags of a page, each as its name.
fn tags(html: &str) -> Vec<&str> {
    let names = html.split('<').skip(1).map(|rest| rest.split([' ', '>', '\n']).next().unwrap_or_default());
    names.collect()
}

#[test]
fn what_people_wrote_is_text() {
    for count in [1, 2] {
        let hostile = sent(&samples::bulletin(vec![samples::lead_of(samples::HOSTILE); count]));
        let tame = sent(&samples::bulletin(vec![samples::lead_of("tame"); count]));
        assert_eq!(tags(&hostile.html), tags(&tame.html), "no tag is people's");
        assert_eq!(hostile.html.matches('"').count(), tame.html.matches('"').count(), "no attribute is");
        assert_eq!(hostile.html.matches('>').count(), tame.html.matches('>').count());
        assert_eq!(hostile.text.lines().count(), tame.text.lines().count(), "no line is");
        assert!(hostile.html.contains("&lt;!channel&gt; *x* &lt;a&gt; @everyone"), "it is there");
        for part in [&hostile.subject, &hostile.text, &hostile.html] {
            let is_strange = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202e}' | '\u{2066}');
            assert!(!part.contains(is_strange));
        }
        assert!(!hostile.subject.contains('\n'));
    }
}

#[test]
fn all_limits_hold() {
    for (label, bulletin) in samples::excessive() {
        let mail = sent(&bulletin);
        assert!((1..=SUBJECT).contains(&mail.subject.chars().count()), "{label}: {}", mail.subject);
        assert!(mail.html.len() < HTML, "{label}: {}", mail.html.len());
        match bulletin.notices.len() {
            1 => assert!(
                mail.text.contains("\nand 10 more\n") && mail.html.contains(">and 10 more</p>"),
                "{label}"
            ),
            500 => {
                let shown = mail.html.matches(">Claim</a>").count();
                assert!((20..=ENTRIES).contains(&shown), "{label}: {shown}");
                assert!(mail.html.contains(&format!(">and {} more</p>", 500 - shown)), "{label}");
                assert!(mail.text.ends_with(&format!("\nand {} more\n", 500 - shown)), "{label}");
            }
            _ => assert!(!mail.html.contains(" more</p>"), "{label}"),
        }
    }
}

#[test]
fn the_id_is_the_bulletins() {
    let long = "x".repeat(1_000);
    let rows = [
        ("plain", "01J_a-b", "01J_a-b"),
        ("strange", "a@b>\r\nBcc: c.d/é", "a-b---Bcc--c-d--"),
        ("long", &long, &long[..LONGEST_ID]),
    ];
    for (label, id, expected) in rows {
        let bulletin = Bulletin { id: id.to_owned(), ..samples::bulletin(vec![samples::lead(1)]) };
        assert_eq!(sent(&bulletin).message_id, format!("<{expected}@bot.example.com>"), "{label}");
    }
}

#[test]
fn settings_that_cannot_stand_in_a_header() {
    let good = "leads@example.com";
    let rows = [
        ("good", good, vec![good], "bot.example.com", None),
        ("a name", "\"Leads, hot\" <leads@example.com>", vec![good], "localhost", None),
        (
            "a line break",
            "a@b.example\r\nBcc: c@d.example",
            vec![good],
            "bot",
            Some("the sender holds a line break"),
        ),
        ("in a name", "A\nB <a@b.example>", vec![good], "bot", Some("the sender holds a line break")),
        ("in a recipient", good, vec![good, "a@b.example\n"], "bot", Some("recipient 2 holds a line break")),
        ("no address", "leads", vec![good], "bot", Some("the sender is no e-mail address")),
        ("no domain", good, vec!["a@"], "bot", Some("recipient 1 is no e-mail address")),
        ("open", good, vec!["A <a@b.example"], "bot", Some("recipient 1 is no e-mail address")),
        ("two", good, vec!["a@b.example c@d.example"], "bot", Some("recipient 1 is no e-mail address")),
        ("nobody", good, vec![], "bot", Some("there is no recipient")),
        ("a host of lines", good, vec![good], "bot\r\nBcc", Some("the host name")),
        ("no host", good, vec![good], "", Some("the host name")),
        ("dots", good, vec![good], "bot..example", Some("the host name")),
    ];
    for (label, from, to, host, expected) in rows {
        let to = to.into_iter().map(str::to_owned).collect();
        let fault = Settings::new(from.to_owned(), to, host.to_owned()).err();
        match expected {
            None => assert_eq!(fault, None, "{label}"),
            Some(begins) => {
                let fault = fault.unwrap_or_else(|| panic!("{label}"));
                assert!(fault.starts_with(begins) && !fault.contains("example"), "{label}: {fault}");
            }
        }
    }
}

#[test]
fn what_replies_mean() {
    assert_eq!(email().outcome(250, "2.0.0 Ok"), Outcome::Sent);
    assert_eq!(email().outcome(451, "4.7.1 later"), smtp_outcome(Some(451), "4.7.1 later"));
    assert!(matches!(email().outcome(550, "5.1.1 unknown"), Outcome::Refused { .. }));
    assert_eq!((email().kind(), email().spacing()), ("email", 1_000));
    assert!(!format!("{:?}", email()).contains("sales@"));
}
