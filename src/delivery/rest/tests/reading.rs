use super::*;

fn urls(settings: &Settings, record: &Record) -> Vec<String> {
    let errands = Rest::new(settings.clone()).look_up(std::slice::from_ref(record), "");
    errands.into_iter().map(|errand| http(errand).url).collect()
}

#[test]
fn what_is_asked() {
    let by = |key: bool, phone: bool, email: bool| {
        let at = |asked: bool, path: &str| asked.then(|| template(&format!("https://x/?q={path}")));
        let look_up = LookUps {
            by_key: at(key, "{{ key }}"),
            by_phone: at(phone, "{{ phone }}"),
            by_email: at(email, "{{ email }}"),
            none: Vec::new(),
        };
        Settings { look_up, ..settings() }
    };
    let rows: [(&str, Settings, &[&str]); 5] = [
        ("our id above all", by(true, true, true), &["https://x/?q=lw-7"]),
        ("the person", by(false, true, false), &["https://x/?q=%2B14155550123"]),
        ("not for what is not known", by(false, true, true), &["https://x/?q=%2B14155550123"]),
        ("nor for that alone", by(false, false, true), &[]),
        ("nothing", by(false, false, false), &[]),
    ];
    for (label, settings, expected) in rows {
        let can = Rest::new(settings.clone()).abilities().looks_up;
        assert_eq!(can, !label.starts_with("nothing"), "{label}");
        assert_eq!(urls(&settings, &record(None)), expected, "{label}");
    }
    let mut nobody = record(None);
    nobody.key.clear();
    assert!(urls(&by(true, true, true), &nobody).is_empty());
    let both = Rest::new(by(true, false, false)).look_up(&[record(None), record(None)], "");
    assert_eq!(both.len(), 2);
    let request = http(both.into_iter().next().unwrap());
    assert_eq!((request.method, header(&request, ID_HEADER)), (Method::Get, Some("lw-7")));
}

