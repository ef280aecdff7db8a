//! What providers report of our messages, kept monotonic: a callback that comes late or twice changes nothing.

use super::{outbox, outreach};
use crate::app::App;
use crate::channels::{DeliveryStatus, MessageRef, Part, StatusUpdate};
use crate::store::db::StoreError;
use crate::store::messages::{self, Standing};

/// Records a report that came to an account of this tenant. One of a message we do not know, or of another tenant, is logged
/// and let go: the provider cannot mend it.
///
/// # Errors
/// Where the database does not answer.
pub async fn record(app: &App, tenant_id: i64, update: &StatusUpdate) -> Result<(), StoreError> {
    let Some(key) = update.message_ref else {
        tracing::info!(message.status = update.status.as_str(), "a status names no message of ours");
        return Ok(());
    };
    if key.tenant_id != tenant_id {
        tracing::warn!(tenant.id = tenant_id, "a status names a message of another tenant");
        return Ok(());
    }
    // First, so that a report that comes again after a crash is news to the outbox as well.
    outbox::heard(app, key, update.part, &update.provider_id).await?;
    set(app, key, update.part, update.status, Some(&update.provider_id), update.error_code.as_deref())
        .await?;
    // After it, and whether or not it was news: an attempt that does not know its message yet reads what is stored once it does.
    outreach::message_said(app, key, update.status.as_str(), update.error_code.as_deref()).await
}

/// Records that the provider did not take a part of a message of ours.
///
/// # Errors
/// Where the database does not answer.
pub async fn not_taken(app: &App, key: MessageRef, part: Part, code: Option<&str>) -> Result<(), StoreError> {
    set(app, key, part, DeliveryStatus::Failed, None, code).await?;
    outreach::message_said(app, key, DeliveryStatus::Failed.as_str(), code).await
}

/// What was reported of a part of a message of ours: the provider's id of it where only one part has one, and `None` where
/// nothing was reported.
///
/// # Errors
/// Where the database does not answer.
pub async fn reported(app: &App, key: MessageRef, part: Part) -> Result<Option<Option<String>>, StoreError> {
    let Some(row) = messages::status(&app.db, key).await? else { return Ok(None) };
    let known = stored(row.parts.as_deref())?.get(part.index).copied().flatten();
    // That it failed may be what we wrote ourselves of an earlier try.
    let known = known.filter(|status| *status != DeliveryStatus::Failed);
    Ok(known.map(|_| row.provider_id.filter(|_| part.of == 1)))
}

/// Whether its provider reported that a message of ours failed.
///
/// # Errors
/// Where the database does not answer.
pub async fn has_failed(app: &App, key: MessageRef) -> Result<bool, StoreError> {
    let Some(row) = messages::status(&app.db, key).await? else { return Ok(false) };
    Ok(stored(row.parts.as_deref())?.contains(&Some(DeliveryStatus::Failed)))
}

async fn set(
    app: &App,
    key: MessageRef,
    part: Part,
    reported: DeliveryStatus,
    provider_id: Option<&str>,
    error_code: Option<&str>,
) -> Result<(), StoreError> {
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
        let mut parts = stored(row.parts.as_deref())?;
        if !advance(&mut parts, part, reported) {
            return Ok(());
        }
        let status = DeliveryStatus::of_parts(&parts).unwrap_or(reported).as_str();
        let stands = Standing {
            parts: &serde_json::to_string(&parts).expect("names of statuses always serialise"),
            status,
            provider_id,
            error_code,
        };
        if messages::set_status(&app.db, key, row.parts.as_deref(), stands, app.clock.now()).await? {
            metrics::counter!("leadwire_message_statuses_total", "status" => reported.as_str()).increment(1);
            return Ok(());
        }
    }
}

/// Whether a report says something of a message of ours that is not known yet.
///
/// # Errors
/// Where the database does not answer.
pub async fn is_news(app: &App, key: MessageRef, update: &StatusUpdate) -> Result<bool, StoreError> {
    let Some(row) = messages::status(&app.db, key).await? else { return Ok(false) };
    Ok(advance(&mut stored(row.parts.as_deref())?, update.part, update.status))
}

/// The status of each part, as far as one was reported.
type Parts = Vec<Option<DeliveryStatus>>;

fn stored(parts: Option<&str>) -> Result<Parts, StoreError> {
    let Some(parts) = parts else { return Ok(Parts::new()) };
    serde_json::from_str(parts)
        .map_err(|error| StoreError::Corrupt { column: "messages.parts", source: error.into() })
}

/// Takes up what is reported of a part; whether it is news.
fn advance(parts: &mut Parts, part: Part, reported: DeliveryStatus) -> bool {
    parts.resize(parts.len().max(part.of), None);
    let slot = &mut parts[part.index];
    let next = slot.map_or(Some(reported), |current| current.next(reported));
    *slot = next.or(*slot);
    next.is_some()
}
