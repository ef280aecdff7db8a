use super::*;
use crate::channels::{DeliveryStatus, MessageRef, Part};
use crate::domain::message::Said;
use proptest::prelude::*;
use serde_json::json;
use std::sync::LazyLock;

fn vectors() -> Vec<Json> {
    let vectors: Json =
        serde_json::from_str(include_str!("../../../../tests/vectors/whatsapp.json")).unwrap();
    vectors["meta_webhook_payloads"]["cases"].as_array().unwrap().clone()
}

fn vector(name: &str) -> Vec<Item> {
    let cases = vectors();
    let case = cases.iter().find(|case| case["name"] == name).unwrap_or_else(|| panic!("{name}"));
    items(case["body"].as_str().unwrap())
}

fn items(body: &str) -> Vec<Item> {
    events(body.as_bytes()).unwrap().into_iter().map(|event| event.item).collect()
}

/// The item of one message that somebody with a number sent.
fn of_message(message: &Json) -> Item {
    let mut message = message.clone();
    let known = json!({"from": "16505551234", "id": "wamid.T", "timestamp": "1760000000"});
    for (name, value) in known.as_object().unwrap() {
        message.as_object_mut().unwrap().entry(name).or_insert(value.clone());
    }
    of_value(&json!({"messages": [message]}))
}

fn of_value(value: &Json) -> Item {
    let mut items = of_change("messages", value);
    assert_eq!(items.len(), 1, "{items:?}");
    items.remove(0)
}

fn of_change(field: &str, value: &Json) -> Vec<Item> {
    let mut value = value.clone();
    value["metadata"] = json!({"phone_number_id": "106540352242922"});
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": field, "value": value}]}]});
    items(&body.to_string())
}

#[track_caller]
fn said(item: Item) -> Said {
    let Item::Message(inbound) = item else { panic!("{item:?}") };
    Said { said_at: None, ..inbound.said }
}

#[track_caller]
fn noted(item: Item) -> (String, String, Option<String>) {
    let Item::Noted(noted) = item else { panic!("{item:?}") };
    (noted.note.note, noted.note.words, noted.note.about)
}

fn ana() -> Vec<Identity> {
    vec![
        Identity::phone("+16505551234"),
        Identity::whatsapp("16505551234"),
        Identity::whatsapp_user("US.13491208655302741918"),
    ]
}

#[test]
fn a_text_from_somebody_with_everything() {
    let event = events(vectors()[0]["body"].as_str().unwrap().as_bytes()).unwrap().remove(0);
    assert_eq!(event.phone_number_id, "106540352242922");
    let Item::Message(inbound) = event.item else { panic!() };
    assert_eq!(inbound.identities, ana());
    assert_eq!(inbound.said.text, "Hola, quiero información");
    assert_eq!(inbound.said.said_at, Some(1_760_000_000_000));
    assert_eq!(
        (inbound.provider_id.as_str(), inbound.sender_name.as_deref()),
        ("wamid.TEST0001", Some("Ana Perez"))
    );
    assert_eq!(inbound.account_id.as_deref(), Some("102290129340398"));
}

