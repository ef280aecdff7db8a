use super::*;
use crate::domain::answer::Kind;
use crate::domain::message::Shown;
use proptest::prelude::*;

const FIRST: MessageRef = MessageRef { tenant_id: 1, conversation_id: 42, seq: 3 };

fn say(text: &str, ask: Option<Kind>, labels: &[(&str, Option<&str>)]) -> Say {
    let option = |(label, short): &(&str, Option<&str>)| Shown {
        value: label.to_lowercase(),
        label: label.to_string(),
        short: short.map(str::to_owned),
    };
    Say {
        text: text.into(),
        language: "en".into(),
        step: ask.map(|_| "q".to_owned()),
        ask,
        options: labels.iter().map(option).collect(),
        optional: false,
    }
}

fn words(_: &Say) -> Words {
    Words { yes: "Yes".into(), no: "No".into(), choose: "Choose".into() }
}

fn bodies(says: &[Say]) -> Vec<Json> {
    let to = Recipient::Id("16505551234".into());
    let written = messages(says, &to, FIRST, &words);
    for dispatch in &written {
        assert_eq!((dispatch.kind, dispatch.to.as_str()), (DispatchKind::WhatsappMessage, "16505551234"));
    }
    written.iter().map(|dispatch| serde_json::from_str(&dispatch.body).unwrap()).collect()
}

fn plain(labels: &'static [&'static str]) -> Vec<(&'static str, Option<&'static str>)> {
    labels.iter().map(|label| (*label, None)).collect()
}

#[test]
fn a_text() {
    let expected = json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": "16505551234", "type": "text",
        "text": {"body": "Gracias & <ok> \"yes\" 😀", "preview_url": false}, "biz_opaque_callback_data": "1-42-3:0/1",
    });
    assert_eq!(bodies(&[say(" Gracias & <ok> \"yes\" 😀 ", None, &[])]), [expected]);
    assert_eq!(bodies(&[]), Vec::<Json>::new());
    assert_eq!(bodies(&[say("  ", None, &[])]), Vec::<Json>::new(), "nothing to say is no message");
}

