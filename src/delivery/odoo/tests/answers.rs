use super::*;

fn reply(status: u16, body: &str) -> Reply<'_> {
    Reply { status, body }
}

/// An error as each API has it.
fn errors(status: u16, name: &str, message: &str) -> [(u16, String); 2] {
    let error =
        json!({"name": name, "message": message, "arguments": [message], "context": {}, "debug": "…"});
    let wrapped = json!({"jsonrpc": "2.0", "id": 1,
        "error": {"code": 200, "message": "Odoo Server Error", "data": &error}});
    [(status, error.to_string()), (200, wrapped.to_string())]
}

#[test]
fn what_was_taken() {
    let rows = [
        ("created by JSON-2", None, "[9]", Some("9")),
        ("created by JSON-RPC", None, r#"{"jsonrpc":"2.0","id":1,"result":9}"#, Some("9")),
        ("created as a list", None, r#"{"jsonrpc":"2.0","id":1,"result":[9]}"#, Some("9")),
        ("written by JSON-2", Some("9"), "true", Some("9")),
        ("written by JSON-RPC", Some("9"), r#"{"jsonrpc":"2.0","id":1,"result":true}"#, Some("9")),
        ("no id", None, "[]", None),
        ("no answer to a write", Some("9"), r#"{"jsonrpc":"2.0","id":1}"#, None),
        ("a write that says no", Some("9"), "false", None),
        ("a page", None, "<html>", None),
    ];
    for (label, known, body, id) in rows {
        let outcome = json2(&[]).written(&record(known), reply(200, body));
        match (id, outcome) {
            (Some(id), Outcome::Delivered { sink_id }) => assert_eq!(sink_id.as_deref(), Some(id), "{label}"),
            (None, Outcome::Unknown { .. }) => {}
            (_, other) => panic!("{label}: {other:?}"),
        }
    }
}

#[test]
fn what_was_not() {
    let (record_s, sink_s) = (Some(Fault::Record), Some(Fault::Sink));
    let rows = [
        (
            422,
            "odoo.exceptions.ValidationError",
            "ann@example.com is no 'email_from'",
            record_s,
            "ValidationError: email_from",
        ),
        (422, "odoo.exceptions.UserError", "Not for ann@example.com", record_s, "odoo.exceptions.UserError"),
        (404, "odoo.exceptions.MissingError", "Record does not exist", record_s, "MissingError"),
        (
            422,
            "builtins.ValueError",
            "Invalid field 'contact_name' on model 'crm.lead'",
            record_s,
            "ValueError: contact_name",
        ),
        (
            422,
            "builtins.ValueError",
            "Invalid field 'referred' on model 'crm.lead'",
            sink_s,
            "field referred",
        ),
        (403, "odoo.exceptions.AccessError", "ann@example.com may not", sink_s, "three months"),
        (403, "odoo.exceptions.AccessDenied", "Access Denied", sink_s, "three months"),
        (403, "odoo.http.SessionExpiredException", "Session expired", sink_s, "three months"),
        (500, "psycopg2.OperationalError", "for ann@example.com", None, "psycopg2.OperationalError"),
        (500, "psycopg2.errors.SerializationFailure", "could not serialize", None, "SerializationFailure"),
        (500, "somewhere.Else", "ann@example.com", None, "somewhere.Else"),
        (500, "not a name: ann@example.com", "", None, "HTTP"),
    ];
    for (status, name, message, fault, words) in rows {
        for (status, body) in errors(status, name, message) {
            let (blamed, reason) = match json2(&[]).written(&record(None), reply(status, &body)) {
                Outcome::Refused { reason, fault } => (Some(fault), reason),
                Outcome::Unknown { reason } => (None, reason),
                other => panic!("{body}: {other:?}"),
            };
            assert_eq!(blamed, fault, "{body}");
            assert!(reason.contains(words) && !reason.contains("ann@"), "{body}: {reason}");
        }
    }
    for (status, body) in errors(404, "odoo.exceptions.MissingError", "gone") {
        assert_eq!(json2(&[]).written(&record(Some("9")), reply(status, &body)), Outcome::Gone, "{body}");
    }
    let unauthorized = r#"{"name":"werkzeug.exceptions.Unauthorized","message":"Invalid apikey"}"#;
    let outcome = json2(&[]).written(&record(None), reply(401, unauthorized));
    assert!(matches!(outcome, Outcome::Refused { fault: Fault::Sink, .. }), "{outcome:?}");
    let busy = json2(&[]).written(&record(None), reply(429, ""));
    assert!(matches!(busy, Outcome::Retry { .. }), "{busy:?}");
}

#[test]
fn who_we_are_there() {
    let answer = |result: &str| format!(r#"{{"jsonrpc":"2.0","id":1,"result":{result}}}"#);
    assert_eq!(rpc(Some("prod")).logged_in(reply(200, &answer("2"))), Ok("2".to_owned()));
    let [_, (_, denied)] = errors(403, "odoo.exceptions.AccessDenied", "Access Denied");
    let [_, (_, wrong)] = errors(422, "odoo.exceptions.UserError", "no");
    let [_, (_, down)] = errors(500, "psycopg2.OperationalError", "no");
    let rows = [
        (200, answer("false"), true),
        (200, denied, true),
        (200, wrong, true),
        (404, "<html>".to_owned(), true),
        (200, down, false),
        (200, answer("null"), false),
        (502, "<html>".to_owned(), false),
    ];
    for (status, body, refused) in rows {
        match rpc(Some("prod")).logged_in(reply(status, &body)) {
            Err(Outcome::Refused { fault: Fault::Sink, .. }) => assert!(refused, "{body}"),
            Err(Outcome::Retry { .. }) => assert!(!refused, "{body}"),
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[test]
fn what_is_there() {
    let one = r#"{"id":9,"referred":"lw-7","contact_name":"Ann Lee","phone":false,"team_id":[3,"Sales"],"expected_revenue":80.0,"tag_ids":[1,2]}"#;
    let texts = [("contact_name", "Ann Lee"), ("team_id", "3"), ("expected_revenue", "80")];
    let fields = texts.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
    let remote = Remote { sink_id: "9".to_owned(), key: Some("lw-7".to_owned()), fields };
    let wrapped = format!(r#"{{"jsonrpc":"2.0","id":1,"result":[{one}]}}"#);
    for body in [format!("[{one}]"), wrapped] {
        assert_eq!(json2(&[]).found(reply(200, &body)), Ok(vec![remote.clone()]), "{body}");
    }
    assert_eq!(json2(&[]).found(reply(200, "[]")), Ok(vec![]));
    let [(status, body), (_, wrapped)] = errors(403, "odoo.exceptions.AccessError", "no");
    for (status, body) in [(status, body.as_str()), (200, &wrapped), (200, "{}"), (200, "<html>"), (502, "")]
    {
        assert!(json2(&[]).found(reply(status, body)).is_err(), "{body}");
        assert!(json2(&[]).listed(reply(status, body), None).is_err(), "{body}");
    }
    let page = |count: usize, cursor: Option<&str>| {
        let body = format!("[{}]", vec![one; count].join(","));
        let page = json2(&[]).listed(reply(200, &body), cursor).unwrap();
        assert_eq!(page.records.len(), count);
        page.next
    };
    assert_eq!(page(200, None).as_deref(), Some("200"));
    assert_eq!(page(200, Some("200")).as_deref(), Some("400"));
    assert_eq!(page(199, Some("200")), None);
}
