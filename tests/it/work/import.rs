//! Leads from files: what becomes of each row, what is a duplicate, and what is wrong with a file.

use super::{OTHER, OURS, ask, entered, hire, id, two_centers, well};
use crate::docs::{blocks, document};
use crate::harness::{Place, number, stored, texts};
use crate::process::{Said, leadwire};
use leadwire::domain::access::Role;
use leadwire::store::db::Db;
use serde_json::json;

on_both!(
    a_preview_writes_nothing_and_tells_what_would_be,
    each_way_with_duplicates,
    rows_of_one_file_are_duplicates_too,
    bad_rows_are_refused_and_the_others_taken,
    an_update_fills_in_and_never_empties,
    siblings_and_whoever_wrote_before,
    files_that_cannot_be_read,
    the_example_in_the_docs,
);

/// A line of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub row: u64,
    pub outcome: String,
    pub lead_id: String,
    pub enquiry_id: String,
    pub why: String,
}

/// Imports a file that is there.
pub fn import_file(place: &Place, name: &str, arguments: &[&str]) -> (Said, Vec<Line>) {
    let report = format!("{name}.report.csv");
    let said = leadwire(place, &[&["leads", "import", name, "--report", &report], arguments].concat());
    (said, report_of(place, &report))
}

/// What a report tells; nothing where there is none.
pub fn report_of(place: &Place, name: &str) -> Vec<Line> {
    let Ok(text) = std::fs::read_to_string(place.folder().join(name)) else { return Vec::new() };
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let line = |record: csv::StringRecord| {
        let [row, outcome, lead_id, enquiry_id, why] = [0, 1, 2, 3, 4].map(|n| record[n].to_owned());
        Line { row: row.parse().unwrap(), outcome, lead_id, enquiry_id, why }
    };
    reader.records().map(|record| line(record.unwrap())).collect()
}

/// Writes a file and imports it.
fn import(place: &Place, name: &str, text: &str, arguments: &[&str]) -> (Said, Vec<Line>) {
    std::fs::write(place.folder().join(name), text).unwrap();
    import_file(place, name, arguments)
}

fn outcomes(lines: &[Line]) -> Vec<&str> {
    lines.iter().map(|line| line.outcome.as_str()).collect()
}

/// All rows that an import may write.
async fn rows(db: &Db) -> i64 {
    let mut sum = stored(db).await;
    for table in ["children", "guardians", "audit_log", "imports"] {
        sum += number(db, format!("SELECT COUNT(*) FROM {table}")).await;
    }
    sum + number(db, "SELECT SUM(enquiries) FROM tenants").await
}

const FAMILIES: &str = "name,phone,email,child_first_name,child_last_name,dob\n\
    Anshu Goyal,+91 98765 43210,anshu@example.com,Mehr,Goyal,2020-06-15\n\
    Ravi Rao,+919876543211,,,,\n\
    ,,nobody-s-number@example.com,,,\n\
    Anshu Goyal,+91-9876543210,,Veer,Goyal,\n\
    Wrong,12,,,,\n";

async fn a_preview_writes_nothing_and_tells_what_would_be(place: Place) {
    let app = two_centers(&place).await;
    let db = &app.app.db;
    let before = rows(db).await;
    let (said, planned) = import(&place, "in.csv", FAMILIES, &["--preview"]);
    assert!(!said.success && said.out.contains("5 of 5 rows: would be created 3"), "{said:?}");
    assert_eq!(rows(db).await, before, "nothing is written");
    assert_eq!(outcomes(&planned), ["created", "created", "created", "skipped", "refused"]);
    assert_eq!(planned[3].why, "the lead of row 2 has the same number");
    let (_, taken) = import_file(&place, "in.csv", &[]);
    assert_eq!(outcomes(&taken), outcomes(&planned), "what was told becomes true");
    assert_eq!((app.count("leads").await, app.count("persons").await), (3, 3));
    assert_eq!(taken[0].enquiry_id, "ENQ0001");
    assert!(taken[4].why.starts_with("phone: is no phone number"), "{taken:?}");
    let (said, planned) = import_file(&place, "in.csv", &["--preview"]);
    assert_eq!(outcomes(&planned), ["skipped", "skipped", "created", "skipped", "refused"], "{said:?}");
    assert_eq!(planned[0].lead_id, taken[0].lead_id, "the lead is named");
    let events = texts(db, "event || program", "audit_log").await;
    assert!(events.iter().all(|event| event == "importcommand line"), "{events:?}");
    // The same again is no work; once more, all are there but the one that has no number to be known by.
    let said = leadwire(&place, &["leads", "import", "in.csv"]).ok();
    assert!(said.contains("was imported with these options already"), "{said}");
    assert_eq!(app.count("leads").await, 3);
    let (_, again) = import_file(&place, "in.csv", &["--again", "--by", "email"]);
    assert_eq!(outcomes(&again), ["skipped", "created", "skipped", "created", "refused"]);
    assert_eq!(app.count("leads WHERE tenant_id = 2").await, 0, "and nobody else's leads are");
}

