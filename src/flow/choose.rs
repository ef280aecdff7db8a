//! Which flow a first message gets.

use crate::domain::channel::Channel;
use crate::domain::text::fold;
use crate::flow::model::Flow;

/// The flow for a first message on a channel: one whose keyword is the whole message, else one whose keyword begins it,
/// else the channel's default. `None` where no flow takes it. Of several that fit the first is taken.
pub fn choose<'a>(
    flows: impl IntoIterator<Item = &'a Flow>,
    channel: Channel,
    first_text: &str,
) -> Option<&'a Flow> {
    let [said, first_word] = candidates(first_text);
    let here: Vec<&Flow> = flows.into_iter().filter(|flow| flow.start.channels.contains(&channel)).collect();
    let claims = |word: &str| {
        here.iter().find(|flow| !word.is_empty() && flow.start.keywords.iter().any(|keyword| keyword == word))
    };
    claims(&said)
        .or_else(|| claims(&first_word))
        .or_else(|| here.iter().find(|flow| flow.start.default))
        .copied()
}

/// The language of the keyword that a first message is or begins with, where only one language of the flow has it: whoever
/// begins so is to be greeted in it.
pub fn keyword_language<'a>(flow: &'a Flow, first_text: &str) -> Option<&'a str> {
    let keyword = candidates(first_text).into_iter().find(|word| flow.start.keywords.contains(word))?;
    flow.start.languages.get(&keyword).map(String::as_str)
}

/// What of a first message may be a keyword: all of it, before its first word.
fn candidates(first_text: &str) -> [String; 2] {
    let said = fold(first_text);
    let first_word = fold(said.split_whitespace().next().unwrap_or_default());
    [said, first_word]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::model::Start;

    fn flow(id: &str, channels: &[Channel], keywords: &[&str], default: bool) -> Flow {
        let keywords = keywords.iter().map(|word| (*word).to_owned()).collect();
        Flow {
            id: id.to_owned(),
            start: Start { channels: channels.to_vec(), keywords, default, ..Start::default() },
            ..Flow::default()
        }
    }

    #[test]
    fn keywords_come_before_the_default() {
        let flows = [
            flow("shop", &Channel::ALL, &["demo", "join us"], true),
            flow("cars", &[Channel::Sms], &["car", "join"], false),
            flow("school", &[Channel::Voice], &[], false),
        ];
        let rows = [
            ("a keyword", Channel::Sms, "CAR", Some("cars")),
            ("with punctuation", Channel::Sms, " Car! ", Some("cars")),
            ("as the first word", Channel::Sms, "car, please", Some("cars")),
            ("the whole message before its first word", Channel::Sms, "Join us", Some("shop")),
            ("not as a later word", Channel::Sms, "my car", Some("shop")),
            ("on another channel it is no keyword", Channel::Web, "car", Some("shop")),
            ("nothing said", Channel::Sms, "", Some("shop")),
        ];
        for (label, channel, said, expected) in rows {
            assert_eq!(choose(&flows, channel, said).map(|flow| flow.id.as_str()), expected, "{label}");
        }
        assert!(choose(&flows[2..], Channel::Voice, "hello").is_none(), "no default, no flow");
    }

    #[test]
    fn a_keyword_of_one_language_tells_it() {
        let mut flow = flow("school", &Channel::ALL, &["course", "demo", "curso", "curso libre"], false);
        let known = [("course", "en"), ("curso", "es"), ("curso libre", "pt")];
        flow.start.languages = known.map(|(word, code)| (word.to_owned(), code.to_owned())).into();
        let rows = [
            ("one", "Curso!", Some("es")),
            ("as the first word", "curso, por favor", Some("es")),
            ("the whole before its first word", "curso libre", Some("pt")),
            ("of several languages", "demo", None),
            ("none", "hola", None),
            ("not as a later word", "my curso", None),
            ("nothing", "", None),
        ];
        for (label, said, expected) in rows {
            assert_eq!(keyword_language(&flow, said), expected, "{label}");
        }
    }
}
