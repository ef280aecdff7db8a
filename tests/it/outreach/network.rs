//! A telephone network on this machine: it takes calls as Twilio's API does, and does with each number what it was told. It keeps a log of
//! its own.

use crate::harness::{OUR_NUMBER, PUBLIC_URL, Place, START, TestApp, execute};
use crate::outbox::fake::{Came, Fake};
use crate::outbox::{ACCOUNT, settings};
use leadwire::clock::{Clock, Millis};
use leadwire::domain::access::Tenant;
use leadwire::domain::outreach::CampaignEvent;
use leadwire::domain::outreach::campaign::Settings;
use leadwire::jobs::scheduled;
use leadwire::service::lifecycle::Actor;
use leadwire::service::outreach::{self, Unfit, Wanted};
use std::collections::BTreeMap;
use tokio_util::sync::CancellationToken;

/// What calls and messages run.
pub const FLOW: &str = r#"
id        = "reach"
title     = "Reaching out"
languages = ["en"]

[start]
channels = ["voice", "sms", "whatsapp"]
keywords = ["reach"]

[voice]
voicemail = "We called about your enquiry and will try again."

[[steps]]
id  = "interest"
ask = "yes_no"
say = "Hello, you asked about our courses. Are you still interested?"

[[steps]]
id  = "thanks"
say = "Thank you."
end = "completed"
"#;

/// The tenant of these tests.
pub const TENANT: Tenant = Tenant(1);

/// What happens when a number is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Somebody answers and listens for so many seconds.
    Answers(i64),
    /// Somebody answers, and has hung up before we say what they are told.
    HangsUp,
    /// A machine does.
    Machine,
    /// It is busy.
    Busy,
    /// Nobody answers.
    NoAnswer,
    /// The network says so by SIP.
    Fails(u16),
    /// Nobody answers, and nothing is ever said of it, unless the network is asked.
    Silence,
}

/// A call as the network has it.
#[derive(Clone, Debug)]
pub struct Rang {
    pub at: Millis,
    pub to: String,
    pub sid: String,
    /// What it answered when it was told that somebody took it.
    pub document: Option<String>,
    /// The address its fate is reported to.
    pub callback: String,
}

/// The network, and the server that calls by it.
pub struct Network {
    pub app: TestApp,
    pub fake: Fake,
    seen: usize,
    /// Every call it made.
    pub log: Vec<Rang>,
    /// Whether reports come twice, and the last first.
    pub is_unruly: bool,
}

/// Path and query of an address of ours.
fn inside(url: &str) -> String {
    url.strip_prefix(PUBLIC_URL).unwrap_or_else(|| panic!("{url} is ours")).to_owned()
}

impl Network {
    pub async fn new(place: &Place) -> Network {
        Network::at(place, Clock::fixed(START)).await
    }

    pub async fn at(place: &Place, clock: Clock) -> Network {
        Network::with(place, clock, &[]).await
    }

    /// With further settings; WhatsApp's API is here, too.
    pub async fn with(place: &Place, clock: Clock, further: &[(&str, &str)]) -> Network {
        std::fs::write(place.flows().join("reach.toml"), FLOW).unwrap();
        let fake = Fake::start().await;
        let settings = settings(&fake);
        let mut all: Vec<(&str, &str)> =
            settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        all.extend([("TWILIO_CALLS_PER_SECOND", "0"), ("WHATSAPP_API_BASE", fake.url.as_str())]);
        all.extend(further);
        let mut app = place.app_at(&all, clock).await;
        app.work().await;
        Network { app, fake, seen: 0, log: Vec::new(), is_unruly: false }
    }

    /// A campaign with these settings that runs for these leads.
    pub async fn campaign(&self, name: &str, settings: Settings, leads: &[i64]) -> i64 {
        let actor = Actor { user_id: None, program: "test".to_owned() };
        let row = outreach::create(&self.app.app, TENANT, &actor, name.to_owned(), &settings).await.unwrap();
        outreach::add(&self.app.app, TENANT, row.id, leads).await.unwrap();
        self.turn(row.id, CampaignEvent::Start).await;
        row.id
    }

    /// Why a campaign with these settings is not started.
    pub async fn refused(&self, settings: &Settings) -> String {
        let (app, actor) = (&self.app.app, Actor { user_id: None, program: "test".to_owned() });
        let row = outreach::create(app, TENANT, &actor, "Refused".to_owned(), settings).await.unwrap();
        let start = Wanted { event: Some(CampaignEvent::Start), ..Wanted::default() };
        match outreach::change(app, TENANT, (row.id, None), start).await {
            Err(Unfit::Blocked(why)) => why.join("; "),
            other => panic!("{other:?}"),
        }
    }

    /// Something happens to a campaign.
    pub async fn turn(&self, campaign: i64, event: CampaignEvent) {
        let wanted = Wanted { event: Some(event), ..Wanted::default() };
        outreach::change(&self.app.app, TENANT, (campaign, None), wanted).await.unwrap();
    }

    /// What the server does in a moment, and what the network does with its calls.
    pub async fn beat(&mut self, behave: impl Fn(&str) -> Behaviour) {
        scheduled::beat(&self.app.app, &CancellationToken::new()).await;
        self.app.settled().await;
        for came in self.new_calls() {
            let to = came.field("To").to_owned();
            self.ring(&came, behave(&to)).await;
        }
        self.app.settled().await;
    }

