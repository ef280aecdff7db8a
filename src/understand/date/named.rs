//! A day and a named month, in the order and the small words of seven languages: `3rd of April`, `5 de mayo de 2027`,
//! `April 3, 2027`, `le 1er mai`, `am 3. April`.

use jiff::civil::Date;

use crate::understand::Asked;
use crate::understand::numerals;
use crate::understand::words::{self, Word};

/// The months in plain words: English, Spanish, Portuguese, French, German, Italian, Hindi; abbreviations of three letters.
const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "enero", "janeiro", "janvier", "januar", "janner", "gennaio", "जनवरी", "janvari"],
    &["february", "feb", "febrero", "fevereiro", "fevrier", "februar", "febbraio", "फरवरी", "farvari"],
    &["march", "mar", "marzo", "marco", "mars", "marz", "मार्च"],
    &["april", "apr", "abril", "avril", "aprile", "अप्रैल"],
    &["may", "mayo", "maio", "mai", "maggio", "मई"],
    &["june", "jun", "junio", "junho", "juin", "juni", "giugno", "जून"],
    &["july", "jul", "julio", "julho", "juillet", "juli", "luglio", "जुलाई"],
    &["august", "aug", "agosto", "aout", "अगस्त"],
    &["september", "sep", "sept", "septiembre", "setembro", "septembre", "settembre", "सितंबर", "सितम्बर"],
    &["october", "oct", "octubre", "outubro", "octobre", "oktober", "ottobre", "अक्टूबर", "अक्तूबर"],
    &["november", "nov", "noviembre", "novembro", "novembre", "नवंबर", "नवम्बर"],
    &["december", "dec", "diciembre", "dezembro", "decembre", "dezember", "dicembre", "दिसंबर", "दिसम्बर"],
];

/// Small words between day, month and year.
const BETWEEN: &[&str] = &["of", "the", "de", "del", "do", "da", "von", "di"];

/// The one day named so in the text, where nothing around it moves it ("after", "before", "ago" are left to the recogniser).
pub(in crate::understand) fn find(text: &str, asked: &Asked) -> Option<(Date, std::ops::Range<usize>)> {
    let words = words::words(text);
    let moved = |w: &Word| {
        matches!(
            w.plain.as_str(),
            "after"
                | "before"
                | "from"
                | "ago"
                | "last"
                | "week"
                | "pasado"
                | "passado"
                | "dernier"
                | "nach"
                | "vor"
        )
    };
    let mut months = (0..words.len()).filter_map(|at| month(&words[at].plain).map(|month| (at, month)));
    let (at, month) = months.next()?;
    if months.next().is_some() || words.iter().any(moved) {
        return None;
    }
    let language = asked.language_only();
    let before = (0..at).rev().find(|i| !BETWEEN.contains(&words[*i].plain.as_str()));
    if let Some((first, day)) = before.and_then(|i| day_ending(&words, i, language)) {
        let (year, end) = year_after(text, &words, at);
        // A year in words or in two figures follows: more than is read here.
        let more = words.get(end + 1).is_some_and(|w| matches!(w.plain.as_str(), "de" | "del"));
        if year.is_none() && more {
            return None;
        }
        return dated(year, month, day, asked).map(|date| (date, words[first].start..words[end].end));
    }
    let next = (at + 1..words.len()).find(|i| !BETWEEN.contains(&words[*i].plain.as_str()))?;
    let day = figures(&words[next].plain)?;
    let (year, end) = year_after(text, &words, next);
    dated(year, month, day, asked).map(|date| (date, words[at].start..words[end].end))
}

fn month(word: &str) -> Option<i8> {
    MONTHS.iter().position(|names| names.contains(&word)).and_then(|at| i8::try_from(at + 1).ok())
}

/// The day whose last word is at `at`, and where it begins.
fn day_ending(words: &[Word], at: usize, language: &str) -> Option<(usize, i8)> {
    let word = words[at].plain.as_str();
    if let Some(day) = figures(word) {
        return Some((at, day));
    }
    let first = matches!(word, "primero" | "primeiro" | "premier" | "ersten" | "erster" | "primo" | "first");
    let value = if first { 1 } else { numerals::simple(word, language).filter(|_| language != "en")? };
    // "vinte e um", "treinta y uno".
    let number = |i: Option<usize>| i.and_then(|i| numerals::simple(&words[i].plain, language));
    let joined = at > 0 && matches!(words[at - 1].plain.as_str(), "y" | "e" | "et");
    let (from, value) = match number(at.checked_sub(2)).filter(|tens| joined && matches!(tens, 20 | 30)) {
        Some(tens) => (at - 2, tens + value),
        None if joined || number(at.checked_sub(1)).is_some() => return None,
        None => (at, value),
    };
    i8::try_from(value).ok().filter(|day| (1..=31).contains(day)).map(|day| (from, day))
}

/// "3", "3rd", "1er", "1o".
fn figures(word: &str) -> Option<i8> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let ordinal = matches!(&word[digits..], "" | "st" | "nd" | "rd" | "th" | "er" | "o" | "a");
    word[..digits].parse().ok().filter(|day| ordinal && digits <= 2 && (1..=31).contains(day))
}

/// A year of four figures right behind word `at`, and the last word of the date.
fn year_after(text: &str, words: &[Word], at: usize) -> (Option<i16>, usize) {
    let year = (at + 1..words.len()).find(|i| !BETWEEN.contains(&words[*i].plain.as_str())).and_then(|i| {
        let near = i <= at + 2 && !text[words[at].end..words[i].start].contains([';', '?', '!', '$']);
        let year: i16 = words[i].plain.parse().ok().filter(|_| words[i].plain.len() == 4 && near)?;
        (1000..=3000).contains(&year).then_some((year, i))
    });
    year.map_or((None, at), |(year, i)| (Some(year), i))
}

/// The date; without a year its next occurrence.
fn dated(year: Option<i16>, month: i8, day: i8, asked: &Asked) -> Option<Date> {
    if let Some(year) = year {
        return Date::new(year, month, day).ok();
    }
    let today = asked.now.date();
    (today.year()..=today.year() + 4)
        .filter_map(|year| Date::new(year, month, day).ok())
        .find(|date| *date >= today)
}
