//! Chat spelling ("tmrw", "2moro") and Hindi in both scripts ("kal shaam 5 baje") in plain English words.

use crate::understand::numerals;
use crate::understand::words::{self, Word};

/// The text in plain English, if anything in it had to be put so.
pub(in crate::understand) fn plain_english(text: &str, language: &str) -> Option<String> {
    let words = words::words(text);
    let hindi = language == "hi" || is_hindi(&words);
    let mut plain = String::with_capacity(text.len() + 16);
    let mut last = 0;
    let mut changed = false;
    let mut at = 0;
    while at < words.len() {
        let rewritten = if hindi { hindi_at(&words, at, language) } else { None };
        let rewritten = rewritten.or_else(|| spoken_year(&words, at));
        let rewritten = rewritten.or_else(|| chat(&words[at].plain).map(|s| (s.to_owned(), 1)));
        if let Some((english, taken)) = rewritten {
            plain.push_str(&text[last..words[at].start]);
            plain.push_str(&english);
            last = words[at + taken - 1].end;
            changed = true;
            at += taken;
        } else {
            at += 1;
        }
    }
    plain.push_str(&text[last..]);
    changed.then_some(plain)
}

fn chat(word: &str) -> Option<&'static str> {
    Some(match word {
        "tmrw" | "tmr" | "tmw" | "tmrrw" | "2moro" | "2morrow" | "2mrw" | "tomorow" | "tommorow"
        | "tommorrow" | "tomoro" | "tomorrw" | "tomm" | "tom" | "tomm0row" | "tmro" | "tomoz" | "tmoro" => {
            "tomorrow"
        }
        "2day" | "tday" | "tdy" => "today",
        "2nite" | "tonite" | "2night" => "tonight",
        "nxt" => "next",
        "wknd" => "weekend",
        "coming" => "this",
        "tues" | "tuesd" => "tuesday",
        "weds" | "wednes" => "wednesday",
        "thur" | "thurs" | "thrs" => "thursday",
        "wensday" | "wednsday" | "wendsday" => "wednesday",
        "thrusday" | "thurday" => "thursday",
        "saterday" | "satruday" => "saturday",
        "eve" => "evening",
        "morn" | "mrng" | "mornin" => "morning",
        "aftrnoon" | "aftn" => "afternoon",
        "hr" => "hour",
        _ => return None,
    })
}

/// "july twenty twelve", "nineteen seventy eight" after a month: the year in figures.
fn spoken_year(words: &[Word], at: usize) -> Option<(String, usize)> {
    let century = match words[at].plain.as_str() {
        "nineteen" => 1900,
        "twenty" => 2000,
        _ => return None,
    };
    let said = |n: usize| words.get(at + n).and_then(|w| numerals::simple(&w.plain, "en"));
    let tens = said(1).filter(|value| (10..=99).contains(value))?;
    let unit = said(2).filter(|value| (1..=9).contains(value) && tens % 10 == 0 && tens >= 20);
    let month = words[..at].iter().rev().take(5).any(|w| {
        matches!(
            w.plain.get(..3),
            Some(
                "jan" | "feb" | "mar" | "apr" | "may" | "jun" | "jul" | "aug" | "sep" | "oct" | "nov" | "dec"
            )
        )
    });
    month.then(|| ((century + tens + unit.unwrap_or(0)).to_string(), 2 + usize::from(unit.is_some())))
}

fn is_hindi(words: &[Word]) -> bool {
    words.iter().any(|w| {
        matches!(
            w.plain.as_str(),
            "kal"
                | "aaj"
                | "parso"
                | "parson"
                | "baje"
                | "shaam"
                | "subah"
                | "dopahar"
                | "raat"
                | "somvar"
                | "agle"
        )
    })
}

