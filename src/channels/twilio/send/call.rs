//! Calls we make.

use super::{FORM, Settings, field, form};
use crate::domain::sending::{Dispatch, DispatchKind, Method, Outgoing};

/// A call to be made. Twilio asks `url` what to do once somebody picks up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Who is called, E.164.
    pub to: String,
    /// Who calls; `None`: the account's number.
    pub from: Option<String>,
    /// What answers with TwiML once somebody picks up.
    pub url: String,
    /// Where its fate is reported.
    pub status_callback: String,
    /// How long it rings, in seconds; Twilio takes at most 600.
    pub ring_seconds: u32,
    /// How long the call lasts at most, in seconds.
    pub most_seconds: u32,
    /// Whether it is found out if a machine picks up.
    pub detection: Option<Detection>,
}

/// What is found out of a machine that picks up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detection {
    /// Only that it is one, as soon as possible.
    Machine,
    /// Also when its greeting is over, so that a message can be left.
    GreetingEnd,
}

impl Detection {
    /// Twilio's `MachineDetection`.
    fn as_str(self) -> &'static str {
        match self {
            Detection::Machine => "Enable",
            Detection::GreetingEnd => "DetectMessageEnd",
        }
    }
}

/// A call as the outbox keeps it.
pub fn call(call: &Call) -> Dispatch {
    let (ring, most) = (call.ring_seconds.clamp(1, 600).to_string(), call.most_seconds.to_string());
    let mut fields =
        vec![("To", call.to.as_str()), ("Url", &call.url), ("Timeout", &ring), ("TimeLimit", &most)];
    fields.extend(call.from.as_deref().map(|from| ("From", from)));
    fields.push(("StatusCallback", &call.status_callback));
    fields.extend(
        ["initiated", "ringing", "answered", "completed"].map(|event| ("StatusCallbackEvent", event)),
    );
    if let Some(detection) = call.detection {
        fields.push(("MachineDetection", detection.as_str()));
    }
    Dispatch { kind: DispatchKind::TwilioCall, to: call.to.clone(), body: form(fields) }
}

/// The request that makes a call.
///
/// # Errors
/// Where nothing says from which number; what to do about it.
pub fn place(dispatch: &Dispatch, settings: &Settings) -> Result<Outgoing, String> {
    let mut body = dispatch.body.clone();
    if field(&body, "From").is_none() {
        let from = settings.from.as_deref().filter(|from| !from.starts_with("MG"));
        let from = from.ok_or("there is no number to call from: set TWILIO_FROM to one")?;
        body.push('&');
        body.push_str(&form([("From", from)]));
    }
    Ok(Outgoing {
        url: settings.url("Calls.json"),
        method: Method::Post,
        headers: Vec::new(),
        authorization: settings.authorization(),
        content_type: FORM,
        body,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_a_form_with_every_event_and_machine_detection() {
        let wanted = Call {
            to: "+14155550123".to_owned(),
            from: None,
            url: "https://bot.example.com/webhooks/twilio/voice".to_owned(),
            status_callback: "https://bot.example.com/webhooks/twilio/voice/status".to_owned(),
            ring_seconds: 30,
            most_seconds: 600,
            detection: Some(Detection::GreetingEnd),
        };
        let settings = |from: Option<&str>| Settings {
            api_base: "https://api.twilio.com".to_owned(),
            account_sid: "AC1".to_owned(),
            token: "token".into(),
            from: from.map(str::to_owned),
        };
        let outgoing = place(&call(&wanted), &settings(Some("+15005550006"))).unwrap();
        assert_eq!(outgoing.url, "https://api.twilio.com/2010-04-01/Accounts/AC1/Calls.json");
        let pairs: Vec<(String, String)> =
            form_urlencoded::parse(outgoing.body.as_bytes()).into_owned().collect();
        let of = |name: &str| {
            pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(of("To"), ["+14155550123"]);
        assert_eq!(of("From"), ["+15005550006"]);
        assert_eq!(of("Url"), ["https://bot.example.com/webhooks/twilio/voice"]);
        assert_eq!(of("StatusCallbackEvent"), ["initiated", "ringing", "answered", "completed"]);
        assert_eq!(of("MachineDetection"), ["DetectMessageEnd"]);
        assert_eq!((of("Timeout"), of("TimeLimit")), (vec!["30"], vec!["600"]));
        for from in [None, Some("MG00")] {
            assert!(place(&call(&wanted), &settings(from)).unwrap_err().contains("TWILIO_FROM"));
        }
    }
}
