//! Real bodies, mutated, against the running server: whatever is signed is taken or refused, and never breaks anything.
//!
//! Some hundreds; `WHATSAPP_FUZZ_CASES` names another number, for a longer run.

use super::{SECRET, whatsapp_app};
use crate::harness::{Place, variable};
use crate::whole::assert_whole;
use leadwire::channels::whatsapp::{SIGNATURE_HEADER, sign};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};

on_both! {
    no_signed_body_breaks_the_server,
}

/// What a value somewhere in a body is replaced by.
fn replacement() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(Json::Null),
        Just(json!([])),
        Just(json!({})),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        ".{0,60}".prop_map(Json::from),
        "(\u{0}|[0-9+a-z]){1,12}".prop_map(Json::from),
        "[a-zé]{200,4000}".prop_map(Json::from),
        prop::sample::select(vec![
            "stop",
            "STOP",
            "failed",
            "text",
            "system",
            "US.1",
            "greeting:yes",
            "1-1-2:0/1"
        ])
        .prop_map(Json::from),
    ]
}

/// Puts a value in the place of another, counted through the whole body.
fn replace(value: &mut Json, at: &mut usize, with: &Json) -> bool {
    if *at == 0 {
        *value = with.clone();
        return true;
    }
    *at -= 1;
    match value {
        Json::Array(list) => list.iter_mut().any(|inside| replace(inside, at, with)),
        Json::Object(object) => object.values_mut().any(|inside| replace(inside, at, with)),
        _ => false,
    }
}

async fn no_signed_body_breaks_the_server(place: Place) {
    let app = whatsapp_app(&place).await;
    let vectors: Json = serde_json::from_str(include_str!("../../vectors/whatsapp.json")).unwrap();
    let bodies: Vec<Json> = vectors["meta_webhook_payloads"]["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| serde_json::from_str(case["body"].as_str().unwrap()).unwrap())
        .collect();
    let cases = variable("WHATSAPP_FUZZ_CASES").map_or(400, |cases| cases.parse().unwrap());
    let strategy = (0..bodies.len(), proptest::collection::vec((0usize..50, replacement()), 1..5));
    let mut runner = TestRunner::deterministic();
    for n in 0..cases {
        let (which, changes) = strategy.new_tree(&mut runner).unwrap().current();
        let mut body = bodies[which].clone();
        for (at, with) in changes {
            replace(&mut body, &mut at.clone(), &with);
        }
        let bytes = body.to_string();
        let signature = sign(SECRET.as_bytes(), bytes.as_bytes());
        let request =
            app.request("POST", super::PATH).header(SIGNATURE_HEADER, signature).body(bytes.clone());
        let reply = app.send(request).await;
        assert!(matches!(reply.status, 200 | 400), "case {n}: {reply:?}\n{bytes}");
        // Nobody writes that fast: without this most cases would be a machine's.
        app.clock.advance(120_000);
    }
    assert_whole(&app.app.db).await;
}
