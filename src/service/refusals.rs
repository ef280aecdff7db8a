//! A provider's word that somebody wants nothing from us: an opt-out, recorded as a turn of theirs like a STOP. Nothing is said.

use crate::app::App;
use crate::channels::StatusUpdate;
use crate::domain::channel::Channel;
use crate::domain::identity::{Identity, IdentityKind};
use crate::service::{statuses, turns};
use crate::store::conversations::{self, AddressRow};
use crate::turns::{TurnError, TurnInput, TurnRequest};
use std::sync::Arc;

/// Takes up a report that a message of ours was refused for good by its recipient. To be called before the report itself is
/// recorded: one that comes again after a crash is then still news, and one that comes again after the person has opted in
/// is not.
///
/// # Errors
/// Where the turn was not taken; the report is then to be refused, too.
pub async fn reported(app: &App, tenant_id: i64, update: &StatusUpdate) -> Result<(), TurnError> {
    let Some(key) = update.message_ref.filter(|key| key.tenant_id == tenant_id) else { return Ok(()) };
    if !statuses::is_news(app, key, update).await.map_err(Arc::new)? {
        return Ok(());
    }
    let code = update.error_code.clone().unwrap_or_default();
    refused(app, tenant_id, key.conversation_id, code).await
}

/// Records that the person of a conversation wants nothing from us on its channel; `code` is the provider's number for it.
///
/// # Errors
/// Where the turn was not taken.
pub async fn refused(app: &App, tenant_id: i64, conversation_id: i64, code: String) -> Result<(), TurnError> {
    let rows = conversations::addresses(&app.db, tenant_id, conversation_id).await.map_err(Arc::new)?;
    let Some((AddressRow { account_id, channel, public_id, .. }, channel_kind)) =
        rows.first().and_then(|row| Some((row, Channel::parse(&row.channel)?)))
    else {
        return Ok(());
    };
    let identity =
        |row: &AddressRow| Some(Identity { kind: IdentityKind::parse(&row.kind)?, value: row.raw.clone() });
    let request = TurnRequest {
        tenant_id,
        account_id: *account_id,
        channel: channel_kind,
        identities: rows.iter().filter_map(identity).take(1).collect(),
        session: public_id.clone(),
        input: TurnInput::Refused { code },
        provider_id: None,
        sender_name: None,
        confirm_consent: false,
        encode: |_| String::new(),
        sends: None,
    };
    tracing::info!(
        conversation.id = conversation_id,
        channel,
        "a provider says that somebody wants nothing from us"
    );
    turns::submit(app, request).await.map(drop)
}