#[test]
fn where_records_are() {
    let remote = |sink_id: &str, fields: &[(&str, &str)]| Remote {
        sink_id: sink_id.to_owned(),
        key: None,
        fields: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    };
    let one = || Some(vec![remote("1", &[("id", "1")])]);
    let at = |pointer: &str| Some(pointer.to_owned());
    let rows = [
        ("a list", None, 200, r#"[{"id":1}]"#, one()),
        ("a list within", None, 200, r#"{"results":[{"id":1}],"id":9}"#, one()),
        ("a record within", None, 200, r#"{"data":{"id":"1"}}"#, one()),
        ("the body itself", None, 200, r#"{"id":1}"#, one()),
        (
            "beside an empty place",
            None,
            200,
            r#"{"lead_id":1,"data":null}"#,
            Some(vec![remote("1", &[("lead_id", "1"), ("data", "")])]),
        ),
        ("where it was said", at("/a/b"), 200, r#"{"a":{"b":[{"id":1}]},"data":[]}"#, one()),
        ("not where it was said", at("/a/b"), 200, r#"{"data":[]}"#, None),
        ("an empty list", None, 200, "[]", Some(vec![])),
        ("an empty list within", None, 200, r#"{"items":[]}"#, Some(vec![])),
        ("null", None, 200, r#"{"data":null}"#, Some(vec![])),
        ("none", None, 404, "<html>", Some(vec![])),
        ("none by a status of its own", None, 204, "", Some(vec![])),
        ("an error that looks like none", None, 200, r#"{"data":null,"errors":[{"message":"no"}]}"#, None),
        ("a no", None, 200, r#"{"success":false,"data":[]}"#, None),
        ("something else", None, 200, r#"{"status":"ok"}"#, None),
        ("no records", None, 200, "[1]", None),
        ("no JSON", None, 200, "<html>", None),
        ("trouble", None, 500, r#"{"data":[]}"#, None),
        ("not allowed", None, 403, r#"{"data":[]}"#, None),
        (
            "all that is within it",
            None,
            200,
            r#"[{"id":2,"a":{"b":{"c":true},"d":null},"e":["x",1.5]}]"#,
            Some(vec![remote(
                "2",
                &[("id", "2"), ("a.b.c", "true"), ("a.d", ""), ("e.0", "x"), ("e.1", "1.5")],
            )]),
        ),
    ];
    for (label, found, status, body, expected) in rows {
        let look_up = LookUps { none: vec![204], ..LookUps::default() };
        let sink = Rest::new(Settings { found, look_up, ..settings() });
        assert_eq!(sink.found(reply(status, body)).ok(), expected, "{label}");
    }
    let own = Settings { id: Some("/made/uid".to_owned()), ..settings() };
    let found =
        Rest::new(own).found(reply(200, r#"[{"uid":"u","id":"other"},{"made":{"uid":"m"}}]"#)).unwrap();
    assert_eq!(found.iter().map(|remote| remote.sink_id.as_str()).collect::<Vec<_>>(), ["u", "m"]);
}

#[test]
fn whose_a_record_is() {
    let by_key = LookUps { by_key: Some(template("https://x/{{ key }}")), ..LookUps::default() };
    let by_phone = LookUps { by_phone: Some(template("https://x/{{ phone }}")), ..LookUps::default() };
    let with = |look_up: &LookUps| {
        let key_field = Some("/custom/ref".to_owned());
        Rest::new(Settings {
            key_field,
            look_up: look_up.clone(),
            list: Some(listing("{{ page }}", None)),
            ..settings()
        })
    };
    let two = r#"[{"id":1,"custom":{"ref":"lw-7"}},{"id":2,"custom":{}}]"#;
    for look_up in [&by_key, &by_phone] {
        let found = with(look_up).found(reply(200, two)).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].sink_id.as_str(), found[0].key.as_deref()), ("1", Some("lw-7")));
    }
    let listed = with(&by_key).listed(reply(200, two), None).unwrap();
    assert_eq!(listed.records.len(), 2, "a list is of all");
    let theirs = r#"[{"id":2}]"#;
    assert_eq!(with(&by_phone).found(reply(200, theirs)), Ok(vec![]), "the person's, not ours");
    assert_eq!(name(with(&by_key).found(reply(200, theirs)).unwrap_err()), "sink");
}

#[test]
fn what_should_be_there_compares_with_what_is() {
    let expected = Rest::new(settings()).expected(&record(None));
    let there = r#"{"id":1,"name":"Ann & Lee","score":80,"ref":{"id":"lw-7"},"more":"x"}"#;
    let found = Rest::new(settings()).found(reply(200, there)).unwrap().remove(0);
    assert_eq!(expected.len(), 3);
    assert!(
        expected.iter().all(|(name, value)| found.fields.get(name) == Some(value)),
        "{expected:?} {found:?}"
    );
    let form = Rest::new(Settings { body: Body::Form, ..settings() });
    assert_eq!(form.expected(&record(None)), expected);
}

fn listing(query: &str, next: Option<&str>) -> Listing {
    Listing { url: template(&format!("https://x/?{query}")), next: next.map(str::to_owned) }
}

#[test]
fn page_after_page() {
    let counted = || listing("page={{ page }}", None);
    let pointed = || listing("after={{ cursor }}", Some("/paging/next"));
    let page = r#"{"data":[{"id":1}],"paging":{"next":"c2"}}"#;
    let rows = [
        ("the next number", counted(), None, 200, page, Some((1, Some("2")))),
        ("and the next", counted(), Some("2"), 200, page, Some((1, Some("3")))),
        ("until one is empty", counted(), Some("3"), 200, r#"{"data":[]}"#, Some((0, None))),
        ("or there is none", counted(), Some("3"), 404, "", Some((0, None))),
        ("the first has to be there", counted(), None, 404, "", None),
        ("all at once", listing("all", None), None, 200, page, Some((1, None))),
        ("where the answer says", pointed(), None, 200, page, Some((1, Some("c2")))),
        (
            "an empty page is not the last",
            pointed(),
            None,
            200,
            r#"{"data":[],"paging":{"next":3}}"#,
            Some((0, Some("3"))),
        ),
        (
            "until it does not",
            pointed(),
            Some("c2"),
            200,
            r#"{"data":[{"id":1}],"paging":{"next":null}}"#,
            Some((1, None)),
        ),
        (
            "nor an empty one",
            pointed(),
            Some("c2"),
            200,
            r#"{"data":[],"paging":{"next":""}}"#,
            Some((0, None)),
        ),
        ("never in a circle", pointed(), Some("c2"), 200, page, None),
        ("what cannot be found", pointed(), Some("c2"), 404, "", None),
        ("trouble", pointed(), None, 503, "", None),
    ];
    for (label, list, cursor, status, body, expected) in rows {
        let sink = Rest::new(Settings { list: Some(list), ..settings() });
        let page = sink.listed(reply(status, body), cursor).ok();
        let page = page.as_ref().map(|page| (page.records.len(), page.next.as_deref()));
        assert_eq!(page, expected, "{label}");
    }
    let sink = Rest::new(Settings { list: Some(counted()), ..settings() });
    let request = http(sink.list(0, Some("2"), "").unwrap());
    assert_eq!((request.url.as_str(), request.headers.len()), ("https://x/?page=2", 0));
    assert!(sink.abilities().lists);
    assert!(Rest::new(settings()).list(0, None, "").is_none());
}
