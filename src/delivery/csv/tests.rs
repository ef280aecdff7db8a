use super::*;
use serde_json::json;

/// Fields, or templates, by name.
type Named = &'static [(&'static str, &'static str)];

fn sink(fields: &[(&str, &str)]) -> Csv {
    let fields = fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Csv::new(Settings { path: "leads.csv".into(), fields: Mapping::new(&fields).unwrap() })
}

fn record(fields: &[(&str, &str)]) -> Record {
    Record {
        key: "lw-7-9".to_owned(),
        fields: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        facts: [("phone".to_owned(), json!("+14155550123")), ("email".to_owned(), Json::Null)].into(),
        ..Record::default()
    }
}

fn lines(sink: &Csv, record: &Record) -> (String, String) {
    let Ok(Errand::Append { path, header, line }) = sink.write(record, "", 0) else { panic!() };
    assert_eq!(path, PathBuf::from("leads.csv"));
    (header, line)
}

#[test]
fn columns() {
    let city: Named = &[("city", "Rome")];
    let rows: [(&str, Named, Named, &str, &str); 5] = [
        (
            "as the flow has them",
            &[],
            city,
            "leadwire_id,city,full_name,phone,email",
            "lw-7-9,Rome,,+14155550123,",
        ),
        (
            "once each",
            &[],
            &[("phone", "1"), ("z", "2")],
            "leadwire_id,phone,z,full_name,email",
            "lw-7-9,1,2,,",
        ),
        (
            "by a map",
            &[("Town", "{{ city }}"), ("Tel", "{{ phone }}")],
            city,
            "leadwire_id,Tel,Town",
            "lw-7-9,+14155550123,Rome",
        ),
        ("our id is ours", &[("leadwire_id", "x")], city, "leadwire_id", "lw-7-9"),
        ("no fields", &[], &[], "leadwire_id,full_name,phone,email", "lw-7-9,,+14155550123,"),
    ];
    for (label, map, fields, header, line) in rows {
        let written = lines(&sink(map), &record(fields));
        assert_eq!((written.0.as_str(), written.1.as_str()), (header, line), "{label}");
    }
}

#[test]
fn cells() {
    let rows = [
        ("Ann", "Ann"),
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("+1-415-555", "'+1-415-555"),
        ("-", "'-"),
        ("\tx", "'\tx"),
        ("\r=x", "' =x"),
        ("  =x", "'  =x"),
        ("+14155550123", "+14155550123"),
        ("-5", "-5"),
        ("-5.25", "-5.25"),
        ("-5.2.5", "'-5.2.5"),
        ("+inf", "'+inf"),
        ("a=b", "a=b"),
        ("one\r\ntwo\nthree", "one two three"),
        ("", ""),
    ];
    for (text, expected) in rows {
        assert_eq!(cell(text), expected, "{text:?}");
    }
}

#[test]
fn what_was_written_is_found() {
    let sink = sink(&[("name", "{{ name }}"), ("=note", "{{ note }}")]);
    let wild = record(&[("name", "Lee, \"Ann\"; 'x'"), ("note", "=HYPERLINK(\"a\")\nsecond, line")]);
    let (header, line) = lines(&sink, &wild);
    let found = sink.found(Reply { status: 200, body: &format!("{header}\n{line}\n") }).unwrap();
    let expected =
        Remote { sink_id: "lw-7-9".to_owned(), key: Some("lw-7-9".to_owned()), fields: sink.expected(&wild) };
    assert_eq!(found, [expected]);
    assert_eq!(found[0].fields["'=note"], "'=HYPERLINK(\"a\") second, line");
}

#[test]
fn what_a_file_has() {
    let rows: [(&str, &str, Option<&[&str]>); 12] = [
        ("nothing", "", Some(&[])),
        ("a header", "leadwire_id,a\n", Some(&[])),
        ("half a header", "leadwire_id,a", Some(&[])),
        ("two", "leadwire_id,a\n1,x\n2,y\n", Some(&["1", "2"])),
        ("the last one torn", "leadwire_id,a\n1,x\n2,", Some(&["1"])),
        ("torn within quotes", "leadwire_id,a\n1,x\n2,\"y", Some(&["1"])),
        ("saved by a spreadsheet", "\u{feff}leadwire_id,a\r\n1,x\r\n", Some(&["1"])),
        ("with columns moved and added", "a,leadwire_id,done\nx,1\ny,2,yes\n", Some(&["1", "2"])),
        ("several lines in a cell", "leadwire_id,a\n1,\"x\ny\"\n2,z\n", Some(&["1", "2"])),
        ("a line without our id", "leadwire_id,a\n,x\n2,y\n", Some(&["2"])),
        ("more cells than columns", "leadwire_id\n1,x\n", Some(&["1"])),
        ("another file", "name,a\n1,x\n", None),
    ];
    for (label, body, expected) in rows {
        let page = sink(&[]).listed(Reply { status: 200, body }, None).ok();
        let keys = page.as_ref().map(|page| {
            assert_eq!(page.next, None);
            page.records.iter().map(|remote| remote.sink_id.as_str()).collect::<Vec<_>>()
        });
        assert_eq!(keys.as_deref(), expected, "{label}");
    }
    assert!(sink(&[]).found(Reply { status: 500, body: "" }).is_err());
}

#[test]
fn errands_and_their_answers() {
    let sink = sink(&[]);
    assert!(matches!(&sink.look_up(&[record(&[]), record(&[])], "")[..], [Errand::Read { .. }]));
    assert!(sink.look_up(&[], "").is_empty());
    assert!(matches!(sink.list(0, None, ""), Some(Errand::Read { .. })));
    let written = |status| sink.written(&record(&[]), Reply { status, body: "" });
    assert_eq!(written(200), Outcome::Delivered { sink_id: Some("lw-7-9".to_owned()) });
    assert!(matches!(written(500), Outcome::Unknown { .. }));
}