/// The word in English and how many words it took.
fn hindi_at(words: &[Word], at: usize, language: &str) -> Option<(String, usize)> {
    if let Some((clock, taken)) = hindi_clock(words, at, language) {
        return Some((clock, taken));
    }
    let one = |english: &str| Some((english.to_owned(), 1));
    let w = words[at].plain.as_str();
    match w {
        "kal" | "कल" => one("tomorrow"),
        "aaj" | "आज" => one("today"),
        "parso" | "parson" | "परसों" | "परसो" => one("the day after tomorrow"),
        "agle" | "agla" | "agli" | "अगले" | "अगला" | "अगली" => one("next"),
        "is" | "iss" | "इस" => one("this"),
        "hafte" | "hafta" | "haftay" | "हफ्ते" | "हफ़्ते" | "सप्ताह" => {
            one("week")
        }
        "din" | "dino" | "दिन" | "दिनों" => one("days"),
        "baad" | "बाद" => one("from now"),
        "mahine" | "महीने" => one("month"),
        "ghante" | "घंटे" | "घण्टे" => one("hours"),
        "somvar" | "somwar" | "सोमवार" => one("monday"),
        "mangalvar" | "mangalwar" | "मंगलवार" => one("tuesday"),
        "budhvar" | "budhwar" | "बुधवार" => one("wednesday"),
        "guruvar" | "guruwar" | "brihaspativar" | "गुरुवार" | "बृहस्पतिवार" | "वीरवार" => {
            one("thursday")
        }
        "shukravar" | "shukrawar" | "शुक्रवार" => one("friday"),
        "shanivar" | "shaniwar" | "शनिवार" => one("saturday"),
        "ravivar" | "raviwar" | "itvar" | "itwar" | "रविवार" | "इतवार" => one("sunday"),
        "ko" | "को" | "ke" | "के" | "ki" | "की" | "mein" | "में" | "ka" | "का" | "tak" | "तक" => {
            one("")
        }
        _ => month(w).map(|m| (m.to_owned(), 1)),
    }
}

fn month(word: &str) -> Option<&'static str> {
    Some(match word {
        "जनवरी" | "janvari" => "january",
        "फरवरी" | "फ़रवरी" | "farvari" => "february",
        "मार्च" => "march",
        "अप्रैल" | "aprail" => "april",
        "मई" => "may",
        "जून" => "june",
        "जुलाई" | "julai" => "july",
        "अगस्त" | "agast" => "august",
        "सितंबर" | "सितम्बर" | "sitambar" => "september",
        "अक्टूबर" | "अक्तूबर" | "aktubar" => "october",
        "नवंबर" | "नवम्बर" | "navambar" => "november",
        "दिसंबर" | "दिसम्बर" | "disambar" => "december",
        _ => return None,
    })
}

/// "shaam 5 baje", "subah saadhe nau baje", "raat ko 8 baje": the part of the day says which half is meant.
fn hindi_clock(words: &[Word], from: usize, language: &str) -> Option<(String, usize)> {
    let word = |at: usize| words.get(at).map(|w| w.plain.as_str());
    let mut at = from;
    let part = word(at).and_then(part_of_day);
    if part.is_some() {
        at += 1;
        if matches!(word(at), Some("ko" | "को" | "ke" | "के" | "mein" | "में")) {
            at += 1;
        }
    }
    let (offset, shifted) = match word(at) {
        Some("saadhe" | "sadhe" | "साढ़े") => (30, true),
        Some("sava" | "sawa" | "सवा") => (15, true),
        Some("paune" | "पौने") => (-15, true),
        _ => (0, false),
    };
    at += usize::from(shifted);
    let number = word(at).and_then(|w| {
        w.parse().ok().or_else(|| numerals::simple(w, if language == "hi" { "hi" } else { "en" }))
    });
    let hour =
        number.or_else(|| word(at).and_then(|w| numerals::simple(w, "hi"))).filter(|h| (1..=24).contains(h));
    let baje = matches!(word(at + 1), Some("baje" | "बजे" | "bje" | "bajay"));
    let Some(hour) = hour.filter(|_| baje) else {
        // "kal shaam" alone says no time of day.
        return part.map(|(name, _)| (format!("in the {name}"), 1));
    };
    let minutes = i64::try_from(hour).ok()? * 60 + offset;
    let half = part.map_or("", |(name, pm)| match (name, pm) {
        ("night", _) if (1..=3).contains(&hour) => " am",
        (_, true) => " pm",
        _ => " am",
    });
    Some((format!("at {}:{:02}{half}", minutes / 60, minutes % 60), at + 2 - from))
}

/// A part of the day in English and whether it is after noon.
fn part_of_day(word: &str) -> Option<(&'static str, bool)> {
    Some(match word {
        "subah" | "savere" | "सुबह" | "सवेरे" => ("morning", false),
        "dopahar" | "dopaher" | "दोपहर" => ("afternoon", true),
        "shaam" | "sham" | "shyam" | "शाम" => ("evening", true),
        "raat" | "रात" => ("night", true),
        _ => return None,
    })
}
