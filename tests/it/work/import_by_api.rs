//! Leads from files by the API: the command's import, asked over HTTP.

use super::{OTHER, OURS, Somebody, ask, hire, two_centers, well};
use crate::docs::{blocks, document};
use crate::harness::{Place, Reply, TestApp, number, stored, texts};
use leadwire::domain::access::{Right, Role};
use leadwire::service::tokens::{self, NewToken};
use serde_json::json;
use std::time::Duration;

on_both!(
    a_file_is_looked_at_taken_and_known_again,
    what_is_done_with_duplicates,
    a_spreadsheet_says_the_same,
    who_may_import_and_where,
    the_report_has_all_that_was_refused,
    the_example_of_the_docs,
);

pub const CSV: &str = "text/csv";
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Sends a file; `query` begins with `?` where there is one.
pub async fn send(
    app: &TestApp,
    token: &str,
    (query, kind): (&str, &str),
    body: impl Into<reqwest::Body>,
) -> Reply {
    let request = app.request("POST", &format!("/api/v1/leads/import{query}")).bearer_auth(token);
    app.send(request.header("content-type", kind).timeout(Duration::from_secs(120)).body(body)).await
}

fn fates(reply: &Reply) -> Vec<(i64, String)> {
    let report = well(reply)["report"].as_array().unwrap().clone();
    report
        .iter()
        .map(|row| (row["row"].as_i64().unwrap(), row["outcome"].as_str().unwrap().to_owned()))
        .collect()
}

fn outcomes(reply: &Reply) -> Vec<String> {
    fates(reply).into_iter().map(|(_, outcome)| outcome).collect()
}

pub async fn admin(app: &TestApp) -> Somebody {
    hire(app, OURS, Role::CenterAdmin).await
}

/// All rows that an import may write.
pub async fn written(app: &TestApp) -> i64 {
    let db = &app.app.db;
    stored(db).await
        + number(db, "SELECT COUNT(*) FROM imports").await
        + number(db, "SELECT COUNT(*) FROM audit_log").await
        + number(db, "SELECT SUM(enquiries) FROM tenants").await
}

pub const FAMILIES: &str = "\u{feff}name;phone;email;child_first_name;dob\n\
    Anshu Goyal;+91 98765 43210;anshu@example.com;Mehr;2020-06-15\n\
    Ravi Rao;+919876543211;;;\n\
    Wrong;12;nobody;;\n\
    Late;+919876543212;;Veer;soon\n\
    Anshu Goyal;+91-9876543210;;;\n";

async fn a_file_is_looked_at_taken_and_known_again(place: Place) {
    let app = two_centers(&place).await;
    let who = admin(&app).await;
    let before = written(&app).await;
    let preview = send(&app, &who.token, ("?preview=true", CSV), FAMILIES).await;
    assert_eq!(written(&app).await, before, "nothing is written");
    let expected = ["created", "created", "refused", "refused", "skipped"];
    assert_eq!(outcomes(&preview), expected);
    let preview = well(&preview);
    assert_eq!(
        (&preview["state"], &preview["created"], &preview["refused"]),
        (&json!("preview"), &json!(2), &json!(2))
    );
    assert_eq!(preview["kept_columns"], json!([]));
    let other = FAMILIES.replacen("email", "Shoe size", 1);
    let other = well(&send(&app, &who.token, ("?preview=true", CSV), other).await);
    assert_eq!(other["kept_columns"], json!(["Shoe size"]), "nobody meant them to be an e-mail address");
    let why = |n: usize| preview["report"][n]["why"].as_str().unwrap().to_owned();
    assert!(why(2).starts_with("phone: is no phone number") && why(2).contains("; email: "), "{}", why(2));
    assert!(why(3).starts_with("dob: "), "{}", why(3));
    assert_eq!(preview["report"][3]["row"], 5, "the line in the file");
    let taken = send(&app, &who.token, ("", "text/csv; charset=utf-8"), FAMILIES).await;
    assert_eq!(outcomes(&taken), expected, "what was told becomes true");
    let taken = well(&taken);
    assert_eq!(
        (&taken["state"], &taken["rows"], &taken["report_left_out"]),
        (&json!("done"), &json!(5), &json!(0))
    );
    assert_eq!(taken["report"][0]["enquiry_id"], "ENQ0001");
    assert_eq!(app.count("leads").await, 2);
    let path = format!("/api/v1/leads/{}", taken["report"][0]["lead_id"]);
    let lead = well(&ask(&app, &who.token, "GET", &path, None).await);
    assert_eq!((&lead["child_name"], &lead["created_by_id"]), (&json!("Mehr"), &json!(who.user_id)));
    // The same again is no work; with other options, or once more, it is.
    let before = written(&app).await;
    let again = well(&send(&app, &who.token, ("", CSV), FAMILIES).await);
    assert_eq!(
        (&again["state"], &again["created"], &again["rows_done_before"]),
        (&json!("already_imported"), &json!(2), &json!(5))
    );
    assert_eq!((&again["report"], written(&app).await), (&json!([]), before));
    for query in ["?again=true", "?duplicates=update"] {
        let more = send(&app, &who.token, (query, CSV), FAMILIES).await;
        assert_eq!(well(&more)["state"], "done");
        assert_eq!(outcomes(&more), ["skipped", "skipped", "refused", "refused", "skipped"], "{query}");
    }
    assert_eq!(app.count("leads").await, 2);
    assert_eq!(app.count("leads WHERE tenant_id = 2").await, 0);
}

