//! The indexes of words, a moment behind the turns: those leads are found by, which triggers note, and what people said, of which each
//! turn tells. What a crash left is found at the next start.

use crate::app::App;
use crate::domain::keywords;
use crate::store::db::StoreError;
use crate::store::leads;
use crate::store::words::{self, Indexed};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Conversations of one transaction: it holds SQLite's only writer, so it has to be short.
const AT_ONCE: usize = 100;
/// What is said in this time is read together: people write in bursts.
const SETTLE: Duration = Duration::from_millis(1_000);
/// How long to wait where the database did not answer.
const AGAIN: Duration = Duration::from_secs(10);

/// Keeps the index until `stopped`. What is not read by then is found at the next start.
pub async fn run(app: Arc<App>, stopped: CancellationToken) {
    let mut catches_up = true;
    loop {
        let done = if catches_up || app.unread.overflowed() {
            catch_up(&app, &stopped).await
        } else {
            read(&app).await
        };
        let wait = async {
            match &done {
                Ok(()) => {
                    app.unread.news().await;
                    tokio::time::sleep(SETTLE).await;
                }
                Err(error) => {
                    tracing::warn!("the indexes of words are behind: {}", error.chain());
                    tokio::time::sleep(AGAIN).await;
                }
            }
        };
        catches_up = done.is_err();
        tokio::select! {
            () = stopped.cancelled() => return,
            () = wait => {}
        }
    }
}

/// Reads what turns have told of; what they tell of meanwhile is for the next time. While people write without a pause every conversation
/// is read once a second and no oftener: it costs as much as a turn, and holds up turns on SQLite.
///
/// # Errors
/// Where the database does not answer; the rest is found by [`catch_up`].
pub async fn read(app: &App) -> Result<(), StoreError> {
    leads::settle_due(&app.db).await?;
    for some in app.unread.take().chunks(AT_ONCE) {
        index(app, some).await?;
    }
    Ok(())
}

/// Reads every conversation that the index is behind of; ends early when `stopped`.
///
/// # Errors
/// Where the database does not answer; what was read until then stays so.
pub async fn catch_up(app: &App, stopped: &CancellationToken) -> Result<(), StoreError> {
    leads::settle_due(&app.db).await?;
    let mut after = (0, 0);
    while !stopped.is_cancelled() {
        let behind = words::behind(&app.db, after, AT_ONCE as i64).await?;
        let Some(last) = behind.last() else { return Ok(()) };
        after = *last;
        index(app, &behind).await?;
    }
    Ok(())
}

async fn index(app: &App, conversations: &[(i64, i64)]) -> Result<(), StoreError> {
    let said = words::said(&app.db, conversations).await?;
    let rows: Vec<Indexed> = said
        .into_iter()
        .map(|((tenant_id, conversation_id), said)| Indexed {
            tenant_id,
            conversation_id,
            seq: said.seq,
            words: keywords::of_messages(tenant_id, said.texts.iter().map(String::as_str)),
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    words::write(&app.db, &rows).await
}
