//! One send as an HTTP request, and what may be sent when.

use crate::domain::approved::Template;
use crate::domain::sending::{Authorization, Method, Outgoing};
use crate::domain::window::Window;
use secrecy::SecretString;
use serde_json::{Value as Json, json};
use std::borrow::Cow;

/// Our number at WhatsApp, and how to send from it.
#[derive(Clone, Debug)]
pub struct Sender {
    /// `WHATSAPP_API_BASE`, without a slash at the end.
    pub base: String,
    /// `WHATSAPP_API_VERSION`.
    pub version: String,
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// The token that may send.
    pub token: SecretString,
}

/// The request that sends a dispatch's body: `POST {base}/{version}/{phone-number-id}/messages`.
pub fn outgoing(body: &str, sender: &Sender) -> Outgoing {
    let Sender { base, version, phone_number_id, token } = sender;
    Outgoing {
        url: format!("{base}/{version}/{phone_number_id}/messages"),
        method: Method::Post,
        headers: Vec::new(),
        authorization: Authorization::Bearer(token.clone()),
        content_type: "application/json",
        body: body.to_owned(),
    }
}

/// Whether a dispatch's body is that of a template.
pub fn is_template(body: &str) -> bool {
    serde_json::from_str::<Json>(body).is_ok_and(|message| names_template(&message))
}

fn names_template(message: &Json) -> bool {
    message["type"] == "template"
}

/// The body to send as the window stands: a dispatch's own where it may be sent, else the template in its place.
///
/// A template needs no window, and "read" is no message.
///
/// # Errors
/// Why it must be held, for people, where it may not be sent and there is no template.
pub fn send_when<'a>(
    body: &'a str,
    window: Window,
    template: Option<&Template>,
) -> Result<Cow<'a, str>, String> {
    let Some(reason) = window.reason() else { return Ok(Cow::Borrowed(body)) };
    let message: Json = serde_json::from_str(body).unwrap_or(Json::Null);
    if names_template(&message) || message["status"] == "read" {
        return Ok(Cow::Borrowed(body));
    }
    let Some(Template { name, language }) = template else { return Err(reason) };
    let mut instead = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "type": "template",
        "template": {"name": name, "language": {"code": language}},
    });
    for kept in ["to", "recipient", "biz_opaque_callback_data"] {
        if let Some(value) = message.get(kept) {
            instead[kept] = value.clone();
        }
    }
    Ok(Cow::Owned(instead.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::channel::Channel;
    use secrecy::ExposeSecret;

    #[test]
    fn a_request() {
        let sender = Sender {
            base: "https://graph.facebook.com".to_owned(),
            version: "v26.0".to_owned(),
            phone_number_id: "106540352242922".to_owned(),
            token: "EAAsecret".to_owned().into(),
        };
        let request = outgoing("{}", &sender);
        assert_eq!(request.url, "https://graph.facebook.com/v26.0/106540352242922/messages");
        assert_eq!((request.content_type, request.body.as_str()), ("application/json", "{}"));
        assert!(
            matches!(&request.authorization, Authorization::Bearer(token) if token.expose_secret() == "EAAsecret")
        );
        assert!(!format!("{request:?}{sender:?}").contains("EAAsecret"), "no secret is shown");
    }

    #[test]
    fn outside_the_window() {
        let (open, closed) = (Window::Open, Window::at(Channel::Whatsapp, None, 0));
        let template = Template::parse("follow_up/en_US").unwrap();
        let words = r#"{"messaging_product":"whatsapp","to":"16505551234","type":"text","text":{"body":"hi"},"biz_opaque_callback_data":"1-2-3:0/1"}"#;
        assert_eq!(send_when(words, open, None).as_deref(), Ok(words));
        assert_eq!(send_when(words, open, Some(&template)).as_deref(), Ok(words));
        let held = send_when(words, closed, None).unwrap_err();
        assert!(held.contains("template"), "{held}");
        let instead: Json =
            serde_json::from_str(&send_when(words, closed, Some(&template)).unwrap()).unwrap();
        let expected = json!({
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": "16505551234", "type": "template",
            "template": {"name": "follow_up", "language": {"code": "en_US"}},
            "biz_opaque_callback_data": "1-2-3:0/1",
        });
        assert_eq!(instead, expected);
        for needs_none in [instead.to_string(), r#"{"status":"read","message_id":"x"}"#.to_owned()] {
            assert_eq!(send_when(&needs_none, closed, None).as_deref(), Ok(needs_none.as_str()));
        }
        let to_user = r#"{"recipient":"US.1","type":"text"}"#;
        assert!(send_when(to_user, closed, Some(&template)).unwrap().contains(r#""recipient":"US.1""#));
        assert!(send_when("no JSON", closed, None).is_err());
    }
}