async fn each_way_with_duplicates(place: Place) {
    let app = two_centers(&place).await;
    let db = &app.app.db;
    let (ways, keys) = (["skip", "update", "create"], ["phone", "email", "name-phone"]);
    let mut known = "name,phone,email,created_at\n".to_owned();
    for n in 0..18 {
        let came = if n % 2 == 0 { "2020-01-01" } else { "" };
        known += &format!("Ann {n},+1415555{n:04},ann{n}@example.com,{came}\n");
    }
    let (_, known) = import(&place, "known.csv", &known, &[]);
    assert_eq!(outcomes(&known), ["created"; 18]);
    let theirs = leadwire(&place, &["leads", "--tenant", "other", "import", "known.csv"]).ok();
    assert!(theirs.contains("created 18"), "what another tenant has is no duplicate: {theirs}");
    let mut n = 0;
    for way in ways {
        for by in keys {
            for is_late in [false, true] {
                let (name, phone, email) =
                    (format!("Ann {n}"), format!("+1415555{n:04}"), format!("ann{n}@example.com"));
                let row = match by {
                    "phone" => format!("Bob,{phone},bob{n}@example.com"),
                    "email" => format!("Bob,+1415666{n:04},{email}"),
                    _ => format!("{},{phone},bob{n}@example.com", name.to_uppercase()),
                };
                let text = format!(
                    "name,phone,email,school\n{row},DPS\nNew {n},+1415777{n:04},new{n}@example.com,\n"
                );
                let before = app.count("leads WHERE tenant_id = 1").await;
                let arguments = ["--duplicates", way, "--by", by, "--within", "30"];
                let (said, lines) = import(&place, &format!("{n}.csv"), &text, &arguments);
                let label = format!("{way} by {by}, late: {is_late}: {said:?}");
                let expected = match way {
                    "skip" if is_late => ("skipped", 1),
                    "update" if is_late => ("updated", 1),
                    _ => ("created", 2),
                };
                assert_eq!(
                    (lines[0].outcome.as_str(), lines[1].outcome.as_str()),
                    (expected.0, "created"),
                    "{label}"
                );
                assert_eq!(app.count("leads WHERE tenant_id = 1").await - before, expected.1, "{label}");
                let lead = &known[n].lead_id;
                assert_eq!(&lines[0].lead_id == lead, expected.0 != "created", "{label}");
                let of =
                    texts(db, "COALESCE(school, '') || version", &format!("leads WHERE id = {lead}")).await;
                assert_eq!(of, [if expected.0 == "updated" { "DPS2" } else { "1" }], "{label}");
                // By phone they are one person whatever happens; by address as well, where it is a duplicate.
                let is_one = expected.0 == "created" && (by != "email" || is_late);
                if is_one {
                    let persons = format!(
                        "SELECT COUNT(DISTINCT person_id) FROM leads WHERE id IN ({lead}, {})",
                        lines[0].lead_id
                    );
                    assert_eq!(number(db, persons).await, 1, "{label}");
                }
                n += 1;
            }
        }
    }
    assert_eq!(app.count("leads WHERE tenant_id = 2").await, 18);
    assert_eq!(
        app.count("leads WHERE tenant_id = 2 AND version > 1").await,
        0,
        "nobody else's leads are touched"
    );
}

