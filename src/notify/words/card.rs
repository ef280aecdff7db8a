//! A notice in words: as a full card, or as one line of a list.

use super::{are_alike, clean, headline, is_lead, link, who};
use crate::clock::Millis;
use crate::notify::{Bulletin, Notice};
use jiff::tz::TimeZone;

/// How many reasons are given.
const REASONS: usize = 3;
/// How many facts a card shows at most.
const FACTS: usize = 20;
/// How many facts stand in an alert's line.
const FACTS_IN_LINE: usize = 3;

/// The longest of each text, in characters.
const LONGEST_CLASS: usize = 40;
const LONGEST_REASON: usize = 80;
const LONGEST_LAST_WORDS: usize = 600;
const LONGEST_LABEL: usize = 60;
const LONGEST_VALUE: usize = 200;

/// A notice in full, but for its title: unescaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::notify) struct Card {
    /// "SQL · score 85"; `None` in an alert.
    pub standing: Option<String>,
    /// "+15 demo requested": the largest.
    pub reasons: Vec<String>,
    /// What the person said last, in quotation marks.
    pub last_words: Option<String>,
    /// Each with its label.
    pub facts: Vec<(String, String)>,
    /// How many facts there are, shown or not.
    pub facts_in_all: usize,
    /// What is to be done, and where.
    pub links: Vec<(&'static str, String)>,
    /// When it happened; empty where that is no time.
    pub at: String,
}

/// A notice as one line of a list: unescaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::notify) struct Entry {
    /// "Ann Example · SQL · score 85".
    pub line: String,
    /// What is to be done, and where.
    pub link: Option<(&'static str, String)>,
}

/// The card of a notice.
pub(in crate::notify) fn card(notice: &Notice, zone: Option<&TimeZone>) -> Card {
    let mut told = facts(notice).collect::<Vec<_>>();
    let facts_in_all = told.len();
    told.truncate(FACTS);
    let claim = notice.claim.as_deref().and_then(link).map(|url| ("Claim this lead", url));
    let opened = if is_lead(notice) { "Open the lead" } else { "Open" };
    let open = notice.link.as_deref().and_then(link).map(|url| (opened, url));
    let last_words = notice.last_words.as_deref().map(|words| clean(words, LONGEST_LAST_WORDS));
    Card {
        standing: Some(standing(notice).join(" · ")).filter(|standing| !standing.is_empty()),
        reasons: reasons(notice),
        last_words: last_words.filter(|words| !words.is_empty()).map(|words| format!("“{words}”")),
        facts: told,
        facts_in_all,
        links: claim.into_iter().chain(open).collect(),
        at: time(notice.happened_at, zone),
    }
}

/// The first `most` notices as lines. What happened is said where it is not the same in all.
pub(in crate::notify) fn entries(bulletin: &Bulletin, most: usize) -> Vec<Entry> {
    let alike = are_alike(&bulletin.notices);
    bulletin.notices.iter().take(most).map(|notice| entry(notice, alike)).collect()
}

fn entry(notice: &Notice, alike: bool) -> Entry {
    let (who, is_lead) = (who(notice), is_lead(notice));
    let headline = (!alike || who.is_none() || !is_lead).then(|| headline(notice));
    let mut parts: Vec<String> = headline.into_iter().chain(who).chain(standing(notice)).collect();
    if !is_lead {
        parts.extend(facts(notice).take(FACTS_IN_LINE).map(|(label, value)| format!("{label} {value}")));
    }
    let claim = notice.claim.as_deref().and_then(link).map(|url| ("Claim", url));
    let open = || notice.link.as_deref().and_then(link).map(|url| ("Open", url));
    Entry { line: parts.join(" · "), link: claim.or_else(open) }
}

/// The class and the score.
fn standing(notice: &Notice) -> Vec<String> {
    let class = Some(clean(&notice.class, LONGEST_CLASS)).filter(|class| !class.is_empty());
    class.into_iter().chain(notice.score.map(|score| format!("score {score}"))).collect()
}

/// The reasons that moved the score most, up or down.
fn reasons(notice: &Notice) -> Vec<String> {
    let mut reasons: Vec<_> = notice.reasons.iter().collect();
    reasons.sort_by_key(|(_, points)| std::cmp::Reverse(points.unsigned_abs()));
    let written = reasons.into_iter().map(|(label, points)| (clean(label, LONGEST_REASON), points));
    written.take(REASONS).map(|(label, points)| format!("{points:+} {label}")).collect()
}

