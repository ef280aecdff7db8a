use super::*;

/// The secret of the standard's own example.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// 2025-10-09T08:53:20Z.
const NOW: Millis = 1_760_000_000_000;

fn vectors() -> Json {
    let all: Json =
        serde_json::from_str(include_str!("../../../tests/vectors/standard_webhooks.json")).unwrap();
    all["standard_webhooks"].clone()
}

fn text<'a>(case: &'a Json, name: &str) -> &'a str {
    case[name].as_str().unwrap()
}

/// A header of a case as an HTTP server hands it on: whatever its capitals.
fn header<'a>(case: &'a Json, name: &str) -> Option<&'a str> {
    let mut headers = case["headers"].as_object().unwrap().iter();
    headers.find(|(given, _)| given.eq_ignore_ascii_case(name)).and_then(|(_, value)| value.as_str())
}

fn signed(case: &Json) -> Signed<'_> {
    Signed {
        id: header(case, "webhook-id"),
        timestamp: header(case, "webhook-timestamp"),
        signature: header(case, "webhook-signature"),
    }
}

#[test]
fn every_signature_of_the_vectors() {
    let vectors = vectors();
    let cases = vectors["fixed"].as_array().unwrap();
    assert_eq!(cases.len(), 2, "the vectors were read");
    for case in cases {
        let label = text(case, "name");
        let hex: String =
            key(text(case, "secret")).unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, text(case, "secret_bytes_hex"), "{label}");
        let signer = Signer::new(&text(case, "secret").into()).unwrap();
        let Signed { id, timestamp, signature } = signed(case);
        let body = text(case, "body").as_bytes();
        assert_eq!(Some(signer.sign(id.unwrap(), timestamp.unwrap(), body).as_str()), signature, "{label}");
    }
}

#[test]
fn every_case_of_the_vectors() {
    let vectors = vectors();
    assert_eq!(vectors["tolerance_seconds"], TOLERANCE_SECONDS);
    let cases = vectors["verify_cases"].as_array().unwrap();
    assert_eq!(cases.len(), 12, "the vectors were read");
    for case in cases {
        let secrets = [text(case, "secret").into()];
        let now = case["now_unix"].as_i64().unwrap();
        let verdict = verify(&secrets, signed(case), text(case, "body").as_bytes(), now);
        let expected = match case["library_error"].as_str() {
            None => Ok(()),
            Some("Message timestamp too new") => Err(WebhookError::TooNew),
            Some("No matching signature found") => Err(WebhookError::NoMatch),
            Some("Missing required headers") => Err(WebhookError::MissingHeader),
            Some(other) => panic!("{other}"),
        };
        assert_eq!(verdict, expected, "{}", text(case, "name"));
        assert_eq!(verdict.is_ok(), case["expect_valid"] == true, "{}", text(case, "name"));
    }
}

