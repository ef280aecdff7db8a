//! When people are told.

use super::{app, hot, slack, standing};
use crate::harness::Place;

on_both!(nobody_is_told_in_quiet_hours);

/// The clock begins at ten in the morning, UTC: half past three in the afternoon in Kolkata.
async fn nobody_is_told_in_quiet_hours(place: Place) {
    let (here, there) = (slack().await, slack().await);
    let toml = r#"
        [[lists]]
        name = "here"
        kind = "slack"
        webhook = "HERE"
        quiet_from = "09:00"
        quiet_until = "11:00"
        [[lists]]
        name = "there"
        kind = "slack"
        webhook = "THERE"
        quiet_from = "09:00"
        quiet_until = "11:00"
        time_zone = "Asia/Kolkata"
    "#;
    let mut app = app(&place, &["here", "there"], toml, &[("HERE", &here.url), ("THERE", &there.url)]).await;
    hot(&app, "+14155550101", "Ann").await;
    app.settled().await;
    assert_eq!((here.came().len(), there.came().len()), (0, 1));
    app.pass(59 * 60_000).await;
    assert_eq!(here.came().len(), 0);
    app.pass(60_000).await;
    assert_eq!((here.came().len(), there.came().len()), (1, 1));
    assert_eq!(standing(&app).await, ["sent 2"]);
}
