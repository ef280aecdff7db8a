use super::*;
use crate::channels::twilio::Form;
use proptest::prelude::*;
use serde_json::Value;

fn vectors() -> Value {
    let all: Value = serde_json::from_str(include_str!("../../../../tests/vectors/twilio.json")).unwrap();
    all["twilio_signature"].clone()
}

fn text<'a>(case: &'a Value, name: &str) -> &'a str {
    case[name].as_str().unwrap_or_else(|| panic!("{name} in {case}"))
}

fn pairs(case: &Value) -> Vec<(String, String)> {
    let pair = |pair: &Value| (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().to_owned());
    case["params"].as_array().unwrap().iter().map(pair).collect()
}

fn scheme(case: &Value) -> Scheme {
    match case.get("algorithm").and_then(Value::as_str) {
        Some("HMAC_SHA256") => Scheme::Sha256Shared,
        _ => Scheme::Sha1AuthToken,
    }
}

fn verify(case: &Value, url: &str, signature: Option<&str>) -> Result<(), ChannelError> {
    let pairs = pairs(case);
    let content = match case.get("body").and_then(Value::as_str) {
        Some(body) => Content::Raw(body.as_bytes()),
        None => Content::Form(&pairs),
    };
    Verifier::new(scheme(case), [text(case, "auth_token").as_bytes()]).verify(url, content, signature)
}

#[test]
fn accepts_what_twilio_signed() {
    let vectors = vectors();
    let cases = vectors["positive"].as_array().unwrap();
    assert_eq!(cases.len(), 13);
    for case in cases {
        let signature = text(case, "expected_signature");
        let mut urls = vec![text(case, "signed_url")];
        if let Some(seen) = case.get("must_also_validate_when_reconstructed_url_is") {
            urls.extend(seen.as_array().unwrap().iter().map(|url| url.as_str().unwrap()));
        }
        for url in urls {
            assert_eq!(verify(case, url, Some(signature)), Ok(()), "{} at {url}", text(case, "name"));
        }
        if scheme(case) == Scheme::Sha1AuthToken {
            let token = text(case, "auth_token").as_bytes();
            assert_eq!(
                sign(token, text(case, "signed_url"), &pairs(case)),
                signature,
                "{}",
                text(case, "name")
            );
        }
    }
}

#[test]
fn refuses_what_was_changed() {
    let vectors = vectors();
    let cases = vectors["negative"].as_array().unwrap();
    assert_eq!(cases.len(), 8);
    for case in cases {
        let refused = verify(case, text(case, "url"), Some(text(case, "signature")));
        let expected = match text(case, "signature") {
            "" => ChannelError::MissingSignature,
            _ => ChannelError::BadSignature,
        };
        assert_eq!(refused, Err(expected), "{}", text(case, "name"));
    }
}

/// Constants of the official libraries' own tests that the vectors file lacks.
#[test]
fn accepts_the_libraries_other_constants() {
    let call = &vectors()["positive"][0];
    let plain =
        verify(call, "http://mycompany.com/myapp.php?foo=1&bar=2", Some("0ZXoZLH/DfblKGATFgpif+LLRf4="));
    assert_eq!(plain, Ok(()), "signed with :80, seen without");

    let url = "https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256=\
        0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
    let body = br#"{"property": "value", "boolean": true}"#;
    let verifier = Verifier::new(Scheme::Sha1AuthToken, [b"12345".as_slice()]);
    let json = verifier.verify(url, Content::Raw(body), Some("a9nBmqA0ju/hNViExpshrM61xv4="));
    assert_eq!(json, Ok(()), "a hash among other parameters");
}

/// The request most negative vectors were made from, over the wire: empty values, emoji, `&`, `=` and `+` in the text.
#[test]
fn accepts_the_untampered_form_as_bytes() {
    let case = vectors()["negative"][0].clone();
    let mut sent = pairs(&case);
    for (name, value) in &mut sent {
        if name == "Body" {
            *value = value.trim_end_matches('!').to_owned();
        }
    }
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&sent).finish();
    let form = Form::parse(Some("application/x-www-form-urlencoded"), body.as_bytes()).unwrap();
    let verifier = Verifier::new(Scheme::Sha1AuthToken, [text(&case, "auth_token").as_bytes()]);
    let signature = Some(text(&case, "signature"));
    assert_eq!(verifier.verify(text(&case, "url"), Content::Form(form.pairs()), signature), Ok(()));
}

/// The URL is never rewritten: an apostrophe signed as such verifies, one signed as `%27` does not.
#[test]
fn takes_the_url_as_received() {
    let case = vectors()["legacy_apostrophe"].clone();
    let url = text(&case, "received_url");
    assert_eq!(verify(&case, url, Some(text(&case, "signature_over_as_received_form"))), Ok(()));
    assert_eq!(
        verify(&case, url, Some(text(&case, "signature_over_percent27_form"))),
        Err(ChannelError::BadSignature)
    );
}