#[test]
fn what_else_is_taken_and_what_is_not() {
    let (secret, old): (SecretString, SecretString) =
        (SECRET.into(), "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".into());
    let sign = |secret: &SecretString| Signer::new(secret).unwrap().sign("m1", "1000", b"{}");
    let (good, by_old) = (sign(&secret), sign(&old));
    let value = good.strip_prefix("v1,").unwrap();
    let no_match = Err(WebhookError::NoMatch);
    let rows = [
        ("it", "1000", good.clone(), 1000, Ok(())),
        ("by the old secret", "1000", by_old.clone(), 1000, Ok(())),
        ("by both", "1000", format!("{by_old} {good}"), 1000, Ok(())),
        ("beside nonsense", "1000", format!("nonsense v1 v1, ,, {good}"), 1000, Ok(())),
        ("a second too old", "1000", good.clone(), 1301, Err(WebhookError::TooOld)),
        ("as old as it may be", "1000", good.clone(), 1300, Ok(())),
        ("another version", "1000", format!("v2,{value}"), 1000, no_match),
        ("no version", "1000", value.to_owned(), 1000, no_match),
        ("no base64", "1000", "v1,%%%".to_owned(), 1000, no_match),
        ("a part of it", "1000", good[..good.len() - 4].to_owned(), 1000, no_match),
        ("an empty value", "1000", "v1,".to_owned(), 1000, no_match),
        ("only spaces", "1000", "  ".to_owned(), 1000, no_match),
        ("none", "1000", String::new(), 1000, Err(WebhookError::MissingHeader)),
        ("no number", "now", good.clone(), 1000, Err(WebhookError::Timestamp)),
        ("a fraction", "1000.0", good.clone(), 1000, Err(WebhookError::Timestamp)),
        ("written otherwise", "01000", good.clone(), 1000, no_match),
        ("the end of time", "9223372036854775807", good.clone(), i64::MIN, Err(WebhookError::TooNew)),
    ];
    for (label, timestamp, signature, now, expected) in rows {
        let signed = Signed { id: Some("m1"), timestamp: Some(timestamp), signature: Some(&signature) };
        assert_eq!(verify(&[secret.clone(), old.clone()], signed, b"{}", now), expected, "{label}");
    }
    let signed = Signed { id: Some("m1"), timestamp: Some("1000"), signature: Some(&good) };
    assert_eq!(verify(&[], signed, b"{}", 1000), Err(WebhookError::NoSecret));
    assert_eq!(verify(&[old], signed, b"{}", 1000), no_match, "another's secret");
    assert_eq!(verify(&[secret, "short".into()], signed, b"{}", 1000), Err(WebhookError::Secret));
}

#[test]
fn secrets() {
    use base64::Engine;
    let of = |length: usize| {
        let bytes = base64::engine::general_purpose::STANDARD.encode(vec![7; length]);
        key(&format!("whsec_{bytes}")).map(|key| key.len())
    };
    for (length, expected) in [(23, None), (24, Some(24)), (64, Some(64)), (65, None)] {
        assert_eq!(of(length), expected.ok_or(WebhookError::Secret), "{length}");
    }
    for secret in ["", "whsec_", "whsec_no base64", "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
        assert_eq!(key(secret), Err(WebhookError::Secret), "{secret}");
    }
    let new = |secrets: Vec<SecretString>| {
        let settings = Settings { url: String::new(), secrets, fields: Mapping::default() };
        Webhook::new(settings).err()
    };
    assert_eq!(new(vec![]), Some(WebhookError::NoSecret));
    assert_eq!(new(vec![SECRET.into(), "x".into()]), Some(WebhookError::Secret));
}

/// Templates by name.
type Named = &'static [(&'static str, &'static str)];

fn sink(fields: &[(&str, &str)], secrets: &[&str]) -> Webhook {
    let fields = fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Webhook::new(Settings {
        url: "https://hooks.example.com/T0KEN".to_owned(),
        secrets: secrets.iter().map(|secret| (*secret).into()).collect(),
        fields: Mapping::new(&fields).unwrap(),
    })
    .unwrap()
}

fn record() -> Record {
    Record {
        key: "lw-7".to_owned(),
        idempotency_key: "lw-7-1".to_owned(),
        event: "completed".to_owned(),
        fields: [("name".to_owned(), "Ana Pérez 😀".to_owned())].into(),
        facts: [("score".to_owned(), json!(80))].into(),
        happened_at: NOW - 1_500,
        ..Record::default()
    }
}

fn http(errand: Errand) -> Outgoing {
    let Errand::Http(request) = errand else { panic!("{errand:?}") };
    request
}

fn body(sink: &Webhook, record: &Record) -> Json {
    serde_json::from_str(&http(sink.write(record, "", NOW).unwrap()).body).unwrap()
}

