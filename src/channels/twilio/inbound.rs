//! A message from Twilio: text, files, a position, a tapped button.

use crate::channels::twilio::form::Form;
use crate::channels::{ChannelError, Extras, Inbound, Referral};
use crate::domain::channel::Channel;
use crate::domain::consent::Signal;
use crate::domain::identity::{Identity, IdentityKind};
use crate::domain::message::{Media, Position, Said};

/// Twilio sends at most ten files with a message.
const MOST_FILES: usize = 10;
/// Longer names are cut, in characters.
const LONGEST_NAME: usize = 200;

/// The words Twilio answers by itself on an SMS number (its documented default keywords).
const TWILIO_KEYWORDS: [&str; 13] = [
    "stop",
    "unsubscribe",
    "end",
    "quit",
    "stopall",
    "revoke",
    "optout",
    "cancel",
    "start",
    "yes",
    "unstop",
    "help",
    "info",
];

/// The message in a verified form.
///
/// # Errors
/// `Malformed` where sender, our address or the message's id is missing. A number that looks invalid, an empty text and
/// unknown fields are no errors.
pub fn inbound(form: &Form) -> Result<Inbound, ChannelError> {
    let provider_id = form.required(&["MessageSid", "SmsMessageSid", "SmsSid"])?;
    let from = form.required(&["From"])?;
    let account_address = form.required(&["To"])?;
    let (channel, mut identities) = Identity::from_twilio(&from);
    if channel == Channel::Whatsapp {
        add_whatsapp(form, &mut identities);
    }
    Ok(Inbound {
        account_address,
        account_id: form.text("AccountSid"),
        from,
        identities,
        channel,
        said: said(form),
        provider_id,
        sender_name: form.text("ProfileName").map(|name| name.trim().chars().take(LONGEST_NAME).collect()),
        opt_out: form.text("OptOutType").as_deref().and_then(Signal::from_twilio),
        extras: extras(form),
    })
}

