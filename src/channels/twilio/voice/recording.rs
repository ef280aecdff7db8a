//! What became of a recording.

use super::event::{id, parameter};
use crate::channels::twilio::form::Form;
use crate::channels::{ChannelError, MessageRef};

/// A recording of a call, or the news that there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// Twilio's id of it.
    pub sid: String,
    /// Twilio's id of the call.
    pub call_sid: String,
    /// The conversation held in the call: the message the recording began after.
    pub message: MessageRef,
    /// Where it is kept; `None`: nothing was recorded.
    pub url: Option<String>,
    /// How long it is.
    pub seconds: Option<i64>,
    /// `completed`, `absent` (nothing was said) or `failed`.
    pub status: String,
}

/// The account a recording is reported to, by the address's query.
pub fn recording_account(query: Option<&str>) -> Option<i64> {
    parameter(query, "account")?.parse().ok()
}

/// The report of a recording; `query` is that of the request's address, which names the conversation. `None`: it goes on.
///
/// # Errors
/// `Malformed` where an id, the conversation or the status is missing.
pub fn recorded(form: &Form, query: Option<&str>) -> Result<Option<Recording>, ChannelError> {
    let message = parameter(query, "message").and_then(|name| MessageRef::parse(&name)).ok_or_else(|| {
        ChannelError::Malformed(
            "the address names no conversation; only addresses of our own lead here".to_owned(),
        )
    })?;
    let (sid, call_sid) = (id(form, "RecordingSid")?, id(form, "CallSid")?);
    let status = form.text("RecordingStatus").unwrap_or_else(|| "completed".to_owned()).to_ascii_lowercase();
    let url = form.text("RecordingUrl").filter(|_| status == "completed");
    match status.as_str() {
        "in-progress" => return Ok(None),
        "completed" if url.is_none() => form.required(&["RecordingUrl"]).map(drop)?,
        "completed" | "absent" | "failed" => {}
        _ => {
            let why = "the field RecordingStatus has no known status".to_owned();
            return Err(ChannelError::Malformed(why));
        }
    }
    let seconds = form.raw("RecordingDuration").and_then(|seconds| seconds.trim().parse().ok());
    Ok(Some(Recording { sid, call_sid, message, url, seconds, status }))
}
