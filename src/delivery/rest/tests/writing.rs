use super::*;

#[test]
fn what_is_created_and_what_is_corrected() {
    let rows = [
        ("a new one", None, Method::Post, "https://crm.example.com/leads"),
        ("an empty id is none", Some(""), Method::Post, "https://crm.example.com/leads"),
        ("one that is there", Some("a/1"), Method::Patch, "https://crm.example.com/leads/a%2F1"),
    ];
    for (label, sink_id, method, url) in rows {
        let request = http(Rest::new(settings()).write(&record(sink_id), "", 0).unwrap());
        assert_eq!((request.method, request.url.as_str()), (method, url), "{label}");
        let body: Json = serde_json::from_str(&request.body).unwrap();
        assert_eq!(body, json!({"name": "Ann & Lee", "score": 80, "ref": {"id": "lw-7"}}), "{label}");
        assert_eq!(header(&request, ID_HEADER), Some("lw-7"), "{label}");
        assert_eq!(header(&request, IDEMPOTENCY_HEADER), Some("lw-7-3"), "{label}");
    }
    let create_only = Settings { update: None, ..settings() };
    let request = http(Rest::new(create_only).write(&record(Some("a")), "", 0).unwrap());
    assert_eq!(request.method, Method::Post, "without an update all are new");
}

