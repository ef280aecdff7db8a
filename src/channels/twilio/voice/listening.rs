//! What the recogniser is told before an answer: words it may hear, how many keys may come, how long a pause ends it.

use crate::domain::answer::Kind;
use crate::domain::command::Command;
use crate::domain::message::Say;
use crate::flow::model::Flow;

/// More hints would push out the ones that matter.
const MOST_HINTS: usize = 100;
/// Longer ones are no hints, in characters.
const LONGEST_HINT: usize = 100;

/// What a `<Gather>` is told about the answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Listening {
    /// Words, divided by commas.
    pub hints: String,
    /// After so many keys the answer is complete; else a `#` ends it.
    pub keys: Option<usize>,
    /// The pause that ends speech: by itself, or in seconds, where people pause between letters and figures.
    pub pause: &'static str,
}

/// What is told about the answer to a question, or to "is that right?".
pub(super) fn listening(flow: &Flow, language: &str, question: Option<&Say>, doubted: bool) -> Listening {
    let kind = if doubted { Some(Kind::YesNo) } else { question.and_then(|question| question.ask) };
    let options = if doubted { &[][..] } else { question.map_or(&[][..], |question| &question.options) };
    let keys = match kind {
        Some(Kind::Choice | Kind::Location) if !options.is_empty() => Some(1),
        Some(Kind::YesNo | Kind::Consent) => Some(1),
        Some(Kind::Date) => Some(8),
        Some(Kind::Time) => Some(4),
        Some(Kind::Datetime) => Some(12),
        _ => None,
    };
    let spelled = matches!(
        kind,
        Some(Kind::Name | Kind::Email | Kind::Phone | Kind::Number | Kind::Postcode | Kind::Money)
    );
    Listening {
        hints: hints(flow, language, question.filter(|_| !doubted), kind),
        keys,
        pause: if spelled { "3" } else { "auto" },
    }
}

