//! The text message a call that broke off goes on by.

/// What Twilio's `Messages.json` is posted.
#[derive(Clone, Debug)]
pub struct MessageForm<'a> {
    /// Our number.
    pub from: &'a str,
    /// Theirs.
    pub to: &'a str,
    /// The text.
    pub body: &'a str,
    /// Where its fate is reported.
    pub status_callback: &'a str,
}

/// The form of a message.
pub fn message_form(message: &MessageForm<'_>) -> String {
    let MessageForm { from, to, body, status_callback } = message;
    let pairs = [("To", to), ("From", from), ("Body", body), ("StatusCallback", status_callback)];
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