/// Whether Twilio itself answers this opt-out, opt-in or help word, so that we keep silent unless configured otherwise.
///
/// With Advanced Opt-Out it says so (`OptOutType`); else it answers its default words on SMS and nothing on WhatsApp.
/// Words it does not know ("baja", "opt out") are ours to confirm.
pub fn answers_itself(inbound: &Inbound) -> bool {
    let word = inbound.said.text.trim();
    inbound.opt_out.is_some()
        || inbound.channel == Channel::Sms
            && TWILIO_KEYWORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// The ids a WhatsApp message carries beside its sender.
fn add_whatsapp(form: &Form, identities: &mut Vec<Identity>) {
    let wa_id = form.text("WaId").map(|id| Identity::whatsapp(&id));
    let user = form.text("ExternalUserId");
    let user = user.map(|id| Identity::whatsapp_user(id.strip_prefix("whatsapp:").unwrap_or(&id)));
    for identity in wa_id.into_iter().chain(user) {
        // An address that was no number is no WhatsApp id beside a better one.
        if !identities.contains(&identity) && !identity.value.is_empty() {
            identities.push(identity);
        }
    }
    let has_id = identities.iter().any(|one| one.kind == IdentityKind::Phone);
    if !has_id && let Some(number) = identities.iter().find(|one| is_number(one)) {
        identities.insert(0, Identity::phone(&format!("+{}", number.value)));
    }
}

fn is_number(identity: &Identity) -> bool {
    identity.kind == IdentityKind::Whatsapp
        && (7..=15).contains(&identity.value.len())
        && identity.value.bytes().all(|byte| byte.is_ascii_digit())
}

fn said(form: &Form) -> Said {
    let text = ["Body", "ButtonText", "ListTitle"].iter().find_map(|name| form.text(name));
    Said {
        text: text.unwrap_or_default(),
        tapped: form.text("ButtonPayload").or_else(|| form.text("ListId")),
        step: None,
        taken_ms: None,
        media: media(form),
        position: position(form),
    }
}

fn media(form: &Form) -> Vec<Media> {
    let file = |index: usize| {
        Some(Media {
            url: form.text(&format!("MediaUrl{index}"))?,
            content_type: form
                .text(&format!("MediaContentType{index}"))
                .unwrap_or_else(|| "application/octet-stream".to_owned()),
        })
    };
    (0..MOST_FILES).map_while(file).collect()
}

fn position(form: &Form) -> Option<Position> {
    let degrees = |name: &str, most: f64| {
        form.raw(name)?.trim().parse::<f64>().ok().filter(|degrees| degrees.abs() <= most)
    };
    Some(Position {
        latitude: degrees("Latitude", 90.0)?,
        longitude: degrees("Longitude", 180.0)?,
        name: form.text("Label").or_else(|| form.text("Address")),
    })
}

fn extras(form: &Form) -> Extras {
    let referral = Referral {
        kind: form.text("ReferralSourceType"),
        id: form.text("ReferralSourceId"),
        url: form.text("ReferralSourceUrl"),
        headline: form.text("ReferralHeadline"),
        click: form.text("ReferralCtwaClid"),
    };
    let said_so = |name: &str| form.raw(name).is_some_and(|value| value.eq_ignore_ascii_case("true"));
    Extras {
        referral: (referral != Referral::default()).then_some(referral),
        forwarded: said_so("Forwarded") || said_so("FrequentlyForwarded"),
        quotes: form.text("OriginalRepliedMessageSid"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn form(pairs: &[(&str, &str)]) -> Form {
        let base = [("MessageSid", "SM1"), ("From", "+14155550123"), ("To", "+14155550100")];
        let kept = base.iter().filter(|(name, _)| pairs.iter().all(|(other, _)| other != name));
        let all: Vec<(String, String)> =
            kept.chain(pairs).map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Form::from(all)
    }

    fn read(pairs: &[(&str, &str)]) -> Inbound {
        inbound(&form(pairs)).unwrap()
    }

    #[test]
    fn a_text() {
        let got = read(&[
            ("Body", "Hola\0, ¿precio?\r\n😀"),
            ("AccountSid", "AC1"),
            ("ToCity", ""),
            ("NumMedia", "0"),
            ("Unheard", "of"),
        ]);
        assert_eq!(got.said, Said::text("Hola, ¿precio?\n😀"), "control characters are gone");
        assert_eq!((got.provider_id.as_str(), got.account_address.as_str()), ("SM1", "+14155550100"));
        assert_eq!((got.from.as_str(), got.channel), ("+14155550123", Channel::Sms));
        assert_eq!(got.account_id.as_deref(), Some("AC1"));
        assert_eq!(got.identities, [Identity::phone("+14155550123")]);
        assert_eq!(got.extras, Extras::default());
        assert_eq!(got.opt_out, None);
    }

    #[test]
    fn the_button_of_the_vectors() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/vectors/twilio.json")).unwrap();
        let cases = vectors["twilio_signature"]["positive"].as_array().unwrap();
        let case = cases.iter().find(|case| case["name"] == "whatsapp-inbound-button").unwrap();
        let pairs: Vec<(String, String)> = serde_json::from_value(case["params"].clone()).unwrap();
        let got = inbound(&Form::from(pairs)).unwrap();
        assert_eq!(got.channel, Channel::Whatsapp);
        assert_eq!((got.said.text.as_str(), got.said.tapped.as_deref()), ("Sí", Some("q1_yes")));
        assert_eq!(got.sender_name.as_deref(), Some("Ana Pérez"));
        assert_eq!(got.identities, [Identity::phone("+5215512345678"), Identity::whatsapp("5215512345678")]);
    }

    #[test]
    fn files_positions_and_what_else_comes() {
        let got = read(&[
            ("From", "whatsapp:US.13491208655302741918"),
            ("ExternalUserId", "whatsapp:US.13491208655302741918"),
            ("NumMedia", "2"),
            ("MediaUrl0", "https://api.twilio.com/a"),
            ("MediaContentType0", "image/jpeg"),
            ("MediaUrl1", "https://api.twilio.com/b"),
            ("Latitude", "19.4326"),
            ("Longitude", "-99.1332"),
            ("Label", "Zócalo"),
            ("ListId", "row_2"),
            ("ListTitle", "Two"),
            ("Forwarded", "true"),
            ("ReferralSourceType", "ad"),
            ("ReferralSourceId", "120"),
            ("OriginalRepliedMessageSid", "SM0"),
        ]);
        let types: Vec<&str> = got.said.media.iter().map(|file| file.content_type.as_str()).collect();
        assert_eq!(types, ["image/jpeg", "application/octet-stream"]);
        let position = Position { latitude: 19.4326, longitude: -99.1332, name: Some("Zócalo".into()) };
        assert_eq!(got.said.position, Some(position));
        assert_eq!((got.said.text.as_str(), got.said.tapped.as_deref()), ("Two", Some("row_2")));
        assert_eq!(got.identities, [Identity::whatsapp_user("US.13491208655302741918")], "no phone, once");
        assert!(got.extras.forwarded);
        let referral = Referral { kind: Some("ad".into()), id: Some("120".into()), ..Referral::default() };
        assert_eq!(got.extras.referral, Some(referral));
        assert_eq!(got.extras.quotes.as_deref(), Some("SM0"));
    }

    #[test]
    fn a_user_id_with_a_number_beside_it_is_known_by_both() {
        let got = read(&[("From", "whatsapp:US.13491208655302741918"), ("WaId", "14155550123")]);
        let expected = [
            Identity::phone("+14155550123"),
            Identity::whatsapp_user("US.13491208655302741918"),
            Identity::whatsapp("14155550123"),
        ];
        assert_eq!(got.identities, expected);
    }

    #[test]
    fn positions_that_are_none() {
        for (latitude, longitude) in
            [("91", "0"), ("0", "181"), ("NaN", "0"), ("inf", "0"), ("", "1"), ("x", "1")]
        {
            let got = read(&[("Latitude", latitude), ("Longitude", longitude)]);
            assert_eq!(got.said.position, None, "{latitude}, {longitude}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        for name in ["MessageSid", "From", "To"] {
            for empty in ["", " ", "\0"] {
                let refused = inbound(&form(&[(name, empty)]));
                let expected = ChannelError::Malformed(format!("the field {name} is missing"));
                assert_eq!(refused, Err(expected), "{name} {empty:?}");
            }
        }
        assert_eq!(
            read(&[("MessageSid", ""), ("SmsSid", "SM2")]).provider_id,
            "SM2",
            "older names of the id"
        );
        assert_eq!(read(&[("From", "anonymous")]).identities, [Identity::phone("anonymous")]);
    }

    #[test]
    fn who_answers_a_keyword() {
        let rows = [
            ("a default word by SMS", vec![("Body", " Stop ")], true),
            ("with Advanced Opt-Out, any word", vec![("Body", "adios"), ("OptOutType", "STOP")], true),
            ("a word Twilio does not know", vec![("Body", "baja")], false),
            ("not the whole message", vec![("Body", "stop it")], false),
            ("WhatsApp", vec![("Body", "STOP"), ("From", "whatsapp:+14155550123")], false),
        ];
        for (label, pairs, expected) in rows {
            let got = read(&pairs);
            assert_eq!(answers_itself(&got), expected, "{label}");
            assert_eq!(got.signal(), Some(Signal::Stop), "{label}");
        }
        let keywords = &vectors_keywords();
        assert_eq!(keywords.len(), TWILIO_KEYWORDS.len());
        for word in keywords {
            assert!(answers_itself(&read(&[("Body", word)])), "{word}");
        }
    }

    fn vectors_keywords() -> Vec<String> {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/vectors/twilio.json")).unwrap();
        let list = |name: &str| -> Vec<String> {
            serde_json::from_value(vectors["opt_out_keywords"][name].clone()).unwrap()
        };
        ["twilio_default_stop", "twilio_default_start", "twilio_default_help"]
            .into_iter()
            .flat_map(list)
            .collect()
    }

    #[test]
    fn only_forms_are_read() {
        let kinds = [
            (Some("application/x-www-form-urlencoded"), true),
            (Some("Application/X-WWW-Form-Urlencoded; charset=UTF-8"), true),
            (Some("application/json"), false),
            (None, false),
        ];
        for (kind, fine) in kinds {
            assert_eq!(Form::parse(kind, b"a=1&a=1&b=").is_ok(), fine, "{kind:?}");
        }
        let form = Form::parse(kinds[0].0, b"b=2&a=%2B1+x&a=&b=2").unwrap();
        let pairs: Vec<(&str, &str)> = form.pairs().iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(
            pairs,
            [("b", "2"), ("a", "+1 x"), ("a", ""), ("b", "2")],
            "order, repeats and empty values stay"
        );
    }

    const REAL: &str = "MessageSid=SM1&From=whatsapp%3A%2B5215512345678&To=whatsapp%3A%2B14155238886&Body=S%C3%AD&\
        NumMedia=1&MediaUrl0=https%3A%2F%2Fa&Latitude=1.5&Longitude=2&WaId=5215512345678&OptOutType=STOP";

    proptest! {
        #[test]
        fn any_body_is_read_or_refused(body in any::<Vec<u8>>()) {
            let form = Form::parse(Some("application/x-www-form-urlencoded"), &body).unwrap();
            let _ = inbound(&form);
            let _ = crate::channels::twilio::status(&form, None);
        }

        #[test]
        fn a_mutated_body_is_read_or_refused(
            changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..12),
            cut in any::<proptest::sample::Index>(),
        ) {
            let mut body = REAL.as_bytes().to_vec();
            for (at, byte) in changes {
                let at = at.index(body.len());
                body[at] = byte;
            }
            body.truncate(cut.index(body.len() + 1));
            let form = Form::parse(Some("application/x-www-form-urlencoded"), &body).unwrap();
            if let Ok(got) = inbound(&form) {
                prop_assert!(!got.identities.is_empty());
                prop_assert!(!got.provider_id.is_empty());
                prop_assert!(!got.said.text.contains('\0'));
            }
        }
    }
}