async fn what_is_done_with_duplicates(place: Place) {
    let app = place.app().await;
    let who = admin(&app).await;
    let known = "name,phone,email,created_at\nAnn,+14155550100,ann@example.com,2020-01-01\n";
    well(&send(&app, &who.token, ("?source=FAIR", CSV), known).await);
    assert_eq!(texts(&app.app.db, "source", "leads").await, ["FAIR"]);
    let file = "Who,Tel,email,school,Junk\nANN,+14155550100,other@example.com,DPS,1\n";
    let map = "map=Tel%3Dphone&map=Who%3Dname&map=Junk%3D-";
    for (options, expected) in [
        ("", "skipped"),
        ("&by=email", "created"),
        ("&by=name-phone", "skipped"),
        ("&within=30", "created"),
        ("&duplicates=create", "created"),
        ("&duplicates=update", "updated"),
        ("&duplicates=update&by=email", "created"),
    ] {
        let reply = send(&app, &who.token, (&format!("?preview=1&{map}{options}"), CSV), file).await;
        assert_eq!(outcomes(&reply), [expected], "{options}");
    }
    let reply = send(&app, &who.token, (&format!("?duplicates=update&{map}"), CSV), file).await;
    assert_eq!(outcomes(&reply), ["updated"]);
    let of = texts(&app.app.db, "school || ' ' || fields", "leads").await;
    assert!(of[0].starts_with("DPS ") && !of[0].contains("Junk"), "{of:?}");
}

