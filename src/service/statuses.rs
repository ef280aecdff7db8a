//! What providers report of our messages, kept monotonic: a callback that comes late or twice changes nothing.

use crate::app::App;
use crate::channels::{DeliveryStatus, StatusUpdate};
use crate::store::db::StoreError;
use crate::store::messages;

/// Records a report. One of a message we do not know is logged and let go: the provider cannot mend it.
///
/// # Errors
/// Where the database does not answer.
pub async fn record(app: &App, update: &StatusUpdate) -> Result<(), StoreError> {
    let Some(key) = update.message_ref else {
        tracing::info!(message.status = update.status.as_str(), "a status names no message of ours");
        return Ok(());
    };
    // Another report may come between reading and writing; then what it left is read again.
    loop {
        let Some(row) = messages::status(&app.db, key).await? else {
            tracing::warn!(
                conversation.id = key.conversation_id,
                message.seq = key.seq,
                "a status of an unknown message"
            );
            return Ok(());
        };
        let current = row.status.as_deref().and_then(DeliveryStatus::parse);
        let next = match current {
            None => Some(update.status),
            Some(current) => current.next(update.status),
        };
        let Some(next) = next else { return Ok(()) };
        let (was, code) = (row.status.as_deref(), update.error_code.as_deref());
        let now = app.clock.now();
        if messages::set_status(&app.db, key, was, next.as_str(), &update.provider_id, code, now).await? {
            metrics::counter!("leadwire_message_statuses_total", "status" => next.as_str()).increment(1);
            return Ok(());
        }
    }
}
