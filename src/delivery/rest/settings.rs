//! What an API is like: where it is, what it takes, and where its answers say what.

use crate::delivery::Mapping;
use crate::domain::sending::Method;
use crate::flow::template::Template;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::fmt;

/// The header our idempotency key travels in, where nothing else is set: the name in the IETF's draft.
pub const IDEMPOTENCY_HEADER: &str = "Idempotency-Key";

/// A method and where it goes. The address may hold a secret: it has no `Debug`.
#[derive(Clone)]
pub struct Endpoint {
    /// The method. A GET has no body: then the fields are in the address, or nowhere.
    pub method: Method,
    /// The address, with `{{ … }}`: `key`, `sink_id`, `event`, the flow's fields and the facts. Values are percent-encoded
    /// before anything is done with them.
    pub url: Template,
}

/// How requests say who we are.
#[derive(Clone, Debug, Default)]
pub enum Auth {
    /// They do not, or the address does.
    #[default]
    None,
    /// `Authorization: Basic …`.
    Basic {
        /// The account.
        user: String,
        /// Its password.
        password: SecretString,
    },
    /// `Authorization: Bearer …`.
    Bearer(SecretString),
    /// A header of the API's own.
    Header {
        /// Its name.
        name: String,
        /// Its value.
        value: SecretString,
    },
}

/// What a body is written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Body {
    /// A JSON object.
    #[default]
    Json,
    /// `application/x-www-form-urlencoded`; names with dots stay as they are.
    Form,
}

/// Where it can be asked for a record. People share phones and mistype addresses, so phone and e-mail are asked for only
/// where our id cannot be.
#[derive(Clone, Default)]
pub struct LookUps {
    /// By our id, `{{ key }}`.
    pub by_key: Option<Template>,
    /// By telephone number, `{{ phone }}`.
    pub by_phone: Option<Template>,
    /// By e-mail address, `{{ email }}`.
    pub by_email: Option<Template>,
    /// Statuses that mean that there is none; 404 always does.
    pub none: Vec<u16>,
}

/// How all it has is listed.
#[derive(Clone)]
pub struct Listing {
    /// The address, with `{{ since }}` (RFC 3339, UTC, whole seconds), `{{ cursor }}` (empty at first) and `{{ page }}`
    /// (from 1).
    pub url: Template,
    /// A JSON pointer to where the next page begins. Without one pages are counted until one is empty.
    pub next: Option<String>,
}

/// An HTTP API. Every pointer is a JSON pointer (RFC 6901) and begins with a slash.
#[derive(Clone)]
pub struct Settings {
    /// How a record is created.
    pub create: Endpoint,
    /// How one that is there is corrected; `None`: it cannot be.
    pub update: Option<Endpoint>,
    /// Further headers of every request. They may hold secrets.
    pub headers: BTreeMap<String, String>,
    /// How requests say who we are.
    pub auth: Auth,
    /// What a body is written as.
    pub body: Body,
    /// What is sent.
    pub fields: Mapping,
    /// Where the answer to a creation has the API's id, a text or a number. `None`: at one of the usual places.
    pub id: Option<String>,
    /// Where a 409 names the record that is there already. `None`: it does not.
    pub exists: Option<String>,
    /// Where a 2xx says whether the record was taken, and the text of yes. What is missing there is the empty text, so
    /// that `("/error", "")` means "no error".
    pub success: Option<(String, String)>,
    /// The header our idempotency key travels in, such as [`IDEMPOTENCY_HEADER`]; empty: in none.
    pub idempotency_header: String,
    /// Whether the API makes one record of two requests with the same idempotency key.
    pub repeats_safely: bool,
    /// How it is asked for records.
    pub look_up: LookUps,
    /// How all it has is listed; `None`: it cannot be.
    pub list: Option<Listing>,
    /// Where answers to look-ups and listings have their records, an object or a list. `None`: at one of the usual places.
    pub found: Option<String>,
    /// Where a record has our id; `None`: it does not keep it.
    pub key_field: Option<String>,
}

impl Settings {
    /// An API that only creates, with JSON, and with nothing further set.
    pub fn new(create: Endpoint) -> Settings {
        Settings {
            create,
            update: None,
            headers: BTreeMap::new(),
            auth: Auth::None,
            body: Body::Json,
            fields: Mapping::default(),
            id: None,
            exists: None,
            success: None,
            idempotency_header: IDEMPOTENCY_HEADER.to_owned(),
            repeats_safely: false,
            look_up: LookUps::default(),
            list: None,
            found: None,
            key_field: None,
        }
    }
}

/// Shows neither addresses nor headers' values.
impl fmt::Debug for Settings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Settings")
            .field("create", &self.create.method)
            .field("update", &self.update.as_ref().map(|update| update.method))
            .field("headers", &self.headers.keys())
            .field("auth", &self.auth)
            .field("body", &self.body)
            .field("fields", &self.fields)
            .finish_non_exhaustive()
    }
}
