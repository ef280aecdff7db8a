//! What we send by Twilio's API: messages and calls as forms, and what its answers mean.
//!
//! From `Messages.json` and `Calls.json` of the 2010-04-01 API. Neither has a key that makes repeating safe, so what got no answer
//! is looked up ([`look_up`], [`found()`]) before it is sent again; a call is asked about ([`call_address`], [`call_fate`]).

mod call;
mod fate;
mod found;
mod message;
mod outcome;
mod template;

pub use call::{Call, Detection, call, place};
pub use fate::{AskedCall, CallFate, call_address, call_fate};
pub use found::{Wanted, found, look_up};
pub use message::{dispatches, from, message, segments_of};
pub use outcome::outcome;
pub use template::{is_template, template};

use crate::domain::sending::Authorization;
use secrecy::SecretString;

/// What sending needs to know of an account.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the API is, without a slash at the end.
    pub api_base: String,
    /// The account.
    pub account_sid: String,
    /// Its token.
    pub token: SecretString,
    /// The number or messaging service (`MG…`) that sends what names no sender itself.
    pub from: Option<String>,
}

impl Settings {
    fn url(&self, resource: &str) -> String {
        format!("{}/2010-04-01/Accounts/{}/{resource}", self.api_base, self.account_sid)
    }

    /// How requests say who we are.
    pub fn authorization(&self) -> Authorization {
        Authorization::Basic { user: self.account_sid.clone(), password: self.token.clone() }
    }
}

/// What a form is sent as.
const FORM: &str = "application/x-www-form-urlencoded";

/// A form's body.
fn form<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The first field of that name in a form's body.
fn field(body: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(body.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}
