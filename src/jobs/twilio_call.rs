//! Calls by Twilio.

use super::twilio_message::settings;
use super::{Kind, to_be_mended};
use crate::app::App;
use crate::channels::twilio::send;
use crate::domain::rate::Rate;
use crate::domain::sending::{DispatchKind, Outgoing, SendOutcome};
use crate::domain::window::Window;
use crate::store::outbox::Held;
use crate::store::tenants::AccountRow;

pub(super) struct TwilioCall;

impl Kind for TwilioCall {
    fn kind(&self) -> DispatchKind {
        DispatchKind::TwilioCall
    }

    fn request(&self, app: &App, held: &Held, _window: Window) -> Result<Outgoing, SendOutcome> {
        send::place(&self.dispatch(held), &settings(app, held)?).map_err(to_be_mended)
    }

    fn outcome(&self, status: u16, body: &str) -> SendOutcome {
        send::outcome(status, body)
    }

    fn rate(&self, app: &App, _account: &AccountRow) -> Option<Rate> {
        Rate::per_second(app.config.twilio.calls_per_second)
    }

    /// A phone that rang twice is worse than one that did not: somebody has to decide.
    fn may_repeat(&self, _held: &Held, _window: Window) -> bool {
        false
    }
}
