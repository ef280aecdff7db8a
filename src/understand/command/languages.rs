//! Languages by name, and the ways people ask for one.

use crate::understand::words::Word;

/// ISO 639-1 codes by plain names.
const NAMES: &[(&str, &[&str])] = &[
    ("en", &["english", "ingles", "anglais", "englisch", "angrezi", "अंग्रेजी", "अंग्रेज़ी", "इंग्लिश", "inglese"]),
    ("es", &["spanish", "espanol", "castellano", "espagnol", "spanisch", "espanhol", "castilian"]),
    ("hi", &["hindi", "हिंदी", "हिन्दी"]),
    ("pt", &["portuguese", "portugues", "portugais", "portugiesisch", "brazilian"]),
    ("fr", &["french", "francais", "frances", "franzosisch"]),
    ("de", &["german", "deutsch", "aleman", "allemand", "alemao"]),
    ("it", &["italian", "italiano", "italien"]),
    ("nl", &["dutch", "nederlands"]),
    ("ar", &["arabic", "arabe", "العربية"]),
    ("zh", &["chinese", "mandarin", "chino", "中文"]),
    ("ja", &["japanese", "日本語"]),
    ("ru", &["russian", "русский"]),
    ("bn", &["bengali", "bangla", "বাংলা"]),
    ("ta", &["tamil", "தமிழ்"]),
    ("te", &["telugu"]),
    ("mr", &["marathi", "मराठी"]),
    ("gu", &["gujarati"]),
    ("pa", &["punjabi"]),
    ("ur", &["urdu"]),
    ("kn", &["kannada"]),
    ("ml", &["malayalam"]),
    ("sv", &["swedish", "svenska"]),
    ("tr", &["turkish"]),
    ("tl", &["tagalog", "filipino"]),
    ("pl", &["polish"]),
    ("ko", &["korean"]),
    ("vi", &["vietnamese"]),
];

/// Words that make a message a request for the language named in it; with a name alone they are the whole message.
const AROUND: &[&str] = &[
    "in",
    "to",
    "speak",
    "talk",
    "switch",
    "change",
    "language",
    "the",
    "my",
    "respond",
    "reply",
    "answer",
    "use",
    "set",
    "continue",
    "write",
    "me",
    "please",
    "from",
    "on",
    "now",
    "start",
    "speaking",
    "talking",
    "default",
    "make",
    "you",
    "using",
    "should",
    "that",
    "a",
    "chat",
    "with",
    "i",
    "prefer",
    "en",
    "em",
    "auf",
    "mein",
    "men",
    "में",
    "mai",
    "me",
    "bolo",
    "baat",
    "karo",
    "karein",
    "kijiye",
    "chahiye",
    "bhasha",
    "बोलो",
    "बात",
    "करो",
    "करें",
    "hablar",
    "habla",
    "cambiar",
    "cambia",
    "a",
    "idioma",
    "al",
    "falar",
    "fale",
    "mudar",
    "para",
    "o",
    "parler",
    "parlez",
    "changer",
    "langue",
    "passer",
    "sprechen",
    "sprich",
    "sprache",
    "bitte",
    "wechseln",
    "zu",
    "responde",
    "can",
    "we",
    "could",
    "want",
    "like",
    "would",
    "instead",
    "your",
    "conversation",
    "get",
    "only",
];

/// The code of the language a message asks for; `None` where other words stand in it or two are named.
pub(super) fn named(words: &[Word]) -> Option<&'static str> {
    let mut code = None;
    for word in words {
        let plain = word.plain.as_str();
        if let Some((named, _)) = NAMES.iter().find(|(_, names)| names.contains(&plain)) {
            if code.is_some_and(|other| other != *named) {
                return None;
            }
            code = Some(*named);
        } else if !AROUND.contains(&plain) {
            return None;
        }
    }
    code
}
