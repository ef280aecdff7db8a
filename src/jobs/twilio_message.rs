//! Messages by Twilio.

use super::{Kind, LookUp, account, to_be_mended};
use crate::app::App;
use crate::channels::twilio::send::{self, Settings, Wanted};
use crate::domain::rate::Rate;
use crate::domain::sending::{DispatchKind, Outgoing, SendOutcome};
use crate::domain::window::Window;
use crate::service::startup;
use crate::store::outbox::Held;
use crate::store::tenants::AccountRow;

pub(super) struct TwilioMessage;

impl Kind for TwilioMessage {
    fn kind(&self) -> DispatchKind {
        DispatchKind::TwilioMessage
    }

    fn request(&self, app: &App, held: &Held, window: Window) -> Result<Outgoing, SendOutcome> {
        if let (Some(reason), false) = (window.reason(), send::is_template(&held.payload)) {
            return Err(SendOutcome::Deferred { reason });
        }
        send::message(&self.dispatch(held), &settings(app, held)?).map_err(to_be_mended)
    }

    fn outcome(&self, status: u16, body: &str) -> SendOutcome {
        send::outcome(status, body)
    }

    fn rate(&self, app: &App, account: &AccountRow) -> Option<Rate> {
        Rate::per_second(account.per_second(app.config.twilio.segments_per_second))
    }

    fn cost(&self, held: &Held) -> i64 {
        send::segments_of(&held.payload) as i64
    }

    /// Twice the same template is an advertisement too many, and the look-up knows messages by their words.
    fn may_repeat(&self, held: &Held, _window: Window) -> bool {
        !send::is_template(&held.payload)
    }

    fn look_up(&self, app: &App, held: &Held) -> Option<LookUp> {
        let settings = settings(app, held).ok()?;
        let url = send::look_up(&self.dispatch(held), &settings, held.created_at);
        Some(LookUp { url, authorization: settings.authorization() })
    }

    fn found(&self, held: &Held, page: &str, others: &[String]) -> Result<Option<String>, String> {
        let dispatch = self.dispatch(held);
        send::found(page, Wanted { dispatch: &dispatch, since: held.created_at, others })
    }
}

/// What sending needs to know of the job's account.
///
/// # Errors
/// What is missing in the configuration; the job waits for it.
pub(super) fn settings(app: &App, held: &Held) -> Result<Settings, SendOutcome> {
    settings_of(app, account(app, held)?)
}

/// As [`settings`], of an account.
///
/// # Errors
/// As [`settings`].
pub(super) fn settings_of(app: &App, account: &AccountRow) -> Result<Settings, SendOutcome> {
    let twilio = &app.config.twilio;
    let account_sid = account.account_sid.clone().or_else(|| twilio.account_sid.clone());
    let account_sid = account_sid.ok_or_else(|| to_be_mended("set TWILIO_ACCOUNT_SID".to_owned()))?;
    let token_name = account.token_name.as_ref().unwrap_or(&account.secret_name);
    let token = startup::twilio_tokens(&app.config, token_name).unwrap_or_default().into_iter().next();
    let token = token.ok_or_else(|| to_be_mended(format!("set {token_name}")))?;
    let own = Some(account.address.clone()).filter(|address| address != "*");
    Ok(Settings {
        api_base: twilio.api_base.clone(),
        account_sid,
        token,
        from: own.or_else(|| twilio.from.clone()),
    })
}
