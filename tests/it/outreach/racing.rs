//! Somebody works a lead between the two statements of recycling it. On SQLite nobody can: there is one writer.

use super::{first, tried};
use crate::harness::{Place, TestApp, on_postgres, texts};
use crate::work::{OURS, two_centers};
use leadwire::domain::outreach::Standing;
use leadwire::service::desk::Desk;
use leadwire::service::lifecycle::Actor;
use leadwire::service::outreach::{Recycle, Recycled, recycle};
use leadwire::store::db::{Exec, Sql};
use tokio_util::sync::CancellationToken;

/// Recycles leads 1 to 1,001 behind the first, while somebody who has locked them changes lead 1, or all of the first thousand.
async fn meanwhile(app: &TestApp, change: &str) -> Recycled {
    let mut tx = app.app.db.begin().await.unwrap();
    tx.execute(Sql::same(change.to_owned().leak()), vec![]).await.unwrap();
    let recorder = app.app.db.record();
    recorder.take();
    let (server, clock) = (app.app.clone(), app.clock.clone());
    let recycling = tokio::spawn(async move {
        let actor = Actor { user_id: None, program: "test".to_owned() };
        let desk = Desk { db: &server.db, ids: &server.ids, clock: &clock, tenant: OURS, actor: &actor };
        let wanted =
            Recycle { from: vec![Some(Standing::Busy)], to: Standing::New, resets: false, most: None };
        recycle(&desk, &wanted, &CancellationToken::new(), &mut |_| {}).await.unwrap()
    });
    // It has chosen its leads, and waits for them.
    while !recorder.take().iter().any(|(sql, _)| sql.postgres.contains("FOR UPDATE")) {
        tokio::task::yield_now().await;
    }
    tx.commit().await.unwrap();
    recycling.await.unwrap()
}

#[test]
fn who_buys_meanwhile_is_not_recycled() {
    on_postgres(async |place: Place| {
        let app = two_centers(&place).await;
        let lead = first(&app).await;
        for (n, change) in [
            "status = 'CONVERTED'",
            "status = 'CLOSED_LOST'",
            "is_active = FALSE",
            "merged_into = 1",
            "dial_status = 'sale'",
        ]
        .into_iter()
        .enumerate()
        {
            let from = n as i64 * 10 + 1;
            tried(&app, lead, from, 2, "'busy'").await;
            let done =
                meanwhile(&app, &format!("UPDATE leads SET {change} WHERE id = {lead} + {from}")).await;
            assert_eq!(done, Recycled { leads: 1, has_more: false }, "{change}");
            let stands =
                texts(&app.app.db, "dial_status", &format!("leads WHERE id = {lead} + {from}")).await;
            assert_eq!(stands, [if change.contains("sale") { "sale" } else { "busy" }], "{change}");
        }
    });
}

#[test]
fn a_batch_of_which_none_is_left_is_not_the_end() {
    on_postgres(async |place: Place| {
        let app = two_centers(&place).await;
        let lead = first(&app).await;
        tried(&app, lead, 1, 2_000, "'busy'").await;
        // Whichever thousand comes first, one of it is all the others wait for.
        let change =
            format!("UPDATE leads SET status = 'CONVERTED' WHERE id > {lead} AND id <= {lead} + 1000");
        let done = meanwhile(&app, &change).await;
        assert_eq!(done, Recycled { leads: 1_000, has_more: false });
        assert_eq!(app.count("leads WHERE dial_status = 'busy'").await, 1_000);
    });
}
