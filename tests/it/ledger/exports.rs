//! What was delivered, as a list and as files.

use super::crm::Crm;
use super::{TOKEN, complete, leads, working};
use crate::harness::Place;
use leadwire::clock::Clock;
use std::io::Read;

on_both! {
    what_was_delivered_is_listed_and_exported,
}

async fn what_was_delivered_is_listed_and_exported(place: Place) {
    let crm = Crm::start(TOKEN).await;
    let mut app = working(&place, &crm, "", Clock::System).await;
    for (phone, city) in [("+15551234567", "Pune"), ("+15551234568", "=HYPERLINK(1)")] {
        complete(&app, phone, city).await;
        app.settled().await;
    }
    app.stop().await;
    let list = async |arguments: &[&str]| {
        leads(&place, &crm, TOKEN, &[&["succeeded", "list"], arguments].concat()).await
    };
    let shown = list(&[]).await.ok();
    assert!(shown.contains("+15551234567") && shown.contains("2 leads were delivered"), "{shown}");
    let rows: [(&[&str], usize); 8] = [
        (&["--since", "24h"], 2),
        (&["--since", "2020-01-31"], 2),
        (&["--since", "2199-01-31"], 0),
        (&["--channel", "sms"], 2),
        (&["--channel", "voice"], 0),
        (&["--sink", "crm"], 2),
        (&["--sink", "other"], 0),
        (&["--since", "7d", "--channel", "sms", "--sink", "crm"], 2),
    ];
    for (which, expected) in rows {
        let json = list(&[which, &["--json"]].concat()).await.ok();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json.as_array().unwrap().len(), expected, "{which:?}");
    }
    for wrong in [&["--since", "yesterday"][..], &["--channel", "pigeon"], &["--out", "x.csv"]] {
        assert!(!list(wrong).await.success, "{wrong:?}");
    }

    let out = list(&["--export", "csv", "--out", "leads.csv"]).await.ok();
    assert!(out.contains("2 leads are written to leads.csv"), "{out}");
    let written = std::fs::read_to_string(place.folder().join("leads.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(written.as_bytes());
    let header = "id,submitted_at,channel,session_id,full_name,phone,email,zip_code,vehicle_make,vehicle_model,vehicle_year";
    assert_eq!(written.lines().next(), Some(header));
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let cells = |record: &csv::StringRecord| [4, 5, 7].map(|column| record[column].to_owned());
    assert_eq!(cells(&records[0]), ["Asha Rao", "+15551234567", "Pune"]);
    assert_eq!(cells(&records[1]), ["Asha Rao", "+15551234568", "'=HYPERLINK(1)"]);
    assert!(records[0][1].parse::<jiff::civil::DateTime>().is_ok(), "{written}");
    assert_eq!((&records[0][2], &records[0][6]), ("sms", ""));

    list(&["--export", "xlsx", "--out", "leads.xlsx"]).await.ok();
    let file = std::fs::File::open(place.folder().join("leads.xlsx")).unwrap();
    let mut archive = zip::ZipArchive::new(file).unwrap();
    let mut sheet = String::new();
    archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
    for text in ["vehicle_year", "+15551234567", "=HYPERLINK(1)"] {
        assert!(sheet.contains(&format!("<t>{text}</t>")), "{text} as text: {sheet}");
    }
    assert!(!sheet.contains("<f>"), "no formula: {sheet}");

    // Without a name it gets one; where nothing can be written nothing is left behind.
    list(&["--export", "csv"]).await.ok();
    let wrong = list(&["--export", "csv", "--out", "no/such/folder.csv"]).await;
    assert!(!wrong.success && wrong.told.contains("name another place with --out"), "{wrong:?}");
    let names = std::fs::read_dir(place.folder()).unwrap();
    let mut names: Vec<String> = names
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("leads"))
        .collect();
    names.sort();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(names[0].starts_with("leads-20") && names[0].ends_with(".csv"), "{names:?}");
}
