//! What all media say alike: the words of a bulletin, before a medium gives them its form.
//!
//! Everything here is plain text on one line, cleaned of what would reorder or hide other text. Escaping is the medium's.

mod card;
#[cfg(test)]
pub(super) mod samples;
mod text;
mod webhook;

pub(super) use card::{Card, Entry, card, entries};
pub(super) use text::{clean, link, shorten, units};
pub(super) use webhook::{by_status, post};

use super::{Bulletin, Notice};

/// The headline in a title, in characters.
const LONGEST_HEADLINE: usize = 80;
/// A name in a title, in characters.
const LONGEST_WHO: usize = 100;

/// What a message says that may have been received before.
const REPEATED: &str = "Repeated: this may have reached you before";
/// What a message says that is none.
const SAMPLE: &str = "This is a test";

/// The line above all: "Hot lead: Ann Example" of one notice, "7 hot leads" of several.
pub(super) fn title(bulletin: &Bulletin) -> String {
    match bulletin.notices.as_slice() {
        [notice] => {
            let headline = headline(notice);
            match who(notice) {
                Some(who) => format!("{headline}: {who}"),
                None => headline,
            }
        }
        several => heading(several),
    }
}

/// How several notices are headed.
fn heading(notices: &[Notice]) -> String {
    let count = notices.len();
    let first = notices.first().map(headline).unwrap_or_default();
    let things = if notices.iter().all(is_lead) { "leads" } else { "notices" };
    if !are_alike(notices) {
        return format!("{count} {things}");
    }
    match first.strip_suffix(" lead") {
        Some(kind) => format!("{count} {} leads", kind.to_lowercase()),
        None => format!("{first}: {count} {things}"),
    }
}

/// What happened; media refuse an empty text.
fn headline(notice: &Notice) -> String {
    Some(clean(&notice.headline, LONGEST_HEADLINE))
        .filter(|line| !line.is_empty())
        .unwrap_or("Notice".to_owned())
}

/// Whether all say the same has happened.
fn are_alike(notices: &[Notice]) -> bool {
    notices.windows(2).all(|pair| pair[0].headline == pair[1].headline)
}

/// Whether it tells of a lead; else it is an alert.
fn is_lead(notice: &Notice) -> bool {
    !notice.class.is_empty()
}

/// The name, if there is something to read in it.
fn who(notice: &Notice) -> Option<String> {
    Some(clean(&notice.who, LONGEST_WHO)).filter(|who| !who.is_empty())
}

/// What is to be said of the message itself.
pub(super) fn marks(bulletin: &Bulletin) -> Vec<&'static str> {
    let sample = bulletin.is_sample.then_some(SAMPLE);
    sample.into_iter().chain(bulletin.is_repeat.then_some(REPEATED)).collect()
}

/// What stands for those that are not shown; `None`: all are.
pub(super) fn more(all: usize, shown: usize) -> Option<String> {
    (all > shown).then(|| format!("and {} more", all - shown))
}

/// The largest message that fits, of those that show `most` things or fewer. One that shows none is not asked whether it fits: each
/// medium's texts are so short that it does.
pub(super) fn fitting<T>(most: usize, build: impl Fn(usize) -> T, fits: impl Fn(&T) -> bool) -> T {
    let mut shown = most;
    loop {
        let message = build(shown);
        if shown == 0 || fits(&message) {
            return message;
        }
        shown -= shown.div_ceil(20);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(headline: &str, who: &str, class: &str) -> Notice {
        Notice {
            headline: headline.to_owned(),
            who: who.to_owned(),
            class: class.to_owned(),
            ..Notice::default()
        }
    }

    #[test]
    fn how_a_bulletin_is_headed() {
        let (ann, bob) = (notice("Hot lead", "Ann", "SQL"), notice("Hot lead", "Bob", "SQL"));
        let demo = notice("Demo requested", "Cid", "MQL");
        let alert = notice("The sink crm is paused", "", "");
        let rows = [
            ("one", vec![ann.clone()], "Hot lead: Ann"),
            ("nobody", vec![notice("Hot lead", "\0\u{202e}", "SQL")], "Hot lead"),
            ("nothing", vec![notice("\n", "", "")], "Notice"),
            ("an alert", vec![alert.clone()], "The sink crm is paused"),
            ("alike", vec![ann.clone(), bob.clone()], "2 hot leads"),
            ("alike, other words", vec![demo.clone(), demo.clone()], "Demo requested: 2 leads"),
            ("different", vec![ann.clone(), demo.clone(), bob], "3 leads"),
            ("the same alert", vec![alert.clone(), alert.clone()], "The sink crm is paused: 2 notices"),
            ("leads and alerts", vec![ann, alert], "2 notices"),
        ];
        for (label, notices, expected) in rows {
            assert_eq!(title(&Bulletin { notices, ..Bulletin::default() }), expected, "{label}");
        }
    }

    #[test]
    fn what_is_said_of_the_message() {
        let rows = [
            ("plain", false, false, vec![]),
            ("repeat", true, false, vec![REPEATED]),
            ("sample", false, true, vec![SAMPLE]),
            ("both", true, true, vec![SAMPLE, REPEATED]),
        ];
        for (label, is_repeat, is_sample, expected) in rows {
            let bulletin = Bulletin { is_repeat, is_sample, ..Bulletin::default() };
            assert_eq!(marks(&bulletin), expected, "{label}");
        }
    }

    #[test]
    fn as_much_as_fits() {
        let rows =
            [("all", 10, 100, 10), ("some", 10, 4, 4), ("none", 10, -1, 0), ("nothing there", 0, -1, 0)];
        for (label, most, limit, expected) in rows {
            let fits = |shown: &usize| i64::try_from(*shown).is_ok_and(|shown| shown <= limit);
            assert_eq!(fitting(most, |shown| shown, fits), expected, "{label}");
        }
        assert_eq!((more(12, 12), more(12, 3)), (None, Some("and 9 more".to_owned())));
    }
}
