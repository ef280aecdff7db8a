//! What a channel asks of a turn, and what it is told.

use crate::channels::MessageRef;
use crate::clock::Millis;
use crate::domain::call::{CallEnd, Heard};
use crate::domain::channel::Channel;
use crate::domain::consent::Signal;
use crate::domain::identity::Identity;
use crate::domain::message::{Note, Said, Say};
use crate::domain::sending::Dispatch;
use crate::engine::{self, Effect, Person, State};
use crate::flow::model::Flow;
use crate::store::db::StoreError;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One thing that happened to one person.
#[derive(Clone, Debug)]
pub struct TurnRequest {
    /// The tenant whose account was reached.
    pub tenant_id: i64,
    /// Our account.
    pub account_id: i64,
    /// How it came.
    pub channel: Channel,
    /// Who it is; the first identifies the person, the others are learnt. Never empty.
    pub identities: Vec<Identity>,
    /// The chat session, where the channel has one.
    pub session: Option<String>,
    /// What happened.
    pub input: TurnInput,
    /// The provider's id; a repeat gets the same reply and changes nothing.
    pub provider_id: Option<String>,
    /// The name the provider shows.
    pub sender_name: Option<String>,
    /// Whether we answer opt-out, opt-in and help words ourselves; not where the provider did.
    pub confirm_consent: bool,
    /// Writes the reply, which is stored with the turn.
    pub encode: Encode,
    /// Writes what is sent after the commit rather than answered; `None` where the answer carries all.
    pub sends: Option<Sends>,
}

impl TurnRequest {
    /// The channel the conversation is looked for on.
    pub fn held_on(&self) -> Channel {
        match &self.input {
            TurnInput::Call(call) => call.went_on_by.unwrap_or(self.channel),
            _ => self.channel,
        }
    }

    /// What the person said.
    pub(super) fn words(&self) -> Option<&str> {
        match &self.input {
            TurnInput::Message { said, .. } => Some(&said.text),
            TurnInput::Call(call) => call.heard.words(),
            _ => None,
        }
    }
}

