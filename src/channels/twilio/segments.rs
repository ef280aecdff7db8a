//! How many SMS a text is: GSM-7 or UCS-2, packed greedily.

/// How a text travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Seven bits a character; 160 in one SMS, 153 in a part.
    Gsm7,
    /// Two bytes a unit; 70 in one SMS, 67 in a part. One other character is enough for it.
    Ucs2,
}

/// A text's cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segments {
    /// How it travels.
    pub encoding: Encoding,
    /// SMS it is billed as; 1 for an empty text.
    pub count: usize,
    /// Septets or UTF-16 units.
    pub units: usize,
}

/// The GSM 03.38 basic character set without its escape.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡\
    ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Its extension table: two septets each.
const EXTENSION: &str = "^{}\\[]~|€\u{c}";

/// Septets of a character, or `None` where GSM-7 has none for it.
fn septets(c: char) -> Option<usize> {
    if c.is_ascii_alphanumeric() || c == ' ' || BASIC.contains(c) {
        Some(1)
    } else {
        EXTENSION.contains(c).then_some(2)
    }
}

/// One encoding's parts as they fill.
#[derive(Clone, Copy, Debug)]
struct Packing {
    /// Units one SMS alone holds, and one of several.
    alone: usize,
    part: usize,
    units: usize,
    parts: usize,
    /// Units in the last part.
    used: usize,
}

impl Packing {
    const fn new(alone: usize, part: usize) -> Self {
        Packing { alone, part, units: 0, parts: 1, used: 0 }
    }

    /// A character of two units is never divided between parts.
    fn push(&mut self, units: usize) {
        self.units += units;
        if self.used + units > self.part {
            self.parts += 1;
            self.used = 0;
        }
        self.used += units;
    }

    fn count(&self) -> usize {
        if self.units <= self.alone { 1 } else { self.parts }
    }
}

/// Counts as characters are added; the count never falls.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counter {
    gsm: Packing,
    ucs: Packing,
    only_gsm: bool,
}

impl Counter {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Counter { gsm: Packing::new(160, 153), ucs: Packing::new(70, 67), only_gsm: true }
    }

    /// One more character.
    pub(super) fn push(&mut self, c: char) {
        match septets(c) {
            Some(septets) => self.gsm.push(septets),
            None => self.only_gsm = false,
        }
        self.ucs.push(c.len_utf16());
    }

    /// SMS so far.
    pub(super) fn total(&self) -> Segments {
        let (encoding, packing) =
            if self.only_gsm { (Encoding::Gsm7, self.gsm) } else { (Encoding::Ucs2, self.ucs) };
        Segments { encoding, count: packing.count(), units: packing.units }
    }
}

/// What the text costs as SMS.
pub fn segments(text: &str) -> Segments {
    let mut counter = Counter::new();
    text.chars().for_each(|c| counter.push(c));
    counter.total()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_the_vectors_do() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/vectors/twilio.json")).unwrap();
        let cases = vectors["sms_segments"].as_array().unwrap();
        assert_eq!(cases.len(), 19);
        for case in cases {
            let got = segments(case["text"].as_str().unwrap());
            let encoding = match got.encoding {
                Encoding::Gsm7 => "GSM-7",
                Encoding::Ucs2 => "UCS-2",
            };
            let name = &case["name"];
            assert_eq!(encoding, case["encoding"], "{name}");
            assert_eq!(got.count, case["segments"], "{name}");
            // The size is in bits; the vectors without one give the units themselves, those with one the characters.
            let bits = match got.encoding {
                Encoding::Gsm7 => 7,
                Encoding::Ucs2 => 16,
            };
            let expected =
                case["message_size_bits"].as_u64().map(|size| size / bits).or(case["units"].as_u64());
            assert_eq!(Some(got.units as u64), expected, "{name}");
        }
        assert_eq!(segments(""), Segments { encoding: Encoding::Gsm7, count: 1, units: 0 });
    }

    #[test]
    fn the_character_set() {
        let gsm = "ñÑéÉèàùìòüÜöÖäÄåÅæÆøØß§¿¡Ç€^{}\\[]~|\n";
        let ucs = "áíóúÁÍÓÚãõâêôç`’“\u{a0}–…नж";
        for c in gsm.chars() {
            assert_eq!(segments(&c.to_string()).encoding, Encoding::Gsm7, "{c:?}");
        }
        for c in ucs.chars() {
            assert_eq!(segments(&c.to_string()).encoding, Encoding::Ucs2, "{c:?}");
        }
        assert_eq!(BASIC.chars().count(), 127, "the basic set without its escape");
    }
}
