//! Phone calls at the running server: signed webhooks from the first ring to the line being closed.

mod calls;
mod ends;
mod fuzz;
mod parallel;
mod recordings;
mod refusals;
mod repeats;
mod transfers;

use crate::harness::{OUR_NUMBER, PUBLIC_URL, Place, Reply, TestApp};
use leadwire::channels::twilio;
use leadwire::channels::twilio::voice::{self, Step};

/// Somebody's phone.
const ASHA: &str = "+14155550123";
/// Where calls come in.
const CALLS: &str = "/webhooks/twilio/voice";
/// Where their ends are reported.
const STATUS: &str = "/webhooks/twilio/voice/status";

/// A flow that uses what a call can do.
const DESK: &str = r#"
id = "desk"
title = "The desk"
region = "US"
[start]
channels = ["voice", "sms"]
keywords = ["desk"]
[voice]
continue_by = "sms"
max_length = "5m"
[[steps]]
id = "topic"
ask = "choice"
say = "What is it about?"
options = ["Alpha", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliet"]
tries = 2
give_up = "bye"
[[steps]]
id = "day"
ask = "date"
say = "Which day?"
[[steps]]
id = "phone"
ask = "phone"
say = "Which number reaches you?"
optional = true
[[steps]]
id = "wants"
ask = "choices"
say = "What do you need?"
options = ["Food", "Water", "Shelter"]
[[steps]]
id = "bye"
say = "Thank you."
end = "completed"
"#;

/// A server with that flow, and with the shipped ones for calls.
async fn desk(place: &Place, settings: &[(&str, &str)]) -> TestApp {
    write(place, DESK);
    let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("flows");
    std::fs::create_dir_all(place.flows().join("common")).unwrap();
    for name in ["vehicle.toml", "common/contact.toml"] {
        std::fs::copy(shipped.join(name), place.flows().join(name)).unwrap();
    }
    place.app_with(settings).await
}

/// Writes the desk's flow.
fn write(place: &Place, flow: &str) {
    std::fs::write(place.flows().join("desk.toml"), flow).unwrap();
}

/// One end of a call.
struct Phone<'a> {
    app: &'a TestApp,
    from: &'a str,
    sid: String,
    /// Where the answer is posted.
    action: String,
}

/// A document as it is heard.
#[derive(Debug)]
struct Heard {
    xml: String,
    steps: Vec<Step>,
}

impl Heard {
    fn of(reply: &Reply) -> Heard {
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(reply.header("content-type"), twilio::CONTENT_TYPE);
        let steps = voice::read(&reply.body).unwrap_or_else(|error| panic!("{error}: {reply:?}"));
        let last = steps.iter().rev().find(|step| step.within.is_none()).map(|step| step.name.as_str());
        assert!(matches!(last, Some("Hangup" | "Redirect")), "a way that ends nowhere: {reply:?}");
        Heard { xml: reply.body.clone(), steps }
    }

    /// All that is said, with bars between.
    fn says(&self) -> String {
        let says = self.steps.iter().filter(|step| step.name == "Say").map(|step| step.text.as_str());
        says.collect::<Vec<_>>().join(" | ")
    }

    fn step(&self, name: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.name == name)
    }

    fn hangs_up(&self) -> bool {
        self.step("Hangup").is_some()
    }
}

impl<'a> Phone<'a> {
    /// Calls the number of a flow.
    async fn call(app: &'a TestApp, from: &'a str, flow: &str) -> (Phone<'a>, Heard) {
        Phone::ring(app, from, &format!("CA{}", leadwire::ids::secret()), flow).await
    }

    async fn ring(app: &'a TestApp, from: &'a str, sid: &str, flow: &str) -> (Phone<'a>, Heard) {
        let action = format!("{CALLS}?flow={flow}");
        let mut phone = Phone { app, from, sid: sid.to_owned(), action };
        let heard = phone.post(&[("CallStatus", "ringing")]).await;
        (phone, heard)
    }

    /// Posts to where the last document says, and keeps where the new one says.
    async fn post(&mut self, more: &[(&str, &str)]) -> Heard {
        let heard = Heard::of(&self.app.twilio(&self.action, &self.form(more)).await);
        let listens = heard.step("Gather").or(heard.step("Dial"));
        if let Some(action) = listens.and_then(|step| step.attributes.get("action")) {
            self.action = action.strip_prefix(PUBLIC_URL).unwrap().to_owned();
        }
        heard
    }

    fn form<'f>(&'f self, more: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
        let usual = [
            ("CallSid", self.sid.as_str()),
            ("AccountSid", "AC00000000000000000000000000000000"),
            ("ApiVersion", "2010-04-01"),
            ("Direction", "inbound"),
            ("From", self.from),
            ("To", OUR_NUMBER),
        ];
        usual.into_iter().chain(more.iter().copied()).collect()
    }

    async fn says(&mut self, text: &str) -> Heard {
        self.post(&[("SpeechResult", text), ("Confidence", "0.93"), ("Language", "en-US")]).await
    }

    async fn presses(&mut self, keys: &str) -> Heard {
        self.post(&[("Digits", keys), ("msg", "Gather End")]).await
    }

    async fn is_silent(&mut self) -> Heard {
        self.post(&[("Digits", ""), ("msg", "Gather End")]).await
    }

    /// The line is closed.
    async fn hangs_up(&self) {
        let form = self.form(&[("CallStatus", "completed"), ("CallDuration", "42"), ("SequenceNumber", "3")]);
        assert_eq!(self.app.twilio(STATUS, &form).await.status, 204);
    }
}
