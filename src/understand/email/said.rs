//! An address as it is said: "john underscore 7 at g mail dot com".

use crate::understand::spoken;

/// Domains people name without their dot.
const PROVIDERS: &[&str] = &[
    "gmail",
    "yahoo",
    "hotmail",
    "outlook",
    "icloud",
    "aol",
    "msn",
    "live",
    "protonmail",
    "rediffmail",
    "ymail",
    "gmx",
    "googlemail",
];

/// Words before the address that are not of it, plain.
const LEAD: &[&str] = &[
    "my",
    "email",
    "mail",
    "e",
    "address",
    "is",
    "its",
    "it",
    "the",
    "id",
    "you",
    "can",
    "reach",
    "me",
    "contact",
    "write",
    "to",
    "send",
    "please",
    "sure",
    "yes",
    "ok",
    "okay",
    "mi",
    "correo",
    "es",
    "electronico",
    "meu",
    "adresse",
    "mon",
    "est",
    "meine",
    "ist",
    "mera",
    "hai",
    "at",
    "uh",
    "um",
    "well",
    "on",
];

/// The address, if the text says one; not yet checked.
pub(super) fn address(text: &str, language: &str) -> Option<String> {
    let tokens = tokens(text);
    let at = at_sign(&tokens)?;
    let tld = tokens.iter().rposition(|t| is_dot(t)).or_else(|| provider_end(&tokens))?;
    if tld < at.1 {
        return None;
    }
    let domain = compose(&tokens[at.1..], language, true);
    // What was said before the last lead-in word is not the address.
    let mut begin = 0;
    let head = &tokens[..at.0];
    while begin + 1 < head.len() && LEAD.contains(&head[begin].as_str()) && !next_is_sign(head, begin) {
        begin += 1;
    }
    if let Some(is) = head.iter().rposition(|t| matches!(t.as_str(), "is" | "es" | "est" | "ist" | "hai"))
        && is + 1 < head.len()
        && !next_is_sign(head, is)
    {
        begin = begin.max(is + 1);
    }
    let local = compose(&head[begin..], language, false);
    let domain = domain.replace(' ', "");
    let bare_provider = PROVIDERS.iter().find(|p| domain.strip_prefix(**p).is_some_and(|rest| rest == "com"));
    let domain = match bare_provider {
        Some(provider) => format!("{provider}.com"),
        None => domain,
    };
    (!local.is_empty()).then(|| format!("{local}@{domain}"))
}

fn next_is_sign(head: &[String], at: usize) -> bool {
    head.get(at + 1).is_some_and(|t| sign(t).is_some())
}

/// Lower-case words and single signs.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut open = String::new();
    for c in text.chars() {
        let joins = c.is_alphanumeric() || (matches!(c, '.' | '_' | '-' | '+' | '\'') && !open.is_empty());
        if joins && c != '\'' {
            open.extend(c.to_lowercase());
            continue;
        }
        if c == '\'' {
            continue;
        }
        close(&mut open, &mut tokens);
        if c == '@' {
            tokens.push("@".to_owned());
        }
        if matches!(c, '.' | '_' | '-' | '+') {
            tokens.push(c.to_string());
        }
    }
    close(&mut open, &mut tokens);
    tokens
}

fn close(open: &mut String, tokens: &mut Vec<String>) {
    let word = open.trim_end_matches(['.', '-', '+']);
    if !word.is_empty() {
        tokens.push(word.to_owned());
    }
    open.clear();
}

/// Where the sign is said: from and to. The last "at", "at the rate (of)", "arroba" that has a dot after it.
fn at_sign(tokens: &[String]) -> Option<(usize, usize)> {
    let at = tokens.iter().rposition(|t| {
        matches!(
            t.as_str(),
            "@" | "at" | "arroba" | "arobase" | "arobas" | "klammeraffe" | "rate" | "ऐट" | "एट" | "ät"
        )
    })?;
    if at == 0 {
        return None;
    }
    if tokens[at] == "rate" {
        let begin = tokens[..at].iter().rposition(|t| t == "at").unwrap_or(at);
        let of = usize::from(tokens.get(at + 1).is_some_and(|t| t == "of"));
        return (begin > 0).then_some((begin, at + 1 + of));
    }
    Some((at, at + 1))
}

fn is_dot(token: &str) -> bool {
    matches!(token, "dot" | "punkt" | "punto" | "ponto" | "point" | "डॉट" | "." | "period")
        || token.contains('.')
}

/// "at gmail com": the provider's name settles where the dot belongs.
fn provider_end(tokens: &[String]) -> Option<usize> {
    let com = tokens.iter().rposition(|t| t == "com")?;
    let before = com.checked_sub(1)?;
    PROVIDERS.contains(&tokens[before].as_str()).then_some(com)
}

fn sign(token: &str) -> Option<char> {
    Some(match token {
        "dot" | "punkt" | "punto" | "ponto" | "point" | "period" | "डॉट" | "." => '.',
        "underscore" | "underscores" | "unterstrich" | "guion_bajo" | "_" => '_',
        "dash" | "hyphen" | "minus" | "guion" | "hifen" | "tiret" | "bindestrich" | "-" => '-',
        "plus" | "+" => '+',
        _ => return None,
    })
}

/// Words put together: signs for their names, figures for theirs, "double" and "x as in y" followed.
fn compose(tokens: &[String], language: &str, domain: bool) -> String {
    let mut text = String::new();
    let mut at = 0;
    while at < tokens.len() {
        let token = tokens[at].as_str();
        let next = tokens.get(at + 1).map(String::as_str);
        if let Some(sign) = sign(token) {
            text.push(sign);
        } else if next == Some("as") && tokens.get(at + 2).is_some_and(|t| t == "in") && tokens.len() > at + 3
        {
            text.push_str(token);
            at += 3;
        } else if let (Some(times), Some(next)) = (spoken::repeat(token), next)
            && (next.chars().count() == 1 || spoken::digit(next, language).is_some())
        {
            let one = spoken::digit(next, language).map_or_else(|| next.to_owned(), |d| d.to_string());
            text.push_str(&one.repeat(times));
            at += 1;
        } else if let Some(figure) = spoken::digit(token, language).filter(|_| token != "o" && token != "oh")
        {
            text.push_str(&figure.to_string());
        } else if domain && matches!(token, "please" | "thanks" | "thank" | "okay") {
            break;
        } else if !matches!(token, "all" | "lowercase" | "um" | "uh") || domain {
            text.push_str(token);
        }
        at += 1;
    }
    text
}
