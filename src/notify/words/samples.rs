//! Bulletins the tests of all media share.

use crate::notify::{Bulletin, Notice};

/// What somebody may call himself who wants more than to be called so.
pub(in crate::notify) const HOSTILE: &str = "<!channel> *x* <a> @everyone [x](http://evil) `y` ||z|| _u_ ~s~ </b> & \"q\" 'p' \\ :tada: # > - {{DATE(2026-01-05T10:00:00Z)}}\r\nBcc: a@b.example\n\u{202e}evil\u{2066}\0\u{200f}";

/// A lead of everyday.
pub(in crate::notify) fn lead(number: usize) -> Notice {
    Notice {
        headline: "Hot lead".to_owned(),
        who: format!("Ann Example {number}"),
        class: "SQL".to_owned(),
        score: Some(85),
        reasons: [("demo requested", 15), ("city known", 5), ("budget above 50k", 40), ("student", -20)]
            .map(|(label, points)| (label.to_owned(), points))
            .to_vec(),
        last_words: Some("Can we talk\non Monday?".to_owned()),
        facts: [("Phone", "+49 30 901820"), ("Empty", ""), ("E-mail", "ann@example.com")]
            .map(|(label, value)| (label.to_owned(), value.to_owned()))
            .to_vec(),
        link: Some(format!("https://bot.example.com/leads/{number}")),
        claim: Some(format!("https://bot.example.com/claim?lead={number}&token=abc")),
        // 2026-01-05T10:00:00Z.
        happened_at: 1_767_607_200_000,
    }
}

/// A lead all of whose texts are `text`, with many of each.
pub(in crate::notify) fn lead_of(text: &str) -> Notice {
    let url = format!("https://bot.example.com/{}", "x".repeat(770));
    Notice {
        headline: text.to_owned(),
        who: text.to_owned(),
        class: text.to_owned(),
        score: Some(i64::MIN),
        reasons: vec![(text.to_owned(), i64::MIN); 10],
        last_words: Some(text.to_owned()),
        facts: vec![(text.to_owned(), text.to_owned()); 30],
        link: Some(url.clone()),
        claim: Some(url),
        happened_at: 0,
    }
}

/// A bulletin of these.
pub(in crate::notify) fn bulletin(notices: Vec<Notice>) -> Bulletin {
    Bulletin { id: "b-1".to_owned(), notices, ..Bulletin::default() }
}

/// Bulletins that are too much for every medium, each with its label; all are marked as repeats and samples.
pub(in crate::notify) fn excessive() -> Vec<(String, Bulletin)> {
    let texts = [
        ("ampersands", "&".repeat(10_000)),
        ("quotes", "\"".repeat(10_000)),
        ("asterisks", "*".repeat(10_000)),
        ("braces", "{".repeat(10_000)),
        ("emoji", "👍".repeat(10_000)),
        ("three bytes", "漢".repeat(10_000)),
        ("accents", format!("e{}", "\u{301}".repeat(10_000))),
        ("hostile", HOSTILE.repeat(100)),
    ];
    let of = |(label, text): (&str, String)| {
        [1, 2, 500].map(|count| {
            // Longer than any limit of a list's texts; five hundred of ten thousand would be gigabytes.
            let most = if count == 1 { 10_000 } else { 300 };
            let text: String = text.chars().take(most).collect();
            let notices = vec![lead_of(&text); count];
            let marked = Bulletin { is_repeat: true, is_sample: true, ..bulletin(notices) };
            (format!("{count} of {label}"), marked)
        })
    };
    let everyday = (1..=500).map(lead).collect();
    let everyday = ("500 everyday".to_owned(), bulletin(everyday));
    texts.into_iter().flat_map(of).chain([everyday]).collect()
}
