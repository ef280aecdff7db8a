use super::*;
use crate::delivery::Fault;
use std::iter::once;

fn record(sink_id: Option<&str>) -> Record {
    let fields =
        [("full_name", "Ann Mary Lee"), ("email", "ann@example.com"), ("budget", "500"), ("company", "")];
    Record {
        key: "lw-7".to_owned(),
        sink_id: sink_id.map(str::to_owned),
        fields: fields.map(|(name, text)| (name.to_owned(), text.to_owned())).into(),
        ..Record::default()
    }
}

fn sink(fields: &[(&str, &str)]) -> HubSpot {
    let fields = fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    HubSpot::new(Settings {
        api_base: "https://api.hubapi.com/".to_owned(),
        token: "pat-secret".into(),
        key_property: KEY_PROPERTY.to_owned(),
        fields: Mapping::new(&fields).unwrap(),
    })
}

fn shown(errand: &Errand) -> (&str, &str, Json) {
    let Errand::Http(request) = errand else { panic!("not a request") };
    assert!(matches!(request.authorization, Authorization::Bearer(_)));
    assert_eq!(request.content_type, "application/json");
    let path = request.url.strip_prefix("https://api.hubapi.com/crm/v3/objects/contacts").unwrap();
    (request.method.as_str(), path, serde_json::from_str(&request.body).unwrap())
}

fn reply(status: u16, body: &str) -> Reply<'_> {
    Reply { status, body }
}

#[test]
fn what_is_written() {
    let plain: &[(&str, &str)] = &[];
    let mapped: &[(&str, &str)] = &[
        ("firstname", "{{ full_name }}"),
        ("hs_lead_status", "NEW"),
        ("leadwire_id", "x"),
        ("website", "{{ site }}"),
    ];
    let rows = [
        (
            "a new one",
            plain,
            None,
            "POST",
            "/batch/upsert",
            json!({"inputs": [{"id": "lw-7", "idProperty": "leadwire_id", "properties":
                {"firstname": "Ann Mary", "lastname": "Lee", "email": "ann@example.com", "budget": "500"}}]}),
        ),
        (
            "one HubSpot knows",
            plain,
            Some("512"),
            "PATCH",
            "/512",
            json!({"properties": {"firstname": "Ann Mary", "lastname": "Lee", "email": "ann@example.com",
                "budget": "500", "leadwire_id": "lw-7"}}),
        ),
        (
            "by a map: what is empty and what is our key is left out",
            mapped,
            None,
            "POST",
            "/batch/upsert",
            json!({"inputs": [{"id": "lw-7", "idProperty": "leadwire_id", "properties":
                {"firstname": "Ann Mary Lee", "hs_lead_status": "NEW"}}]}),
        ),
    ];
    for (label, fields, sink_id, method, path, body) in rows {
        let errand = sink(fields).write(&record(sink_id), "", 0).unwrap();
        assert_eq!(shown(&errand), (method, path, body), "{label}");
    }
}

#[test]
fn what_is_asked() {
    let records: Vec<Record> =
        (0..101).map(|number| Record { key: format!("lw-{number}"), ..record(None) }).collect();
    let questions = sink(&[]).look_up(&records, "");
    let sizes: Vec<usize> =
        questions.iter().map(|question| shown(question).2["inputs"].as_array().unwrap().len()).collect();
    assert_eq!(sizes, [sink(&[]).looks_up_at_once(), 1]);
    assert_eq!(
        shown(&questions[1]),
        (
            "POST",
            "/batch/read",
            json!({"idProperty": "leadwire_id", "inputs": [{"id": "lw-100"}],
                "properties": ["budget", "email", "firstname", "lastname", "leadwire_id"]})
        )
    );
    let by_map = sink(&[("website", "{{ site }}")]).look_up(&records[..1], "");
    assert_eq!(shown(&by_map[0]).2["properties"], json!(["leadwire_id", "website"]));

    let list = |cursor: Option<&str>, fields: &[(&str, &str)]| {
        let errand = sink(fields).list(1_767_607_200_000, cursor, "").unwrap();
        let (method, path, body) = shown(&errand);
        assert_eq!((method, path), ("POST", "/search"));
        body
    };
    let mut expected = json!({
        "filterGroups": [{"filters": [
            {"propertyName": "leadwire_id", "operator": "HAS_PROPERTY"},
            {"propertyName": "createdate", "operator": "GTE", "value": "1767607200000"},
        ]}],
        "sorts": [{"propertyName": "createdate", "direction": "ASCENDING"}],
        "properties": ["leadwire_id", "website"],
        "limit": 200,
    });
    let fields = [("website", "{{ site }}")];
    assert_eq!(list(None, &fields), expected);
    expected["after"] = "200".into();
    assert_eq!(list(Some("200"), &fields), expected, "the next page");
    let usual: BTreeSet<&str> = properties::USUAL.into_iter().chain(once("leadwire_id")).collect();
    assert_eq!(list(None, &[])["properties"], json!(usual), "without a map");
}

