//! What comes from WhatsApp: every event of a webhook is taken, each message as a turn.

use crate::app::App;
use crate::channels::whatsapp::{self, Event, Failure, Fate, Item, Noted, Recipient, Sender, Words, failure};
use crate::channels::{DeliveryStatus, Inbound};
use crate::domain::approved::Template;
use crate::domain::channel::Channel;
use crate::domain::consent::Signal;
use crate::domain::message::{Note, Say};
use crate::domain::sending::Dispatch;
use crate::domain::window::Window;
use crate::flow::texts::{TextKey, builtin, own};
use crate::service::statuses;
use crate::service::turns::{self, Enqueued};
use crate::store::messages;
use crate::store::tenants::AccountRow;
use crate::turns::{Sends, Told, TurnError, TurnInput, TurnRequest};
use std::sync::Arc;

/// The provider's name among the channel accounts.
pub const PROVIDER: &str = "whatsapp";

/// Takes all events of a webhook that was signed with these secrets: messages and notes as turns, side by side but in
/// order for each person; statuses as what became of our messages. Returns when all of it is durable. Events of numbers
/// that are not ours, or not this app's, are let go.
///
/// # Errors
/// Why some event is not stored; all others are. Taken again, what is stored changes nothing.
pub async fn take(app: &App, events: Vec<Event>, signed_with: &[&str]) -> Result<(), TurnError> {
    let mut outcome = Ok(());
    let mut note = |result: Result<(), TurnError>| {
        if let Err(error) = result {
            metrics::counter!("leadwire_whatsapp_events_total", "what" => "failed").increment(1);
            tracing::warn!("an event of WhatsApp's is not stored: {error}");
            // A failure that may pass is the one to be told: then all of it comes again.
            if outcome.is_ok() || is_passing(&error) {
                outcome = Err(error);
            }
        }
    };
    let mut taken: Vec<Enqueued> = Vec::new();
    let mut fates: Vec<(&AccountRow, Fate)> = Vec::new();
    for Event { phone_number_id, item } in events {
        metrics::counter!("leadwire_whatsapp_events_total", "what" => name(&item)).increment(1);
        let account = match item {
            Item::Account { .. } => None,
            _ => account(app, &phone_number_id, signed_with),
        };
        let request = match (item, account) {
            (Item::Account { field }, _) => {
                tracing::info!(
                    whatsapp.field = field,
                    "WhatsApp tells something about the account; see its manager"
                );
                continue;
            }
            (_, None) => {
                metrics::counter!("leadwire_whatsapp_events_total", "what" => "foreign").increment(1);
                tracing::debug!("an event of a number that is not ours");
                continue;
            }
            (Item::Message(inbound), Some(account)) => message(app, account, *inbound),
            (Item::Noted(noted), Some(account)) => noted_turn(account, *noted),
            (Item::Fate(fate), Some(account)) => {
                fates.push((account, *fate));
                continue;
            }
            (Item::Failed { code }, Some(_)) => {
                tracing::warn!(whatsapp.code = code, "WhatsApp could not handle something");
                continue;
            }
            (Item::Unusable { why }, Some(_)) => {
                tracing::warn!("an event of WhatsApp's cannot be used: {why}");
                continue;
            }
        };
        match turns::enqueue(app, request) {
            Ok(enqueued) => taken.push(enqueued),
            Err(error) => note(Err(error)),
        }
    }
    for (account, fate) in fates {
        match record(app, account, fate).await {
            Ok(opt_out) => taken.extend(opt_out),
            Err(error) => note(Err(error)),
        }
    }
    for enqueued in taken {
        note(enqueued.answered().await.map(drop));
    }
    outcome
}

/// Whether the same may succeed when it comes again.
fn is_passing(error: &TurnError) -> bool {
    match error {
        TurnError::Busy | TurnError::Closing | TurnError::Contended => true,
        TurnError::Store(cause) => cause.is_passing(),
        _ => false,
    }
}

fn name(item: &Item) -> &'static str {
    match item {
        Item::Message(_) => "message",
        Item::Noted(_) => "note",
        Item::Fate(_) => "status",
        Item::Failed { .. } => "error",
        Item::Account { .. } => "account",
        Item::Unusable { .. } => "unusable",
    }
}

/// Our account with this number, if the app that signed is the one it belongs to: no app speaks for another's number.
fn account<'a>(app: &'a App, phone_number_id: &str, signed_with: &[&str]) -> Option<&'a AccountRow> {
    app.accounts.iter().find(|account| {
        account.provider == PROVIDER
            && account.address == phone_number_id
            && signed_with.contains(&account.secret_name.as_str())
    })
}

fn message(app: &App, account: &AccountRow, inbound: Inbound) -> TurnRequest {
    // Whoever taps an option picks it, whatever it is called.
    let signal = if inbound.said.step.is_some() { None } else { inbound.signal() };
    let sends: Sends = if app.config.whatsapp.read_receipts { read_and_sends } else { sends };
    TurnRequest {
        tenant_id: account.tenant_id,
        account_id: account.id,
        channel: Channel::Whatsapp,
        identities: inbound.identities,
        session: None,
        input: TurnInput::Message { said: inbound.said, signal },
        provider_id: Some(inbound.provider_id),
        sender_name: inbound.sender_name,
        // WhatsApp knows no such words; they are ours to answer.
        confirm_consent: true,
        encode: nothing,
        sends: Some(sends),
    }
}