#[test]
fn buttons_a_list_and_numbers() {
    let three = &bodies(&[say("Which?", Some(Kind::Choice), &plain(&["One", "Two", "Three"]))])[0];
    let button = |value: &str, title: &str| json!({"type": "reply", "reply": {"id": format!("q:{value}"), "title": title}});
    let expected = json!({
        "type": "button", "body": {"text": "Which?"},
        "action": {"buttons": [button("one", "One"), button("two", "Two"), button("three", "Three")]},
    });
    assert_eq!((&three["type"], &three["interactive"]), (&json!("interactive"), &expected));

    let four = &bodies(&[say("Which?", Some(Kind::Choice), &plain(&["A", "B", "C", "D"]))])[0];
    let row = |title: &str| json!({"id": format!("q:{}", title.to_lowercase()), "title": title});
    let expected = json!({
        "type": "list", "body": {"text": "Which?"},
        "action": {"button": "Choose", "sections": [{"rows": [row("A"), row("B"), row("C"), row("D")]}]},
    });
    assert_eq!(four["interactive"], expected);

    let ten = plain(&["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    assert_eq!(bodies(&[say("Which?", Some(Kind::Choice), &ten)])[0]["interactive"]["type"], "list");
    let eleven = plain(&["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
    let text = bodies(&[say("Which?", Some(Kind::Choice), &eleven)])[0]["text"]["body"].clone();
    assert!(text.as_str().unwrap().starts_with("Which?\n1. 0\n2. 1\n"), "{text}");
}

#[test]
fn other_questions() {
    let yes_no = &bodies(&[say("Shall we?", Some(Kind::YesNo), &[])])[0]["interactive"];
    assert_eq!(yes_no["action"]["buttons"][1]["reply"], json!({"id": "q:no", "title": "No"}));
    let place = &bodies(&[say("Where are you?", Some(Kind::Location), &[])])[0]["interactive"];
    let expected = json!({"type": "location_request_message", "body": {"text": "Where are you?"}, "action": {"name": "send_location"}});
    assert_eq!(place, &expected);
    let places = &bodies(&[say("Where?", Some(Kind::Location), &plain(&["Pune", "Delhi"]))])[0];
    assert_eq!(places["interactive"]["type"], "button");
    let several = &bodies(&[say("Which?", Some(Kind::Choices), &plain(&["A", "B"]))])[0];
    assert_eq!(several["text"]["body"], "Which?\n1. A\n2. B", "a tap would pick one");
    for kind in [Kind::Text, Kind::Media, Kind::Email, Kind::Number] {
        assert_eq!(bodies(&[say("Well?", Some(kind), &[])])[0]["text"]["body"], "Well?", "{kind:?}");
    }
}

#[test]
fn labels_within_their_limits() {
    let long = "Exactly twenty-one ch";
    assert_eq!(long.chars().count(), 21);
    let kind = |labels: &[(&str, Option<&str>)]| {
        let body = bodies(&[say("Which?", Some(Kind::Choice), labels)]).remove(0);
        (body["interactive"]["type"].as_str().unwrap_or("text").to_owned(), body)
    };
    let (shape, body) = kind(&[("Retail Store", Some("Retail")), (long, Some("Twenty-one"))]);
    assert_eq!(shape, "button");
    let titles = |body: &Json| -> Vec<String> {
        let buttons = body["interactive"]["action"]["buttons"].as_array().unwrap();
        buttons.iter().map(|button| button["reply"]["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles(&body), ["Retail Store", "Twenty-one"], "short where the label does not fit");
    let (shape, body) = kind(&[("A", None), (long, None)]);
    assert_eq!(shape, "list", "a row carries 24");
    assert_eq!(body["interactive"]["action"]["sections"][0]["rows"][1]["title"], long);
    let (shape, body) =
        kind(&[("A", None), ("A label that no row of a list carries", Some("No row carries it"))]);
    assert_eq!(shape, "button", "{body}");
    let five =
        [("A label that no row of a list carries", Some("short")), ("B", None), ("C", None), ("D", None)];
    let row = kind(&five).1["interactive"]["action"]["sections"][0]["rows"][0].clone();
    assert_eq!(
        (&row["title"], &row["description"]),
        (&json!("short"), &json!(five[0].0)),
        "and the whole below it"
    );
    for (label, labels) in [
        ("too long, and no short", [("A", None), ("A label that no row of a list carries", None)]),
        ("the same twice", [("Same", None), ("same ", None)]),
        (
            "the same short twice",
            [("A label that is too long one", Some("X")), ("A label that is too long two", Some("X"))],
        ),
        ("no label", [("", None), ("B", None)]),
    ] {
        assert_eq!(kind(&labels).0, "text", "{label}");
    }
}

#[test]
fn long_texts() {
    let long = "A sentence. ".repeat(100);
    let asked = say(&format!("{long}Which?"), Some(Kind::Choice), &plain(&["A", "B"]));
    let written = bodies(&[say("Thank you!", None, &[]), asked]);
    assert_eq!(written.len(), 3);
    assert_eq!(written[0]["text"]["body"], "Thank you!");
    let question = written[2]["interactive"]["body"]["text"].as_str().unwrap();
    assert!(question.ends_with("Which?") && question.chars().count() <= 1024, "{question}");
    let callbacks: Vec<&str> =
        written.iter().map(|body| body["biz_opaque_callback_data"].as_str().unwrap()).collect();
    assert_eq!(callbacks, ["1-42-3:0/3", "1-42-3:1/3", "1-42-3:2/3"], "each part is told by itself");
    let story = bodies(&[say(&"A sentence. ".repeat(500), None, &[])]);
    assert_eq!(story.len(), 2);
    let limits: Json = serde_json::from_str(include_str!("../../../../tests/vectors/whatsapp.json")).unwrap();
    let limits = &limits["limits"]["whatsapp"];
    assert_eq!(
        (&limits["text_body"], &limits["interactive_body"]),
        (&json!(LONGEST_TEXT), &json!(LONGEST_BODY))
    );
}

#[test]
fn whom_it_goes_to() {
    let (phone, id, user) = (
        Identity::phone("+5215512345678"),
        Identity::whatsapp("5215512345678"),
        Identity::whatsapp_user("MX.1"),
    );
    let rows = [
        (
            "as WhatsApp named them",
            vec![phone.clone(), id, user.clone()],
            Some(Recipient::Id("5215512345678".into())),
        ),
        ("without a number", vec![user], Some(Recipient::User("MX.1".into()))),
        ("only a phone", vec![phone], Some(Recipient::Id("5215512345678".into()))),
        ("a visitor", vec![Identity::session("x")], None),
    ];
    for (label, identities, expected) in rows {
        assert_eq!(Recipient::of(&identities), expected, "{label}");
    }
    let to = Recipient::User("MX.1".into());
    let body: Json =
        serde_json::from_str(&messages(&[say("hi", None, &[])], &to, FIRST, &words)[0].body).unwrap();
    assert_eq!((&body["recipient"], body.get("to")), (&json!("MX.1"), None));
}

#[test]
fn read_and_typing() {
    let dispatch = read("wamid.1", &Recipient::Id("16505551234".into()));
    assert_eq!(dispatch.kind, DispatchKind::WhatsappRead);
    let body: Json = serde_json::from_str(&dispatch.body).unwrap();
    let expected = json!({
        "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1", "typing_indicator": {"type": "text"},
    });
    assert_eq!(body, expected);
}

proptest! {
    /// Whatever is said, WhatsApp's limits are kept: one label too long and the person hears nothing at all.
    #[test]
    fn nothing_is_written_that_whatsapp_refuses(
        text in "(.{0,80}|[a-z. \n]{900,1300}|[a-z. ]{4000,4300})",
        labels in proptest::collection::vec(("[A-Za-z नम😀\n]{0,30}", proptest::option::of("[A-Za-z]{0,26}")), 0..13),
        kind in prop::sample::select(vec![Kind::Choice, Kind::Choices, Kind::YesNo, Kind::Location, Kind::Text]),
    ) {
        let labels: Vec<(&str, Option<&str>)> =
            labels.iter().map(|(label, short)| (label.as_str(), short.as_deref())).collect();
        for body in bodies(&[say(&text, Some(kind), &labels)]) {
            let count = |value: &Json| value.as_str().unwrap().chars().count();
            if body["type"] == "text" {
                let length = count(&body["text"]["body"]);
                prop_assert!((1..=4096).contains(&length));
                continue;
            }
            let asked = &body["interactive"];
            prop_assert!((1..=1024).contains(&count(&asked["body"]["text"])));
            let (options, most): (Vec<&Json>, usize) = match asked["type"].as_str().unwrap() {
                "button" => (asked["action"]["buttons"].as_array().unwrap().iter().map(|one| &one["reply"]).collect(), 20),
                "list" => {
                    prop_assert!((1..=20).contains(&count(&asked["action"]["button"])));
                    (asked["action"]["sections"][0]["rows"].as_array().unwrap().iter().collect(), 24)
                }
                _ => continue,
            };
            let many = if most == 20 { 3 } else { 10 };
            prop_assert!((1..=many).contains(&options.len()));
            let mut titles = std::collections::BTreeSet::new();
            for option in options {
                prop_assert!((1..=most).contains(&count(&option["title"])));
                prop_assert!((1..=200).contains(&count(&option["id"])));
                prop_assert!(option.get("description").is_none_or(|text| (1..=72).contains(&count(text))));
                prop_assert!(titles.insert(option["title"].as_str().unwrap().to_owned()), "twice");
            }
        }
    }
}
