//! What people call the languages a flow can speak.

/// Names by code: in English, in the language itself, and in Spanish and Hindi.
const NAMES: [(&str, &str, &[&str]); 12] = [
    ("en", "English", &["ingles", "inglés", "अंग्रेज़ी", "अंग्रेजी", "इंग्लिश"]),
    ("hi", "हिन्दी", &["hindi", "हिंदी"]),
    ("es", "Español", &["spanish", "espanol", "castellano", "स्पेनिश"]),
    ("fr", "Français", &["french", "francais", "francés", "फ़्रेंच"]),
    ("de", "Deutsch", &["german", "alemán", "aleman", "जर्मन"]),
    ("pt", "Português", &["portuguese", "portugues", "portugués"]),
    ("mr", "मराठी", &["marathi"]),
    ("bn", "বাংলা", &["bengali", "bangla"]),
    ("ta", "தமிழ்", &["tamil"]),
    ("te", "తెలుగు", &["telugu"]),
    ("gu", "ગુજરાતી", &["gujarati"]),
    ("ar", "العربية", &["arabic", "árabe"]),
];

/// The one of `codes` that `text` names, by code or by name.
pub(super) fn named<'a>(text: &str, codes: &'a [String]) -> Option<&'a str> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c.is_ascii_punctuation()).collect();
    let is_named = |code: &&String| {
        words.contains(&code.to_lowercase().as_str())
            || NAMES.iter().any(|(known, own, others)| {
                *known == code.as_str()
                    && (words.contains(&own.to_lowercase().as_str())
                        || others.iter().any(|o| words.contains(o)))
            })
    };
    codes.iter().find(is_named).map(String::as_str)
}

/// What speakers of the language call it; the code where that is not known.
pub(super) fn own_name(code: &str) -> &str {
    NAMES.iter().find(|(known, ..)| *known == code).map_or(code, |(_, own, _)| own)
}
