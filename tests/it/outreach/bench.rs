//! The largest requests: `cargo test --release --test it outreach::bench -- --ignored --nocapture`.

use super::{first, tried};
use crate::harness::{Place, on_postgres, on_sqlite};
use crate::work::{OURS, ask, hire, well};
use leadwire::clock::Clock;
use leadwire::domain::access::Role;
use serde_json::json;
use std::time::Instant;

#[test]
#[ignore = "takes a minute; its first line says how to run it"]
fn a_hundred_thousand_and_one() {
    on_sqlite(measured);
    on_postgres(measured);
}

async fn measured(place: Place) {
    // A request's time is one of its bounds.
    let app = place.app_at(&[], Clock::System).await;
    let lead = first(&app).await;
    tried(&app, lead, 1, 100_001, "NULL").await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let (fix, recycle) = ("/api/v1/outreach/fix-status", "/api/v1/outreach/recycle");
    for (path, form) in [
        (fix, json!({"report_only": true})),
        (fix, json!({})),
        (fix, json!({"report_only": true})),
        (recycle, json!({"from": ["no_answer", null], "reset": true})),
    ] {
        let began = Instant::now();
        let answer = well(&ask(&app, &admin.token, "POST", path, Some(&form)).await);
        println!("{} {path} {form}: {answer} after {:?}", app.app.db.name(), began.elapsed());
        assert_eq!(answer["has_more"], true);
    }
}
