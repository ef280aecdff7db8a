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
    let second = words::words(after).into_iter().nth(1).map(|w| w.plain);
    let of = |word: Option<String>| {
        word.and_then(|w| NAMES.iter().find(|(name, _)| *name == w).map(|(_, code)| *code))
    };
    of(Some(words::plain(&glued)))
        .or_else(|| of(next).filter(|code| after_is_close(after, code)))
        .or_else(|| of(last).filter(|code| code.len() == 3 || *code == "$"))
        .or_else(|| {
            of(second).filter(|code| {
                code.len() == 3
                    && matches!(
                        words::words(after).first().map(|w| w.plain.as_str()),
                        Some("us" | "indian" | "british" | "canadian" | "australian")
                    )
            })
        })
}

/// "a" of "a p" is no currency: single letters must follow the figure at once.
fn after_is_close(after: &str, code: &str) -> bool {
    !matches!(code, "¢" | "p") || !after.starts_with(|c: char| c == ',' || c == '.')
}

/// Whether the amount is in hundredths.
pub(super) fn is_cents(text: &str, amount: &Mention) -> bool {
    matches!(beside(text, amount), Some("¢" | "p" | "paisa"))
}

/// The ISO 4217 code of the currency the text names; the region's own for a sign that many share.
pub(in crate::understand) fn code_in(text: &str, asked: &Asked) -> Option<String> {
    let sign = SIGNS
        .iter()
        .filter(|(sign, _)| text.contains(sign))
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