/// Writes the reply of a turn in a channel's own form.
pub type Encode = fn(&Told<'_>) -> String;

/// Writes what the outbox is to send of a turn, in order. It becomes rows of the turn's own transaction.
pub type Sends = fn(&Told<'_>) -> Vec<Dispatch>;

/// What happened.
#[derive(Clone, Debug)]
pub enum TurnInput {
    /// A chat session begins.
    Start {
        /// The language asked for.
        language: Option<String>,
        /// The flow asked for by its id.
        flow: Option<String>,
        /// `utm_source`.
        source: Option<String>,
    },
    /// We write to them unasked.
    Reach(Reach),
    /// The person said something.
    Message {
        /// What.
        said: Said,
        /// The opt-out, opt-in or help word it is, by the provider's word or ours.
        signal: Option<Signal>,
    },
    /// The provider refused a message of ours: the person wants nothing from us there.
    Refused {
        /// The provider's number for it.
        code: String,
    },
    /// Something beside the conversation: kept with it, and answered by nothing.
    Noted {
        /// What.
        note: Note,
        /// The opt-out or opt-in it is, by the provider's word: made in the provider's own settings, not said.
        signal: Option<Signal>,
    },
    /// The timer of a conversation is due: nobody answered.
    Silent {
        /// The conversation.
        conversation_id: i64,
    },
    /// Something happened on the line of a call.
    Call(CallTurn),
    /// A call is over.
    CallEnded(CallOver),
    /// A program reports a behaviour.
    Behaviour {
        /// Its name.
        action: String,
        /// What was sent along, JSON.
        metadata: Option<String>,
    },
    /// A program knows lead fields.
    Profile {
        /// Fields by name.
        fields: BTreeMap<String, serde_json::Value>,
    },
    /// A program asks for a variant.
    Expose {
        /// Of this experiment.
        experiment: String,
    },
    /// A program reports a goal.
    Converted {
        /// The experiment it is reported for.
        experiment: String,
        /// Its name.
        goal: String,
    },
}

/// Something that happened on the line of a call.
#[derive(Clone, Debug)]
pub struct CallTurn {
    /// The provider's id of the call.
    pub sid: String,
    /// Which of the call's webhooks it is, from 0.
    pub turn: u32,
    /// What happened.
    pub heard: Heard,
    /// The flow asked for by its id, where a new conversation begins.
    pub flow: Option<String>,
    /// The language asked for.
    pub language: Option<String>,
    /// Who takes calls that are put through, where the flow names nobody.
    pub transfer_to: Option<String>,
    /// Somebody else is talking to us from the same number: this call is a person of its own.
    pub apart: bool,
    /// Where the conversation of an earlier call went on, and is taken up from.
    pub went_on_by: Option<Channel>,
}

impl CallTurn {
    /// Who takes calls that are put through, if anybody.
    pub fn transfer_to<'a>(&'a self, flow: &'a Flow) -> Option<&'a str> {
        flow.voice.transfer_to.as_deref().or(self.transfer_to.as_deref())
    }
}

/// How somebody is written to unasked.
#[derive(Clone, Debug)]
pub struct Reach {
    /// The flow, by its id.
    pub flow: Option<String>,
    /// The language.
    pub language: Option<String>,
    /// The template that opens a conversation where free words may not.
    pub template: Option<String>,
    /// Until when it may leave.
    pub until: Millis,
}

/// A call that is over.
#[derive(Clone, Debug)]
pub struct CallOver {
    /// The provider's id of the call.
    pub sid: String,
    /// How it ended.
    pub end: CallEnd,
    /// How long it was.
    pub seconds: Option<i64>,
    /// Our number.
    pub ours: String,
    /// Whether the conversation can go on by text message: the person has no later one there.
    pub may_text: bool,
}

/// What an encoder sees of a turn that is about to be written.
#[derive(Debug)]
pub struct Told<'a> {
    /// The request.
    pub request: &'a TurnRequest,
    /// The conversation's flow.
    pub flow: &'a Flow,
    /// The conversation after the turn.
    pub state: &'a State,
    /// What followed, in order.
    pub effects: &'a [Effect],
    /// What is said, the same as in `effects` and what consent adds.
    pub says: &'a [Say],
    /// Whose conversation it is.
    pub person: &'a Person<'a>,
    /// The approved template that is sent in place of the words, where those may not be.
    pub template: Option<&'a str>,
    /// Names the first message of the reply, for the provider's status callbacks.
    pub first: MessageRef,
    /// The address the server is reached at from outside.
    pub base_url: &'a str,
    /// The server's clock.
    pub now: i64,
}

impl Told<'_> {
    /// The question that is open now; written out only where a channel shows it beside what is said.
    pub fn question(&self) -> Option<Say> {
        engine::question(self.flow, self.person, self.state)
    }
}

/// What a turn comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The encoded reply; of a repeat the one that was given first.
    pub reply: Arc<str>,
    /// Whether nothing was written: the same came before, or there was nothing to keep it with.
    pub repeated: bool,
}

/// Why a turn was not taken. Nothing of it is stored.
#[derive(Debug, thiserror::Error)]
pub enum TurnError {
    /// Too much waits.
    #[error("too many turns are waiting")]
    Busy,
    /// The server is going down.
    #[error("the server is shutting down")]
    Closing,
    /// No such chat session.
    #[error("there is no such session")]
    UnknownSession,
    /// Nobody takes this conversation.
    #[error("no flow takes conversations on {}", .0.as_str())]
    NoFlow(Channel),
    /// A flow was asked for that there is not.
    #[error("there is no flow {0:?} on this channel")]
    UnknownFlow(String),
    /// The flow has no such question.
    #[error("the flow has no question {0:?}")]
    UnknownQuestion(String),
    /// The question was neither asked nor answered so far.
    #[error("the question {0:?} is not open and was not answered before")]
    NotAsked(String),
    /// The lead has no room for these fields.
    #[error("{0}")]
    NoRoom(String),
    /// This call is not, or no longer, held in a conversation of this person.
    #[error("there is no such call")]
    UnknownCall,
    /// Somebody is talking to us from this number already.
    #[error("somebody is on the phone from this number already")]
    Engaged,
    /// There is no such experiment.
    #[error("the flow has no experiment {0:?}")]
    UnknownExperiment(String),
    /// The stored conversation cannot be read.
    #[error("the stored conversation cannot be read: {0}")]
    Corrupt(String),
    /// Other writers kept changing the person.
    #[error("the person kept being changed by others")]
    Contended,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] Arc<StoreError>),
}
