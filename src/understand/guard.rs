//! The only door to third-party recognisers: what panics inside them is nothing found.

use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{Datelike, Timelike};
use duckling::{Context, DimensionKind, Entity, Lang, Locale, Options};
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, Region};

/// What duckling finds of these dimensions, dropping what begins or ends inside a word ("5 people" is not five lakh).
/// Rules of a language are compiled on first use and kept, so ask only for the languages of the conversation.
pub(super) fn entities(
    text: &str,
    lang: Lang,
    region: Option<duckling::Region>,
    dimensions: &[DimensionKind],
    now: jiff::civil::DateTime,
    latent: bool,
) -> Vec<Entity> {
    let Some(reference) = to_chrono(now) else { return Vec::new() };
    let locale = Locale::new(lang, region);
    let context = Context::new(reference, locale);
    let found = catch_unwind(AssertUnwindSafe(|| {
        duckling::parse(text, &locale, dimensions, &context, &Options { with_latent: latent })
    }));
    let mut found = found.unwrap_or_default();
    found.retain(|entity| stands_alone(text, entity.start, entity.end));
    found
}

/// Whether nothing of a word continues past either end.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let (Some(before), Some(body), Some(after)) = (text.get(..start), text.get(start..end), text.get(end..))
    else {
        return false;
    };
    let joined = |left: Option<char>, right: Option<char>| match (left, right) {
        (Some(l), Some(r)) => {
            (l.is_alphabetic() && r.is_alphabetic() && is_spaced_script(l))
                || (l.is_numeric() && r.is_numeric())
        }
        _ => false,
    };
    !joined(before.chars().next_back(), body.chars().next())
        && !joined(body.chars().next_back(), after.chars().next())
}

/// Chinese, Japanese and the like write words without spaces between.
fn is_spaced_script(c: char) -> bool {
    !matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{e00}'..='\u{e7f}')
}

/// Duckling's language of an ISO 639 code, where the conversation may be in it.
pub(super) fn lang(code: &str) -> Option<Lang> {
    Some(match code {
        "en" => Lang::EN,
        "es" => Lang::ES,
        "hi" => Lang::HI,
        "pt" => Lang::PT,
        "fr" => Lang::FR,
        "de" => Lang::DE,
        "it" => Lang::IT,
        "nl" => Lang::NL,
        "tr" => Lang::TR,
        "ar" => Lang::AR,
        "ja" => Lang::JA,
        "zh" => Lang::ZH,
        "ko" => Lang::KO,
        "sv" => Lang::SV,
        "ca" => Lang::CA,
        "bg" => Lang::BG,
        "pl" => Lang::PL,
        "ru" => Lang::RU,
        "ta" => Lang::TA,
        "te" => Lang::TE,
        "bn" => Lang::BN,
        "kn" => Lang::KN,
        "ml" => Lang::ML,
        _ => return None,
    })
}

/// The phone number in E.164, if it is a valid one of its country.
pub(super) fn phone(candidate: &str, region: Option<&str>) -> Option<String> {
    catch_unwind(AssertUnwindSafe(|| {
        let region: Option<Region> = region.and_then(|code| code.parse().ok());
        let number: PhoneNumber = PHONE_NUMBER_UTIL.parse(candidate, region).ok()?;
        number.is_valid().then(|| number.format_as(PhoneNumberFormat::E164).into_owned())
    }))
    .ok()
    .flatten()
}

/// Whether numbers of this country are known.
pub(super) fn is_region(code: &str) -> bool {
    code.len() == 2 && code.parse::<Region>().is_ok()
}

fn to_chrono(now: jiff::civil::DateTime) -> Option<chrono::DateTime<chrono::FixedOffset>> {
    let at = chrono::NaiveDate::from_ymd_opt(
        now.year().into(),
        now.month().cast_unsigned().into(),
        now.day().cast_unsigned().into(),
    )?
    .and_hms_opt(
        now.hour().cast_unsigned().into(),
        now.minute().cast_unsigned().into(),
        now.second().cast_unsigned().into(),
    )?;
    Some(at.and_utc().fixed_offset())
}

/// Duckling's wall clock as ours.
pub(super) fn from_chrono(at: chrono::NaiveDateTime) -> Option<jiff::civil::DateTime> {
    jiff::civil::DateTime::new(
        i16::try_from(at.year()).ok()?,
        i8::try_from(at.month()).ok()?,
        i8::try_from(at.day()).ok()?,
        i8::try_from(at.hour()).ok()?,
        i8::try_from(at.minute()).ok()?,
        i8::try_from(at.second()).ok()?,
        0,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: jiff::civil::DateTime = jiff::civil::datetime(2026, 3, 11, 10, 0, 0, 0);

    #[test]
    fn entities_stand_on_word_boundaries() {
        let bodies = |text: &str| -> Vec<String> {
            let found = entities(text, Lang::EN, None, &[DimensionKind::Numeral], NOW, false);
            found.into_iter().map(|entity| entity.body).collect()
        };
        assert_eq!(bodies("5 people"), ["5"], "the l of people is no lakh");
        assert_eq!(bodies("often"), Vec::<String>::new(), "the ten of often is no ten");
        assert_eq!(bodies("twenty-five"), ["twenty-five"]);
    }

    #[test]
    fn phones_are_valid_numbers_of_their_country() {
        assert_eq!(phone("(415) 555-2671", Some("US")).as_deref(), Some("+14155552671"));
        assert_eq!(phone("5552671", Some("US")), None);
        assert_eq!(phone("415 555 2671", Some("nowhere")), None);
    }
}
