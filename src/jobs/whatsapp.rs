//! Messages by WhatsApp's Cloud API, and that we have read theirs.
//!
//! Meta cannot be asked what became of a send; only its reports tell.

use super::{Kind, account, to_be_mended};
use crate::app::App;
use crate::channels::whatsapp::{self, Sender};
use crate::domain::rate::Rate;
use crate::domain::sending::{DispatchKind, Outgoing, SendOutcome};
use crate::domain::window::Window;
use crate::service::whatsapp as service;
use crate::store::outbox::Held;
use crate::store::tenants::AccountRow;

pub(super) struct WhatsappMessage;

impl Kind for WhatsappMessage {
    fn kind(&self) -> DispatchKind {
        DispatchKind::WhatsappMessage
    }

    fn request(&self, app: &App, held: &Held, window: Window) -> Result<Outgoing, SendOutcome> {
        let sender = sender(app, held)?;
        let template = app.config.whatsapp.template.as_ref();
        let body = whatsapp::send_when(&held.payload, window, template)
            .map_err(|reason| SendOutcome::Deferred { reason })?;
        Ok(whatsapp::outgoing(&body, &sender))
    }

    fn outcome(&self, status: u16, body: &str) -> SendOutcome {
        whatsapp::outcome(status, body)
    }

    /// Twice the same template is an advertisement too many.
    fn may_repeat(&self, held: &Held, window: Window) -> bool {
        window.is_open() && !whatsapp::is_template(&held.payload)
    }

    fn rate(&self, app: &App, account: &AccountRow) -> Option<Rate> {
        Rate::per_second(account.per_second(app.config.outgoing.whatsapp_messages_per_second))
    }
}

pub(super) struct WhatsappRead;

impl Kind for WhatsappRead {
    fn kind(&self) -> DispatchKind {
        DispatchKind::WhatsappRead
    }

    fn request(&self, app: &App, held: &Held, _window: Window) -> Result<Outgoing, SendOutcome> {
        Ok(whatsapp::outgoing(&held.payload, &sender(app, held)?))
    }

    fn outcome(&self, status: u16, body: &str) -> SendOutcome {
        whatsapp::outcome(status, body)
    }

    /// By then the answer itself shows that we have read.
    fn is_fleeting(&self) -> bool {
        true
    }
}

fn sender(app: &App, held: &Held) -> Result<Sender, SendOutcome> {
    service::sender(app, account(app, held)?).map_err(|variable| to_be_mended(format!("set {variable}")))
}
