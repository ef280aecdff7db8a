//! Codes of languages, countries and currencies.

/// ISO 639-1.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// Whether this is a language code, with or without a region (`pt`, `pt-BR`).
pub fn is_language(code: &str) -> bool {
    let (language, region) = code.split_once('-').unwrap_or((code, "XX"));
    LANGUAGES.split(' ').any(|known| known == language) && is_country(region)
}

/// Whether this is a language with its country, as speech is recognised and spoken: `en-GB`, `cmn-Hans-CN`, `es-419`.
pub fn is_locale(code: &str) -> bool {
    let mut parts = code.split('-');
    let is = |part: &str, length: std::ops::RangeInclusive<usize>| {
        length.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    parts
        .next()
        .is_some_and(|language| is(language, 2..=3) && language.bytes().all(|b| b.is_ascii_lowercase()))
        && code.contains('-')
        && parts.all(|part| is(part, 2..=4))
}

/// Whether this is written like a country code of ISO 3166.
pub fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_uppercase())
}

/// Whether this is written like a currency code of ISO 4217.
pub fn is_currency(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_known_or_not() {
        for (code, expected) in [
            ("en", true),
            ("hi", true),
            ("pt-BR", true),
            ("xx", false),
            ("EN", false),
            ("english", false),
            ("en-us", false),
        ] {
            assert_eq!(is_language(code), expected, "{code}");
        }
        for (code, expected) in [
            ("en-GB", true),
            ("cmn-Hans-CN", true),
            ("es-419", true),
            ("en", false),
            ("English-UK", false),
            ("en-", false),
        ] {
            assert_eq!(is_locale(code), expected, "{code}");
        }
        assert!(is_country("IN") && !is_country("in") && is_currency("INR") && !is_currency("₹"));
    }
}