/// What each body of the vectors comes to.
#[test]
fn every_payload_of_the_vectors() {
    let rows: &[(&str, &[&str])] = &[
        ("text", &["says Hola, quiero información"]),
        ("text-reply-with-context", &["says sí"]),
        ("template-quick-reply-button", &["says Yes, taps q1_yes"]),
        ("interactive-button-reply", &["says Yes, taps q1_yes"]),
        ("image", &["says my invoice, 1 file"]),
        ("audio-voice", &["says , 1 file"]),
        ("document", &["says RFP, 1 file"]),
        ("sticker", &["says , 1 file"]),
        ("contacts", &["says Bob Smith\n+1 650-555-9999\nbob@example.com"]),
        ("reaction", &["notes reaction 👍"]),
        ("order", &["notes order 2 × sku1"]),
        ("unsupported", &["notes unsupported "]),
        ("system-number-change", &["notes number_changed "]),
        ("system-bsuid-change", &["notes user_id_changed "]),
        ("edit", &["notes edit corrected text"]),
        ("revoke", &["notes revoke "]),
        ("status-delivered", &["Delivered wamid.OUT0001"]),
        ("status-read", &["Read wamid.OUT0001"]),
        ("user-preferences-stop", &["notes preference User requested to stop marketing messages Stop"]),
        (
            "multi-entry-multi-change-multi-message",
            &["says first", "says second", "Delivered wamid.OUT0001", "says third", "says fourth"],
        ),
        ("no-changes", &[]),
    ];
    let told = |item: Item| match item {
        Item::Message(inbound) => {
            let Said { text, tapped, media, .. } = inbound.said;
            let tapped = tapped.map(|id| format!(", taps {id}")).unwrap_or_default();
            let files = if media.is_empty() { String::new() } else { format!(", {} file", media.len()) };
            format!("says {text}{tapped}{files}")
        }
        Item::Noted(noted) => {
            let signal = noted.signal.map(|signal| format!(" {signal:?}")).unwrap_or_default();
            format!("notes {} {}{signal}", noted.note.note, noted.note.words)
        }
        Item::Fate(fate) => format!("{:?} {}", fate.update.status, fate.update.provider_id),
        other => format!("{other:?}"),
    };
    for (name, expected) in rows {
        let got: Vec<String> = vector(name).into_iter().map(told).collect();
        assert_eq!(got, *expected, "{name}");
    }
    let names: Vec<Json> = vectors().into_iter().map(|case| case["name"].clone()).collect();
    assert_eq!(names.len(), rows.len(), "a payload without an expectation: {names:?}");
}

#[test]
fn types_the_vectors_do_not_have() {
    let text = |text: &str| Said::text(text);
    let list = json!({"type": "interactive", "interactive": {"type": "list_reply",
        "list_reply": {"id": "city:Pune", "title": "Pune", "description": "in India"}}});
    let tapped = Said { step: Some("city".into()), tapped: Some("Pune".into()), ..text("Pune") };
    assert_eq!(said(of_message(&list)), tapped);
    let button = json!({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "ok:yes", "title": "Sí"}}});
    let tapped = Said { step: Some("ok".into()), tapped: Some("yes".into()), ..text("Sí") };
    assert_eq!(said(of_message(&button)), tapped);
    let form = json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply":
        {"name": "flow", "body": "Sent", "response_json": "{\"flow_token\":\"x\",\"name\":\"Ana\",\"age\":31}"}}});
    assert_eq!(said(of_message(&form)), text("31\nAna"));
    let empty_form = json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"body": "Sent", "response_json": "nonsense"}}});
    assert_eq!(said(of_message(&empty_form)), text("Sent"));
    let place = json!({"type": "location", "location": {"latitude": 19.43, "longitude": -99.13, "name": "Roma Norte", "address": "CDMX"}});
    let Said { text: words, position, .. } = said(of_message(&place));
    let position = position.unwrap();
    assert_eq!((words.as_str(), position.latitude, position.longitude), ("Roma Norte", 19.43, -99.13));
    assert_eq!(position.name.as_deref(), Some("Roma Norte"));
    let bare = json!({"type": "location", "location": {"latitude": 1.5, "longitude": 2}});
    assert_eq!(said(of_message(&bare)).text, "1.5, 2");
    let video = json!({"type": "video", "video": {"id": "77", "mime_type": "video/mp4", "caption": "look"}});
    let file = &said(of_message(&video)).media[0];
    assert_eq!((file.url.as_str(), file.content_type.as_str()), ("whatsapp-media:77", "video/mp4"));
    let only_url = json!({"type": "image", "image": {"url": "https://lookaside.fbsbx.com/x"}});
    assert_eq!(said(of_message(&only_url)).media[0].url, "https://lookaside.fbsbx.com/x");
}

#[test]
fn what_answers_nothing() {
    let rows = [
        (
            "a reaction taken back",
            json!({"type": "reaction", "reaction": {"message_id": "wamid.1"}}),
            ("reaction", "", Some("wamid.1")),
        ),
        ("a type that is new", json!({"type": "hologram", "hologram": {"x": 1}}), ("hologram", "", None)),
        ("no type", json!({}), ("unknown", "", None)),
        ("a text without text", json!({"type": "text", "text": {}}), ("text", "", None)),
        ("a text that is a number", json!({"type": "text", "text": 7}), ("text", "", None)),
        ("a picture without picture", json!({"type": "image", "image": null}), ("image", "", None)),
        (
            "a place nowhere",
            json!({"type": "location", "location": {"latitude": 200}}),
            ("location", "", None),
        ),
        ("cards without words", json!({"type": "contacts", "contacts": [1, {}]}), ("contacts", "", None)),
        (
            "an unknown answer to buttons",
            json!({"type": "interactive", "interactive": {"type": "new"}}),
            ("interactive", "", None),
        ),
        ("an unknown event", json!({"type": "system", "system": {"type": "new"}}), ("system", "", None)),
        (
            "a changed key",
            json!({"type": "system", "system": {"type": "customer_identity_changed"}}),
            ("identity_changed", "", None),
        ),
    ];
    for (label, message, (note, words, about)) in rows {
        let expected = (note.to_owned(), words.to_owned(), about.map(str::to_owned));
        assert_eq!(noted(of_message(&message)), expected, "{label}");
    }
}

