//! A name spelled letter by letter: "M as in Mike, A, R, I, A", "l o p e z", "mike alpha romeo".

use super::spoken;
use super::words::{self, Word};

/// Fewer letters are no spelling.
const FEWEST: usize = 3;

/// What is spelled in a text, each part with a capital: the letters alone, or in place of the last word said before them
/// ("Maria Lopez, L O P E Z"). `None`: nothing is spelled, or something else is said as well.
pub fn spelled(text: &str) -> Option<String> {
    let list = words::words(text);
    let from =
        (0..list.len()).find(|from| letters(&list[*from..]).is_some_and(|read| count(&read) >= FEWEST))?;
    // "you", "are" and "see" are letters' names too: at least one letter must be said as nothing else.
    let plainly = |word: &Word| word.plain.chars().count() == 1 || is_code(&word.plain);
    if !list[from..].iter().any(plainly) {
        return None;
    }
    let before = list[..from].split_last().map_or(&[][..], |(_, others)| others);
    let kept = before.iter().map(|word| &text[word.start..word.end]);
    let spelled = letters(&list[from..])?;
    let parts = spelled.split(' ').map(capitalised);
    Some(kept.map(str::to_owned).chain(parts).collect::<Vec<_>>().join(" "))
}

fn count(spelled: &str) -> usize {
    spelled.chars().filter(|c| c.is_alphabetic()).count()
}

/// Words that name a letter in the radio alphabet, and are rarely anything else in a row.
fn is_code(word: &str) -> bool {
    word.len() > 3 && spoken::letter(word).is_some()
}

/// All words as letters, spaces and signs; `None` where one is none of them.
fn letters(list: &[Word]) -> Option<String> {
    let mut spelled = String::new();
    let mut at = 0;
    while let Some(word) = list.get(at) {
        let next = list.get(at + 1).map(|word| word.plain.as_str());
        match word.plain.as_str() {
            "space" | "blank" | "espacio" | "espaco" | "espace" | "leerzeichen" => spelled.push(' '),
            "dash" | "hyphen" | "guion" | "hifen" | "tiret" | "bindestrich" => spelled.push('-'),
            "apostrophe" | "apostrofo" => spelled.push('\''),
            plain => {
                let times = spoken::repeat(plain).filter(|_| next.is_some());
                at += usize::from(times.is_some());
                let letter = letter(&list.get(at)?.plain)?;
                spelled.extend(std::iter::repeat_n(letter, times.unwrap_or(1)));
                at += example(&list[at + 1..]);
            }
        }
        at += 1;
    }
    let spelled = spelled.trim().to_owned();
    spelled.chars().next().is_some_and(char::is_alphabetic).then_some(spelled)
}

/// A letter of any alphabet said as itself, or by its name.
fn letter(word: &str) -> Option<char> {
    let mut chars = word.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) if only.is_alphabetic() => Some(only),
        _ => spoken::letter(word),
    }
}

/// How many words an example takes: "as in Mike", "como María", "wie Martha", "for mother".
fn example(rest: &[Word]) -> usize {
    let plain = |at: usize| rest.get(at).map(|word| word.plain.as_str());
    match (plain(0), plain(1), plain(2)) {
        (Some("as"), Some("in"), Some(_)) => 3,
        (Some("like" | "for" | "como" | "comme" | "wie" | "de"), Some(word), _)
            if word.chars().count() > 1 =>
        {
            2
        }
        _ => 0,
    }
}

fn capitalised(part: &str) -> String {
    let mut capital = true;
    part.chars()
        .flat_map(|c| {
            let upper = std::mem::replace(&mut capital, !c.is_alphabetic());
            if upper { c.to_uppercase().collect::<Vec<_>>() } else { c.to_lowercase().collect() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_make_a_name() {
        let rows = [
            ("letters", "l o p e z", Some("Lopez")),
            ("capitals with signs", "L. O. P. E. Z.", Some("Lopez")),
            ("examples", "M as in Mike, a as in apple, r, i, a", Some("Maria")),
            ("examples of other languages", "m como María, a, r como rosa", Some("Mar")),
            ("German", "m wie Martha, e, y wie Ypsilon, e, r", Some("Meyer")),
            ("code words", "mike alpha romeo india alpha", Some("Maria")),
            ("twice the same", "m i double l e r", Some("Miller")),
            ("two parts", "m a r i a space l o p e z", Some("Maria Lopez")),
            ("a sign", "a n n dash m a y", Some("Ann-May")),
            ("an apostrophe", "o apostrophe n e i l", Some("O'Neil")),
            ("the name and its letters", "Maria Lopez, L O P E S", Some("Maria Lopes")),
            ("the word and its letters", "Meyer: M E I E R", Some("Meier")),
            ("a name", "Maria Lopez", None),
            ("a name that is a code word", "Mike", None),
            ("two letters", "j d", None),
            ("names of letters that are words", "you are why", None),
            ("letters and then more", "m a r i a please call", None),
            ("nothing", "", None),
        ];
        for (label, text, expected) in rows {
            assert_eq!(spelled(text).as_deref(), expected, "{label}: {text}");
        }
    }
}
