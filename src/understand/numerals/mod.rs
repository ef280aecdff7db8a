//! Numbers in a text, in figures or words, each with its place: `2`, `1,200`, `2.5k`, `twenty-five`, `a dozen`,
//! `3 lakh 50 thousand`, `the 3rd`.

mod figures;
mod hindi;
mod lexicon;

use rust_decimal::Decimal;

use super::words::Word;
use super::{Asked, words};
pub(super) use lexicon::simple;

/// How numbers are written where the question is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner<'a> {
    /// "2,5" is two and a half.
    pub decimal_comma: bool,
    /// "2L" is two lakh.
    pub indian: bool,
    /// Whose number words are read besides English.
    pub language: &'a str,
}

impl<'a> Manner<'a> {
    /// That of the question; a rupee sign in the text speaks for itself.
    pub(super) fn of(asked: &'a Asked, text: &str) -> Self {
        let indian = matches!(asked.region, Some("IN" | "PK" | "BD" | "NP" | "LK"))
            || asked.language.starts_with("hi")
            || asked.currency == Some("INR")
            || text.contains('₹');
        Manner { decimal_comma: asked.decimal_comma(), indian, language: asked.language_only() }
    }
}

/// One number in a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mention {
    /// How much.
    pub value: Decimal,
    /// Bytes of the text it took.
    pub start: usize,
    /// The byte after it.
    pub end: usize,
    /// "third", "3rd".
    pub ordinal: bool,
    /// Written in figures.
    pub figures: bool,
    /// Letters that are no scale hang on it: the 3 of "3bhk".
    pub unit: bool,
    /// What it was multiplied by: 1,000 of "2k" and of "three thousand", else 1.
    pub scale: Decimal,
}

/// The numbers of a text, in order. Parts of dates, clock times and versions ("3/4", "10:30", "1.1.3") are none.
pub(super) fn mentions(text: &str, manner: Manner) -> Vec<Mention> {
    let words = words::words(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match Scan::new(text, &words, manner).run(at) {
            Some((mention, next)) => {
                found.push(mention);
                at = next;
            }
            None => at += 1,
        }
    }
    found
}