#[test]
fn bodies_that_are_no_forms() {
    let case = vectors()["positive"]
        .as_array()
        .unwrap()
        .iter()
        .find(|case| text(case, "name") == "twilio-node-json-sha-only-param")
        .unwrap()
        .clone();
    let (url, signature) = (text(&case, "signed_url"), text(&case, "expected_signature"));
    let verifier = Verifier::new(Scheme::Sha1AuthToken, [text(&case, "auth_token").as_bytes()]);
    let check =
        |url: &str, body: &[u8], signature: &str| verifier.verify(url, Content::Raw(body), Some(signature));
    let body = text(&case, "body").as_bytes();
    assert_eq!(check(url, body, signature), Ok(()));
    assert_eq!(check(url, b"{}", signature), Err(ChannelError::BadSignature), "another body");
    let bare = "https://mycompany.com/myapp.php";
    let signed = sign(b"12345", bare, &[]);
    assert_eq!(check(bare, body, &signed), Err(ChannelError::BadSignature), "a URL without the hash");
    let hidden = format!("{bare}?xbodySHA256={}", text(&case, "body_sha256"));
    let signed = sign(b"12345", &hidden, &[]);
    assert_eq!(
        check(&hidden, body, &signed),
        Err(ChannelError::BadSignature),
        "another parameter with the hash"
    );
}

#[test]
fn tokens_and_schemes() {
    let url = "https://hooks.example.com/webhooks/twilio/messages";
    let form = vec![("Body".to_owned(), "hi".to_owned())];
    let signed = |token: &[u8]| sign(token, url, &form);
    let verifier = |tokens: &[&'static [u8]]| Verifier::new(Scheme::Sha1AuthToken, tokens.iter().copied());
    let check =
        |verifier: &Verifier, header: Option<&str>| verifier.verify(url, Content::Form(&form), header);

    let both = verifier(&[b"new", b"old"]);
    assert_eq!(check(&both, Some(&signed(b"old"))), Ok(()), "the old token while rotating");
    assert_eq!(check(&both, Some(&signed(b"new"))), Ok(()), "the new token while rotating");
    assert_eq!(check(&both, Some(&signed(b"other"))), Err(ChannelError::BadSignature));
    assert_eq!(check(&both, None), Err(ChannelError::MissingSignature));
    assert_eq!(
        check(&verifier(&[]), Some(&signed(b""))),
        Err(ChannelError::BadSignature),
        "no token, nothing passes"
    );
    assert_eq!(
        check(&verifier(&[b""]), Some(&signed(b""))),
        Err(ChannelError::BadSignature),
        "empty is no token"
    );
    let shared = Verifier::new(Scheme::Sha256Shared, [b"new".as_slice()]);
    assert_eq!(
        check(&shared, Some(&signed(b"new"))),
        Err(ChannelError::BadSignature),
        "only the configured scheme"
    );
    assert_eq!(format!("{both:?}"), "Verifier(2 keys)");
}

#[test]
fn both_forms_of_a_port() {
    let rows = [
        ("no port", "https://a.b/c?d", "https://a.b:443/c?d"),
        ("plain http", "http://a.b", "http://a.b:80"),
        ("own port", "https://a.b:8443/c", "https://a.b/c"),
        ("user and password", "https://u:p@a.b/c", "https://u:p@a.b:443/c"),
        ("user, password, port", "https://u:p@a.b:1/c", "https://u:p@a.b/c"),
        ("IPv6", "http://[::1]/c", "http://[::1]:80/c"),
        ("IPv6 and port", "http://[::1]:8080/c", "http://[::1]/c"),
        ("colons and at signs later on", "https://a.b/c:1@d", "https://a.b:443/c:1@d"),
        ("a query at once", "https://a.b?e=f:1", "https://a.b:443?e=f:1"),
    ];
    for (label, url, other) in rows {
        assert_eq!(port_forms(url), [url, other], "{label}");
    }
    assert_eq!(port_forms("https://a.b/c#rc=2")[0], "https://a.b/c", "a fragment is not signed");
}

proptest! {
    #[test]
    fn what_is_signed_verifies_and_nothing_else(
        token in "[!-~]{1,40}",
        path in "/[a-z/]{0,20}(\\?[a-z]=[a-z0-9]{0,5})?",
        form in proptest::collection::vec((".{0,8}", ".{0,20}"), 0..8),
        at in any::<proptest::sample::Index>(),
        flip in 1u8..128,
    ) {
        let url = format!("https://hooks.example.com{path}");
        let verifier = Verifier::new(Scheme::Sha1AuthToken, [token.as_bytes()]);
        let signature = sign(token.as_bytes(), &url, &form);
        prop_assert_eq!(verifier.verify(&url, Content::Form(&form), Some(&signature)), Ok(()));

        let mut bytes = signature.clone().into_bytes();
        let place = at.index(bytes.len());
        bytes[place] ^= flip;
        if let Ok(changed) = String::from_utf8(bytes) {
            prop_assert!(verifier.verify(&url, Content::Form(&form), Some(&changed)).is_err());
        }
        let mut longer = form.clone();
        longer.push(("zz".into(), "1".into()));
        prop_assert!(verifier.verify(&url, Content::Form(&longer), Some(&signature)).is_err());
    }

    #[test]
    fn anything_is_checked_without_panic(url in ".{0,60}", header in ".{0,60}", body in any::<Vec<u8>>()) {
        let verifier = Verifier::new(Scheme::Sha256Shared, [b"key".as_slice()]);
        prop_assert!(verifier.verify(&url, Content::Raw(&body), Some(&header)).is_err());
        prop_assert!(verifier.verify(&url, Content::Form(&[]), Some(&header)).is_err());
    }
}
