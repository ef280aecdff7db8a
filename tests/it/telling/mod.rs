//! People are told of leads: at once, by every medium on its own, once but for what may have been received, and until somebody claims
//! the lead.

mod alerts;
mod claims;
mod mail;
mod sends;
mod times;

use crate::harness::{Place, TestApp};
use crate::outbox::fake::{Act, Fake};
use leadwire::clock::Clock;

/// A lead is hot with its first answer, whatever that says.
const HOT: &str = r#"
id        = "hot"
title     = "Hot"
languages = ["en"]

[start]
channels = ["sms", "web"]
keywords = ["hot"]

[scoring]
sql = 5
mql = 2
points = { question_answered = 10, session_opened = 1 }

[[steps]]
id   = "name"
ask  = "text"
save = "name"
say  = "Who are you?"

[[steps]]
id  = "done"
say = "Thank you!"
end = "completed"

[[notify]]
on  = ["sql", "completed"]
via = VIA
"#;

/// Adds the flow that tells these lists.
pub fn flow(place: &Place, via: &[&str]) {
    std::fs::write(place.flows().join("hot.toml"), HOT.replace("VIA", &format!("{via:?}"))).unwrap();
}

/// A server with its worker: settings beside a `leadwire.toml` that says this, and a flow that tells these lists.
async fn app(place: &Place, via: &[&str], toml: &str, further: &[(&str, &str)]) -> TestApp {
    let mut app = idle(place, via, toml, further).await;
    app.work().await;
    app
}

/// The same without its worker.
async fn idle(place: &Place, via: &[&str], toml: &str, further: &[(&str, &str)]) -> TestApp {
    flow(place, via);
    let file = place.folder().join("leadwire.toml");
    std::fs::write(&file, toml).unwrap();
    let file = file.display().to_string();
    let mut settings = vec![
        ("LEADWIRE_CONFIG", file.as_str()),
        ("ALLOW_PRIVATE_ADDRESSES", "127.0.0.1,localhost"),
        ("OUTGOING_TIMEOUT_SECONDS", "1"),
    ];
    settings.extend(further);
    place.app_at(&settings, Clock::fixed(crate::harness::START)).await
}

/// A receiver that answers as Slack does.
async fn slack() -> Fake {
    let fake = Fake::start().await;
    fake.always(|_| Act::TakeSaying("ok"));
    fake
}

/// Somebody becomes a hot lead by phone under this name.
async fn hot(app: &TestApp, from: &str, name: &str) {
    for (text, sid) in [("hot", "A"), (name, "B")] {
        let sid = format!("SM{}{sid}", from.trim_start_matches('+'));
        assert_eq!(app.twilio_message(from, text, &sid).await.status, 200);
    }
}

/// How notices stand: state and how many.
async fn standing(app: &TestApp) -> Vec<String> {
    let counted = "state || ' ' || CAST(COUNT(*) AS TEXT)";
    crate::harness::texts(&app.app.db, counted, "notices GROUP BY state ORDER BY state").await
}
