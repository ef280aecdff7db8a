//! How a person is known: a set of identities, of which a phone number is only one.

use crate::domain::channel::Channel;
use serde::{Deserialize, Serialize};

/// What kind of identity it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityKind {
    /// A phone number: E.164 where it reads as such, else as the provider gave it (short codes, "anonymous").
    Phone,
    /// A WhatsApp id (`wa_id`): digits, as received.
    Whatsapp,
    /// A WhatsApp business-scoped user id (`US.1349…`); such a person may have no phone.
    WhatsappUser,
    /// A chat session.
    Session,
    /// An e-mail address, lower case.
    Email,
    /// One phone call: whoever withholds their number is known by nothing else.
    Call,
}

impl IdentityKind {
    /// All of them.
    pub const ALL: [IdentityKind; 6] = [
        IdentityKind::Phone,
        IdentityKind::Whatsapp,
        IdentityKind::WhatsappUser,
        IdentityKind::Session,
        IdentityKind::Email,
        IdentityKind::Call,
    ];

    /// The name in columns.
    pub fn as_str(self) -> &'static str {
        match self {
            IdentityKind::Phone => "phone",
            IdentityKind::Whatsapp => "whatsapp",
            IdentityKind::WhatsappUser => "whatsapp_user",
            IdentityKind::Session => "session",
            IdentityKind::Email => "email",
            IdentityKind::Call => "call",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<IdentityKind> {
        IdentityKind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// One thing a person is known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// What it is.
    pub kind: IdentityKind,
    /// Its value as received; for sending. Compare by [`Identity::key`].
    pub value: String,
}

impl Identity {
    /// A phone number as a provider writes it. Never refused: what does not read as E.164 is kept as it is.
    pub fn phone(number: &str) -> Self {
        let number = number.trim();
        let value = e164(number).unwrap_or_else(|| number.to_owned());
        Identity { kind: IdentityKind::Phone, value }
    }

    /// A WhatsApp id, with or without the plus.
    pub fn whatsapp(id: &str) -> Self {
        Identity { kind: IdentityKind::Whatsapp, value: id.trim().trim_start_matches('+').to_owned() }
    }

    /// A WhatsApp business-scoped user id.
    pub fn whatsapp_user(id: &str) -> Self {
        Identity { kind: IdentityKind::WhatsappUser, value: id.trim().to_owned() }
    }

    /// A chat session's public id.
    pub fn session(id: &str) -> Self {
        Identity { kind: IdentityKind::Session, value: id.to_owned() }
    }

    /// An e-mail address.
    pub fn email(address: &str) -> Self {
        Identity { kind: IdentityKind::Email, value: address.trim().to_lowercase() }
    }

    /// Whoever is at the other end of a call: their number, or the call alone where the number is withheld, so that two such
    /// callers are two persons.
    pub fn caller(number: &str, call_sid: &str) -> Self {
        if is_withheld(number) { Identity::call(call_sid) } else { Identity::phone(number) }
    }

    /// A phone call by the provider's id.
    pub fn call(sid: &str) -> Self {
        Identity { kind: IdentityKind::Call, value: sid.to_owned() }
    }

    /// The channel and identities in a Twilio address: `+1555…`, `whatsapp:+521…`, a short code, `whatsapp:US.13…`.
    ///
    /// The phone identity comes first, so that SMS and WhatsApp of one phone meet in it.
    pub fn from_twilio(address: &str) -> (Channel, Vec<Identity>) {
        let Some(id) = address.trim().strip_prefix("whatsapp:") else {
            return (Channel::Sms, vec![Identity::phone(address)]);
        };
        let identities = if is_business_scoped(id) {
            vec![Identity::whatsapp_user(id)]
        } else if let Some(number) = e164(id) {
            vec![Identity::phone(&number), Identity::whatsapp(&number)]
        } else {
            vec![Identity::whatsapp(id)]
        };
        (Channel::Whatsapp, identities)
    }

    /// What is compared to find the person: variants of one number have the same key.
    pub fn key(&self) -> String {
        match self.kind {
            IdentityKind::Phone => match_key(&self.value),
            IdentityKind::Whatsapp => {
                match_key(&format!("+{}", self.value)).trim_start_matches('+').to_owned()
            }
            IdentityKind::WhatsappUser | IdentityKind::Session | IdentityKind::Email | IdentityKind::Call => {
                self.value.clone()
            }
        }
    }
}

/// The number with its plus and without the usual separators, where it has the shape of E.164: plus, then 7 to 15
/// digits.
pub fn e164(number: &str) -> Option<String> {
    let rest = number.trim().strip_prefix('+')?;
    let digits: String = rest.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.')).collect();
    let shaped = (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    shaped.then(|| format!("+{digits}"))
}

/// Whether a number is none: a word such as "anonymous", or that word as it is keyed (266696687). Carriers write either, the
/// second at times with a plus.
fn is_withheld(number: &str) -> bool {
    const WORDS: [&str; 7] =
        ["anonymous", "restricted", "blocked", "unknown", "unavailable", "private", "withheld"];
    let number = number.trim().trim_start_matches('+').to_ascii_lowercase();
    let keyed = |word: &&str| {
        word.bytes()
            .map(|letter| b"22233344455566677778889999"[usize::from(letter - b'a')])
            .eq(number.bytes())
    };
    number.is_empty() || WORDS.iter().any(|word| *word == number || keyed(word))
}

/// `CC.` and up to 128 letters and digits, or the parent form `CC.ENT.…`.
fn is_business_scoped(id: &str) -> bool {
    let Some((country, rest)) = id.split_once('.') else { return false };
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && (1..=128).contains(&rest.len())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// One spelling for the variants of one number that WhatsApp, SMS and old accounts use; anything else unchanged.
///
/// - Mexico: `+521` and ten digits is `+52` and ten digits.
/// - Argentina: `+549` and ten digits is `+54` and ten digits.
/// - Brazil: a mobile number without its ninth digit (area, then eight digits from 6 to 9) gets it. Numbers from 2 to 5
///   are landlines, another person's, and stay; that is why the digit is added rather than taken away.
pub fn match_key(e164: &str) -> String {
    let national =
        |prefix: &str, length: usize| e164.strip_prefix(prefix).filter(|rest| rest.len() == length);
    if let Some(rest) = national("+521", 10) {
        format!("+52{rest}")
    } else if let Some(rest) = national("+549", 10) {
        format!("+54{rest}")
    } else if let Some(rest) = national("+55", 10)
        && matches!(rest.as_bytes()[2], b'6'..=b'9')
        && rest.is_ascii()
    {
        format!("+55{}9{}", &rest[..2], &rest[2..])
    } else {
        e164.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twilio_addresses() {
        let phone = |value: &str| Identity { kind: IdentityKind::Phone, value: value.into() };
        let whatsapp = |value: &str| Identity { kind: IdentityKind::Whatsapp, value: value.into() };
        let user = |value: &str| Identity { kind: IdentityKind::WhatsappUser, value: value.into() };
        let rows = [
            ("a phone", "+14155550123", Channel::Sms, vec![phone("+14155550123")]),
            ("a short code", "72345", Channel::Sms, vec![phone("72345")]),
            ("nobody", "anonymous", Channel::Sms, vec![phone("anonymous")]),
            ("an invalid number", "+15555550100", Channel::Sms, vec![phone("+15555550100")]),
            (
                "the same phone by WhatsApp",
                "whatsapp:+14155550123",
                Channel::Whatsapp,
                vec![phone("+14155550123"), whatsapp("14155550123")],
            ),
            (
                "the raw id of an old Mexican account",
                "whatsapp:+5215512345678",
                Channel::Whatsapp,
                vec![phone("+5215512345678"), whatsapp("5215512345678")],
            ),
            (
                "no phone",
                "whatsapp:US.13491208655302741918",
                Channel::Whatsapp,
                vec![user("US.13491208655302741918")],
            ),
            (
                "a parent id",
                "whatsapp:US.ENT.11815799212886844830",
                Channel::Whatsapp,
                vec![user("US.ENT.11815799212886844830")],
            ),
            ("something new", "whatsapp:someone", Channel::Whatsapp, vec![whatsapp("someone")]),
            ("nothing", "", Channel::Sms, vec![phone("")]),
        ];
        for (label, address, channel, identities) in rows {
            assert_eq!(Identity::from_twilio(address), (channel, identities), "{label}");
        }
    }

    #[test]
    fn whoever_withholds_their_number_is_known_by_the_call_alone() {
        let withheld = [
            "",
            " ",
            "anonymous",
            "Anonymous",
            "266696687",
            "+266696687",
            "RESTRICTED",
            "7378742833",
            "2562533",
            "8656696",
            "86282452253",
            "private",
        ];
        for number in withheld {
            let callers = ["CA1", "CA2"].map(|call| Identity::caller(number, call));
            assert!(callers.iter().all(|caller| caller.kind == IdentityKind::Call), "{number:?}");
            assert_ne!(callers[0].key(), callers[1].key(), "{number:?}");
        }
        for number in ["+14155550123", "72345", "sip:ann@example.com", "client:ann", "+26669668"] {
            assert_eq!(Identity::caller(number, "CA1"), Identity::phone(number), "{number:?}");
        }
    }

    #[test]
    fn variants_of_one_number_have_one_key() {
        let same = [
            ("Mexico", "+5215512345678", "+525512345678"),
            ("Argentina", "+5491123456789", "+541123456789"),
            ("Brazil", "+551187654321", "+5511987654321"),
            ("anything else", "+14155550123", "+14155550123"),
        ];
        for (label, one, other) in same {
            assert_eq!(match_key(one), match_key(other), "{label}");
            assert_eq!(Identity::whatsapp(one).key(), Identity::whatsapp(other).key(), "{label}");
        }
        let different = [
            ("a Brazilian landline and the mobile that ends like it", "+551143211234", "+5511943211234"),
            ("two Mexicans", "+525512345678", "+525512345679"),
            ("Mexico is not its prefix", "+52155123456", "+5255123456"),
        ];
        for (label, one, other) in different {
            assert_ne!(match_key(one), match_key(other), "{label}");
        }
        for odd in ["", "+", "+55", "+55é234567é9", "anonymous", "+55११११११११११"] {
            assert_eq!(match_key(odd), odd, "{odd:?} is left alone");
        }
    }

    /// Real WhatsApp ids that a number library calls invalid are accepted like all others.
    #[test]
    fn every_number_of_the_vectors_is_accepted() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/twilio.json")).unwrap();
        let cases = vectors["phone_numbers"]["cases"].as_array().unwrap();
        let mut seen = 0;
        for case in cases.iter().filter(|case| case.get("default_region").is_none()) {
            let input = case["input"].as_str().unwrap();
            assert_eq!(Identity::phone(input).value, case["e164"].as_str().unwrap(), "{input}");
            seen += 1;
        }
        assert!(seen >= 13, "the vectors were read");
        let anonymous = cases.iter().find(|case| case.get("error").is_some()).unwrap();
        assert_eq!(Identity::phone(anonymous["input"].as_str().unwrap()).value, "anonymous");
    }
}