/// The facts that have something to read.
fn facts(notice: &Notice) -> impl Iterator<Item = (String, String)> {
    let cleaned =
        |(label, value): &(String, String)| (clean(label, LONGEST_LABEL), clean(value, LONGEST_VALUE));
    notice.facts.iter().map(cleaned).filter(|(label, value)| !label.is_empty() && !value.is_empty())
}

/// A time as people in that zone write it, with the zone; UTC where none is given.
fn time(at: Millis, zone: Option<&TimeZone>) -> String {
    let zone = zone.cloned().unwrap_or(TimeZone::UTC);
    let Ok(at) = jiff::Timestamp::from_millisecond(at) else { return String::new() };
    jiff::fmt::strtime::format("%-d %b %Y, %H:%M %Z", &at.to_zoned(zone)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn a_lead_in_full() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let made = card(&samples::lead(1), Some(&berlin));
        assert_eq!(made.standing.as_deref(), Some("SQL · score 85"));
        assert_eq!(made.reasons, ["+40 budget above 50k", "-20 student", "+15 demo requested"]);
        assert_eq!(made.last_words.as_deref(), Some("“Can we talk on Monday?”"));
        assert_eq!(made.facts[0], ("Phone".to_owned(), "+49 30 901820".to_owned()));
        assert_eq!((made.facts.len(), made.facts_in_all), (2, 2), "an empty fact is none");
        let labels: Vec<_> = made.links.iter().map(|(label, _)| *label).collect();
        assert_eq!(labels, ["Claim this lead", "Open the lead"]);
        assert_eq!(made.at, "5 Jan 2026, 11:00 CET");
        assert_eq!(card(&samples::lead(1), None).at, "5 Jan 2026, 10:00 UTC");
        let full = card(&samples::lead_of("x"), None);
        assert_eq!((full.facts.len(), full.facts_in_all), (FACTS, 30));
    }

    #[test]
    fn nothing_is_shown_of_what_is_not_there() {
        let alert = Notice {
            headline: "The sink crm is paused".to_owned(),
            facts: vec![("Waiting".to_owned(), "12".to_owned())],
            claim: Some("javascript:alert(1)".to_owned()),
            link: Some("https://bot.example.com/health".to_owned()),
            last_words: Some("\0".to_owned()),
            happened_at: Millis::MAX,
            ..Notice::default()
        };
        let made = card(&alert, None);
        assert_eq!((made.standing, made.last_words, made.at.as_str()), (None, None, ""));
        assert_eq!(made.links, [("Open", "https://bot.example.com/health".to_owned())]);
    }

    #[test]
    fn one_line_each() {
        let lead = samples::lead(1);
        let alert = Notice { headline: "Paused".to_owned(), facts: lead.facts.clone(), ..Notice::default() };
        let nobody = Notice { who: String::new(), ..lead.clone() };
        let of = |notices: &[Notice]| {
            let bulletin = Bulletin { notices: notices.to_vec(), ..Bulletin::default() };
            entries(&bulletin, 2).into_iter().map(|entry| entry.line).collect::<Vec<_>>()
        };
        let plain = "Ann Example 1 · SQL · score 85";
        let phone = "Paused · Phone +49 30 901820 · E-mail ann@example.com";
        let rows = [
            ("alike", vec![lead.clone(), lead.clone()], [plain.to_owned(), plain.to_owned()]),
            (
                "different",
                vec![lead.clone(), alert.clone()],
                [format!("Hot lead · {plain}"), phone.to_owned()],
            ),
            ("alerts", vec![alert.clone(), alert], [phone.to_owned(), phone.to_owned()]),
            (
                "nobody",
                vec![nobody, lead.clone()],
                ["Hot lead · SQL · score 85".to_owned(), plain.to_owned()],
            ),
        ];
        for (label, notices, expected) in rows {
            assert_eq!(of(&notices), expected, "{label}");
        }
        let mut unclaimed = lead.clone();
        unclaimed.claim = None;
        let (claim, open) = (entry(&lead, true).link, entry(&unclaimed, true).link);
        assert_eq!(claim.map(|(label, _)| label), Some("Claim"));
        assert_eq!(open.map(|(label, _)| label), Some("Open"));
    }
}
