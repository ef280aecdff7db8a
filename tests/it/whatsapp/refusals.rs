//! Requests that are refused: how, and that nothing of them is stored.

use super::{NUMBER, PATH, SECRET, SETTINGS, VERIFY_TOKEN, body, text, whatsapp_app};
use crate::harness::{Place, Reply, TestApp};
use leadwire::channels::whatsapp::{LARGEST_WEBHOOK, SIGNATURE_HEADER, sign};
use serde_json::{Value as Json, json};

const PATHS: [&str; 2] = [PATH, "/api/webhook/whatsapp"];

on_both! {
    the_handshake,
    what_is_not_signed_is_refused,
    what_is_no_json_is_refused,
    large_bodies,
    what_is_not_configured_is_named,
    a_rotating_secret_is_taken_beside_the_old_one,
    other_methods_are_refused,
}

#[track_caller]
fn is_problem(reply: &Reply, status: u16, kind: &str) {
    assert_eq!(reply.status, status, "{reply:?}");
    assert_eq!(reply.header("content-type"), "application/problem+json", "{reply:?}");
    assert!(reply.json()["type"].as_str().unwrap().ends_with(kind), "{reply:?}");
}

async fn post(app: &TestApp, path: &str, body: impl Into<Vec<u8>>, signature: Option<&str>) -> Reply {
    let mut request = app.request("POST", path).header("content-type", "application/json").body(body.into());
    if let Some(signature) = signature {
        request = request.header(SIGNATURE_HEADER, signature);
    }
    app.send(request).await
}

async fn signed(app: &TestApp, body: &str) -> Reply {
    post(app, PATH, body, Some(&sign(SECRET.as_bytes(), body.as_bytes()))).await
}

async fn the_handshake(place: Place) {
    let app = whatsapp_app(&place).await;
    let vectors: Json = serde_json::from_str(include_str!("../../vectors/whatsapp.json")).unwrap();
    for path in PATHS {
        for case in vectors["meta_verification_handshake"]["cases"].as_array().unwrap() {
            let pairs = case["query"].as_object().unwrap().iter();
            let pairs = pairs.filter_map(|(name, value)| Some((name, value.as_str()?)));
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            let reply = app.get(&format!("{path}?{query}")).await;
            match case["status"].as_u64().unwrap() {
                200 => {
                    assert_eq!((reply.status, reply.body.as_str()), (200, case["body"].as_str().unwrap()));
                    assert_eq!(reply.header("content-type"), "text/plain; charset=utf-8");
                }
                _ => is_problem(&reply, 403, "bad-signature"),
            }
            assert!(!reply.body.contains(VERIFY_TOKEN));
        }
        is_problem(&app.get(path).await, 403, "bad-signature");
        let unasked = format!("{path}?hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}");
        is_problem(&app.get(&unasked).await, 400, "malformed");
        let other = format!("{path}?hub.mode=unsubscribe&hub.challenge=1&hub.verify_token={VERIFY_TOKEN}");
        is_problem(&app.get(&other).await, 403, "bad-signature");
        is_problem(&app.get(&format!("{path}?%ff%00&hub.mode=%zz")).await, 403, "bad-signature");
    }
}

async fn what_is_not_signed_is_refused(place: Place) {
    let app = whatsapp_app(&place).await;
    let hi = body(&json!({"messages": [text("hi", "wamid.1")]})).to_string();
    let good = sign(SECRET.as_bytes(), hi.as_bytes());
    for path in PATHS {
        for none in [None, Some("")] {
            let reply = post(&app, path, hi.as_str(), none).await;
            is_problem(&reply, 401, "unsigned");
            assert!(reply.header("www-authenticate").starts_with("Signature"), "{reply:?}");
        }
        for wrong in [
            "sha256=",
            "nonsense",
            &good[..40],
            &good.replace("sha256", "sha1"),
            &sign(b"another", hi.as_bytes()),
            &sign(SECRET.as_bytes(), b"{}"),
        ] {
            is_problem(&post(&app, path, hi.as_str(), Some(wrong)).await, 403, "bad-signature");
        }
        // Not a byte may be different.
        for changed in [format!("{hi}\n"), hi.replace("hi", "ho"), hi.replace("\"hi\"", "\"\\u0068i\"")] {
            is_problem(&post(&app, path, changed, Some(&good)).await, 403, "bad-signature");
        }
        is_problem(&post(&app, path, "", Some(&good)).await, 403, "bad-signature");
    }
    assert_eq!(app.stored().await, 0);
    assert_eq!(post(&app, PATH, hi.as_str(), Some(&good)).await.status, 200, "and this one is signed");
}

