//! What is on its way while its person is erased.

use super::{erased, latest};
use crate::harness::{Place, number, texts};
use crate::work::{OURS, hire};
use leadwire::domain::access::Role;
use leadwire::service::indexing;
use leadwire::store::deliveries::{self, Attempt, Entry};
use leadwire::store::words::{self, Indexed};

on_both!(what_comes_back_late_writes_nothing_down,);

async fn what_comes_back_late_writes_nothing_down(place: Place) {
    let app = place.app().await;
    let db = &app.app.db;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    app.twilio_message("+14155550123", "Hello zqlate", "SM1").await.texts();
    let lead = latest(&app).await;
    let conversation = number(db, "SELECT MAX(id) FROM conversations").await;
    crate::harness::execute(
        db,
        format!(
            "INSERT INTO deliveries (tenant_id, id, sink, key, lead_id, person_id, conversation_id, channel, event, lead_data, payload,
               revision, state, created_at, updated_at)
             VALUES (1, 71, 'crm', 'lw-{lead}', {lead}, 1, {conversation}, 'sms', 'completed', '{{}}', '{{}}', 1, 'pending', 1, 1)"
        ),
    )
    .await;
    erased(&app, &admin.token, lead).await;
    // A request that was under way is answered.
    let attempt = Attempt {
        id: 1,
        action: "create",
        outcome: "delivered",
        is_repeat: false,
        status: Some(200),
        duration_ms: 3,
        request: "zqlate".to_owned(),
        response: "zqlate".to_owned(),
        error: Some("zqlate".to_owned()),
        created_at: app.clock.now(),
    };
    let entry = Entry {
        tenant_id: 1,
        delivery_id: 71,
        state: "delivered",
        delivered_revision: Some(1),
        sink_id: Some("00Q1".to_owned()),
        is_gone: false,
        doubt: None,
        answered: Some("zqlate".to_owned()),
        error: Some("zqlate".to_owned()),
        at: app.clock.now(),
        attempts: vec![attempt],
    };
    deliveries::record(db, &[entry]).await.unwrap();
    let kept =
        texts(db, "state || sink_id || COALESCE(response, '') || COALESCE(last_error, '')", "deliveries")
            .await;
    assert_eq!(kept, ["erased00Q1"], "but for where the record is");
    assert_eq!(texts(db, "request || response || COALESCE(error, '')", "delivery_attempts").await, [""]);
    let job = deliveries::for_job(db, 1, ("crm", &format!("lw-{lead}")), ("", 1), 1).await.unwrap();
    assert!(job.is_none(), "no job has it any more");
    // Words that were read before.
    let late = Indexed { tenant_id: 1, conversation_id: conversation, seq: 3, words: "t1 zqlate".to_owned() };
    words::write(db, &[late]).await.unwrap();
    indexing::catch_up(&app.app, &tokio_util::sync::CancellationToken::new()).await.unwrap();
    let found = crate::work::ask(&app, &admin.token, "GET", "/api/v1/leads?said=zqlate", None).await;
    assert_eq!(found.json(), serde_json::json!([]));
}
