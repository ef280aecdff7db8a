//! Opt-out, opt-in and help words, honoured before a flow sees them.
//!
//! The words are Twilio's defaults, those of 47 CFR 64.1200(a)(10), AWS's, and their like in the languages we speak. A
//! word counts only as the whole message: "stop by tomorrow" is an answer.

use crate::domain::text::fold;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// What such a word asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// No more messages.
    Stop,
    /// Messages again, after a stop; means nothing special before one.
    Start,
    /// Who are you, what can I say?
    Help,
}

impl Signal {
    /// The name in columns.
    pub fn as_str(self) -> &'static str {
        match self {
            Signal::Stop => "stop",
            Signal::Start => "start",
            Signal::Help => "help",
        }
    }

    /// The signal in Twilio's `OptOutType`.
    pub fn from_twilio(opt_out_type: &str) -> Option<Signal> {
        match opt_out_type.trim() {
            "STOP" => Some(Signal::Stop),
            "START" => Some(Signal::Start),
            "HELP" => Some(Signal::Help),
            _ => None,
        }
    }
}

/// What to do with a message, before any flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Record the opt-out, confirm it once (unless the provider does), let the conversation rest.
    OptOut,
    /// Record the opt-in and confirm it (unless the provider does): what the opt-out stopped goes on.
    Restore,
    /// Give the flow's help, whether a conversation runs or not.
    Help,
    /// Record the message and say nothing.
    Silent,
    /// The flow's to answer.
    Flow,
}

/// What to do with a message of somebody who has or has not opted out of this channel.
///
/// Opt-in words (YES among them) mean opting in only after an opt-out; before one they start the flow or answer its
/// question like any other word. A second STOP is not confirmed again.
pub fn decide(signal: Option<Signal>, opted_out: bool) -> Decision {
    match (signal, opted_out) {
        (Some(Signal::Stop), false) => Decision::OptOut,
        (Some(Signal::Start), true) => Decision::Restore,
        (Some(Signal::Help), false) => Decision::Help,
        (Some(Signal::Start) | None, false) => Decision::Flow,
        (Some(Signal::Stop | Signal::Help) | None, true) => Decision::Silent,
    }
}

/// The signal this message is, if it is nothing else.
pub fn signal(text: &str) -> Option<Signal> {
    // No word is longer; most messages that are not one leave here.
    if text.len() > LONGEST {
        return None;
    }
    WORDS.get(&key(text)).copied()
}

/// Every opt-out word, as people write it. Accents, case, hyphens and outer punctuation make no difference.
pub fn stop_words() -> &'static [&'static str] {
    STOP
}

/// Every opt-in word.
pub fn start_words() -> &'static [&'static str] {
    START
}

/// Every word for help.
pub fn help_words() -> &'static [&'static str] {
    HELP
}

/// Bytes of a message that may still be a word, spaces and punctuation included.
const LONGEST: usize = 160;

#[rustfmt::skip]
const STOP: &[&str] = &[
    // Twilio, FCC, AWS
    "stop", "stopall", "stop all", "unsubscribe", "end", "quit", "cancel", "revoke", "optout", "opt out", "opt-out",
    "remove", "td", "arret",
    // English
    "opt me out", "please stop", "stop please", "stop it", "stop messaging me", "stop texting me", "stop texting",
    "stop messages", "stop sending messages", "no more messages", "no more texts", "do not contact me",
    "don't contact me", "do not text me", "don't text me", "remove me", "take me off", "unsubscribe me",
    // Spanish
    "baja", "alto", "parar", "detener", "cancelar", "darme de baja", "dar de baja", "quiero darme de baja",
    "dame de baja", "desuscribir", "desuscribirme", "cancelar suscripción", "no más mensajes", "no quiero más mensajes",
    "no me escriban más",
    // Hindi, in both scripts
    "रोकें", "रोको", "रोक दो", "रोक दें", "बंद करो", "बंद करें", "बंद कर दो", "स्टॉप", "सदस्यता समाप्त करें",
    "सदस्यता रद्द करें", "मैसेज मत भेजो", "मैसेज मत भेजें", "संदेश मत भेजो", "संदेश न भेजें", "मैसेज बंद करो",
    "roko", "rokein", "rok do", "band karo", "band karen", "band karein", "band kar do", "mat bhejo",
    "message mat bhejo", "msg mat bhejo", "message band karo",
    // Portuguese
    "sair", "pare", "descadastrar", "descadastre-me", "cancelar inscrição", "remover", "parar mensagens",
    "não quero mais receber", "não quero mais mensagens", "chega de mensagens",
    // French
    "arrêt", "arrêter", "arrêtez", "désabonner", "me désabonner", "se désabonner", "désabonnement", "désinscrire",
    "me désinscrire", "se désinscrire", "désinscription", "plus de messages",
    // German
    "stopp", "abmelden", "abbestellen", "austragen", "keine nachrichten mehr", "keine sms mehr",
];

#[rustfmt::skip]
const START: &[&str] = &[
    // Twilio
    "start", "yes", "unstop",
    // English
    "opt in", "optin", "opt-in", "opt me in", "subscribe", "resubscribe", "resume",
    // Spanish
    "alta", "iniciar", "comenzar", "empezar", "reanudar", "darme de alta", "suscribir", "suscribirme",
    // Hindi, in both scripts
    "शुरू", "शुरू करो", "शुरू करें", "चालू करो", "चालू करें", "स्टार्ट", "shuru", "shuru karo", "shuru karen",
    "shuru karein", "chalu karo", "chalu karen",
    // Portuguese
    "começar", "retomar", "inscrever", "voltar a receber",
    // French
    "commencer", "démarrer", "reprendre", "s'abonner", "m'abonner", "abonner",
    // German
    "starten", "anmelden", "fortsetzen",
];

