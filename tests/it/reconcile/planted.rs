//! Planted differences, by every way in which they can be seen; and their repair.

use super::fake::Crm;
use super::{compared, delivered, errands, plant, server, sink, told, wanted};
use crate::harness::{Place, START};
use leadwire::clock::HOUR;
use leadwire::jobs::reconcile::{Against, Setting, Wanted, mend};

/// Sinks by what they can do.
const SINKS: &str = r#"
[[sinks]]
name = "both"
kind = "rest"
url = "URL/leads"
update = "URL/leads/{{ sink_id }}"
list = "URL/leads?page={{ page }}"
found = "/leads"
find_by_key = "URL/find?leadwire_id={{ key }}"
key_field = "/leadwire_id"
FIELDS

[[sinks]]
name = "lists"
kind = "rest"
url = "URL/leads"
list = "URL/leads?page={{ page }}"
found = "/leads"
key_field = "/leadwire_id"
FIELDS

[[sinks]]
name = "finds"
kind = "rest"
url = "URL/leads"
found = "/leads"
find_by_key = "URL/find?leadwire_id={{ key }}"
key_field = "/leadwire_id"
FIELDS

[[sinks]]
name = "keyless"
kind = "rest"
url = "URL/leads"
list = "URL/leads?page={{ page }}"
found = "/leads"
find_by_phone = "URL/find?phone={{ phone }}"
fields = { full_name = "{{ full_name }}", phone = "{{ phone }}", email = "{{ email }}", city = "{{ city }}" }

[[sinks]]
name = "spot"
kind = "hubspot"
url = "URL"
secret = "CRM_TOKEN"
rate = 1000
fields = { full_name = "{{ full_name }}", phone = "{{ phone }}", email = "{{ email }}", city = "{{ city }}" }

[[sinks]]
name = "blind"
kind = "rest"
url = "URL/leads"
FIELDS
"#;

on_both!(
    planted_differences_are_found,
    what_can_be_repaired_is,
    one_channel_alone,
    what_is_under_way_is_left_alone,
    what_came_after_an_export_is_not_missing_there,
    what_an_export_lacks_is_asked_for_before_it_is_made
);

/// missing there / missing here / differing / there more than once.
async fn planted_differences_are_found(place: Place) {
    let rows = [
        ("both", None, "1 / 2 / 3 / 4"),
        ("lists", None, "1 / 2 / 3 / 4"),
        // Only what is ours is asked for.
        ("finds", None, "1 / 0 / 3 / 4"),
        ("keyless", None, "1 / 2 / 3 / 4"),
        // HubSpot leaves an emptied field out; asked for by name it is empty.
        ("spot", None, "1 / 2 / 3 / 4"),
        ("blind", Some(true), "1 / 2 / 3 / 4"),
        ("blind", Some(false), "1 / 2 / 3 / 4"),
    ];
    for (n, (name, export, expected)) in rows.into_iter().enumerate() {
        let crm = Crm::start().await;
        let app = server(&place, &crm, SINKS, &[]).await;
        // Ids are of their time: no two servers here begin at the same.
        app.clock.advance(n as i64 * leadwire::clock::MINUTE);
        crate::harness::execute(&app.app.db, "DELETE FROM deliveries").await;
        let ids = delivered(&app, &crm, name, 250).await;
        let mut wanted = Wanted { fresh: true, ..wanted(&app) };
        if let Some(keys) = export {
            plant(&crm, &ids);
            let path = place.folder().join(format!("export{n}.csv"));
            std::fs::write(&path, crm.export(keys)).unwrap();
            wanted.against = Some(Against::File(path));
        } else {
            let before = compared(&app, name, &wanted).await.unwrap();
            assert_eq!(told(&before), "0 / 0 / 0 / 0", "{name}, before");
            plant(&crm, &ids);
        }
        let report = compared(&app, name, &wanted).await.unwrap();
        assert_eq!(told(&report), expected, "{name} {export:?}");
        assert_eq!(report.compared, 250, "{name}");
        let differing = &report.found[2].examples;
        let fields: Vec<&str> = differing.iter().map(|finding| finding.detail.as_str()).collect();
        assert_eq!(fields, ["email", "city", "full_name"], "{name}");
        app.stop().await;
    }
}

