use super::*;
use crate::domain::sending::{Authorization, Outgoing};
use std::iter::once;

fn request(errand: Errand) -> (Outgoing, String, Json) {
    let Errand::Http(request) = errand else { panic!("not a request") };
    assert_eq!((request.method.as_str(), request.content_type), ("POST", "application/json"));
    let path = request.url.strip_prefix("https://odoo.example.com/").unwrap().to_owned();
    let body = serde_json::from_str(&request.body).unwrap();
    (request, path, body)
}

fn written_of(fields: &[(&str, &str)], record: &Record) -> Json {
    request(json2(fields).write(record, "", 0).unwrap()).2
}

#[test]
fn json_2_names_its_arguments() {
    let (sent, path, body) = request(json2(&[]).write(&record(None), "", 0).unwrap());
    assert!(matches!(sent.authorization, Authorization::Bearer(_)));
    assert_eq!(sent.headers, [("X-Odoo-Database".to_owned(), "prod".to_owned())]);
    let description = "<p>mobile: +1415</p><p>note: a &lt;b&gt;<br>&amp; c</p>";
    let new = json!({"contact_name": "Ann Lee", "email_from": "ann@example.com", "description": description,
        "name": "Ann Lee", "type": "opportunity", "team_id": 3, "referred": "lw-7"});
    assert_eq!((path.as_str(), body), ("json/2/crm.lead/create", json!({"vals_list": [new]})));

    let (_, path, body) = request(json2(&[]).write(&record(Some("9")), "", 0).unwrap());
    let update = json!({"contact_name": "Ann Lee", "email_from": "ann@example.com", "description": description,
        "referred": "lw-7"});
    assert_eq!((path.as_str(), body), ("json/2/crm.lead/write", json!({"ids": [9], "vals": update})));

    let no_number = json2(&[]).write(&record(Some("x")), "", 0);
    assert!(matches!(no_number, Err(Outcome::Refused { fault: Fault::Record, .. })));
    let elsewhere = sink(Api::Json2 { key: "k".into() }, None, &[]).write(&record(None), "", 0);
    assert!(request(elsewhere.unwrap()).0.headers.is_empty(), "the only database need not be named");
}

#[test]
fn json_rpc_logs_in_and_calls_in_order() {
    let sink = rpc(Some("prod"));
    let call = |service: &str, method: &str, args: Json| {
        json!({"jsonrpc": "2.0", "method": "call", "id": 1,
            "params": {"service": service, "method": method, "args": args}})
    };
    let (sent, path, body) = request(sink.log_in().unwrap());
    assert!(matches!(sent.authorization, Authorization::None));
    assert_eq!(path, "jsonrpc");
    assert_eq!(body, call("common", "authenticate", json!(["prod", "bot", "the-key", {}])));

    let values = |known: Option<&str>| Json::Object(sink.values(&record(known)));
    let rows = [
        ("create", sink.write(&record(None), "2", 0).ok(), json!([values(None)]), json!({})),
        ("write", sink.write(&record(Some("9")), "2", 0).ok(), json!([[9], values(Some("9"))]), json!({})),
        (
            "search_read",
            sink.look_up(&[record(None)], "2").pop(),
            json!([[["referred", "in", ["lw-7"]]]]),
            json!({"fields": sink.asked(), "order": "id", "context": {"active_test": false}}),
        ),
    ];
    for (method, errand, args, named) in rows {
        let (_, path, body) = request(errand.unwrap());
        assert_eq!(path, "jsonrpc");
        let all = json!(["prod", 2, "the-key", "crm.lead", method, args, named]);
        assert_eq!(body, call("object", "execute_kw", all), "{method}");
    }
    assert!(json2(&[]).log_in().is_none() && rpc(None).log_in().is_none());
    for (sink, session) in [(rpc(Some("prod")), ""), (rpc(None), "2")] {
        let refused = sink.write(&record(None), session, 0);
        assert!(matches!(refused, Err(Outcome::Refused { fault: Fault::Sink, .. })), "{session}");
        assert!(sink.look_up(&[record(None)], session).is_empty());
        assert!(sink.list(0, None, session).is_none());
    }
}

