//! What operations are told.

use super::{app, slack};
use crate::harness::{Place, execute, texts};
use leadwire::clock::DAY;
use leadwire::service::watch;

on_both!(failed_deliveries_are_told_once, the_day_is_summed_up_once);

/// So many deliveries in this state, written now.
async fn deliveries(app: &crate::harness::TestApp, state: &str, from: i64, count: i64) {
    for place in from..from + count {
        let now = app.clock.now();
        let id = leadwire::ids::first_at(now) + place;
        let sql = format!(
            "INSERT INTO deliveries (tenant_id, id, sink, key, lead_id, person_id, conversation_id, channel, event, lead_data, payload,
               revision, state, created_at, updated_at)
             VALUES (1, {id}, 'crm', 'k{place}', 1, 1, 1, 'sms', 'completed', '{{}}', '{{}}', 1, '{state}', {now}, {now})"
        );
        execute(&app.app.db, &sql).await;
    }
}

async fn standing(app: &crate::harness::TestApp) -> Vec<String> {
    texts(&app.app.db, "name", "alerts WHERE cleared_at IS NULL ORDER BY name").await
}

async fn failed_deliveries_are_told_once(place: Place) {
    let ops = slack().await;
    let toml = r#"
        [[lists]]
        name = "ops"
        kind = "slack"
        webhook = "OPS"
        [alerts]
        via = "ops"
        failed = 3
        success_percent = 50
        daily_at = "23:59"
    "#;
    let mut app = app(&place, &["ops"], toml, &[("OPS", &ops.url)]).await;
    deliveries(&app, "failed", 0, 2).await;
    watch::look(&app.app).await.unwrap();
    assert_eq!(standing(&app).await, Vec::<String>::new());
    deliveries(&app, "failed", 2, 3).await;
    for _ in 0..3 {
        watch::look(&app.app).await.unwrap();
        app.pass(2_000).await;
    }
    assert_eq!(standing(&app).await, ["deliveries-failed", "success-rate"]);
    // In one message or in two, as they come; each once.
    let told: String = ops.came().iter().map(|came| came.json["blocks"].to_string()).collect();
    let before = ops.came().len();
    assert_eq!(told.matches("5 deliveries failed").count(), 1, "{told}");
    assert_eq!(told.matches("Only 0 of 100").count(), 1, "{told}");
    execute(&app.app.db, "UPDATE deliveries SET state = 'delivered' WHERE tenant_id = 1").await;
    watch::look(&app.app).await.unwrap();
    assert_eq!(standing(&app).await, Vec::<String>::new());
    deliveries(&app, "failed", 10, 3).await;
    watch::look(&app.app).await.unwrap();
    app.pass(2_000).await;
    assert_eq!(ops.came().len(), before + 1, "it holds again");
}

async fn the_day_is_summed_up_once(place: Place) {
    let ops = slack().await;
    let toml = "[alerts]\ndaily_at = \"10:30\"\nfailed = 100\nsuccess_percent = 0\n";
    let mut app = app(&place, &["slack"], toml, &[("SLACK_WEBHOOK_URL", &ops.url)]).await;
    deliveries(&app, "delivered", 0, 4).await;
    deliveries(&app, "failed", 4, 1).await;
    for (minutes, expected) in [(0, 0), (29, 0), (1, 1), (60, 1)] {
        app.pass(minutes * 60_000).await;
        watch::look(&app.app).await.unwrap();
        app.settled().await;
        assert_eq!(ops.came().len(), expected, "after {minutes} more minutes");
    }
    assert!(ops.came()[0].json.to_string().contains("4 delivered of 5"));
    app.clock.advance(DAY - 1);
    deliveries(&app, "delivered", 5, 1).await;
    watch::look(&app.app).await.unwrap();
    app.settled().await;
    assert_eq!(ops.came().len(), 2, "the next day");
}
