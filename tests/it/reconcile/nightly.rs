//! Every night: an alert where something does not agree, cleared once it does.

use super::fake::Crm;
use super::{delivered, errands, plant, server};
use crate::harness::{Place, texts};
use leadwire::clock::{DAY, HOUR};
use leadwire::jobs::reconcile::due;

const SINK: &str = r#"
[alerts]
reconcile_at = "14:00"

[[sinks]]
name = "crm"
kind = "rest"
url = "URL/leads"
update = "URL/leads/{{ sink_id }}"
list = "URL/leads?page={{ page }}"
found = "/leads"
key_field = "/leadwire_id"
FIELDS
"#;

on_both!(an_alert_is_raised_and_cleared);

async fn an_alert_is_raised_and_cleared(place: Place) {
    let crm = Crm::start().await;
    // The clock begins at ten.
    let app = server(&place, &crm, SINK, &[]).await;
    let ids = delivered(&app, &crm, "crm", 50).await;
    plant(&crm, &ids);
    let errands = errands(&app);
    let standing = async || {
        texts(&app.app.db, "message", "alerts WHERE name = 'reconcile:crm' AND cleared_at IS NULL").await
    };
    due(&app.app, &errands, false).await;
    assert_eq!((standing().await.len(), crm.asked("page 1")), (0, 0), "its time has not come");
    app.clock.advance(5 * HOUR);
    due(&app.app, &errands, false).await;
    let alert = standing().await;
    assert!(
        alert.len() == 1
            && alert[0].contains("1 missing there, 2 missing here, 3 differing, 4 there more than once"),
        "{alert:?}"
    );
    due(&app.app, &errands, false).await;
    assert_eq!(crm.asked("page 1"), 1, "once a day, whoever looks");
    // It is mended by hand.
    crm.restore(50);
    app.clock.advance(DAY);
    due(&app.app, &errands, false).await;
    assert_eq!(crm.asked("page 1"), 2);
    assert_eq!(standing().await.len(), 0, "all is well");
}