/// Words a language has for yes and no, and for going back, repeating, help, skipping and a person.
struct Spoken {
    language: &'static str,
    yes_no: [&'static str; 2],
    requests: [(Command, &'static str); 5],
}

const fn spoken(language: &'static str, yes_no: [&'static str; 2], words: [&'static str; 5]) -> Spoken {
    let [back, repeat, help, skip, human] = words;
    let requests = [
        (Command::Back, back),
        (Command::Repeat, repeat),
        (Command::Help, help),
        (Command::Skip, skip),
        (Command::Human, human),
    ];
    Spoken { language, yes_no, requests }
}

/// Words of another language would only mislead a recogniser.
const SPOKEN: [Spoken; 6] = [
    spoken("en", ["yes", "no"], ["back", "repeat", "help", "skip", "human"]),
    spoken("es", ["sí", "no"], ["atrás", "repetir", "ayuda", "omitir", "persona"]),
    spoken("hi", ["हाँ", "नहीं"], ["पीछे", "दोहराओ", "मदद", "छोड़ें", "इंसान"]),
    spoken("pt", ["sim", "não"], ["voltar", "repetir", "ajuda", "pular", "pessoa"]),
    spoken("fr", ["oui", "non"], ["retour", "répéter", "aide", "passer", "conseiller"]),
    spoken("de", ["ja", "nein"], ["zurück", "wiederholen", "Hilfe", "überspringen", "Mensch"]),
];

/// Domains most addresses end with; recognisers rarely know them.
const DOMAINS: [&str; 4] = ["gmail.com", "yahoo.com", "hotmail.com", "outlook.com"];

/// Options with the other words for them, words of the kind of answer, and what may be said anywhere; each once.
fn hints(flow: &Flow, language: &str, question: Option<&Say>, kind: Option<Kind>) -> String {
    let labels =
        question.into_iter().flat_map(|question| &question.options).map(|option| option.label.as_str());
    let step = question.and_then(|question| question.step.as_deref());
    let step = step.and_then(|id| flow.steps.iter().find(|step| step.id == id));
    let words =
        step.into_iter().flat_map(|step| &step.words).flat_map(|option| &option.words).map(String::as_str);
    let language = language.split('-').next().unwrap_or(language);
    let spoken = SPOKEN.iter().find(|spoken| spoken.language == language);
    let usual: &[&str] = match kind {
        Some(Kind::YesNo | Kind::Consent) => spoken.map_or(&[], |spoken| &spoken.yes_no),
        Some(Kind::Email) => &DOMAINS,
        _ => &[],
    };
    let requests = spoken.into_iter().flat_map(|spoken| &spoken.requests);
    let requests = requests.filter(|(command, _)| !flow.off.contains(command)).map(|(_, word)| *word);
    let mut kept: Vec<String> = Vec::new();
    for hint in labels.chain(words).chain(usual.iter().copied()).chain(requests) {
        // A comma would make two hints of one.
        let hint = hint.replace(',', " ").split_whitespace().collect::<Vec<_>>().join(" ");
        let fits = !hint.is_empty() && hint.chars().count() <= LONGEST_HINT;
        if fits && !kept.contains(&hint) && kept.len() < MOST_HINTS {
            kept.push(hint);
        }
    }
    kept.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::answer::Value;
    use crate::domain::message::Shown;
    use crate::understand::Asked;

    fn question(ask: Kind, labels: &[&str]) -> Say {
        let option =
            |label: &&str| Shown { value: label.to_lowercase(), label: (*label).into(), short: None };
        Say {
            text: "?".into(),
            language: "en".into(),
            step: Some("a".into()),
            ask: Some(ask),
            options: labels.iter().map(option).collect(),
            optional: false,
        }
    }

    #[test]
    fn keys_and_pauses_by_kind() {
        let rows = [
            (Kind::Choice, &["One", "Two"][..], Some(1), "auto"),
            (Kind::Choices, &["One", "Two"], None, "auto"),
            (Kind::YesNo, &[], Some(1), "auto"),
            (Kind::Location, &[], None, "auto"),
            (Kind::Location, &["One"], Some(1), "auto"),
            (Kind::Date, &[], Some(8), "auto"),
            (Kind::Time, &[], Some(4), "auto"),
            (Kind::Phone, &[], None, "3"),
            (Kind::Email, &[], None, "3"),
            (Kind::Text, &[], None, "auto"),
        ];
        for (kind, labels, keys, pause) in rows {
            let got = listening(&Flow::default(), "en", Some(&question(kind, labels)), false);
            assert_eq!((got.keys, got.pause), (keys, pause), "{kind:?}");
            let doubted = listening(&Flow::default(), "en", Some(&question(kind, labels)), true);
            assert_eq!((doubted.keys, doubted.hints.starts_with("yes, no, ")), (Some(1), true), "{kind:?}");
        }
    }

    #[test]
    fn hints_are_the_options_and_the_words_of_the_kind() {
        let flow = Flow { off: vec![Command::Human], ..Flow::default() };
        let told = |kind, labels: &[&str]| listening(&flow, "en", Some(&question(kind, labels)), false).hints;
        assert_eq!(
            told(Kind::Choice, &["Retail, or so", "Food", "Food"]),
            "Retail or so, Food, back, repeat, help, skip"
        );
        assert_eq!(told(Kind::YesNo, &[]), "yes, no, back, repeat, help, skip");
        let many: Vec<String> = (0..300).map(|n| format!("option {n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(told(Kind::Choice, &many).split(", ").count(), MOST_HINTS);
        assert_eq!(told(Kind::Choice, &["x".repeat(101).as_str()]), "back, repeat, help, skip");
    }

    #[test]
    fn words_of_each_language_are_understood_in_it() {
        for Spoken { language, yes_no, requests } in SPOKEN {
            for (command, word) in requests {
                let understood = crate::understand::command(word, language);
                assert_eq!(understood, Some((command, None)), "{language}: {word}");
            }
            let read = |word: &str, kind| {
                let now = jiff::civil::DateTime::default();
                let asked = Asked {
                    kind,
                    options: &[],
                    language,
                    region: None,
                    currency: None,
                    date_order: None,
                    now,
                };
                crate::understand::read(word, &asked).map(|reading| reading.value)
            };
            // What the keys 1 and 2 are read as, too.
            for (yes, no) in [(yes_no[0], yes_no[1]), ("yes", "no")] {
                assert_eq!(read(yes, Kind::YesNo), Ok(Value::YesNo(true)), "{language}: {yes}");
                assert_eq!(read(no, Kind::YesNo), Ok(Value::YesNo(false)), "{language}: {no}");
                assert_eq!(read(yes, Kind::Consent), Ok(Value::Consent(true)), "{language}: {yes}");
                assert_eq!(read(no, Kind::Consent), Ok(Value::Consent(false)), "{language}: {no}");
            }
        }
        assert_eq!(hints(&Flow::default(), "sw", None, Some(Kind::YesNo)), "");
        assert!(hints(&Flow::default(), "pt-BR", None, Some(Kind::YesNo)).starts_with("sim, não, voltar"));
    }
}
