//! The outbox at work: takes what is to leave, sends it, and writes down what became of it. One file per kind.
//!
//! A job goes this way: a turn wrote it, held by this process, and hands it over after the commit (`turns::Handover`); or the
//! claim loop takes it from the database. The worker looks whether the person opted out meanwhile and when the sender may go
//! (`pacer`), sends it (`send`), and many results are written in one commit (`finisher`).

mod admission;
mod attempt;
mod callback;
mod delivery;
mod enquiry;
mod errand;
mod escalation;
mod finisher;
mod lanes;
mod notice;
mod pacer;
pub mod reconcile;
mod reminder;
pub mod scheduled;
mod send;
mod twilio_call;
mod twilio_message;
mod unheard;
mod verdict;
mod whatsapp;
mod worker;

pub use errand::Errands;
pub use notice::deliver as tell;
pub use worker::{Running, announce, start};

use crate::app::App;
use crate::clock::MINUTE;
use crate::domain::rate::Rate;
use crate::domain::sending::{Authorization, Dispatch, DispatchKind, Outgoing, SendOutcome};
use crate::domain::window::Window;
use crate::store::outbox::Held;
use crate::store::tenants::AccountRow;

/// All kinds that go to people: one line each.
const KINDS: [&dyn Kind; 4] = [
    &twilio_message::TwilioMessage,
    &twilio_call::TwilioCall,
    &whatsapp::WhatsappMessage,
    &whatsapp::WhatsappRead,
];

/// A kind of job: how it is sent, and what the answer means.
trait Kind: Sync {
    /// Its name.
    fn kind(&self) -> DispatchKind;

    /// The request that sends it, as WhatsApp's window stands where it goes there.
    ///
    /// # Errors
    /// What became of it where it cannot be sent at all.
    fn request(&self, app: &App, held: &Held, window: Window) -> Result<Outgoing, SendOutcome>;

    /// What an answer means.
    fn outcome(&self, status: u16, body: &str) -> SendOutcome;

    /// How fast the account it is sent from may go, in microseconds; `None`: as it likes.
    fn rate(&self, _app: &App, _account: &AccountRow) -> Option<Rate> {
        None
    }

    /// What it costs of that.
    fn cost(&self, _held: &Held) -> i64 {
        1
    }

    /// Whether it may be sent again where it may have been sent and nothing says so.
    fn may_repeat(&self, _held: &Held, _window: Window) -> bool {
        true
    }

    /// Whether it is worth nothing a little later: it is sent once or not at all.
    fn is_fleeting(&self) -> bool {
        false
    }

    /// Where the provider can be asked whether it was sent; `None`: nowhere, only its reports tell.
    fn look_up(&self, _app: &App, _held: &Held) -> Option<LookUp> {
        None
    }

    /// The provider's id of it in the answer to [`Kind::look_up`], if it was sent; `others` are the ids of other jobs.
    ///
    /// # Errors
    /// Where the answer cannot be read.
    fn found(&self, _held: &Held, _page: &str, _others: &[String]) -> Result<Option<String>, String> {
        Ok(None)
    }

    /// What was sent, as its adapter knows it.
    fn dispatch(&self, held: &Held) -> Dispatch {
        Dispatch { kind: self.kind(), to: held.recipient.clone(), body: held.payload.clone() }
    }
}

/// What asks the provider whether something was sent.
struct LookUp {
    url: String,
    authorization: Authorization,
}

/// The kind of that name; `None`: this program knows none.
fn kind(name: &str) -> Option<&'static dyn Kind> {
    KINDS.into_iter().find(|kind| kind.kind().as_str() == name)
}

/// The account a job is to be sent from.
///
/// # Errors
/// Where it is gone; the job waits for it.
fn account<'a>(app: &'a App, held: &Held) -> Result<&'a AccountRow, SendOutcome> {
    let found = app.accounts.iter().find(|row| (row.tenant_id, row.id) == (held.tenant_id, held.account_id));
    found.ok_or_else(|| to_be_mended("the account it is to be sent from is gone".to_owned()))
}

/// Nothing is wrong with the job: it is sent once the configuration is mended.
fn to_be_mended(reason: String) -> SendOutcome {
    SendOutcome::Retry { reason, after_ms: Some(5 * MINUTE) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::channel::Channel;

    /// A job that is being sent by SMS.
    pub(super) fn held() -> Held {
        Held {
            tenant_id: 1,
            id: 1,
            kind: "twilio_message".to_owned(),
            account_id: 1,
            lane: None,
            place: 1,
            recipient: "+14155550123".to_owned(),
            payload: "To=%2B14155550123&Body=x".to_owned(),
            person_id: 1,
            channel: "sms".to_owned(),
            conversation_id: 1,
            seq: 2,
            part: 0,
            parts: 1,
            confirms: false,
            state: "held".to_owned(),
            attempts: 1,
            holder: Some("me".to_owned()),
            run_at: i64::MAX,
            wanted_at: 1_000,
            created_at: 1_000,
            slotted: false,
            unasked_until: None,
            window_closes_at: None,
            after: None,
            since: None,
        }
    }

    #[test]
    fn what_may_be_sent_again_where_nobody_knows_whether_it_was() {
        let of = |kind: &str, channel: &str, payload: &str| {
            let job = Held { channel: channel.to_owned(), payload: payload.to_owned(), ..held() };
            super::kind(kind).unwrap().may_repeat(&job, Window::at(Channel::Whatsapp, None, 0))
        };
        let rows = [
            ("an SMS", of("twilio_message", "sms", "To=x&Body=y"), true),
            ("a call", of("twilio_call", "voice", "To=x"), false),
            ("Twilio's template", of("twilio_message", "whatsapp", "To=x&ContentSid=HX1"), false),
            ("Meta's template", of("whatsapp_message", "whatsapp", r#"{"type":"template"}"#), false),
            (
                "words that leave as a template",
                of("whatsapp_message", "whatsapp", r#"{"type":"text"}"#),
                false,
            ),
        ];
        for (label, may, expected) in rows {
            assert_eq!(may, expected, "{label}");
        }
        let open = Window::Open;
        let words = Held { payload: r#"{"type":"text"}"#.to_owned(), ..held() };
        assert!(kind("whatsapp_message").unwrap().may_repeat(&words, open));
    }
}
