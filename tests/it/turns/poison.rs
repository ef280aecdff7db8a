//! One person's turn that cannot be taken does not hurt the others of its batch.

use super::{GREETING, order::all, plain_app};
use crate::harness::{Place, Reply, TestApp, execute, number};
use crate::whole::assert_whole;
use leadwire::store::db::{Db, Exec, Sql};
use std::time::Duration;

on_both! {
    a_state_that_cannot_be_read_hurts_nobody_else,
    a_flow_version_that_is_gone_hurts_nobody_else,
    a_row_the_database_refuses_hurts_nobody_else,
}

fn phone(n: usize) -> String {
    format!("+1415555{n:04}")
}

async fn message(app: &TestApp, n: usize, text: &str) -> Reply {
    app.twilio_message(&phone(n), text, &format!("SM-{text}-{n}")).await
}

/// Thirty people say "hi"; then the last of them is poisoned, then all say "yes" in one batch.
async fn poisoned(app: &TestApp, poison: &str, status: u16) {
    for reply in all((0..30).map(|n| message(app, n, "hi"))).await {
        assert_eq!(reply.texts(), [GREETING]);
    }
    let last = "(SELECT c.id FROM conversations c JOIN identities i ON i.person_id = c.person_id
        WHERE i.value = '+14155550029')";
    assert_eq!(execute(&app.app.db, poison.replace("LAST", last)).await, 1, "one row is poisoned");

    let replies = in_one_batch(app, "yes").await;
    for (n, reply) in replies.into_iter().enumerate() {
        if n == 29 {
            assert_eq!(reply.status, status, "{reply:?}");
            assert_eq!(reply.header("content-type"), "application/problem+json");
        } else {
            assert!(reply.texts()[0].starts_with("What type of business"), "{n}: {reply:?}");
        }
    }
    let second = number(&app.app.db, "SELECT COUNT(*) FROM messages WHERE provider_id LIKE 'SM-yes-%'").await;
    assert_eq!(second, 29, "of the poisoned turn nothing is stored");
}

/// What thirty people get for a text that comes while the database is held: it waits, and then goes together.
async fn in_one_batch(app: &TestApp, text: &str) -> Vec<Reply> {
    let mut tx = app.app.db.begin().await.unwrap();
    if let Db::Postgres { .. } = app.app.db {
        let lock = Sql::same("LOCK TABLE persons IN EXCLUSIVE MODE");
        Exec::execute(&mut tx, lock, vec![]).await.unwrap();
    }
    let release = async {
        let all_in = async {
            // A turn that is refused when it is read leaves before the others, if its batch has nothing to store.
            while app.app.turns.lanes() < 29 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), all_in).await.expect("none is answered before");
        tx.commit().await.unwrap();
    };
    tokio::join!(all((0..30).map(|n| message(app, n, text))), release).0
}

async fn a_state_that_cannot_be_read_hurts_nobody_else(place: Place) {
    let app = plain_app(&place).await;
    poisoned(&app, "UPDATE conversations SET state = '{\"broken\"' WHERE id = LAST", 500).await;
    assert_whole(&app.app.db).await;
}

async fn a_flow_version_that_is_gone_hurts_nobody_else(place: Place) {
    let app = plain_app(&place).await;
    poisoned(&app, "UPDATE conversations SET flow_hash = 'gone' WHERE id = LAST", 500).await;
    assert_whole(&app.app.db).await;
}

async fn a_row_the_database_refuses_hurts_nobody_else(place: Place) {
    let app = plain_app(&place).await;
    // The place the last's next message would take is taken: the statement that stores the whole batch fails.
    let taken = "INSERT INTO messages (tenant_id, conversation_id, seq, person_id, direction, body, created_at)
        SELECT tenant_id, id, seq + 1, person_id, 'out', 'in the way', created_at FROM conversations WHERE id = LAST";
    poisoned(&app, taken, 500).await;
    execute(&app.app.db, "DELETE FROM messages WHERE body = 'in the way'").await;
    assert_whole(&app.app.db).await;
    let again = message(&app, 29, "yes").await;
    assert!(again.texts()[0].starts_with("What type"), "and the repeat succeeds");
}