async fn rows_of_one_file_are_duplicates_too(place: Place) {
    let app = place.app().await;
    let text = "name,phone,email,school\nAnn,+5215512345678,ann@example.com,One\nAnn,+525512345678,,Two\nBob,,ANN@example.com,Three\n";
    let (_, lines) = import(&place, "a.csv", text, &["--duplicates", "update"]);
    assert_eq!(outcomes(&lines), ["created", "updated", "created"], "variants of one number are one");
    assert_eq!(texts(&app.app.db, "school", "leads ORDER BY id").await, ["Two", "Three"]);
    let (_, lines) = import(&place, "b.csv", &text.replace("55", "33"), &["--by", "email"]);
    assert_eq!(outcomes(&lines), ["skipped", "created", "skipped"]);
    let (_, lines) =
        import(&place, "c.csv", &text.replace("55", "44"), &["--duplicates", "create", "--preview"]);
    assert_eq!(lines[1].why, "the lead of row 2 has the same number");
    let (_, lines) = import_file(&place, "c.csv", &["--duplicates", "create"]);
    assert_eq!(outcomes(&lines), ["created"; 3]);
    let persons = format!(
        "SELECT COUNT(DISTINCT person_id) FROM leads WHERE id IN ({}, {})",
        lines[0].lead_id, lines[1].lead_id
    );
    assert_eq!(number(&app.app.db, persons).await, 1);
}

async fn bad_rows_are_refused_and_the_others_taken(place: Place) {
    let app = two_centers(&place).await;
    let somebody = hire(&app, OURS, Role::Counselor).await;
    let _ = hire(&app, OTHER, Role::Counselor).await;
    let db = &app.app.db;
    let mine = texts(db, "email", "users WHERE tenant_id = 1").await.remove(0);
    let theirs = texts(db, "email", "users WHERE tenant_id = 2").await.remove(0);
    let huge = "x".repeat(40_000);
    let cells = [
        [
            "Ann",
            "+14155550100",
            "ann@example.com",
            "Mehr",
            "2020-06-15",
            "IV_SCHEDULED",
            &mine,
            "2025-12-31 10:00:00",
            "blue",
        ],
        ["Bob", "+14155550101", "bob", "", "", "", "", "", ""],
        ["", "+14155550102", "", "Veer", "", "", "", "", ""],
        ["Cid", "+14155550103", "", "Tara", "2199-01-01", "", "", "", ""],
        ["Dan", "+14155550104", "", "", "", "CONVERTED", "", "", ""],
        ["Eve", "+14155550105", "", "", "", "", &theirs, "", ""],
        ["Fay", "+14155550106", "", "", "", "", "", "2199-01-01", ""],
        ["Guy", "+14155550107", "", "", "", "", "", "", &huge],
        ["Hal", "+14155550108", "", "", "", "", "", "", ""],
    ];
    let header =
        ["Name", "PHONE", "E mail", "first name", "dob", "status", "assigned_to", "created at", "Colour"];
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(b"\xef\xbb\xbf".to_vec());
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (n, row) in [header].iter().chain(&cells).enumerate() {
        writer.write_record(row).unwrap();
        for (column, text) in row.iter().enumerate() {
            // No cell of a sheet is longer; a phone number is a number there, without its plus.
            let (n, column, text) = (n as u32, column as u16, &text[..text.len().min(32_767)]);
            match text.strip_prefix('+').and_then(|digits| digits.parse::<f64>().ok()) {
                Some(number) => sheet.write_number(n, column, number).unwrap(),
                None => sheet.write_string(n, column, text).unwrap(),
            };
        }
    }
    std::fs::write(place.folder().join("in.csv"), writer.into_inner().unwrap()).unwrap();
    book.save(place.folder().join("in.xlsx")).unwrap();
    let (said, lines) = import_file(&place, "in.csv", &["--source", "FAIR"]);
    assert!(!said.success && said.out.contains("created 2, updated 0, skipped 0, refused 7"), "{said:?}");
    let wrong = ["", "email", "name", "dob", "status", "assigned_to", "created_at", "Colour", ""];
    for (line, column) in lines.iter().zip(wrong) {
        let expected = if column.is_empty() { "created" } else { "refused" };
        assert_eq!(line.outcome, expected, "{line:?}");
        assert!(column.is_empty() || line.why.contains(column), "{line:?}");
    }
    assert_eq!(lines.iter().map(|line| line.row).collect::<Vec<_>>(), (2..=10).collect::<Vec<_>>());
    let path = format!("/api/v1/leads/{}", lines[0].lead_id);
    let lead = well(&ask(&app, &somebody.token, "GET", &path, None).await);
    for (field, expected) in [
        ("status", json!("IV_SCHEDULED")),
        ("source", json!("FAIR")),
        ("assigned_to_user_id", json!(somebody.user_id)),
        ("created_at", json!("2025-12-31T10:00:00Z")),
        ("enquiry_id", json!("ENQ0001")),
        ("child_name", json!("Mehr")),
    ] {
        assert_eq!(lead[field], expected, "{field}");
    }
    let fields: serde_json::Value = serde_json::from_str(
        &texts(db, "fields", &format!("leads WHERE id = {}", lines[0].lead_id)).await[0],
    )
    .unwrap();
    assert_eq!(fields["import"]["Colour"], "blue");
    let timeline =
        well(&ask(&app, &somebody.token, "GET", &format!("{path}/timeline"), None).await).to_string();
    assert!(timeline.contains("\"import\""), "{timeline}");
    // A sheet says the same.
    let (_, of_sheet) =
        import_file(&place, "in.xlsx", &["--preview", "--duplicates", "create", "--source", "FAIR"]);
    let told = |lines: &[Line]| -> Vec<(u64, String)> {
        lines.iter().map(|line| (line.row, line.outcome.clone())).collect()
    };
    assert_eq!(told(&of_sheet), told(&lines));
    assert_eq!(of_sheet[0].why, format!("lead {} has the same number", lines[0].lead_id));
}