#[test]
fn forms_headers_and_other_ways_to_say_who_we_are() {
    let secret = || secrecy::SecretString::from("s3cret");
    let auth = Auth::Header { name: "X-Api-Key".to_owned(), value: secret() };
    let form = Settings {
        body: Body::Form,
        headers: [("X-Team".to_owned(), "hidden".to_owned())].into(),
        idempotency_header: String::new(),
        auth,
        ..settings()
    };
    let sink = Rest::new(form.clone());
    let request = http(sink.write(&record(None), "", 0).unwrap());
    assert_eq!(
        (request.content_type, request.body.as_str()),
        (FORM, "name=Ann+%26+Lee&ref.id=lw-7&score=80")
    );
    assert_eq!(header(&request, "X-Api-Key"), Some("s3cret"));
    assert_eq!(header(&request, "X-Team"), Some("hidden"));
    assert_eq!(request.headers.len(), 3, "and no idempotency key");
    let shown = format!("{sink:?} {request:?}");
    for hidden in ["s3cret", "hidden", "example.com"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
    let authorization = |auth| {
        let sink = Rest::new(Settings { auth, ..settings() });
        http(sink.write(&record(None), "", 0).unwrap()).authorization
    };
    assert!(matches!(authorization(Auth::None), Authorization::None));
    let Authorization::Bearer(token) = authorization(Auth::Bearer(secret())) else { panic!() };
    assert_eq!(token.expose_secret(), "s3cret");
    let basic = authorization(Auth::Basic { user: "ann".to_owned(), password: secret() });
    assert!(matches!(basic, Authorization::Basic { user, .. } if user == "ann"));
    let broken = Settings::new(Endpoint { method: Method::Post, url: template("{{ phone }}") });
    let refused = Rest::new(broken).write(&record(None), "", 0).unwrap_err();
    assert!(
        matches!(&refused, Outcome::Refused { fault: Fault::Sink, reason } if !reason.contains("415")),
        "{refused:?}"
    );
    let get = Settings::new(Endpoint { method: Method::Get, url: template("https://x/?n={{ full_name }}") });
    let request = http(Rest::new(get).write(&record(None), "", 0).unwrap());
    assert_eq!((request.url.as_str(), request.body.as_str()), ("https://x/?n=Ann%20%26%20Lee", ""));
}

#[test]
fn the_id_in_an_answer() {
    let at = |pointer: &str| Some(pointer.to_owned());
    let rows = [
        ("a number", None, r#"{"id":12}"#, Some("12")),
        ("a text", None, r#"{"data":{"id":"c-1"}}"#, Some("c-1")),
        ("of a lead", None, r#"{"lead":{"id":"l1"}}"#, Some("l1")),
        ("under its name", None, r#"{"lead_id":"l2"}"#, Some("l2")),
        ("the first of a list", None, r#"[{"id":3},{"id":4}]"#, Some("3")),
        ("a bare id", None, "[9]", Some("9")),
        ("within a list", None, r#"{"data":[{"id":5}]}"#, Some("5")),
        ("where it was said", at("/result/0/uid"), r#"{"id":1,"result":[{"uid":"u"}]}"#, Some("u")),
        ("nowhere else then", at("/uid"), r#"{"id":1}"#, None),
        ("an empty one", None, r#"{"id":""}"#, None),
        ("no id", None, r#"{"id":true}"#, None),
        ("no JSON", None, "created", None),
        ("nothing", None, "", None),
    ];
    for (label, id, body, expected) in rows {
        let sink = Rest::new(Settings { id, ..settings() });
        let delivered = Outcome::Delivered { sink_id: expected.map(str::to_owned) };
        assert_eq!(sink.written(&record(None), reply(201, body)), delivered, "{label}");
    }
}

#[test]
fn what_answers_mean() {
    let exists = Settings { exists: Some("/existing/id".to_owned()), ..settings() };
    let create_only = Settings { update: None, ..exists.clone() };
    let told = r#"{"existing":{"id":44}}"#;
    let rows = [
        ("kept", settings(), Some("a"), 200, r#"{"id":"b"}"#, "delivered a"),
        ("without a body", settings(), Some("a"), 204, "", "delivered a"),
        ("deleted there", settings(), Some("a"), 404, "", "gone"),
        ("deleted for ever", settings(), Some("a"), 410, "", "gone"),
        ("no such address", settings(), None, 404, "", "sink"),
        ("a conflict", settings(), None, 409, told, "record"),
        ("there already", exists.clone(), None, 409, told, "exists 44"),
        ("there, but which", exists.clone(), None, 409, "{}", "record"),
        ("an empty id", exists.clone(), None, 409, r#"{"existing":{"id":""}}"#, "record"),
        ("another's on a correction", exists, Some("a"), 409, told, "record"),
        ("there, but not to be corrected", create_only, None, 409, told, "record"),
        ("elsewhere", settings(), None, 302, "", "sink"),
        ("slower", settings(), None, 429, "", "retry"),
        ("broken", settings(), None, 500, "", "unknown"),
    ];
    for (label, settings, sink_id, status, body, expected) in rows {
        assert_eq!(
            name(Rest::new(settings).written(&record(sink_id), reply(status, body))),
            expected,
            "{label}"
        );
    }
}

#[test]
fn a_yes_that_is_none() {
    let rows = [
        ("yes", "/success", "true", r#"{"success":true,"id":1}"#, "delivered 1"),
        ("no", "/success", "true", r#"{"success":false,"message":"no phone"}"#, "record"),
        ("not said", "/success", "true", r#"{"id":1}"#, "record"),
        ("a text", "/result/state", "ok", r#"{"result":{"state":"ok"}}"#, "delivered "),
        ("no error", "/error", "", r#"{"id":1,"error":null}"#, "delivered 1"),
        ("no error named", "/error", "", r#"{"id":1}"#, "delivered 1"),
        ("an error", "/error", "", r#"{"id":1,"error":{"code":5}}"#, "record"),
        ("not readable", "/error", "", "<html>", "unknown"),
    ];
    for (label, pointer, yes, body, expected) in rows {
        let success = Some((pointer.to_owned(), yes.to_owned()));
        let sink = Rest::new(Settings { success, ..settings() });
        assert_eq!(name(sink.written(&record(None), reply(200, body))), expected, "{label}");
    }
}

#[test]
fn abilities_follow_from_the_configuration() {
    let all = |settings: Settings| Rest::new(settings).abilities();
    let none = Abilities { updates: false, looks_up: false, repeats_safely: false, lists: false };
    assert_eq!(all(Settings { update: None, ..settings() }), none);
    assert_eq!(
        all(Settings { repeats_safely: true, ..settings() }),
        Abilities { updates: true, repeats_safely: true, ..none }
    );
}
