//! Number words. English always; Hindi (both scripts), Spanish and Portuguese where the conversation is in them. French
//! and German build their numbers otherwise and are left to the recogniser, but for single words ([`simple`]).

use super::hindi;

/// A word below a hundred (or a Romance "doscientos"), all but "hundred" itself.
pub(super) fn unit(word: &str, language: &str) -> Option<u64> {
    english(word).or_else(|| match language {
        "hi" => hindi::number(word),
        "es" => spanish(word),
        "pt" => portuguese(word),
        _ => None,
    })
}

fn english(word: &str) -> Option<u64> {
    Some(match word {
        "zero" => 0,
        "one" => 1,
        "two" => 2,
        "three" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "seven" => 7,
        "eight" => 8,
        "nine" => 9,
        "ten" => 10,
        "eleven" => 11,
        "twelve" => 12,
        "thirteen" => 13,
        "fourteen" => 14,
        "fifteen" => 15,
        "sixteen" => 16,
        "seventeen" => 17,
        "eighteen" => 18,
        "nineteen" => 19,
        "twenty" => 20,
        "thirty" => 30,
        "forty" | "fourty" => 40,
        "fifty" => 50,
        "sixty" => 60,
        "seventy" => 70,
        "eighty" => 80,
        "ninety" | "ninty" => 90,
        _ => return None,
    })
}

fn spanish(word: &str) -> Option<u64> {
    Some(match word {
        "cero" => 0,
        "un" | "uno" | "una" => 1,
        "dos" => 2,
        "tres" => 3,
        "cuatro" => 4,
        "cinco" => 5,
        "seis" => 6,
        "siete" => 7,
        "ocho" => 8,
        "nueve" => 9,
        "diez" => 10,
        "once" => 11,
        "doce" => 12,
        "trece" => 13,
        "catorce" => 14,
        "quince" => 15,
        "dieciseis" => 16,
        "diecisiete" => 17,
        "dieciocho" => 18,
        "diecinueve" => 19,
        "veinte" => 20,
        "veintiun" | "veintiuno" | "veintiuna" => 21,
        "veintidos" => 22,
        "veintitres" => 23,
        "veinticuatro" => 24,
        "veinticinco" => 25,
        "veintiseis" => 26,
        "veintisiete" => 27,
        "veintiocho" => 28,
        "veintinueve" => 29,
        "treinta" => 30,
        "cuarenta" => 40,
        "cincuenta" => 50,
        "sesenta" => 60,
        "setenta" => 70,
        "ochenta" => 80,
        "noventa" => 90,
        "cien" | "ciento" => 100,
        "doscientos" | "doscientas" => 200,
        "trescientos" | "trescientas" => 300,
        "cuatrocientos" | "cuatrocientas" => 400,
        "quinientos" | "quinientas" => 500,
        "seiscientos" | "seiscientas" => 600,
        "setecientos" | "setecientas" => 700,
        "ochocientos" | "ochocientas" => 800,
        "novecientos" | "novecientas" => 900,
        _ => return None,
    })
}

fn portuguese(word: &str) -> Option<u64> {
    Some(match word {
        "zero" => 0,
        "um" | "uma" => 1,
        "dois" | "duas" => 2,
        "tres" => 3,
        "quatro" => 4,
        "cinco" => 5,
        "seis" | "meia" => 6,
        "sete" => 7,
        "oito" => 8,
        "nove" => 9,
        "dez" => 10,
        "onze" => 11,
        "doze" => 12,
        "treze" => 13,
        "catorze" | "quatorze" => 14,
        "quinze" => 15,
        "dezesseis" | "dezasseis" => 16,
        "dezessete" | "dezassete" => 17,
        "dezoito" => 18,
        "dezenove" | "dezanove" => 19,
        "vinte" => 20,
        "trinta" => 30,
        "quarenta" => 40,
        "cinquenta" => 50,
        "sessenta" => 60,
        "setenta" => 70,
        "oitenta" => 80,
        "noventa" => 90,
        "cem" | "cento" => 100,
        "duzentos" | "duzentas" => 200,
        "trezentos" | "trezentas" => 300,
        "quatrocentos" | "quatrocentas" => 400,
        "quinhentos" | "quinhentas" => 500,
        "seiscentos" | "seiscentas" => 600,
        "setecentos" | "setecentas" => 700,
        "oitocentos" | "oitocentas" => 800,
        "novecentos" | "novecentas" => 900,
        _ => return None,
    })
}