async fn an_update_fills_in_and_never_empties(place: Place) {
    let app = place.app().await;
    let who = hire(&app, OURS, Role::CenterAdmin).await;
    let lead = entered(&app, &who.token, "+14155550123").await;
    let path = format!("/api/v1/leads/{}", id(&lead));
    let text = "phone,name,email,school,first_name,last_name,gender,notes,source,status\n\
        +14155550123,A. Goyal,,,Mehr,Goyal,Other,Call later,ELSEWHERE,FOLLOW_UP_PENDING\n";
    let (said, lines) = import(&place, "in.csv", text, &["--duplicates", "update"]);
    assert!(said.success && lines[0].outcome == "updated", "{said:?} {lines:?}");
    let after = well(&ask(&app, &who.token, "GET", &path, None).await);
    for (field, expected) in [
        ("name", json!("A. Goyal")),
        ("email", lead["email"].clone()),
        ("school", lead["school"].clone()),
        ("source", lead["source"].clone()),
        ("created_at", lead["created_at"].clone()),
        ("enquiry_id", lead["enquiry_id"].clone()),
        ("discovery_notes", json!("Call later")),
        ("status", json!("FOLLOW_UP_PENDING")),
        ("version", json!(2)),
    ] {
        assert_eq!(after[field], expected, "{field}");
    }
    assert_eq!(texts(&app.app.db, "gender || dob", "children").await, ["Other2020-06-15"]);
    let found = well(&ask(&app, &who.token, "GET", "/api/v1/leads?search=a goy", None).await);
    assert_eq!(found.as_array().unwrap().len(), 1);
    let (_, lines) = import_file(&place, "in.csv", &["--duplicates", "update", "--again"]);
    assert_eq!((lines[0].outcome.as_str(), lines[0].why.contains("has all of it")), ("skipped", true));
    assert_eq!(app.count("leads WHERE version = 2").await, 1, "what says nothing new is no change");
    // What people could not do by hand, a file does not either; nor does it take another's number or child.
    let other = entered(&app, &who.token, "+14155550124").await;
    well(
        &ask(
            &app,
            &who.token,
            "POST",
            &format!("/api/v1/leads/{}/close", id(&other)),
            Some(&json!({"reason": "x"})),
        )
        .await,
    );
    let rows = [
        ("phone,status\n+14155550123,IV_COMPLETED\n", "phone", "does not become IV_COMPLETED"),
        ("phone,status\n+14155550124,FOLLOW_UP_PENDING\n", "phone", "is CLOSED_LOST"),
        ("phone,name,first_name\n+14155550123,Ann,Tara\n", "phone", "about another child"),
        ("phone,email\n+14155550199,anshu@example.com\n+14155550123,anshu@example.com\n", "email", ""),
    ];
    for (n, (text, by, expected)) in rows.into_iter().enumerate() {
        let arguments = ["--duplicates", "update", "--by", by];
        let (_, planned) =
            import(&place, &format!("{n}.csv"), text, &[&arguments[..], &["--preview"]].concat());
        let (_, lines) = import_file(&place, &format!("{n}.csv"), &arguments);
        assert_eq!(outcomes(&planned), outcomes(&lines), "{text}");
        let is_refused = lines.iter().any(|line| line.outcome == "refused" && line.why.contains(expected));
        assert!(is_refused || expected.is_empty(), "{text}{lines:?}");
    }
    assert_eq!(app.count("identities WHERE value = '+14155550199'").await, 1, "a number that is learnt");
}