    /// Calls that were taken and that it has not looked at.
    fn new_calls(&mut self) -> Vec<Came> {
        let came = self.fake.came();
        let new =
            came[self.seen..].iter().filter(|came| came.sid.is_some() && came.path.ends_with("Calls.json"));
        let new = new.cloned().collect();
        self.seen = came.len();
        new
    }

    async fn ring(&mut self, came: &Came, behaviour: Behaviour) {
        let sid = came.sid.clone().unwrap();
        let mut rang = Rang {
            at: self.app.clock.now(),
            to: came.field("To").to_owned(),
            sid: sid.clone(),
            document: None,
            callback: inside(came.field("StatusCallback")),
        };
        let by = match behaviour {
            Behaviour::Machine if !came.field("MachineDetection").is_empty() => Some("machine_start"),
            Behaviour::Machine | Behaviour::Answers(_) if came.field("MachineDetection").is_empty() => None,
            _ => Some("human"),
        };
        if matches!(behaviour, Behaviour::Answers(_) | Behaviour::Machine) {
            let url = inside(came.field("Url"));
            let mut form = self.form(&rang, "in-progress");
            form.extend(by.map(|by| ("AnsweredBy", by.to_owned())));
            let reply = self.post(&url, &form).await;
            rang.document = Some(reply);
        }
        let mut reports = vec!["initiated", "ringing"];
        let last = match behaviour {
            Behaviour::Answers(_) | Behaviour::Machine => {
                reports.push("in-progress");
                "completed"
            }
            Behaviour::HangsUp => "completed",
            Behaviour::Busy => "busy",
            Behaviour::NoAnswer => "no-answer",
            Behaviour::Fails(_) => "failed",
            Behaviour::Silence => {
                self.fake.fate(&sid, "no-answer");
                ""
            }
        };
        if !last.is_empty() {
            reports.push(last);
        }
        if self.is_unruly {
            reports.extend(reports.clone());
            reports.reverse();
        }
        for status in reports {
            let mut form = self.form(&rang, status);
            if status == last {
                let (seconds, sip) = match behaviour {
                    Behaviour::Answers(seconds) => (Some(seconds), None),
                    Behaviour::HangsUp => (Some(1), None),
                    Behaviour::Machine => (Some(5), None),
                    Behaviour::Fails(code) => (None, Some(code)),
                    _ => (None, None),
                };
                form.extend(seconds.map(|seconds| ("CallDuration", seconds.to_string())));
                form.extend(sip.map(|code| ("SipResponseCode", code.to_string())));
                form.extend(by.filter(|_| last == "completed").map(|by| ("AnsweredBy", by.to_owned())));
            }
            self.post(&rang.callback.clone(), &form).await;
        }
        self.log.push(rang);
    }

    /// The form of a webhook of a call.
    pub fn form(&self, rang: &Rang, status: &str) -> Vec<(&'static str, String)> {
        vec![
            ("CallSid", rang.sid.clone()),
            ("AccountSid", ACCOUNT.to_owned()),
            ("From", OUR_NUMBER.to_owned()),
            ("To", rang.to.clone()),
            ("Direction", "outbound-api".to_owned()),
            ("CallStatus", status.to_owned()),
        ]
    }

    /// A webhook, signed; what was answered.
    pub async fn post(&self, path: &str, form: &[(&'static str, String)]) -> String {
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let reply = self.app.twilio(path, &form).await;
        assert!(reply.status < 300, "{path}: {} {}", reply.status, reply.body);
        reply.body
    }

    /// The numbers that were called, in order.
    pub fn called(&self) -> Vec<&str> {
        self.log.iter().map(|rang| rang.to.as_str()).collect()
    }

    /// How often each number was called.
    pub fn times(&self) -> BTreeMap<&str, usize> {
        let mut times = BTreeMap::new();
        for rang in &self.log {
            *times.entry(rang.to.as_str()).or_default() += 1;
        }
        times
    }
}

/// Leads that nobody tried, one for each number, with persons of their own. Their ids follow `first`.
pub async fn leads(app: &TestApp, first: i64, numbers: &[String]) -> Vec<i64> {
    let db = &app.app.db;
    let now = app.clock.now();
    for (n, number) in numbers.iter().enumerate() {
        let id = first + n as i64;
        execute(db, format!("INSERT INTO persons (tenant_id, id, turn, lead_id, variants, opted_out, pace, created_at) VALUES (1, {id}, 1, {id}, '{{}}', '', '', {now})")).await;
        execute(db, format!("INSERT INTO identities (tenant_id, kind, value, raw, person_id, created_at) VALUES (1, 'phone', '{number}', '{number}', {id}, {now})")).await;
        execute(db, format!("INSERT INTO leads (tenant_id, id, person_id, status, channel, phone, fields, message_count, score, class, scored_in, is_active, created_at, updated_at)
            VALUES (1, {id}, {id}, 'ENQUIRY_RECEIVED', 'enquiry', '{number}', '{{}}', 0, 0, 'Unqualified', 0, TRUE, {now}, {now})")).await;
    }
    (first..first + numbers.len() as i64).collect()
}

/// A number in India, where it is half past three in the afternoon when tests begin.
pub fn indian(n: usize) -> String {
    format!("+9198765{n:05}")
}
