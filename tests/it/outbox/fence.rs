//! The hold on a row: who lost it changes nothing; and taking rows costs one look at an index.

use super::fake::Fake;
use super::{ASHA, idle, jobs, say};
use crate::harness::{Place, START};
use leadwire::store::db::{Db, Exec, Sql};
use leadwire::store::outbox::{self, Finish, Held, LEASE, SETTLE};

on_both! {
    a_worker_that_lost_its_hold_changes_nothing,
    rows_are_taken_by_index,
    a_row_is_taken_once,
}

fn sent(held: &Held) -> Finish {
    Finish {
        tenant_id: held.tenant_id,
        id: held.id,
        attempts: held.attempts,
        lane: held.lane.clone(),
        place: held.place,
        state: "sent",
        run_at: 0,
        untried: 0,
        slotted: false,
        finished: true,
        provider_id: Some("SM1".to_owned()),
        last_error: None,
        error_code: None,
    }
}

async fn a_worker_that_lost_its_hold_changes_nothing(place: Place) {
    let fake = Fake::start().await;
    let app = idle(&place, &fake, &[]).await;
    say(&app, ASHA, "hi").await;
    let db = &app.app.db;
    let one = outbox::claim(db, "one", START, 10).await.unwrap().remove(0);
    assert!(outbox::claim(db, "other", START + LEASE - 1, 10).await.unwrap().is_empty(), "it is held");
    let late = START + LEASE;
    let unsure = outbox::claim(db, "other", late, 10).await.unwrap();
    assert_eq!((unsure.len(), unsure[0].holder.as_deref()), (1, None), "nobody has it before it is settled");
    let (changed, _) = outbox::finish(db, "one", &[sent(&one)], late).await.unwrap();
    assert!(changed.is_empty(), "its hold ran out");
    assert!(!outbox::mark_repeat(db, &one).await.unwrap());

    let other = outbox::claim(db, "other", late + SETTLE, 10).await.unwrap().remove(0);
    assert_eq!((other.holder.as_deref(), other.attempts), (Some("other"), 2));
    let pretending = Held { holder: Some("other".to_owned()), ..one.clone() };
    let (changed, _) = outbox::finish(db, "other", &[sent(&pretending)], late + SETTLE).await.unwrap();
    assert!(changed.is_empty(), "the same process with an older try");
    assert_eq!(jobs(&app).await, ["unsure 2 0 0"]);
    let (changed, _) = outbox::finish(db, "other", &[sent(&other)], late + SETTLE).await.unwrap();
    assert_eq!(changed, [(1, other.id)]);
    let (changed, _) = outbox::finish(db, "other", &[sent(&other)], late + SETTLE).await.unwrap();
    assert!(changed.is_empty(), "once");
    assert_eq!(jobs(&app).await, ["sent 2 0 0"]);
}

async fn a_row_is_taken_once(place: Place) {
    let fake = Fake::start().await;
    let app = idle(&place, &fake, &[]).await;
    crate::turns::all((0..40).map(|n| {
        let app = &app;
        async move { say(app, &format!("+1415557{n:04}"), "hi").await }
    }))
    .await;
    let db = &app.app.db;
    let holders = ["a", "b", "c", "d"];
    let taken = crate::turns::all(holders.map(|holder| async move {
        let mut ids = Vec::new();
        loop {
            let rows = outbox::claim(db, holder, START, 7).await.unwrap();
            ids.extend(rows.iter().map(|held| held.id));
            if rows.is_empty() {
                return ids;
            }
        }
    }))
    .await;
    let mut all: Vec<i64> = taken.into_iter().flatten().collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 40);
    assert_eq!(app.count("outbox WHERE state = 'held' AND attempts = 1").await, 40, "each by one");
}

async fn rows_are_taken_by_index(place: Place) {
    #[derive(Debug, sqlx::FromRow)]
    struct Line {
        line: String,
    }
    let fake = Fake::start().await;
    let app = idle(&place, &fake, &[]).await;
    let sql = outbox::claim_statement();
    let plan: Vec<Line> = match &app.app.db {
        Db::Sqlite { .. } => {
            let text = format!("EXPLAIN QUERY PLAN {}", sql.sqlite);
            #[derive(sqlx::FromRow)]
            struct Step {
                detail: String,
            }
            let steps: Vec<Step> = app
                .app
                .db
                .fetch_all(Sql::same(text.leak()), leadwire::args![0, "x", 0, 0, 0, 1])
                .await
                .unwrap();
            steps.into_iter().map(|step| Line { line: step.detail }).collect()
        }
        Db::Postgres { .. } => {
            #[derive(sqlx::FromRow)]
            struct Step {
                #[sqlx(rename = "QUERY PLAN")]
                plan: String,
            }
            let text = format!("EXPLAIN {}", sql.postgres);
            let steps: Vec<Step> = app
                .app
                .db
                .change_all(Sql::same(text.leak()), leadwire::args![0, "x", 0, 0, 0, 1])
                .await
                .unwrap();
            steps.into_iter().map(|step| Line { line: step.plan }).collect()
        }
    };
    let whole: Vec<&str> = plan.iter().map(|step| step.line.as_str()).collect();
    let uses = |name: &str| whole.iter().any(|line| line.contains(name));
    assert!(uses("outbox_due") && uses("outbox_lane"), "{whole:#?}");
    let scans =
        |line: &&&str| line.contains("SCAN o") || line.contains("SCAN e") || line.contains("Seq Scan");
    let scanned: Vec<&&str> =
        whole.iter().filter(scans).filter(|line| !line.contains("outbox_due")).collect();
    assert!(scanned.is_empty(), "{whole:#?}");
}