async fn siblings_and_whoever_wrote_before(place: Place) {
    let app = place.app().await;
    app.twilio_message("+14155550123", "Hello", "SM1").await.texts();
    let text = "name,phone,first_name\nAnn,+14155550123,Mehr\nAnn,+14155550123,Veer\nAnn,+14155550123,MEHR\nBob,+14155550124,\n";
    let (_, lines) = import(&place, "in.csv", text, &["--by", "name-phone"]);
    assert_eq!(outcomes(&lines), ["created", "created", "skipped", "created"]);
    let wrote = texts(&app.app.db, "id", "leads WHERE channel = 'sms'").await;
    assert_eq!(lines[0].lead_id, wrote[0], "their lead is about this child now");
    assert_eq!((lines[0].enquiry_id.as_str(), lines[1].enquiry_id.as_str()), ("ENQ0001", "ENQ0002"));
    assert_eq!((app.count("persons").await, app.count("leads").await), (2, 3));
    // Whoever was imported and writes is known, and what they say is added to what was.
    for (from, sid) in [("+14155550124", "SM2"), ("+14155550123", "SM3")] {
        app.twilio_message(from, "It is me", sid).await.texts();
    }
    assert_eq!((app.count("persons").await, app.count("leads").await), (2, 3));
    assert_eq!(texts(&app.app.db, "name", "leads WHERE message_count = 1").await, ["Bob"]);
}

async fn files_that_cannot_be_read(place: Place) {
    let app = place.app().await;
    let before = rows(&app.app.db).await;
    let files: [(&str, &[u8], &str); 9] = [
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b"\n , \n", "is empty"),
        ("header.csv", b"name,phone\n", "no row below its first line"),
        ("latin.csv", b"name,phone\nAnn,+14155550123\nJos\xe9,+14155550124\n", "line 3 is not UTF-8"),
        ("utf16.csv", b"\xff\xfen\0a\0", "save it as CSV UTF-8"),
        ("nobody.csv", b"name,city\nAnn,Pune\n", "no column is a phone number or an e-mail address"),
        ("twice.csv", b"phone,Mobile\n1,2\n", "are both phone"),
        ("broken.xlsx", b"PK\x03\x04 and no more", "is no .xlsx"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
    ];
    for (name, bytes, expected) in files {
        std::fs::write(place.folder().join(name), bytes).unwrap();
        let (said, lines) = import_file(&place, name, &[]);
        assert!(!said.success && said.told.contains(expected) && lines.is_empty(), "{name}: {said:?}");
    }
    let (said, _) = import_file(&place, "no-such.csv", &[]);
    assert!(!said.success && said.told.contains("no-such.csv cannot be read"), "{said:?}");
    std::fs::write(place.folder().join("ok.csv"), "tel,x\n+14155550123,1\n").unwrap();
    for wrong in [&["--map", "tel=fon"][..], &["--map", "fon=phone"], &["--by", "age"], &["--within", "0"]] {
        let (said, _) = import_file(&place, "ok.csv", wrong);
        assert!(!said.success, "{wrong:?}");
    }
    assert_eq!(rows(&app.app.db).await, before, "nothing of any was taken");
    let (said, lines) = import_file(&place, "ok.csv", &["--map", "tel=phone", "--map", "X=-", "--json"]);
    assert_eq!(outcomes(&lines), ["created"], "{said:?}");
    let summary: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&summary["state"], &summary["created"]), (&json!("done"), &json!(1)));
}

async fn the_example_in_the_docs(place: Place) {
    let app = place.app().await;
    let operations = document("docs/OPERATIONS.md");
    let (_, section) = operations.split_once("## Leads from files").unwrap();
    let (_, file) = blocks(section).into_iter().find(|(kind, _)| *kind == "csv families.csv").unwrap();
    let (_, planned) = import(&place, "families.csv", &file, &["--preview"]);
    let (said, lines) = import_file(&place, "families.csv", &[]);
    assert!(!said.success, "one is refused");
    assert_eq!(outcomes(&lines), ["created", "created", "refused"]);
    assert_eq!(outcomes(&planned), outcomes(&lines));
    assert_eq!((lines[0].enquiry_id.as_str(), lines[1].enquiry_id.as_str()), ("ENQ0001", ""));
    let fields = texts(&app.app.db, "fields", "leads WHERE child_id IS NOT NULL").await;
    assert!(fields[0].contains(r#""import":{"T-shirt":"S"}"#), "{fields:?}");
}
