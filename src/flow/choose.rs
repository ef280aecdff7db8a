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
    let said = fold(first_text);
    let first_word = fold(said.split_whitespace().next().unwrap_or_default());
    let here: Vec<&Flow> = flows.into_iter().filter(|flow| flow.start.channels.contains(&channel)).collect();
    let claims = |word: &str| {
        here.iter().find(|flow| !word.is_empty() && flow.start.keywords.iter().any(|keyword| keyword == word))
    };
    claims(&said)
        .or_else(|| claims(&first_word))
        .or_else(|| here.iter().find(|flow| flow.start.default))
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::model::Start;

    fn flow(id: &str, channels: &[Channel], keywords: &[&str], default: bool) -> Flow {
        let keywords = keywords.iter().map(|word| (*word).to_owned()).collect();
        Flow {
            id: id.to_owned(),
            start: Start { channels: channels.to_vec(), keywords, default },
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
}
