//! Currencies by sign, code and name.

use crate::understand::numerals::Mention;
use crate::understand::{Asked, words};

/// Signs and what they stand for; a dollar is the region's own.
const SIGNS: &[(&str, &str)] = &[
    ("₹", "INR"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("₩", "KRW"),
    ("₺", "TRY"),
    ("₽", "RUB"),
    ("₦", "NGN"),
    ("₱", "PHP"),
    ("฿", "THB"),
    ("₫", "VND"),
    ("₪", "ILS"),
    ("₴", "UAH"),
    ("R$", "BRL"),
    ("C$", "CAD"),
    ("A$", "AUD"),
    ("US$", "USD"),
    ("c $", "CAD"),
    ("aud$", "AUD"),
    ("cad$", "CAD"),
    ("mex$", "MXN"),
    ("nz$", "NZD"),
    ("hk$", "HKD"),
    ("s$", "SGD"),
    ("$", "$"),
];

/// Names and codes, plain.
const NAMES: &[(&str, &str)] = &[
    ("rupee", "INR"),
    ("rupees", "INR"),
    ("rs", "INR"),
    ("inr", "INR"),
    ("रुपये", "INR"),
    ("रुपए", "INR"),
    ("रूपये", "INR"),
    ("rupaye", "INR"),
    ("rupay", "INR"),
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("eur", "EUR"),
    ("pound", "GBP"),
    ("pounds", "GBP"),
    ("gbp", "GBP"),
    ("quid", "GBP"),
    ("sterling", "GBP"),
    ("dollar", "$"),
    ("dollars", "$"),
    ("bucks", "$"),
    ("buck", "$"),
    ("usd", "USD"),
    ("cad", "CAD"),
    ("aud", "AUD"),
    ("dolares", "$"),
    ("yen", "JPY"),
    ("jpy", "JPY"),
    ("yuan", "CNY"),
    ("cny", "CNY"),
    ("rmb", "CNY"),
    ("kuai", "CNY"),
    ("renminbi", "CNY"),
    ("reais", "BRL"),
    ("real", "BRL"),
    ("brl", "BRL"),
    ("franc", "CHF"),
    ("francs", "CHF"),
    ("chf", "CHF"),
    ("won", "KRW"),
    ("krw", "KRW"),
    ("aed", "AED"),
    ("dirham", "AED"),
    ("dirhams", "AED"),
    ("sgd", "SGD"),
    ("ringgit", "MYR"),
    ("myr", "MYR"),
    ("rm", "MYR"),
    ("egp", "EGP"),
    ("mxn", "MXN"),
    ("pesos", "peso"),
    ("peso", "peso"),
    ("cent", "¢"),
    ("cents", "¢"),
    ("centime", "¢"),
    ("centimes", "¢"),
    ("centavo", "¢"),
    ("centimos", "¢"),
    ("pennies", "¢"),
    ("centavos", "¢"),
    ("pence", "p"),
    ("penny", "p"),
    ("p", "p"),
    ("c", "¢"),
    ("paise", "paisa"),
    ("paisa", "paisa"),
    ("zar", "ZAR"),
    ("rand", "ZAR"),
    ("sek", "SEK"),
    ("nok", "NOK"),
    ("dkk", "DKK"),
    ("pln", "PLN"),
    ("zloty", "PLN"),
    ("nzd", "NZD"),
    ("hkd", "HKD"),
    ("rub", "RUB"),
    ("rubles", "RUB"),
    ("try", "TRY"),
    ("lira", "TRY"),
    ("dinar", "dinar"),
    ("dinars", "dinar"),
    ("riyal", "riyal"),
    ("riyals", "riyal"),
    ("sar", "SAR"),
    ("thb", "THB"),
    ("baht", "THB"),
    ("grand", "$"),
    ("naira", "NGN"),
    ("ngn", "NGN"),
    ("kes", "KES"),
    ("php", "PHP"),
    ("idr", "IDR"),
    ("vnd", "VND"),
    ("qar", "QAR"),
    ("kwd", "KWD"),
];

/// Countries before a currency whose name several share; the second word of a name stands for it.
const OF_COUNTRIES: &[(&str, &str)] = &[
    ("canadian", "CAD"),
    ("australian", "AUD"),
    ("singapore", "SGD"),
    ("kong", "HKD"),
    ("zealand", "NZD"),
    ("mexican", "MXN"),
    ("colombian", "COP"),
    ("argentine", "ARS"),
    ("chilean", "CLP"),
    ("philippine", "PHP"),
    ("egyptian", "EGP"),
    ("lebanese", "LBP"),
    ("kuwaiti", "KWD"),
    ("jordanian", "JOD"),
    ("qatari", "QAR"),
    ("omani", "OMR"),
    ("saudi", "SAR"),
    ("pakistani", "PKR"),
    ("nepali", "NPR"),
    ("american", "USD"),
    ("states", "USD"),
    ("us", "USD"),
    ("united", ""),
    ("hong", ""),
    ("new", ""),
    ("indian", "INR"),
    ("british", "GBP"),
    ("swiss", "CHF"),
];

/// What money word or sign stands beside an amount.
pub(super) fn beside(text: &str, amount: &Mention) -> Option<&'static str> {
    let before = text[..amount.start].trim_end();
    let after = text[amount.end..].trim_start();
    let sign = SIGNS.iter().find(|(sign, _)| before.ends_with(sign) || after.starts_with(sign));
    if let Some((_, code)) = sign {
        return Some(code);
    }
    let glued: String = text[amount.start..amount.end].chars().skip_while(|c| !c.is_alphabetic()).collect();
    let next = words::words(after).into_iter().next().map(|w| w.plain);
    let last = words::words(before).into_iter().next_back().map(|w| w.plain);
    // "four united states dollars", "42 Lebanese pounds".
    let whose =
        words::words(after).into_iter().skip_while(|w| OF_COUNTRIES.iter().any(|(of, _)| *of == w.plain));
    let second = whose.map(|w| w.plain).next();
    let of = |word: Option<String>| {
        word.and_then(|w| NAMES.iter().find(|(name, _)| *name == w).map(|(_, code)| *code))
    };
    of(Some(words::plain(&glued)))
        .or_else(|| of(next).filter(|code| after_is_close(after, code)))
        .or_else(|| of(last).filter(|code| code.len() == 3 || *code == "$"))
        .or_else(|| of(second).filter(|code| code.len() >= 3 || *code == "$"))
}