#[rustfmt::skip]
const HELP: &[&str] = &[
    "help", "info", "help me", "ayuda", "ayúdame", "मदद", "सहायता", "हेल्प", "मदद करो", "मदद करें", "madad",
    "sahayata", "ajuda", "aide", "hilfe",
];

static WORDS: LazyLock<HashMap<String, Signal>> = LazyLock::new(|| {
    let lists = [(Signal::Help, HELP), (Signal::Start, START), (Signal::Stop, STOP)];
    lists.into_iter().flat_map(|(signal, words)| words.iter().map(move |word| (key(word), signal))).collect()
});

/// How words are compared here: folded, Latin accents and hyphens gone, signs and emoji around it ignored.
fn key(text: &str) -> String {
    // Only the accents of European letters; the vowel signs of Devanagari carry the word.
    let accent = |c: &char| !('\u{300}'..='\u{36f}').contains(c);
    let plain: String = fold(text)
        .nfd()
        .filter(accent)
        .map(|c| match c {
            '-' | '‐' | '‑' | '–' => ' ',
            '’' => '\'',
            _ => c,
        })
        .collect();
    plain.trim_matches(|c: char| !c.is_alphanumeric()).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn words() {
        use Signal::{Help, Start, Stop};
        let rows = [
            ("STOP", Some(Stop)),
            (" Stop. ", Some(Stop)),
            ("stop!!", Some(Stop)),
            ("¡BAJA!", Some(Stop)),
            ("“stop”", Some(Stop)),
            ("STOP 🛑", Some(Stop)),
            ("ＳＴＯＰ", Some(Stop)),
            ("Opt  out", Some(Stop)),
            ("OPT-OUT", Some(Stop)),
            ("opt‑out", Some(Stop)),
            ("Don’t text me", Some(Stop)),
            ("ARRET", Some(Stop)),
            ("arrêt", Some(Stop)),
            ("arre\u{302}t", Some(Stop)),
            ("não quero mais mensagens", Some(Stop)),
            ("nao quero mais mensagens", Some(Stop)),
            ("रोको।", Some(Stop)),
            ("बंद करें", Some(Stop)),
            ("Band Karo", Some(Stop)),
            ("Stopp", Some(Stop)),
            ("start", Some(Start)),
            ("Yes.", Some(Start)),
            ("शुरू करें", Some(Start)),
            ("começar", Some(Start)),
            ("HELP?", Some(Help)),
            ("मदद", Some(Help)),
            ("ayudame", Some(Help)),
            ("stop by tomorrow", None),
            ("cancel my order", None),
            ("yes please", None),
            ("the end", None),
            ("रोकड़", None),
            ("बंद", None),
            ("td bank", None),
            ("", None),
            ("🛑", None),
            ("…", None),
        ];
        for (text, expected) in rows {
            assert_eq!(signal(text), expected, "{text:?}");
        }
        assert_eq!(signal(&format!("stop{}", ".".repeat(5000))), None, "long messages are no words");
    }

    #[test]
    fn every_word_of_the_providers_and_of_the_law() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/twilio.json")).unwrap();
        let rows = [
            ("twilio_default_stop", 8, Signal::Stop),
            ("fcc_per_se_words", 7, Signal::Stop),
            ("aws_extra", 4, Signal::Stop),
            ("twilio_default_start", 3, Signal::Start),
            ("twilio_default_help", 2, Signal::Help),
        ];
        for (list, count, expected) in rows {
            let words = vectors["opt_out_keywords"][list].as_array().unwrap();
            assert_eq!(words.len(), count, "{list}");
            for word in words {
                assert_eq!(signal(word.as_str().unwrap()), Some(expected), "{word} of {list}");
            }
        }
    }

    #[test]
    fn every_listed_word_is_found_and_means_one_thing() {
        for (expected, words) in [(Signal::Stop, STOP), (Signal::Start, START), (Signal::Help, HELP)] {
            for word in words {
                assert_eq!(signal(word), Some(expected), "{word}");
                assert!(word.len() * 2 < LONGEST, "{word} fits with spaces around it");
            }
        }
        let once: HashSet<&str> = [STOP, START, HELP].into_iter().flatten().copied().collect();
        assert_eq!(once.len(), STOP.len() + START.len() + HELP.len(), "no word is listed twice");
    }

    #[test]
    fn decisions() {
        let rows = [
            ("a stop", Some(Signal::Stop), false, Decision::OptOut),
            ("a second stop", Some(Signal::Stop), true, Decision::Silent),
            ("a start of somebody who never stopped", Some(Signal::Start), false, Decision::Flow),
            ("a start after a stop", Some(Signal::Start), true, Decision::Restore),
            ("a yes to an open question", signal("yes"), false, Decision::Flow),
            ("a yes after a stop", signal("yes"), true, Decision::Restore),
            ("help", Some(Signal::Help), false, Decision::Help),
            ("help after a stop", Some(Signal::Help), true, Decision::Silent),
            ("an answer", None, false, Decision::Flow),
            ("anything after a stop", None, true, Decision::Silent),
        ];
        for (label, signal, opted_out, expected) in rows {
            assert_eq!(decide(signal, opted_out), expected, "{label}");
        }
        let providers = [
            ("STOP", Some(Signal::Stop)),
            ("START", Some(Signal::Start)),
            ("HELP", Some(Signal::Help)),
            ("", None),
        ];
        for (word, expected) in providers {
            assert_eq!(Signal::from_twilio(word), expected, "{word:?}");
        }
    }
}
