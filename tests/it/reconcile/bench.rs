//! 100,000 leads against a CRM that takes 100 requests a second: `cargo test --release --test it reconcile::bench -- --ignored --nocapture`.

use super::fake::Crm;
use super::{compared, delivered, plant, server, told, wanted};
use crate::harness::{Place, on_sqlite};
use std::time::{Duration, Instant};

const SINKS: &str = r#"
[[sinks]]
name = "lists"
kind = "rest"
url = "URL/leads"
list = "URL/leads?page={{ page }}"
found = "/leads"
find_by_key = "URL/find?leadwire_id={{ key }}"
key_field = "/leadwire_id"
rate = 100
FIELDS

[[sinks]]
name = "spot"
kind = "hubspot"
url = "URL"
secret = "CRM_TOKEN"
rate = 100
fields = { full_name = "{{ full_name }}", phone = "{{ phone }}", email = "{{ email }}", city = "{{ city }}" }
"#;

#[test]
#[ignore = "takes minutes; the document says how to run it"]
fn a_hundred_thousand() {
    on_sqlite(measured);
}

async fn measured(place: Place) {
    // HubSpot's search ends after 10,000: what is missing here or there twice behind that is not found, and the note says so.
    for (name, expected) in [("lists", "1 / 2 / 3 / 4"), ("spot", "1 / 0 / 3 / 0")] {
        let crm = Crm::start().await;
        let app = server(&place, &crm, SINKS, &[]).await;
        app.clock.advance(if name == "spot" { leadwire::clock::HOUR } else { 0 });
        crate::harness::execute(&app.app.db, "DELETE FROM deliveries").await;
        let ids = delivered(&app, &crm, name, 100_000).await;
        plant(&crm, &ids);
        crm.take(110);
        let wanted = wanted(&app);
        let began = Instant::now();
        let cut = tokio::time::timeout(Duration::from_secs(3), compared(&app, name, &wanted)).await;
        let (cut_short, at) = (cut.is_err(), began.elapsed());
        let report = compared(&app, name, &wanted).await.unwrap();
        println!(
            "{name}: {} found {} in {:?} (interrupted: {cut_short} after {at:?}, taken up: {}), requests turned away: {}",
            report.compared,
            told(&report),
            began.elapsed(),
            report.is_taken_up,
            crm.turned_away()
        );
        assert_eq!(told(&report), expected);
        assert_eq!(report.note.is_some(), name == "spot", "{:?}", report.note);
        app.stop().await;
    }
}