async fn what_is_no_json_is_refused(place: Place) {
    let app = whatsapp_app(&place).await;
    for broken in ["", "{", "nonsense", "[]", "\"x\"", "null", "{\"a\":\u{1}}", &"[".repeat(20_000)] {
        is_problem(&signed(&app, broken).await, 400, "malformed");
    }
    let latin = b"{\"object\":\"\xe9\"}".to_vec();
    let signature = sign(SECRET.as_bytes(), &latin);
    is_problem(&post(&app, PATH, latin, Some(&signature)).await, 400, "malformed");
    for nothing in
        ["{}", r#"{"object":"page","entry":[{}]}"#, r#"{"object":"whatsapp_business_account","entry":7}"#]
    {
        assert_eq!(signed(&app, nothing).await.status, 200, "{nothing}");
    }
    assert_eq!(app.stored().await, 0);
}

async fn large_bodies(place: Place) {
    let app = whatsapp_app(&place).await;
    let many: Vec<Json> =
        (0..500).map(|n| text(&format!("{n} {}", "x".repeat(2_000)), &format!("wamid.{n}"))).collect();
    let large = body(&json!({"messages": many})).to_string();
    assert!(large.len() > 1_000_000 && large.len() < LARGEST_WEBHOOK);
    assert_eq!(signed(&app, &large).await.status, 200);
    assert_eq!(app.count("messages WHERE direction = 'in'").await, 500);
    let too_large = signed(&app, &"x".repeat(LARGEST_WEBHOOK + 1)).await;
    is_problem(&too_large, 413, "too-large");
    assert!(too_large.body.contains(&LARGEST_WEBHOOK.to_string()), "{too_large:?}");
    let chat = app.request("POST", "/api/session/start").header("content-type", "application/json");
    assert_eq!(app.send(chat.body("x".repeat(100_000))).await.status, 413, "elsewhere it is as it was");
}

async fn what_is_not_configured_is_named(place: Place) {
    for (missing, names) in [
        ("WHATSAPP_APP_SECRET", "WHATSAPP_APP_SECRET"),
        ("WHATSAPP_ACCESS_TOKEN", "WHATSAPP_ACCESS_TOKEN"),
        ("WHATSAPP_PHONE_NUMBER_ID", "WHATSAPP_PHONE_NUMBER_ID"),
    ] {
        let settings: Vec<_> = SETTINGS.into_iter().filter(|(name, _)| *name != missing).collect();
        let app = place.app_with(&settings).await;
        let hi = body(&json!({"messages": [text("hi", "wamid.1")]})).to_string();
        let reply = signed(&app, &hi).await;
        is_problem(&reply, 503, "not-configured");
        assert!(reply.json()["detail"].as_str().unwrap().contains(names), "{reply:?}");
        assert_eq!(app.stored().await, 0);
        app.stop().await;
    }
    let settings: Vec<_> =
        SETTINGS.into_iter().filter(|(name, _)| *name != "WHATSAPP_VERIFY_TOKEN").collect();
    let app = place.app_with(&settings).await;
    let reply = app.get(&format!("{PATH}?hub.mode=subscribe&hub.challenge=1&hub.verify_token=")).await;
    is_problem(&reply, 503, "not-configured");
    assert!(reply.body.contains("WHATSAPP_VERIFY_TOKEN"), "{reply:?}");
}

async fn a_rotating_secret_is_taken_beside_the_old_one(place: Place) {
    let settings: Vec<_> = SETTINGS
        .into_iter()
        .filter(|(name, _)| *name != "WHATSAPP_APP_SECRET")
        .chain([("WHATSAPP_APP_SECRET", "new secret, old secret")])
        .collect();
    let app = place.app_with(&settings).await;
    for (n, secret, status) in [(1, "new secret", 200), (2, "old secret", 200), (3, SECRET, 403)] {
        let hi = body(&json!({"messages": [text("hi", &format!("wamid.{n}"))]})).to_string();
        let reply = post(&app, PATH, hi.as_str(), Some(&sign(secret.as_bytes(), hi.as_bytes()))).await;
        assert_eq!(reply.status, status, "{secret}: {reply:?}");
    }
    assert_eq!(app.count("messages WHERE direction = 'in'").await, 2);
    assert_eq!(app.app.accounts.iter().filter(|account| account.address == NUMBER).count(), 1);
}

async fn other_methods_are_refused(place: Place) {
    let app = whatsapp_app(&place).await;
    for path in PATHS {
        for method in ["PUT", "DELETE", "PATCH"] {
            let reply = app.send(app.request(method, path)).await;
            is_problem(&reply, 405, "method-not-allowed");
            assert!(reply.header("allow").contains("POST"), "{reply:?}");
        }
    }
}