#[test]
fn who_it_is() {
    let user = Identity::whatsapp_user;
    let contact = json!({"wa_id": "16505551234", "user_id": "US.1", "profile": {"name": "Ana"}});
    let shy = json!({"user_id": "US.2", "profile": {"name": "Shy", "username": "shy"}});
    let phone = || vec![Identity::phone("+16505551234"), Identity::whatsapp("16505551234")];
    let with = |mut some: Vec<Identity>, id: &str| {
        some.push(Identity::whatsapp_user(id));
        some
    };
    let rows = [
        ("no contacts", json!({"from": "16505551234"}), json!([]), phone(), None),
        (
            "the contact tells more",
            json!({"from": "16505551234"}),
            json!([contact]),
            with(phone(), "US.1"),
            Some("Ana"),
        ),
        ("no number at all", json!({"from_user_id": "US.2"}), json!([shy]), vec![user("US.2")], Some("Shy")),
        (
            "the contact knows the number",
            json!({"from_user_id": "US.1"}),
            json!([shy, contact]),
            with(phone(), "US.1"),
            Some("Ana"),
        ),
        (
            "somebody else's contact",
            json!({"from": "12195555358"}),
            json!([contact]),
            who::whatsapp("12195555358"),
            None,
        ),
        ("only the contact tells", json!({}), json!([shy]), vec![user("US.2")], Some("Shy")),
        (
            "only a parent id",
            json!({"from_parent_user_id": "US.ENT.9"}),
            json!([]),
            vec![user("US.ENT.9")],
            None,
        ),
        ("no number in it", json!({"from": "someone"}), json!([]), vec![Identity::whatsapp("someone")], None),
        ("a plus", json!({"from": "+5215512345678"}), json!([]), who::whatsapp("5215512345678"), None),
        ("contacts of a wrong type", json!({"from": "16505551234"}), json!("x"), phone(), None),
    ];
    for (label, mut message, contacts, identities, name) in rows {
        message["type"] = json!("text");
        message["text"] = json!({"body": "hi"});
        let item = of_value(&json!({"messages": [message], "contacts": contacts}));
        let Item::Message(inbound) = item else { panic!("{label}: {item:?}") };
        assert_eq!(inbound.identities, identities, "{label}");
        assert_eq!(inbound.sender_name.as_deref(), name, "{label}");
        assert!(is_made_up(&inbound.provider_id), "{label}: an id that is the same when it comes again");
    }
    for nobody in
        [json!({}), json!({"from": ""}), json!({"from": "+"}), json!({"from": "9".repeat(161)}), json!(7)]
    {
        let item = of_value(&json!({"messages": [nobody]}));
        assert!(matches!(item, Item::Unusable { .. }), "{item:?}");
    }
}

#[test]
fn somebody_new_is_somebody_old() {
    let Item::Noted(number) = vector("system-number-change").remove(0) else { panic!() };
    let mut both = who::whatsapp("16505551234");
    both.extend(who::whatsapp("12195555358"));
    assert_eq!(number.identities, both, "the old ones find the person");
    let Item::Noted(id) = vector("system-bsuid-change").remove(0) else { panic!() };
    let mut both = who::whatsapp("16505551234");
    both.push(Identity::whatsapp_user("US.99999999999999999999"));
    assert_eq!(id.identities, both);
    let ids = json!({"user_id": {"previous": "US.1", "current": "US.2"}, "wa_id": "16505551234"});
    let mut expected = who::whatsapp("16505551234");
    expected.extend([Identity::whatsapp_user("US.1"), Identity::whatsapp_user("US.2")]);
    for value in [json!({"user_id_update": [ids]}), json!({"user_id_update": ids}), ids.clone()] {
        let Item::Noted(noted) = of_change("user_id_update", &value).remove(0) else { panic!("{value}") };
        assert_eq!((noted.note.note.as_str(), &noted.identities), ("user_id_changed", &expected), "{value}");
    }
    let half = of_change("user_id_update", &json!({"user_id": {"current": "US.2"}}));
    assert!(matches!(half[..], [Item::Unusable { .. }]), "{half:?}");
}

