//! Twilio's limits of one message, and texts divided by them.

use crate::channels::split::{self, Measure};
use crate::channels::twilio::segments::Counter;
use crate::domain::channel::Channel;

/// Twilio refuses a body over this, in characters; counted as UTF-16 units, the stricter reading. WhatsApp likewise.
const LONGEST: usize = 1600;
/// More SMS than this in one message arrive out of order or not at all with many carriers.
const MOST_SEGMENTS: usize = 10;

/// A text of no more bytes than this fits, whatever is in it: a byte of UTF-8 is at most one unit of UTF-16, and ten SMS
/// carry 66 or 67 of these each. Nearly every reply is shorter.
const ALWAYS_FITS: usize = 10 * 66;

/// The text in as few messages as fit the channel: each within Twilio's limit and, by SMS, ten segments.
pub fn split(text: &str, channel: Channel) -> Vec<String> {
    let text = text.trim();
    if text.len() <= ALWAYS_FITS {
        return Some(text.to_owned()).into_iter().filter(|text| !text.is_empty()).collect();
    }
    split::split(text, &Message { channel, units: 0, counter: Counter::new() })
}

/// How much of a message is used.
#[derive(Clone)]
struct Message {
    channel: Channel,
    units: usize,
    counter: Counter,
}

impl Measure for Message {
    fn take(&mut self, c: char) -> bool {
        self.units += c.len_utf16();
        self.counter.push(c);
        self.units <= LONGEST && (self.channel != Channel::Sms || self.counter.total().count <= MOST_SEGMENTS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::twilio::segments::segments;
    use proptest::prelude::*;

    fn fits(part: &str, channel: Channel) -> bool {
        part.encode_utf16().count() <= 1600 && (channel != Channel::Sms || segments(part).count <= 10)
    }

    #[test]
    fn short_texts_stay_whole() {
        for text in ["", " \n ", "Hi!", &"a".repeat(1530), &"ж".repeat(670)] {
            let expected: Vec<&str> = Some(text.trim()).into_iter().filter(|text| !text.is_empty()).collect();
            assert_eq!(split(text, Channel::Sms), expected);
        }
        assert_eq!(split(&"ж".repeat(671), Channel::Sms).len(), 2, "ten segments of UCS-2");
        assert_eq!(split(&"ж".repeat(1600), Channel::Whatsapp).len(), 1, "WhatsApp has no segments");
        assert_eq!(split(&"a".repeat(1601), Channel::Whatsapp).len(), 2);
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/vectors/twilio.json")).unwrap();
        assert_eq!(vectors["limits"]["twilio"]["message_body_chars"], LONGEST);
    }

    #[test]
    fn cuts_where_a_reader_pauses() {
        let words = |word: &str, count: usize| vec![word; count].join(" ");
        let (long, short) = (words("word", 160), words("word", 60));
        let rows = [
            ("an empty line before a later line", [long.clone(), format!("{short}\n{long}")], "\n\n"),
            ("a line before a later sentence", [long.clone(), format!("{short}. {long}")], "\n"),
            ("a sentence before a later space", [format!("{long}."), long.clone()], " "),
            ("a Hindi sentence", [words("नमस्ते", 80) + "।", words("धन्यवाद", 60) + "।"], " "),
        ];
        for (label, parts, joint) in rows {
            assert_eq!(split(&parts.join(joint), Channel::Sms), parts, "{label}");
        }
        let full = format!("ab {}", "seven77 ".repeat(300));
        assert_eq!(split(&full, Channel::Sms)[0].len(), 1530, "a message may end exactly where it is full");
        let spaces = split(&"seven77 ".repeat(300), Channel::Sms);
        assert!(
            spaces.iter().all(|part| part.split(' ').all(|word| word == "seven77")),
            "no word is divided"
        );
    }

    #[test]
    fn an_option_stays_in_one_piece() {
        let question = "word ".repeat(100);
        let option = |n: usize| format!("{n}. {}", "long label ".repeat(12).trim());
        let options: Vec<String> = (1..=12).map(option).collect();
        let text = format!("{}\n{}", question.trim(), options.join("\n"));
        let parts = split(&text, Channel::Sms);
        assert!(parts.len() > 1);
        let lines: Vec<&str> = parts.iter().flat_map(|part| part.lines()).collect();
        for option in &options {
            assert!(lines.contains(&option.as_str()), "{option}");
        }
        let long =
            format!("Please pick one of these.\n1. {}\n2. Other", "a very long label ".repeat(84).trim());
        let parts = split(&long, Channel::Sms);
        assert_eq!(
            parts[0], "Please pick one of these.",
            "a long option is not begun behind a short question"
        );
    }

    #[test]
    fn emoji_and_letters_with_marks_are_never_divided() {
        for piece in ["👩‍👩‍👧‍👦", "क्षि", "e\u{301}", "🇮🇳"] {
            let parts = split(&piece.repeat(900), Channel::Sms);
            assert!(parts.len() > 1, "{piece}");
            for part in &parts {
                assert_eq!(part.len() % piece.len(), 0, "{piece}");
            }
        }
        let marks = format!("e{}", "\u{301}".repeat(5000));
        let parts = split(&marks, Channel::Sms);
        assert_eq!(parts.concat(), marks, "one letter with five thousand marks is divided after all");
    }

    fn bare(text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace()).collect()
    }

    proptest! {
        #[test]
        fn parts_fit_and_lose_nothing(
            pieces in proptest::collection::vec(
                prop_oneof!["[a-z ]{1,60}", "[.!?] ", "\n{1,2}", "[0-9]{1,2}\\. [a-z ]{1,40}\n", "[नमस्तेжы😀👍€^ ]{1,40}", ".{0,30}", "[a-z]{200,900}"],
                0..80,
            ),
            whatsapp in any::<bool>(),
        ) {
            let channel = if whatsapp { Channel::Whatsapp } else { Channel::Sms };
            let text = pieces.concat();
            let parts = split(&text, channel);
            for part in &parts {
                prop_assert!(fits(part, channel), "{} units", part.encode_utf16().count());
                prop_assert!(!part.trim().is_empty());
            }
            prop_assert_eq!(bare(&parts.concat()), bare(&text));
        }
    }
}
