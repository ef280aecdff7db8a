//! Every night what leads say is put right: an alert where anything had to be, cleared by a night that finds nothing.

use super::{first, tried};
use crate::harness::{Place, START, TestApp, execute, texts};
use crate::work::{OTHER, two_centers};
use leadwire::clock::{DAY, HOUR, MINUTE};
use leadwire::service::outreach::nightly::due;
use leadwire::store::alerts::take_run;
use tokio_util::sync::CancellationToken;

on_both!(
    a_night_that_finds_something_is_an_alert_and_one_that_does_not_clears_it,
    it_comes_at_two_by_each_centers_clock,
    a_run_that_broke_off_is_taken_up_once,
    a_run_that_failed_is_seen_and_taken_up,
);

async fn standing(app: &TestApp) -> Vec<String> {
    texts(&app.app.db, "message", "alerts WHERE tenant_id = 1 AND name = 'fix-status' AND cleared_at IS NULL")
        .await
}

async fn fixed(app: &TestApp) -> i64 {
    app.count("audit_log WHERE event = 'status_fixed' AND program = 'nightly fix-status'").await
}

async fn look(app: &TestApp) {
    due(&app.app, &CancellationToken::new(), false).await;
}

async fn a_night_that_finds_something_is_an_alert_and_one_that_does_not_clears_it(place: Place) {
    let settings = [("SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/T/B/x")];
    let app = place.app_with(&settings).await;
    let lead = first(&app).await;
    tried(&app, lead, 1, 2, "'new'").await;
    tried(&app, lead, 3, 1, "'no_answer'").await;
    look(&app).await;
    let alert = standing(&app).await;
    assert!(alert.len() == 1 && alert[0].starts_with("3 of 4 leads "), "{alert:?}");
    assert!(alert[0].contains("2 tried but new, 1 with other numbers, 0 that said nothing"), "{alert:?}");
    assert_eq!(fixed(&app).await, 3);
    assert_eq!(app.count("notices WHERE event = 'alert'").await, 1, "operations are told");
    let health = app.get("/health").await.json();
    assert_eq!(health["alerts"][0], "fix-status; leadwire doctor says more", "{health}");

    tried(&app, lead, 4, 1, "NULL").await;
    look(&app).await;
    assert_eq!(fixed(&app).await, 3, "once a day, whoever looks");
    app.clock.advance(DAY);
    look(&app).await;
    assert_eq!((fixed(&app).await, standing(&app).await.len()), (4, 1), "it stands");
    assert_eq!(app.count("notices WHERE event = 'alert'").await, 1, "and is told once");
    // Some nights nobody was there: that is one run.
    app.clock.advance(3 * DAY);
    look(&app).await;
    look(&app).await;
    assert_eq!((fixed(&app).await, standing(&app).await.len()), (4, 0), "all is well");
}

async fn it_comes_at_two_by_each_centers_clock(place: Place) {
    let app = two_centers(&place).await;
    let lead = first(&app).await;
    // Here the clock begins at ten in the morning, there it is half past three.
    look(&app).await;
    let ran = async |tenant: i64| {
        texts(
            &app.app.db,
            "ran_for",
            &format!("schedules WHERE tenant_id = {tenant} AND name = 'reconcile_lead_status'"),
        )
        .await
    };
    assert_eq!(
        (ran(1).await, ran(OTHER.0).await),
        (vec!["2026-01-05".to_owned()], vec!["2026-01-05".to_owned()])
    );
    tried(&app, lead, 1, 1, "'new'").await;
    execute(&app.app.db, format!("UPDATE leads SET tenant_id = 2 WHERE id = {lead} + 1")).await;
    execute(&app.app.db, "UPDATE outreach_attempts SET tenant_id = 2").await;
    let two_there = START + 10 * HOUR + 30 * MINUTE;
    app.clock.advance(two_there - 1 - app.clock.now());
    look(&app).await;
    assert_eq!((ran(OTHER.0).await, fixed(&app).await), (vec!["2026-01-05".to_owned()], 0), "not yet");
    app.clock.advance(1);
    look(&app).await;
    assert_eq!((ran(OTHER.0).await, fixed(&app).await), (vec!["2026-01-06".to_owned()], 1));
    assert_eq!((ran(1).await, standing(&app).await.len()), (vec!["2026-01-05".to_owned()], 0), "not here");
    let theirs = texts(&app.app.db, "name", "alerts WHERE tenant_id = 2 AND cleared_at IS NULL").await;
    assert_eq!(theirs, ["fix-status"]);
}

async fn a_run_that_broke_off_is_taken_up_once(place: Place) {
    let app = place.app().await;
    let lead = first(&app).await;
    tried(&app, lead, 1, 2, "'new'").await;
    // One process is told to stop before it came to anything, another was killed.
    let stopped = CancellationToken::new();
    stopped.cancel();
    due(&app.app, &stopped, false).await;
    assert_eq!((fixed(&app).await, standing(&app).await.len()), (0, 0));
    look(&app).await;
    assert_eq!(fixed(&app).await, 0, "somebody has it");
    due(&app.app, &CancellationToken::new(), true).await;
    assert_eq!((fixed(&app).await, standing(&app).await.len()), (2, 1));
    tried(&app, lead, 3, 1, "'new'").await;
    due(&app.app, &CancellationToken::new(), true).await;
    assert_eq!(fixed(&app).await, 2, "it has ended");

    app.clock.advance(DAY);
    let now = app.clock.now();
    assert!(take_run(&app.app.db, 1, "reconcile_lead_status", "2026-01-06", now).await.unwrap());
    execute(&app.app.db, "DELETE FROM outreach_attempts").await;
    execute(&app.app.db, format!("DELETE FROM leads WHERE id > {lead}")).await;
    due(&app.app, &CancellationToken::new(), true).await;
    assert_eq!(standing(&app).await.len(), 1, "what the other found is not known");
    app.clock.advance(DAY);
    look(&app).await;
    assert_eq!(standing(&app).await.len(), 0);
}

async fn a_run_that_failed_is_seen_and_taken_up(place: Place) {
    leadwire::telemetry::metrics();
    let app = place.app().await;
    let lead = first(&app).await;
    tried(&app, lead, 1, 1, "'new'").await;
    let result = async || {
        texts(&app.app.db, "result", "schedules WHERE tenant_id = 1 AND name = 'reconcile_lead_status'").await
    };
    let rename =
        async |from: &str, to: &str| execute(&app.app.db, format!("ALTER TABLE {from} RENAME TO {to}")).await;
    rename("outreach_attempts", "attempts_away").await;
    look(&app).await;
    assert!(result().await[0].starts_with("failed: "), "{:?}", result().await);
    assert!(standing(&app).await[0].contains("could not be compared"));
    rename("attempts_away", "outreach_attempts").await;
    look(&app).await;
    assert_eq!(fixed(&app).await, 0, "once a night, unless a process begins anew");
    due(&app.app, &CancellationToken::new(), true).await;
    assert_eq!((fixed(&app).await, result().await), (1, vec!["1 of 2 put right".to_owned()]));
    let metrics = app.get("/metrics").await.body;
    for outcome in ["done", "failed"] {
        let line = format!("leadwire_tasks_total{{task=\"reconcile_lead_status\",outcome=\"{outcome}\"}}");
        assert!(metrics.contains(&line), "{line}: {metrics}");
    }
}
