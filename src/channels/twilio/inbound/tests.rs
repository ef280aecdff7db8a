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
    inbound(&form(pairs), None).unwrap()
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
        serde_json::from_str(include_str!("../../../../tests/vectors/twilio.json")).unwrap();
    let cases = vectors["twilio_signature"]["positive"].as_array().unwrap();
    let case = cases.iter().find(|case| case["name"] == "whatsapp-inbound-button").unwrap();
    let pairs: Vec<(String, String)> = serde_json::from_value(case["params"].clone()).unwrap();
    let got = inbound(&Form::from(pairs), None).unwrap();
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
fn two_spellings_of_one_number_are_one_identity() {
    let got = read(&[("From", "whatsapp:+525512345678"), ("WaId", "5215512345678")]);
    assert_eq!(got.identities, [Identity::phone("+525512345678"), Identity::whatsapp("525512345678")]);
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
            let refused = inbound(&form(&[(name, empty)]), None);
            let expected = ChannelError::Malformed(format!("the field {name} is missing"));
            assert_eq!(refused, Err(expected), "{name} {empty:?}");
        }
    }
    assert_eq!(read(&[("MessageSid", ""), ("SmsSid", "SM2")]).provider_id, "SM2", "older names of the id");
    assert_eq!(read(&[("From", "anonymous")]).identities, [Identity::phone("anonymous")]);
}

#[test]
fn the_token_of_the_webhook_stands_in_for_a_missing_id() {
    let without = form(&[("MessageSid", "")]);
    let id = |form: &Form, token| inbound(form, token).map(|inbound| inbound.provider_id).ok();
    assert_eq!(id(&without, Some(" 7a1e ")).as_deref(), Some("token-7a1e"));
    assert_eq!(id(&form(&[]), Some("7a1e")).as_deref(), Some("SM1"), "the id decides where there is one");
    for useless in [None, Some(""), Some(" "), Some("x".repeat(256).as_str())] {
        assert_eq!(id(&without, useless), None, "{useless:?}");
    }
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
        serde_json::from_str(include_str!("../../../../tests/vectors/twilio.json")).unwrap();
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

#[test]
fn ten_files_and_no_more() {
    let vectors: serde_json::Value =
        serde_json::from_str(include_str!("../../../../tests/vectors/twilio.json")).unwrap();
    assert_eq!(vectors["limits"]["twilio"]["media_urls"], MOST_FILES);
    let names: Vec<String> = (0..14).map(|index| format!("MediaUrl{index}")).collect();
    let pairs: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "https://a")).collect();
    assert_eq!(read(&pairs).said.media.len(), MOST_FILES);
    assert_eq!(read(&pairs[1..]).said.media, [], "files are numbered from 0");
}

const REAL: &str = "MessageSid=SM1&From=whatsapp%3A%2B5215512345678&To=whatsapp%3A%2B14155238886&Body=S%C3%AD&\
    NumMedia=1&MediaUrl0=https%3A%2F%2Fa&Latitude=1.5&Longitude=2&WaId=5215512345678&OptOutType=STOP";

proptest! {
    #[test]
    fn any_body_is_read_or_refused(body in any::<Vec<u8>>()) {
        let form = Form::parse(Some("application/x-www-form-urlencoded"), &body).unwrap();
        let _ = inbound(&form, None);
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
        if let Ok(got) = inbound(&form, None) {
            prop_assert!(!got.identities.is_empty());
            prop_assert!(!got.provider_id.is_empty());
            prop_assert!(!got.said.text.contains('\0'));
        }
    }
}