/// One number being put together from words.
struct Scan<'a> {
    text: &'a str,
    words: &'a [Word],
    manner: Manner<'a>,
    total: Decimal,
    current: Option<Decimal>,
    last_scale: Decimal,
    ordinal: bool,
    figures: bool,
    unit: bool,
    scaled: bool,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str, words: &'a [Word], manner: Manner<'a>) -> Self {
        Scan {
            text,
            words,
            manner,
            total: Decimal::ZERO,
            current: None,
            last_scale: Decimal::ONE,
            ordinal: false,
            figures: false,
            unit: false,
            scaled: false,
        }
    }

    /// The number that begins at word `from`, and the word after it.
    fn run(mut self, from: usize) -> Option<(Mention, usize)> {
        let mut at = from;
        let mut start = self.words[from].start;
        let mut negative = false;
        if (matches!(self.words[at].plain.as_str(), "minus" | "negative" | "माइनस" | "ऋणात्मक")
            || (matches!(self.manner.language, "es" | "pt") && self.words[at].plain == "menos" && at == 0))
            && self.words.len() > at + 1
        {
            negative = true;
            at += 1;
        }
        let first = at;
        let mut end = start;
        while at < self.words.len() && !self.ordinal && !self.unit {
            if at > first && !self.joined(end, self.words[at].start) {
                break;
            }
            let Some(next) = self.take(at) else { break };
            // A figure may reach past its last word ("½") or end inside one ("3bhk").
            end = self.words[next - 1].end;
            at = next;
        }
        if at == first || (self.current.is_none() && !self.scaled) {
            return None;
        }
        let mut value = self.total.checked_add(self.current.unwrap_or_default())?;
        if !negative && self.figures && matches!(self.text[..start].trim(), "-" | "−") {
            negative = true;
            start = 0;
        }
        if !negative && self.figures && self.text[..start].ends_with(['-', '−']) {
            let before = self.text[..start].trim_end_matches(['-', '−']);
            if before.is_empty() || before.ends_with([' ', '(', '$', '=', '<', '>']) {
                negative = true;
                start = before.len();
            }
        }
        if negative {
            value = -value;
        }
        let Scan { ordinal, figures, unit, scaled, last_scale, .. } = self;
        let scale = if scaled { last_scale } else { Decimal::ONE };
        Some((Mention { value, start, end, ordinal, figures, unit, scale }, at))
    }

    /// Whether only spaces or a hyphen part two words; a comma may follow a scale ("one thousand, two hundred").
    fn joined(&self, end: usize, start: usize) -> bool {
        let between = &self.text[end..start];
        if self.figures && between.contains('-') {
            return false;
        }
        between.chars().all(|c| c == ' ' || c == '-' || c == '\u{a0}' || (c == ',' && self.current.is_none()))
            && between.matches('-').count() <= 1
    }

    /// Adds the word at `at`, if it continues the number; the word after it.
    fn take(&mut self, at: usize) -> Option<usize> {
        let word = self.words[at].plain.as_str();
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return self.take_figures(at);
        }
        let language = self.manner.language;
        if let Some(value) = lexicon::unit(word, language) {
            return self.take_unit(value).then_some(at + 1);
        }
        if let Some((value, scale)) = lexicon::ordinal(word) {
            self.ordinal = true;
            return if scale { self.take_scale(value) } else { self.take_unit(value) }.then_some(at + 1);
        }
        if let Some(scale) = lexicon::scale(word, language) {
            let bare = self.current.is_none() && !self.scaled;
            if bare && !lexicon::scale_alone(word) {
                return None;
            }
            return self.take_scale(scale).then_some(at + 1);
        }
        self.take_glue(at, word)
    }

    fn take_figures(&mut self, at: usize) -> Option<usize> {
        if self.current.is_some() {
            return None;
        }
        let figure = figures::read(self.text, self.words[at].start, self.manner)?;
        self.figures = true;
        self.ordinal = figure.ordinal;
        self.unit = figure.unit;
        match figure.scale {
            Some(scale) => {
                self.current = Some(figure.value);
                self.take_scale(scale).then_some(())?;
            }
            None => self.current = Some(figure.value),
        }
        let after = self.words[at..].iter().take_while(|word| word.start < figure.end).count();
        Some(at + after.max(1))
    }

    /// A word below a hundred: "five" after "twenty" or after a hundred; never after another "five".
    fn take_unit(&mut self, value: u64) -> bool {
        let value = Decimal::from(value);
        let fits = match self.current {
            None => true,
            Some(_) if self.figures => false,
            Some(current) => {
                let ten = current % Decimal::from(100);
                if current.is_zero() {
                    false
                } else if ten.is_zero() {
                    value < Decimal::from(100)
                } else {
                    ten >= Decimal::from(20)
                        && (ten % Decimal::TEN).is_zero()
                        && value < Decimal::TEN
                        && !value.is_zero()
                }
            }
        };
        if fits {
            self.current = Some(self.current.unwrap_or_default() + value);
        }
        fits
    }

    fn take_scale(&mut self, scale: u64) -> bool {
        let scale = Decimal::from(scale);
        let current = self.current.unwrap_or(Decimal::ONE);
        if scale == Decimal::ONE_HUNDRED {
            let Some(grown) = current.checked_mul(scale) else { return false };
            self.current = Some(grown);
            self.last_scale = scale;
            return true;
        }
        let grown = if !self.total.is_zero() && self.total < scale {
            (self.total + self.current.unwrap_or_default()).checked_mul(scale)
        } else {
            current.checked_mul(scale).and_then(|more| self.total.checked_add(more))
        };
        let Some(grown) = grown else { return false };
        self.total = grown;
        self.current = None;
        self.last_scale = scale;
        self.scaled = true;
        true
    }

    /// "a", "and", "point", "half": words that belong to a number only beside others.
    fn take_glue(&mut self, at: usize, word: &str) -> Option<usize> {
        let next = |n: usize| self.words.get(at + n).map(|w| w.plain.as_str());
        let language = self.manner.language;
        match word {
            "a" | "an" if self.current.is_none() && !self.scaled => {
                let scale = next(1).and_then(|w| lexicon::scale(w, language))?;
                self.current = Some(Decimal::ONE);
                self.take_scale(scale).then_some(at + 2)
            }
            "quarter" if self.current.is_none() && !self.scaled => {
                let article =
                    usize::from(next(1) == Some("of")) + usize::from(matches!(next(1), Some("a" | "an")));
                let scale =
                    next(1 + article).and_then(|w| lexicon::scale(w, language)).filter(|s| *s >= 1_000)?;
                self.current = Some(Decimal::new(25, 2));
                self.take_scale(scale).then_some(at + 2 + article)
            }
            "half" if self.current.is_none() && !self.scaled => {
                let article = usize::from(matches!(next(1), Some("a" | "an")));
                let scale = next(1 + article).and_then(|w| lexicon::scale(w, language))?;
                self.current = Some(Decimal::new(5, 1));
                self.take_scale(scale).then_some(at + 2 + article)
            }
            "and" | "y" | "e" | "&" => {
                if word == "and" && matches!(next(1), Some("a" | "one")) && next(2) == Some("half") {
                    let half = self.last_scale * Decimal::new(5, 1);
                    match self.current {
                        Some(current) => self.current = Some(current + half),
                        None => self.total += half,
                    }
                    return Some(at + 3);
                }
                let follows =
                    next(1).and_then(|w| lexicon::unit(w, language).or(lexicon::ordinal(w).map(|o| o.0)));
                let joins = match (word, language) {
                    ("and", _) => {
                        self.scaled
                            || self.current.is_some_and(|c| c >= Decimal::ONE_HUNDRED && !self.figures)
                    }
                    ("y", "es") | ("e", "pt") => {
                        self.current.is_some_and(|c| c >= Decimal::from(20)) || self.scaled
                    }
                    _ => false,
                };
                (joins && follows.is_some()).then_some(at + 1)
            }
            // Hindi says halves and quarters before the number they belong to.
            "डेढ़" | "dedh" if language == "hi" && self.current.is_none() => {
                self.current = Some(Decimal::new(15, 1));
                Some(at + 1)
            }
            "ढाई" | "dhai" if language == "hi" && self.current.is_none() => {
                self.current = Some(Decimal::new(25, 1));
                Some(at + 1)
            }
            "साढ़े" | "saadhe" | "sadhe" | "सवा" | "sava" | "पौने" | "paune"
                if language == "hi" && self.current.is_none() =>
            {
                let whole = Decimal::from(next(1).and_then(|w| lexicon::unit(w, language))?);
                let part = match word {
                    "सवा" | "sava" => Decimal::new(25, 2),
                    "पौने" | "paune" => Decimal::new(-25, 2),
                    _ => Decimal::new(5, 1),
                };
                self.current = Some(whole + part);
                Some(at + 2)
            }
            "point" | "punto" | "ponto" | "coma" | "virgula" | "दशमलव" => {
                let mut places = String::new();
                let mut taken = at + 1;
                while let Some(digits) = self.words.get(taken).and_then(|w| lexicon::unit(&w.plain, language))
                {
                    places.push_str(&digits.to_string());
                    taken += 1;
                }
                if places.is_empty() || (self.current.is_none() && word != "point") {
                    return None;
                }
                let fraction: Decimal = format!("0.{places}").parse().ok()?;
                self.current = Some(self.current.unwrap_or_default() + fraction);
                Some(taken)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