/// A spreadsheet of these rows.
fn book(rows: &[&[&str]]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        for (column, text) in (0..).zip(cells.iter()) {
            sheet.write_string(row, column, *text).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

async fn a_spreadsheet_says_the_same(place: Place) {
    let app = place.app().await;
    let who = admin(&app).await;
    let sheet = book(&[
        &["name", "phone", "dob", "first_name"],
        &["Ann", "+14155550100", "2020-06-15", "Mehr"],
        &["Bob", "+14155550101", "soon", "Veer"],
    ]);
    let reply = send(&app, &who.token, ("", XLSX), sheet.clone()).await;
    assert_eq!(fates(&reply), [(2, "created".to_owned()), (3, "refused".to_owned())]);
    assert!(well(&reply)["report"][1]["why"].as_str().unwrap().starts_with("dob: "));
    // What is sent as something else than it is.
    let wrong = send(&app, &who.token, ("", CSV), sheet).await;
    assert_eq!(wrong.status, 415, "{wrong:?}");
    assert!(wrong.json()["detail"].as_str().unwrap().contains(XLSX), "{wrong:?}");
    let wrong = send(&app, &who.token, ("", XLSX), "name,phone\nAnn,+14155550199\n").await;
    assert_eq!((wrong.status, app.count("leads").await), (415, 1), "{wrong:?}");
}

async fn who_may_import_and_where(place: Place) {
    let app = two_centers(&place).await;
    let file = "name,phone\nAnn,+919876543210\n";
    for role in [Role::Counselor, Role::Trainer] {
        let who = hire(&app, OURS, role).await;
        let reply = send(&app, &who.token, ("", CSV), file).await;
        assert_eq!(reply.status, 403, "{role:?}: {reply:?}");
        let reply = ask(&app, &who.token, "GET", "/api/v1/leads/export", None).await;
        assert_eq!(reply.status, 403, "{role:?}: {reply:?}");
    }
    // A token may be for this alone.
    let scopes = |scopes: Vec<Right>| NewToken {
        name: "files".to_owned(),
        role: Role::CenterAdmin,
        scopes,
        user_id: None,
        expires_at: None,
    };
    let narrow =
        tokens::create(&app.app.db, OURS, scopes(vec![Right::WorkLeads]), app.clock.now()).await.unwrap();
    assert_eq!(send(&app, &narrow, ("", CSV), file).await.status, 403);
    let ours = tokens::create(&app.app.db, OURS, scopes(vec![Right::AdministerLeads]), app.clock.now())
        .await
        .unwrap();
    assert_eq!(send(&app, &ours, ("?center_id=2", CSV), file).await.status, 404, "another center is nowhere");
    assert_eq!(app.count("leads").await, 0);
    well(&send(&app, &ours, ("", CSV), file).await);
    // What one center has is no duplicate in another, and no file is known there.
    let theirs = hire(&app, OTHER, Role::CenterAdmin).await;
    let reply = send(&app, &theirs.token, ("", CSV), file).await;
    assert_eq!((outcomes(&reply), &well(&reply)["state"]), (vec!["created".to_owned()], &json!("done")));
    let root = hire(&app, OURS, Role::SuperAdmin).await;
    assert_eq!(send(&app, &root.token, ("", CSV), file).await.status, 422, "who sees all says which");
    // Numbers without a country are of the center's.
    let local = "name,phone\nRavi,98765 43299\n";
    let reply = send(&app, &root.token, ("?center_id=2", CSV), local).await;
    assert_eq!(outcomes(&reply), ["created"], "{reply:?}");
    assert_eq!(
        texts(&app.app.db, "tenant_id || phone", "leads WHERE name = 'Ravi'").await,
        ["2+919876543299"]
    );
    assert_eq!(outcomes(&send(&app, &root.token, ("?center_id=1", CSV), local).await), ["refused"]);
}

async fn the_report_has_all_that_was_refused(place: Place) {
    let app = place.app().await;
    let who = admin(&app).await;
    let bad: String = (0..150).map(|n| format!("Bad {n},12\n")).collect();
    let good: String = (0..150).map(|n| format!("Good {n},+1415555{n:04}\n")).collect();
    let reply = send(&app, &who.token, ("?preview=true", CSV), format!("name,phone\n{good}{bad}")).await;
    let all = outcomes(&reply);
    let of = |outcome: &str| all.iter().filter(|known| *known == outcome).count();
    assert_eq!((of("refused"), of("created")), (150, 100));
    assert_eq!(well(&reply)["report_left_out"], 50);
}

/// What the docs ask for, and send.
async fn the_example_of_the_docs(place: Place) {
    let app = place.app().await;
    let who = admin(&app).await;
    let (operations, leads) = (document("docs/OPERATIONS.md"), document("docs/LEADS.md"));
    let (_, file) = blocks(&operations).into_iter().find(|(kind, _)| *kind == "csv families.csv").unwrap();
    let (_, section) = leads.split_once("## Files of leads").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let asked: Vec<&str> =
        section.split("http://127.0.0.1:8080").skip(1).map(|rest| rest.split('\'').next().unwrap()).collect();
    let [preview, import, csv, xlsx] = asked[..] else { panic!("four requests: {asked:?}") };
    for (path, state) in [(preview, "preview"), (import, "done")] {
        assert!(
            section.contains("Content-Type: text/csv") && section.contains("--data-binary @families.csv")
        );
        let query = path.strip_prefix("/api/v1/leads/import").unwrap();
        let reply = send(&app, &who.token, (query, CSV), file.clone()).await;
        assert_eq!(outcomes(&reply), ["created", "created", "refused"], "{path}");
        assert_eq!(well(&reply)["state"], state, "{path}");
    }
    for path in [csv, xlsx] {
        let reply = app.request("GET", path).bearer_auth(&who.token).send().await.unwrap();
        assert_eq!(reply.status(), 200, "{path}");
    }
}