/// "a" of "a p" is no currency: single letters must follow the figure at once.
fn after_is_close(after: &str, code: &str) -> bool {
    !matches!(code, "¢" | "p") || !after.starts_with([',', '.'])
}

/// Whether the amount is in hundredths.
pub(super) fn is_cents(text: &str, amount: &Mention) -> bool {
    let next = words::words(&text[amount.end..]).into_iter().next().map(|w| w.plain);
    let named = next.and_then(|word| NAMES.iter().find(|(name, _)| *name == word));
    matches!(named.map(|(_, code)| *code).or_else(|| beside(text, amount)), Some("¢" | "p" | "paisa"))
}

/// The ISO 4217 code of the currency the text names; the region's own for a sign that many share.
pub(in crate::understand) fn code_in(text: &str, asked: &Asked) -> Option<String> {
    let lower = if text.contains('$') { text.to_lowercase() } else { String::new() };
    let sign = SIGNS
        .iter()
        .filter(|(sign, _)| text.contains(sign) || (sign.len() > 3 && lower.contains(sign)))
        .max_by_key(|(sign, _)| sign.len())
        .map(|(_, code)| *code);
    let named = || {
        words::words(text).iter().find_map(|word| {
            let letters = word.plain.trim_start_matches(|c: char| c.is_ascii_digit());
            NAMES
                .iter()
                .find(|(name, code)| *name == letters && name.len() > 1 && !matches!(*code, "¢"))
                .map(|(_, code)| *code)
        })
    };
    let code = sign.or_else(named)?;
    if matches!(code, "$" | "peso" | "GBP" | "dinar" | "riyal" | "INR" | "CHF") {
        let words = words::words(text);
        let of = |(of, _): &&(&str, &str)| words.iter().any(|w| w.plain == *of);
        if let Some((_, code)) = OF_COUNTRIES.iter().find(of).filter(|(_, code)| !code.is_empty()) {
            return Some((*code).to_owned());
        }
    }
    Some(
        match code {
            "$" => dollar(asked),
            "peso" => match asked.region {
                Some("AR") => "ARS",
                Some("CO") => "COP",
                Some("CL") => "CLP",
                Some("PH") => "PHP",
                Some("UY") => "UYU",
                _ => "MXN",
            },
            "p" => "GBP",
            "paisa" => "INR",
            "dinar" | "riyal" => return asked.currency.map(str::to_owned),
            code => code,
        }
        .to_owned(),
    )
}

fn dollar(asked: &Asked) -> &'static str {
    match asked.region {
        Some("CA") => "CAD",
        Some("AU") => "AUD",
        Some("NZ") => "NZD",
        Some("SG") => "SGD",
        Some("HK") => "HKD",
        Some("MX") => "MXN",
        Some("AR") => "ARS",
        Some("CL") => "CLP",
        Some("CO") => "COP",
        _ => "USD",
    }
}