/// One word that is a whole number by itself, also in French and German.
pub(in crate::understand) fn simple(word: &str, language: &str) -> Option<u64> {
    unit(word, language).or_else(|| {
        let table: &[&[&str]] = match language {
            "fr" => &[
                &["zero"],
                &["un", "une"],
                &["deux"],
                &["trois"],
                &["quatre"],
                &["cinq"],
                &["six"],
                &["sept"],
                &["huit"],
                &["neuf"],
                &["dix"],
                &["onze"],
                &["douze"],
                &["treize"],
                &["quatorze"],
                &["quinze"],
                &["seize"],
            ],
            "de" => &[
                &["null"],
                &["eins", "ein", "eine"],
                &["zwei", "zwo"],
                &["drei"],
                &["vier"],
                &["funf"],
                &["sechs"],
                &["sieben"],
                &["acht"],
                &["neun"],
                &["zehn"],
                &["elf"],
                &["zwolf"],
            ],
            "it" => &[
                &["zero"],
                &["uno", "una", "un"],
                &["due"],
                &["tre"],
                &["quattro"],
                &["cinque"],
                &["sei"],
                &["sette"],
                &["otto"],
                &["nove"],
                &["dieci"],
            ],
            "nl" => &[
                &["nul"],
                &["een"],
                &["twee"],
                &["drie"],
                &["vier"],
                &["vijf"],
                &["zes"],
                &["zeven"],
                &["acht"],
                &["negen"],
                &["tien"],
            ],
            _ => return None,
        };
        table.iter().position(|writings| writings.contains(&word)).map(|n| n as u64)
    })
}

/// What a word multiplies by.
pub(super) fn scale(word: &str, language: &str) -> Option<u64> {
    Some(match word {
        "hundred" | "hundreds" => 100,
        "thousand" | "thousands" | "k" | "grand" => 1_000,
        "lakh" | "lakhs" | "lac" | "lacs" => 100_000,
        "million" | "millions" | "mn" | "mio" => 1_000_000,
        "crore" | "crores" | "cr" => 10_000_000,
        "billion" | "billions" | "bn" => 1_000_000_000,
        "trillion" | "trillions" => 1_000_000_000_000,
        "dozen" | "dozens" | "dz" | "dzs" => 12,
        "couple" | "pair" => 2,
        _ => match (language, word) {
            ("hi", "सौ" | "sau") => 100,
            ("hi", "हज़ार" | "हजार" | "hazaar" | "hazar" | "hajar") => 1_000,
            ("hi", "लाख") => 100_000,
            ("hi", "करोड़" | "karod" | "karor") => 10_000_000,
            ("es" | "pt", "mil") | ("fr", "mille") | ("de", "tausend") | ("it", "mila") => 1_000,
            ("de", "hundert") => 100,
            ("de", "millionen") | ("it", "milioni" | "milione") => 1_000_000,
            ("fr", "milliard" | "milliards") | ("de", "milliarde" | "milliarden") => 1_000_000_000,
            ("es", "millon" | "millones") | ("pt", "milhao" | "milhoes") => 1_000_000,
            ("es", "docena" | "docenas") | ("pt", "duzia" | "duzias") => 12,
            ("pt", "bilhao" | "bilhoes") => 1_000_000_000,
            _ => return None,
        },
    })
}

/// Whether the word is a number without one before it: "dozen" and "mil" are, "k" is not.
pub(super) fn scale_alone(word: &str) -> bool {
    matches!(
        word,
        "hundred"
            | "thousand"
            | "million"
            | "lakh"
            | "crore"
            | "dozen"
            | "mil"
            | "सौ"
            | "हज़ार"
            | "हजार"
            | "लाख"
    )
}

/// An English ordinal, and whether it is a scale ("hundredth").
pub(super) fn ordinal(word: &str) -> Option<(u64, bool)> {
    Some((
        match word {
            "first" => 1,
            "second" => 2,
            "third" => 3,
            "fourth" | "forth" => 4,
            "fifth" => 5,
            "sixth" => 6,
            "seventh" => 7,
            "eighth" => 8,
            "ninth" => 9,
            "tenth" => 10,
            "eleventh" => 11,
            "twelfth" => 12,
            "thirteenth" => 13,
            "fourteenth" => 14,
            "fifteenth" => 15,
            "sixteenth" => 16,
            "seventeenth" => 17,
            "eighteenth" => 18,
            "nineteenth" => 19,
            "twentieth" => 20,
            "thirtieth" => 30,
            "fortieth" => 40,
            "fiftieth" => 50,
            "sixtieth" => 60,
            "seventieth" => 70,
            "eightieth" => 80,
            "ninetieth" => 90,
            "hundredth" => return Some((100, true)),
            "thousandth" => return Some((1_000, true)),
            "millionth" => return Some((1_000_000, true)),
            _ => return None,
        },
        false,
    ))
}