async fn what_can_be_repaired_is(place: Place) {
    let crm = Crm::start().await;
    let mut app = server(&place, &crm, SINKS, &[]).await;
    let ids = delivered(&app, &crm, "both", 50).await;
    plant(&crm, &ids);
    let wanted = wanted(&app);
    let report = compared(&app, "both", &wanted).await.unwrap();
    let errands = errands(&app);
    let ids = &app.app.ids;
    let setting = Setting { db: &app.app.db, clock: &app.clock, ids, errands };
    let mended = mend(&setting, sink(&app, "both"), &report.run).await.unwrap();
    assert_eq!(mended, 4, "one that is missing, three that differ");
    assert_eq!(mend(&setting, sink(&app, "both"), &report.run).await.unwrap(), 0, "once");
    assert_eq!(app.count("deliveries WHERE state = 'pending'").await, 4);
    app.work().await;
    app.settled().await;
    assert_eq!(app.count("deliveries WHERE state = 'pending'").await, 0);
    assert_eq!((crm.asked("create"), crm.asked("update")), (1, 3));
    assert_eq!(crm.fields_of("lw-5", "city"), ["Rome"], "it is there again, once");
    assert_eq!(crm.fields_of("lw-9", "city"), ["Rome"]);
    app.clock.advance(1);
    let again = compared(&app, "both", &wanted).await.unwrap();
    assert_eq!(told(&again), "0 / 2 / 0 / 4", "the rest is for people");
}

async fn one_channel_alone(place: Place) {
    let crm = Crm::start().await;
    let app = server(&place, &crm, SINKS, &[]).await;
    let ids = delivered(&app, &crm, "both", 50).await;
    plant(&crm, &ids);
    let wanted = Wanted { channel: Some("sms".to_owned()), ..wanted(&app) };
    let report = compared(&app, "both", &wanted).await.unwrap();
    assert_eq!(report.compared, 5, "each tenth came by SMS");
    let references: Vec<&str> = report.found[2].examples.iter().map(|found| found.detail.as_str()).collect();
    assert_eq!((report.found[0].count, references), (0, vec!["full_name"]));
}

async fn what_is_under_way_is_left_alone(place: Place) {
    let crm = Crm::start().await;
    let app = server(&place, &crm, SINKS, &[]).await;
    let ids = delivered(&app, &crm, "both", 20).await;
    crm.remove(ids[0]);
    crm.set(ids[1], "city", "Oslo");
    let wanted = wanted(&app);
    let report = compared(&app, "both", &wanted).await.unwrap();
    assert_eq!(told(&report), "1 / 0 / 1 / 0");
    // A correction comes between the plan and its execution.
    crate::harness::execute(&app.app.db, "UPDATE deliveries SET state = 'pending', revision = revision + 1")
        .await;
    let setting = Setting { db: &app.app.db, clock: &app.clock, ids: &app.app.ids, errands: errands(&app) };
    assert_eq!(mend(&setting, sink(&app, "both"), &report.run).await.unwrap(), 0);
    assert_eq!(app.count("outbox").await, 0);
    let report = compared(&app, "both", &wanted).await.unwrap();
    assert_eq!(told(&report), "0 / 0 / 0 / 0", "nor is it compared");
    assert_eq!(report.open.pending, 20);
    assert!(sink(&app, "both").sink.keeps_key() && !sink(&app, "keyless").sink.keeps_key());
}

/// An export of twenty without the first, written so many milliseconds after the tests' clock begins.
fn export(place: &Place, crm: &Crm, ids: &[u64], written: i64) -> Against {
    let path = place.folder().join(format!("export{written}.csv"));
    let all = crm.export(true);
    let without: Vec<&str> = all.lines().filter(|line| !line.starts_with(&format!("{},", ids[0]))).collect();
    assert_eq!(without.len(), 20, "a header and nineteen: {all}");
    std::fs::write(&path, without.join("\n")).unwrap();
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_millis((START + written) as u64);
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(at).unwrap();
    Against::File(path)
}

async fn what_came_after_an_export_is_not_missing_there(place: Place) {
    let crm = Crm::start().await;
    let app = server(&place, &crm, SINKS, &[]).await;
    let ids = delivered(&app, &crm, "blind", 20).await;
    for (written, expected) in [(-HOUR, "0 / 0 / 0 / 0"), (HOUR, "1 / 0 / 0 / 0")] {
        let against = Some(export(&place, &crm, &ids, written));
        let wanted = Wanted { against, fresh: true, ..wanted(&app) };
        assert_eq!(told(&compared(&app, "blind", &wanted).await.unwrap()), expected, "{written}");
    }
}

async fn what_an_export_lacks_is_asked_for_before_it_is_made(place: Place) {
    let crm = Crm::start().await;
    let mut app = server(&place, &crm, SINKS, &[]).await;
    let ids = delivered(&app, &crm, "both", 20).await;
    let wanted = Wanted { against: Some(export(&place, &crm, &ids, HOUR)), ..wanted(&app) };
    let report = compared(&app, "both", &wanted).await.unwrap();
    assert_eq!(told(&report), "1 / 0 / 0 / 0");
    let setting = Setting { db: &app.app.db, clock: &app.clock, ids: &app.app.ids, errands: errands(&app) };
    assert_eq!(mend(&setting, sink(&app, "both"), &report.run).await.unwrap(), 1);
    app.work().await;
    app.settled().await;
    assert_eq!((crm.asked("create"), app.count("deliveries WHERE state = 'delivered'").await), (0, 20));
}