#[test]
fn a_map_names_fields_itself() {
    let fields = [
        ("description", "<p><i>{{ source }}</i> {{ note }}</p>"),
        ("expected_revenue", "{{ score | int | tojson }}"),
        ("function", "{{ job }}"),
        ("partner_name", "{{ full_name }} & Co"),
        ("referred", "theirs"),
    ];
    let values = json!({"description": "<p><i>&lt;ad&gt;</i> a &lt;b&gt;\n&amp; c</p>", "expected_revenue": 80,
        "partner_name": "Ann Lee & Co", "referred": "lw-7"});
    assert_eq!(written_of(&fields, &record(Some("9")))["vals"], values);
    let mut new = values;
    for (name, value) in [("name", json!("Lead lw-7")), ("type", json!("opportunity")), ("team_id", json!(3))]
    {
        new[name] = value;
    }
    assert_eq!(written_of(&fields, &record(None))["vals_list"][0], new);
    let named = [("name", "{{ full_name }}!"), ("type", "lead"), ("team_id", "{{ 5 | tojson }}")];
    let own = json!({"name": "Ann Lee!", "type": "lead", "team_id": 5, "referred": "lw-7"});
    assert_eq!(written_of(&named, &record(None))["vals_list"][0], own);
    let expected = json2(&fields).expected(&record(None));
    let texts = [("expected_revenue", "80"), ("partner_name", "Ann Lee & Co")];
    assert_eq!(expected, texts.map(|(name, text)| (name.to_owned(), text.to_owned())).into());
    assert_eq!(json2(&fields).asked(), ["id", "referred", "expected_revenue", "function", "partner_name"]);
}

#[test]
fn what_is_asked() {
    let records: Vec<Record> =
        (0..81).map(|number| Record { key: format!("lw-{number}"), ..Record::default() }).collect();
    let questions = json2(&[]).look_up(&records, "");
    assert_eq!((questions.len(), json2(&[]).looks_up_at_once()), (2, 80));
    let (_, path, body) = request(questions.into_iter().next_back().unwrap());
    let fields: Vec<&str> = once("id")
        .chain([
            "referred",
            "city",
            "contact_name",
            "email_from",
            "partner_name",
            "phone",
            "street",
            "website",
            "zip",
        ])
        .collect();
    let mut expected = json!({"domain": [["referred", "in", ["lw-80"]]], "fields": fields, "order": "id",
        "context": {"active_test": false}});
    assert_eq!((path.as_str(), &body), ("json/2/crm.lead/search_read", &expected));

    expected["domain"] = json!([["referred", "like", "lw-"], ["create_date", ">=", "2026-01-05 10:00:00"]]);
    expected["limit"] = 200.into();
    for (cursor, offset) in [(None, 0), (Some("200"), 200)] {
        expected["offset"] = offset.into();
        let errand = json2(&[]).list(1_767_607_200_000, cursor, "").unwrap();
        assert_eq!(request(errand).2, expected, "{cursor:?}");
    }
}

#[test]
fn the_key_is_never_shown() {
    for sink in [json2(&[]), rpc(Some("prod"))] {
        let errand = sink.write(&record(None), "2", 0).unwrap();
        let shown = format!("{sink:?} {errand:?} {:?}", sink.log_in());
        assert!(shown.contains("odoo.example.com") && !shown.contains("the-key"), "{shown}");
    }
}

#[test]
fn types_have_odoo_s_names() {
    for kind in [LeadType::Lead, LeadType::Opportunity] {
        assert_eq!(LeadType::parse(kind.as_str()), Some(kind));
    }
    assert_eq!(LeadType::parse("Lead"), None);
}