fn noted_turn(account: &AccountRow, noted: Noted) -> TurnRequest {
    let Noted { note, identities, provider_id, sender_name, signal } = noted;
    TurnRequest {
        tenant_id: account.tenant_id,
        account_id: account.id,
        channel: Channel::Whatsapp,
        identities,
        session: None,
        input: TurnInput::Noted { note, signal },
        provider_id: Some(provider_id),
        sender_name,
        confirm_consent: true,
        encode: nothing,
        sends: None,
    }
}

/// Meta is answered by the status alone.
fn nothing(_: &Told<'_>) -> String {
    String::new()
}

/// Records what became of a message; an opt-out that shows in it is a turn of the person's.
async fn record(app: &App, account: &AccountRow, fate: Fate) -> Result<Option<Enqueued>, TurnError> {
    let Fate { mut update, recipient, code } = fate;
    let stored = |error| TurnError::Store(Arc::new(error));
    if update.message_ref.is_none() {
        for identity in &recipient {
            let (kind, value) = (identity.kind.as_str(), identity.key());
            let found = messages::sent_as(&app.db, account.tenant_id, kind, &value, &update.provider_id);
            update.message_ref = found.await.map_err(stored)?;
            if update.message_ref.is_some() {
                break;
            }
        }
    }
    statuses::record(app, account.tenant_id, &update).await.map_err(stored)?;
    let Some(code) = code.filter(|_| update.status == DeliveryStatus::Failed) else { return Ok(None) };
    let (kind, words) = failure(code);
    metrics::counter!("leadwire_whatsapp_failures_total", "kind" => kind.as_str()).increment(1);
    if kind == Failure::Account {
        tracing::error!(whatsapp.code = code, "messages do not go through: {words}");
    }
    if kind != Failure::OptedOut {
        return Ok(None);
    }
    let mut identities = recipient;
    if let (true, Some(key)) = (identities.is_empty(), update.message_ref)
        && key.tenant_id == account.tenant_id
    {
        identities = messages::addressees(&app.db, key).await.map_err(stored)?;
    }
    if identities.is_empty() {
        tracing::warn!(whatsapp.code = code, "somebody opted out, but WhatsApp does not say who");
        return Ok(None);
    }
    let note = Note { note: "opted_out".to_owned(), words: format!("{words} ({code})"), about: None };
    let provider_id = format!("failed:{}", update.provider_id);
    let noted = Noted { note, identities, provider_id, sender_name: None, signal: Some(Signal::Stop) };
    turns::enqueue(app, noted_turn(account, noted)).map(Some)
}

/// What the outbox is to send of a turn on WhatsApp, in order: what is said, or the template in its place.
pub fn sends(told: &Told<'_>) -> Vec<Dispatch> {
    let Some(template) = told.template.and_then(Template::parse) else { return words(told, told.says) };
    let mut instead = words(told, told.says.get(..1).unwrap_or_default());
    for dispatch in &mut instead {
        let closed = Window::TemplateOnly { closed_at: None };
        if let Ok(body) = whatsapp::send_when(&dispatch.body, closed, Some(&template)) {
            dispatch.body = body.into_owned();
        }
    }
    instead
}

fn words(told: &Told<'_>, says: &[Say]) -> Vec<Dispatch> {
    let Some(to) = recipient(told) else { return Vec::new() };
    let channel = told.request.channel;
    let text = |key: TextKey, language: &str| match own(told.flow, key, channel, language) {
        Some(template) => template.source().to_owned(),
        None => builtin(key, language).to_owned(),
    };
    let words = |say: &Say| {
        let yes_no = text(TextKey::YesNo, &say.language);
        let (yes, no) = yes_no.split_once('/').unwrap_or((&yes_no, ""));
        Words {
            yes: yes.trim().to_owned(),
            no: no.trim().to_owned(),
            choose: text(TextKey::Choose, &say.language),
        }
    };
    whatsapp::messages(says, &to, told.first, &words)
}

/// As [`sends`], with "read" and the typing dots before it. Nothing is told of what is not answered.
fn read_and_sends(told: &Told<'_>) -> Vec<Dispatch> {
    let mut dispatches = sends(told);
    let id = told.request.provider_id.as_deref().filter(|id| !whatsapp::is_made_up(id));
    if let (false, Some(id), Some(to)) = (dispatches.is_empty(), id, recipient(told)) {
        dispatches.insert(0, whatsapp::read(id, &to));
    }
    dispatches
}

fn recipient(told: &Told<'_>) -> Option<Recipient> {
    Recipient::of(&told.request.identities)
}

/// How to send from an account.
///
/// # Errors
/// The variable that has to be set before anything can be.
pub fn sender(app: &App, account: &AccountRow) -> Result<Sender, String> {
    let config = &app.config.whatsapp;
    let token = match &account.token_name {
        None => config.access_token.clone().ok_or("WHATSAPP_ACCESS_TOKEN"),
        Some(name) => app.config.secrets(name).into_iter().next().ok_or(name.as_str()),
    };
    Ok(Sender {
        base: config.api_base.clone(),
        version: config.api_version.clone(),
        phone_number_id: account.address.clone(),
        token: token?,
    })
}