#[test]
fn what_was_taken() {
    let delivered = |id: &str| Outcome::Delivered { sink_id: Some(id.to_owned()) };
    let rows = [
        (
            201,
            r#"{"status":"COMPLETE","results":[{"id":"512","new":true,"properties":{}}]}"#,
            None,
            delivered("512"),
        ),
        (200, r#"{"status":"COMPLETE","results":[{"id":"512","new":false}]}"#, None, delivered("512")),
        (207, r#"{"status":"COMPLETE","results":[{"id":"512"}],"errors":[]}"#, None, delivered("512")),
        (200, r#"{"id":"512","properties":{"email":"ann@example.com"}}"#, Some("512"), delivered("512")),
        (
            409,
            r#"{"status":"error","message":"Contact already exists. Existing ID: 731","category":"CONFLICT"}"#,
            None,
            Outcome::Exists { sink_id: "731".to_owned() },
        ),
        (
            207,
            r#"{"results":[],"numErrors":1,"errors":[{"status":"error","category":"CONFLICT","message":"Contact already exists. Existing ID: 731."}]}"#,
            None,
            Outcome::Exists { sink_id: "731".to_owned() },
        ),
        (
            404,
            r#"{"status":"error","message":"resource not found","category":"OBJECT_NOT_FOUND"}"#,
            Some("512"),
            Outcome::Gone,
        ),
    ];
    for (status, body, known, expected) in rows {
        assert_eq!(sink(&[]).written(&record(known), reply(status, body)), expected, "{body}");
    }
}

#[test]
fn what_was_not() {
    let invalid = |list: &str| {
        let message = format!("Property values were not valid: {list}");
        json!({"status": "error", "message": message, "category": "VALIDATION_ERROR"}).to_string()
    };
    let listed = invalid(
        r#"[{"isValid":false,"message":"Email address ann@example.com is invalid","error":"INVALID_EMAIL","name":"email"}]"#,
    );
    let lacking = invalid(
        r#"[{"isValid":false,"message":"Property \"leadwire_id\" does not exist","error":"PROPERTY_DOESNT_EXIST","name":"leadwire_id"}]"#,
    );
    let another = invalid(
        r#"[{"message":"Property \"budget\" does not exist","error":"PROPERTY_DOESNT_EXIST","name":"budget"},{"message":"held by another","name":"leadwire_id"}]"#,
    );
    let apart = r#"{"status":"error","message":"Invalid input JSON","category":"VALIDATION_ERROR","errors":[{"message":"no","context":{"propertyName":["email"]}}]}"#;
    let bare = r#"{"status":"error","message":"Unable to perform update/upsert by non-unique 0-1 property leadwire_id in portal ID 1","category":"VALIDATION_ERROR"}"#;
    let longer = r#"{"status":"error","message":"Unable to perform update/upsert by non-unique 0-1 property leadwire_id_2","category":"VALIDATION_ERROR"}"#;
    let partly =
        r#"{"results":[],"errors":[{"category":"VALIDATION_ERROR","message":"'email' ann@example.com"}]}"#;
    let taken =
        r#"{"status":"error","message":"Contact already exists. Existing ID: 731","category":"CONFLICT"}"#;
    let rows = [
        (400, listed.as_str(), None, Fault::Record, "HTTP 400: VALIDATION_ERROR: email"),
        (400, apart, None, Fault::Record, "HTTP 400: VALIDATION_ERROR: email"),
        (400, &another, None, Fault::Record, "HTTP 400: VALIDATION_ERROR: budget, leadwire_id"),
        (400, longer, None, Fault::Record, "HTTP 400: VALIDATION_ERROR"),
        (207, partly, None, Fault::Record, "HTTP 207: VALIDATION_ERROR: email"),
        (400, &lacking, None, Fault::Sink, "no unique contact property leadwire_id"),
        (400, bare, None, Fault::Sink, "no unique contact property leadwire_id"),
        (409, taken, Some("512"), Fault::Record, "contact 731 has this e-mail already"),
        (
            409,
            r#"{"category":"CONFLICT","message":"ann@example.com"}"#,
            None,
            Fault::Record,
            "HTTP 409: CONFLICT",
        ),
        (401, r#"{"category":"INVALID_AUTHENTICATION"}"#, None, Fault::Sink, "the token is not accepted"),
        (
            403,
            r#"{"category":"MISSING_SCOPES","message":"x"}"#,
            None,
            Fault::Sink,
            "HTTP 403: MISSING_SCOPES",
        ),
        (404, "<html>", None, Fault::Sink, "HTTP 404"),
    ];
    for (status, body, known, fault, words) in rows {
        let outcome = sink(&[]).written(&record(known), reply(status, body));
        let Outcome::Refused { reason, fault: blamed } = outcome else { panic!("{body}: {outcome:?}") };
        assert_eq!(blamed, fault, "{body}");
        assert!(reason.contains(words), "{body}: {reason}");
        assert!(!reason.contains("ann@"), "nobody is named: {reason}");
    }
}

#[test]
fn what_comes_later_and_what_nobody_knows() {
    let limited =
        |policy: &str| format!(r#"{{"status":"error","category":"RATE_LIMITS","policyName":"{policy}"}}"#);
    let rows = [
        (429, limited("TEN_SECONDLY_ROLLING"), Some(Some(10_000))),
        (429, limited("SECONDLY"), Some(Some(1_000))),
        (429, limited("DAILY"), Some(Some(3_600_000))),
        (429, limited("ANOTHER"), Some(None)),
        (429, "<html>".to_owned(), Some(None)),
        (
            207,
            r#"{"errors":[{"category":"RATE_LIMITS","policyName":"SECONDLY"}]}"#.to_owned(),
            Some(Some(1_000)),
        ),
        (423, String::new(), Some(Some(2_000))),
        (477, String::new(), Some(None)),
        (503, String::new(), Some(None)),
        (500, r#"{"status":"error","message":"internal error"}"#.to_owned(), None),
        (502, "<html>".to_owned(), None),
        (200, "<html>".to_owned(), None),
        (201, r#"{"results":[]}"#.to_owned(), None),
        (207, r#"{"errors":[{"category":"SOMETHING"}]}"#.to_owned(), None),
    ];
    for (status, body, expected) in rows {
        let later = match sink(&[]).written(&record(None), reply(status, &body)) {
            Outcome::Retry { after_ms, .. } => Some(after_ms),
            Outcome::Unknown { .. } => None,
            other => panic!("{status} {body}: {other:?}"),
        };
        assert_eq!(later, expected, "{status} {body}");
    }
}

#[test]
fn what_is_there() {
    let one = Remote {
        sink_id: "512".to_owned(),
        key: Some("lw-7".to_owned()),
        fields: [("email".to_owned(), "ann@example.com".to_owned())].into(),
    };
    let contact =
        r#"{"id":"512","properties":{"email":"ann@example.com","company":null,"leadwire_id":"lw-7"}}"#;
    let partly = format!(
        r#"{{"status":"COMPLETE","results":[{contact}],"numErrors":1,"errors":[{{"status":"error","category":"OBJECT_NOT_FOUND","context":{{"ids":["lw-8"]}}}}]}}"#
    );
    let rows = [
        (200, format!(r#"{{"status":"COMPLETE","results":[{contact}]}}"#), vec![one.clone()]),
        (207, partly, vec![one.clone()]),
        (207, r#"{"results":[],"errors":[{"category":"OBJECT_NOT_FOUND"}]}"#.to_owned(), vec![]),
    ];
    for (status, body, expected) in rows {
        assert_eq!(sink(&[]).found(reply(status, &body)), Ok(expected), "{body}");
    }
    for (status, body) in [(200, "<html>"), (500, ""), (429, ""), (404, "")] {
        assert!(sink(&[]).found(reply(status, body)).is_err(), "{status}");
        assert!(sink(&[]).listed(reply(status, body), None).is_err(), "{status}");
    }
    let page =
        format!(r#"{{"total":201,"results":[{contact}],"paging":{{"next":{{"after":"200","link":"?"}}}}}}"#);
    let next = Some("200".to_owned());
    assert_eq!(sink(&[]).listed(reply(200, &page), None), Ok(Page { records: vec![one.clone()], next }));
    let last = format!(r#"{{"total":1,"results":[{contact}]}}"#);
    assert_eq!(sink(&[]).listed(reply(200, &last), Some("200")), Ok(Page { records: vec![one], next: None }));
}

#[test]
fn the_token_is_never_shown() {
    let errand = sink(&[]).write(&record(None), "", 0);
    let shown = format!("{:?} {:?} {errand:?}", sink(&[]), sink(&[]).settings);
    assert!(shown.contains("api.hubapi.com") && !shown.contains("pat-secret"), "{shown}");
}