#[test]
fn preferences() {
    let Item::Noted(stop) = vector("user-preferences-stop").remove(0) else { panic!() };
    assert_eq!(stop.identities, ana());
    let word = |word: &str| {
        let one = json!({"wa_id": "16505551234", "category": "marketing_messages", "value": word, "timestamp": 1760000000});
        match of_change("user_preferences", &json!({"user_preferences": [one]})).remove(0) {
            Item::Noted(noted) => (noted.signal, noted.provider_id),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(word("stop").0, Some(Signal::Stop));
    assert_eq!((word("resume").0, word("signup").0), (Some(Signal::Start), Some(Signal::Start)));
    assert_eq!(word("other").0, None);
    assert_eq!(word("stop").1, word("stop").1, "a repeat is known");
    assert_ne!(word("stop").1, word("resume").1);
    let nobody = of_change("user_preferences", &json!({"user_preferences": [{"value": "stop"}]}));
    assert!(matches!(nobody[..], [Item::Unusable { .. }]));
}

#[test]
fn reports() {
    let ours = MessageRef { tenant_id: 1, conversation_id: 42, seq: 3 };
    let report = |status: Json| match of_value(&json!({"statuses": [status]})) {
        Item::Fate(fate) => *fate,
        other => panic!("{other:?}"),
    };
    let failed = report(
        json!({"id": "wamid.1", "status": "failed", "timestamp": "1", "biz_opaque_callback_data": "1-42-3:1/2",
        "errors": [{"code": 131050, "title": "x"}]}),
    );
    assert_eq!((failed.update.message_ref, failed.update.part), (Some(ours), Part { index: 1, of: 2 }));
    assert_eq!((failed.code, failed.update.error_code.as_deref()), (Some(131_050), Some("131050")));
    assert_eq!(failed.recipient, [], "a failure may come without contacts and recipients");
    let heard = report(
        json!({"id": "wamid.1", "status": "played", "recipient_user_id": "US.1", "biz_opaque_callback_data": "another program's"}),
    );
    assert_eq!((heard.update.status, heard.update.message_ref), (DeliveryStatus::Read, None));
    assert_eq!(heard.recipient, [Identity::whatsapp_user("US.1")]);
    for odd in [
        json!({"status": "sent"}),
        json!({"id": "wamid.1", "status": "flown"}),
        json!({"id": "wamid.1"}),
        json!(null),
    ] {
        let item = of_value(&json!({"statuses": [odd]}));
        assert!(matches!(item, Item::Unusable { .. }), "{item:?}");
    }
    let errors = json!({"errors": [{"code": 131000, "title": "x"}, {"code": "130429"}, {}]});
    let codes = [Some(131_000), Some(130_429), None].map(|code| Item::Failed { code });
    assert_eq!(of_change("messages", &errors), codes);
    let account = of_change("phone_number_quality_update", &json!({"event": "FLAGGED"}));
    assert_eq!(account, [Item::Account { field: "phone_number_quality_update".into() }]);
}

#[test]
fn bodies_that_hold_nothing() {
    for nothing in [
        "{}",
        r#"{"object":"whatsapp_business_account"}"#,
        r#"{"object":"whatsapp_business_account","entry":{}}"#,
        r#"{"object":"whatsapp_business_account","entry":[null,1,{},{"changes":[]},{"changes":[{}]},{"changes":[{"field":"messages","value":[]}]}]}"#,
        r#"{"object":"page","entry":[{"changes":[{"field":"messages","value":{"messages":[{"from":"16505551234"}]}}]}]}"#,
    ] {
        assert_eq!(events(nothing.as_bytes()), Ok(vec![]), "{nothing}");
    }
    for broken in ["", "[]", "7", "null", "{", "{\"a\":\"\u{1}\"}", &"[".repeat(9_000), "{\"a\":1e999}"] {
        assert!(matches!(events(broken.as_bytes()), Err(ChannelError::Malformed(_))), "{broken:.20}");
    }
    assert!(events(b"\xff\xfe{}").is_err());
}

#[test]
fn advertisements_and_quotes_are_kept() {
    let message = json!({"type": "text", "text": {"body": "hi"}, "context": {"id": "wamid.OUT", "forwarded": true},
        "referral": {"source_type": "ad", "source_id": "12", "source_url": "https://fb.me/x", "headline": "Sale", "ctwa_clid": "c1"}});
    let Item::Message(inbound) = of_message(&message) else { panic!() };
    let referral = inbound.extras.referral.unwrap();
    assert_eq!((referral.kind.as_deref(), referral.click.as_deref()), (Some("ad"), Some("c1")));
    assert!(inbound.extras.forwarded);
    assert_eq!(inbound.extras.quotes.as_deref(), Some("wamid.OUT"));
}

/// The bodies of the vectors.
static BODIES: LazyLock<Vec<Json>> = LazyLock::new(|| {
    let body = |case: Json| serde_json::from_str(case["body"].as_str().unwrap()).unwrap();
    vectors().into_iter().map(body).collect()
});

/// How many mutated bodies are tried: some thousands, or as many as `WHATSAPP_FUZZ_CASES` says.
#[expect(
    clippy::disallowed_methods,
    reason = "how long the tests try is said to the tests, not to the server"
)]
fn cases() -> u32 {
    std::env::var("WHATSAPP_FUZZ_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(4_000)
}

/// What a value somewhere in a body is replaced by.
fn replacement() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(Json::Null),
        Just(json!([])),
        Just(json!({})),
        Just(json!([[{}]])),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        ".{0,40}".prop_map(Json::from),
        prop_oneof![
            "messages",
            "text",
            "interactive",
            "button_reply",
            "nfm_reply",
            "system",
            "contacts",
            "failed",
            "stop"
        ]
        .prop_map(Json::from),
        "[0-9+.:]{0,200}".prop_map(Json::from),
        "a{300,600}".prop_map(Json::from),
    ]
}

