//! A run that was interrupted goes on where it was.

use super::fake::Crm;
use super::{compared, delivered, plant, server, told, wanted};
use crate::harness::Place;
use leadwire::jobs::reconcile::{Against, Wanted};
use std::time::Duration;

const SINK: &str = r#"
[[sinks]]
name = "crm"
kind = "rest"
url = "URL/leads"
list = "URL/leads?page={{ page }}"
found = "/leads"
find_by_key = "URL/find?leadwire_id={{ key }}"
key_field = "/leadwire_id"
FIELDS
"#;

on_both!(interrupted_and_taken_up, what_is_another_question_begins_anew, exports_go_on_too);

async fn interrupted_and_taken_up(place: Place) {
    let crm = Crm::start().await;
    let app = server(&place, &crm, SINK, &[]).await;
    let ids = delivered(&app, &crm, "crm", 500).await;
    plant(&crm, &ids);
    let wanted = wanted(&app);
    crm.hang_at(Some(4));
    let run = tokio::time::timeout(Duration::from_secs(3), compared(&app, "crm", &wanted)).await;
    assert!(run.is_err(), "it hangs and is interrupted");
    crm.hang_at(None);
    let report = compared(&app, "crm", &wanted).await.unwrap();
    assert!(report.is_taken_up);
    assert_eq!(told(&report), "1 / 2 / 3 / 4");
    assert_eq!((crm.asked("page 3"), crm.asked("page 4")), (1, 2), "what was read is not read again");
    let report = compared(&app, "crm", &wanted).await.unwrap();
    assert!(!report.is_taken_up, "one that ended is not taken up");
    assert_eq!(told(&report), "1 / 2 / 3 / 4");
}

async fn what_is_another_question_begins_anew(place: Place) {
    let crm = Crm::start().await;
    let app = server(&place, &crm, SINK, &[]).await;
    delivered(&app, &crm, "crm", 300).await;
    let asked = wanted(&app);
    let rows = [
        ("other words", Wanted { words: "3d".to_owned(), ..asked.clone() }, 0),
        ("another channel", Wanted { channel: Some("sms".to_owned()), ..asked.clone() }, 0),
        ("fresh", Wanted { fresh: true, ..asked.clone() }, 0),
        ("a day later", asked.clone(), leadwire::clock::DAY + 1),
    ];
    for (label, other, later) in rows {
        crm.hang_at(Some(2));
        let fresh = Wanted { fresh: true, ..asked.clone() };
        let run = tokio::time::timeout(Duration::from_secs(2), compared(&app, "crm", &fresh)).await;
        assert!(run.is_err(), "{label}");
        crm.hang_at(None);
        app.clock.advance(later);
        let report = compared(&app, "crm", &other).await.unwrap();
        assert!(!report.is_taken_up, "{label}");
    }
}

async fn exports_go_on_too(place: Place) {
    let crm = Crm::start().await;
    let app = server(&place, &crm, SINK, &[]).await;
    let ids = delivered(&app, &crm, "crm", 2_500).await;
    plant(&crm, &ids);
    let path = place.folder().join("export.csv");
    // A quote that is never closed, where the second piece ends.
    let whole = crm.export(true);
    let wanted = Wanted { against: Some(Against::File(path.clone())), ..wanted(&app) };
    std::fs::write(&path, "").unwrap();
    let error = compared(&app, "crm", &wanted).await.unwrap_err();
    assert!(error.to_string().contains("empty"), "{error}");
    std::fs::write(&path, "Name,City\nAnn,Rome\n").unwrap();
    let error = compared(&app, "crm", &wanted).await.unwrap_err();
    assert!(error.to_string().contains("leadwire_id, phone or email"), "{error}");
    let lines: Vec<&str> = whole.lines().collect();
    std::fs::write(&path, format!("{}\n\"{}", lines[..2_000].join("\n"), "x".repeat(3 << 20))).unwrap();
    let error = compared(&app, "crm", &wanted).await.unwrap_err();
    assert!(error.to_string().contains("is a quote not closed?"), "{error}");
    std::fs::write(&path, whole.replace(',', ";")).unwrap();
    let report = compared(&app, "crm", &wanted).await.unwrap();
    assert_eq!(told(&report), "1 / 2 / 3 / 4", "with semicolons");
    assert!(!report.is_taken_up, "another file");
}