#[test]
fn what_is_sent_verifies_with_either_secret() {
    let secrets = [SECRET, "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="];
    let sink = sink(&[], &secrets);
    let request = http(sink.write(&record(), "", NOW + 999).unwrap());
    assert_eq!((request.method, request.url.as_str()), (Method::Post, "https://hooks.example.com/T0KEN"));
    let of = |name: &str| {
        request.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    };
    let signed = Signed {
        id: of("webhook-id"),
        timestamp: of("webhook-timestamp"),
        signature: of("webhook-signature"),
    };
    assert_eq!((signed.id, signed.timestamp), (Some("lw-7-1"), Some("1760000000")));
    assert_eq!(signed.signature.unwrap().split(' ').count(), 2);
    for secret in secrets {
        assert_eq!(
            verify(&[secret.into()], signed, request.body.as_bytes(), 1_760_000_000),
            Ok(()),
            "{secret}"
        );
    }
    let again = http(sink.write(&record(), "", NOW + 60_000).unwrap());
    assert_eq!(again.headers[0], request.headers[0], "the same id");
    assert_eq!(again.body, request.body);
    let odd = Record { idempotency_key: "a.b c\n".to_owned(), ..record() };
    assert_eq!(http(sink.write(&odd, "", NOW).unwrap()).headers[0].1, "a%2Eb+c%0A");
    let shown = format!("{sink:?}");
    assert!(!shown.contains("T0KEN") && shown.contains("keys: 2"), "{shown}");
}

#[test]
fn what_a_body_says() {
    let timestamp = "2025-10-09T08:53:18.5Z";
    let updated = Record { sink_id: Some("lw-7".to_owned()), ..record() };
    let plain = json!({"id": "lw-7", "name": "Ana Pérez 😀", "lead": {"score": 80}});
    let mapped: Named = &[("id", "x"), ("lead.name", "{{ name }}")];
    let rows: [(&str, Named, Record, &str, Json); 4] = [
        ("a new one", &[], record(), "lead.completed", plain.clone()),
        ("a correction", &[], updated, "lead.updated", plain.clone()),
        ("an empty id", &[], Record { sink_id: Some(String::new()), ..record() }, "lead.completed", plain),
        (
            "fields of the same names",
            mapped,
            record(),
            "lead.completed",
            json!({"id": "lw-7", "lead": {"name": "Ana Pérez 😀"}}),
        ),
    ];
    for (label, fields, record, kind, data) in rows {
        let expected = json!({"type": kind, "timestamp": timestamp, "data": data});
        assert_eq!(body(&sink(fields, &[SECRET]), &record), expected, "{label}");
    }
}

#[test]
fn what_is_too_long_goes_without_the_facts_or_not_at_all() {
    let sink = sink(&[], &[SECRET]);
    let with = |field: usize, fact: usize| Record {
        fields: [("name".to_owned(), "x".repeat(field))].into(),
        facts: [("source".to_owned(), json!("x".repeat(fact)))].into(),
        ..record()
    };
    let length = |record: &Record| http(sink.write(record, "", NOW).unwrap()).body.len();
    let rest = length(&with(0, 0));
    assert_eq!(length(&with(0, LONGEST_BODY - rest - 1)), LONGEST_BODY - 1);
    let shortened = body(&sink, &with(0, LONGEST_BODY - rest));
    assert_eq!(shortened["data"], json!({"id": "lw-7", "name": ""}));
    let refused = sink.write(&with(LONGEST_BODY, 0), "", NOW).unwrap_err();
    assert!(matches!(refused, Outcome::Refused { fault: Fault::Record, .. }), "{refused:?}");
}

#[test]
fn what_answers_mean() {
    let name = |status| match sink(&[], &[SECRET]).written(&record(), Reply { status, body: "" }) {
        Outcome::Delivered { sink_id } => sink_id.unwrap(),
        Outcome::Retry { .. } => "retry".to_owned(),
        Outcome::Unknown { .. } => "unknown".to_owned(),
        Outcome::Refused { fault: Fault::Sink, reason } => reason,
        Outcome::Refused { fault: Fault::Record, .. } => "record".to_owned(),
        other => format!("{other:?}"),
    };
    let rows = [
        (200, "lw-7"),
        (204, "lw-7"),
        (301, "HTTP 301"),
        (400, "record"),
        (401, "HTTP 401"),
        (410, "HTTP 410: the receiver wants no more webhooks at this address"),
        (429, "retry"),
        (500, "unknown"),
        (502, "retry"),
        (503, "retry"),
        (504, "retry"),
    ];
    for (status, expected) in rows {
        assert_eq!(name(status), expected, "{status}");
    }
}