/// Changes the value at a place, counted through the whole body; or takes it out, or doubles it.
fn mutate(value: &mut Json, at: &mut usize, how: u8, with: &Json) -> bool {
    if *at == 0 {
        *value = with.clone();
        return true;
    }
    *at -= 1;
    match value {
        Json::Array(list) => {
            if *at < list.len() && how % 3 == 1 {
                list.remove(*at);
                return true;
            }
            if *at < list.len() && how % 3 == 2 {
                list.insert(*at, list[*at].clone());
                return true;
            }
            list.iter_mut().any(|inside| mutate(inside, at, how, with))
        }
        Json::Object(object) => {
            if *at < object.len() && how % 3 == 1 {
                let name = object.keys().nth(*at).unwrap().clone();
                object.remove(&name);
                return true;
            }
            object.values_mut().any(|inside| mutate(inside, at, how, with))
        }
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    /// Real bodies, changed in places: no panic, and every key that would be stored is one.
    #[test]
    fn mutated_bodies_are_read_as_far_as_they_can_be(
        case in 0usize..21,
        changes in proptest::collection::vec((0usize..60, any::<u8>(), replacement()), 0..5),
        bytes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..2),
    ) {
        let mut value = BODIES[case].clone();
        for (at, how, with) in &changes {
            mutate(&mut value, &mut at.clone(), *how, with);
        }
        let mut body = value.to_string().into_bytes();
        for (at, byte) in bytes {
            let at = at.index(body.len().max(1));
            if let Some(place) = body.get_mut(at) { *place = byte; }
        }
        for Event { phone_number_id, item } in events(&body).unwrap_or_default() {
            prop_assert!(phone_number_id.chars().count() <= 256);
            let (identities, id) = match &item {
                Item::Message(inbound) => (&inbound.identities, &inbound.provider_id),
                Item::Noted(noted) => (&noted.identities, &noted.provider_id),
                _ => continue,
            };
            prop_assert!(!identities.is_empty() && id.len() <= 256 && !id.is_empty());
            for identity in identities {
                let key = identity.key();
                prop_assert!(key.len() <= 700 && !key.contains('\0') && !key.is_empty());
            }
        }
    }
}
