//! The ledger of deliveries: as people read it, try again, export and forget it.

mod crm;
mod exports;
mod outage;
mod purges;
mod questions;

use crate::harness::{Place, TestApp, texts};
use crate::process::{Said, Server, finish, free_address, program, usual};
use crm::Crm;
use leadwire::clock::Clock;
use leadwire::store::db::Db;

/// The part of `docs/OPERATIONS.md` about deliveries.
pub const SECTION: &str = "\n## Leads and the CRM\n";
/// What is said at the end.
const BYE: &str = "Thank you, we will call.";
/// The token that is good at first.
const TOKEN: &str = "the-first-token";

/// Makes this the only flow: two questions, then what is known is delivered.
fn flow(place: &Place) {
    for file in std::fs::read_dir(place.flows()).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    let text = r#"
        id     = "order"
        title  = "An order"
        region = "US"

        [start]
        channels = ["sms", "web"]
        default  = true
        keywords = ["hi"]

        [[steps]]
        id  = "name"
        ask = "name"
        say = "What is your name?"

        [[steps]]
        id  = "place"
        ask = "text"
        say = "Which city are you in?"

        [[steps]]
        id  = "bye"
        say = "Thank you, we will call."
        end = "completed"

        [[deliver]]
        to  = "crm"
        on  = "completed"
        map = { full_name = "{{ name }}", zip_code = "{{ place }}" }
    "#;
    std::fs::write(place.flows().join("order.toml"), text).unwrap();
}

/// The settings of a server whose leads go to this CRM, with a token.
fn settings(place: &Place, crm: &Crm, token: &str, further: &str) -> Vec<(&'static str, String)> {
    let file = place.folder().join("leadwire.toml");
    let url = &crm.url;
    let toml = format!(
        "[[sinks]]\nname = \"crm\"\nkind = \"rest\"\nurl = \"{url}\"\nsecret = \"CRM_TOKEN\"\nrepeats_safely = true\n{further}\n"
    );
    std::fs::write(&file, toml).unwrap();
    vec![
        ("LEADWIRE_CONFIG", file.display().to_string()),
        ("CRM_TOKEN", token.to_owned()),
        ("ALLOW_PRIVATE_ADDRESSES", "127.0.0.1".to_owned()),
        ("OUTGOING_TIMEOUT_SECONDS", "3".to_owned()),
        ("AB_TESTING_ENABLED", "false".to_owned()),
    ]
}

/// A server of this process whose leads go to this CRM, with its worker.
async fn working(place: &Place, crm: &Crm, further: &str, clock: Clock) -> TestApp {
    flow(place);
    let settings = settings(place, crm, TOKEN, further);
    let all: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut app = place.app_at(&all, clock).await;
    app.work().await;
    app
}

/// Answers everything that is asked.
async fn complete(app: &TestApp, from: &str, city: &str) {
    for text in ["hi", "Asha Rao"] {
        app.twilio_message(from, text, &format!("SM{}", leadwire::ids::secret())).await.texts();
    }
    let last = app.twilio_message(from, city, &format!("SM{}", leadwire::ids::secret())).await;
    assert_eq!(last.texts(), [BYE]);
}

/// The real program, whose leads go to this CRM.
async fn serving(place: &Place, crm: &Crm, token: &str) -> Server {
    flow(place);
    let address = free_address();
    let mut command = program(place);
    command.envs(usual(place)).envs(settings(place, crm, token, "")).env("LEADWIRE_LISTEN", &address);
    Server::run(command, &address).await
}

/// People who write to it and answer everything, and are thanked.
async fn completed(server: &Server, people: std::ops::Range<usize>) {
    for person in people {
        let from = format!("+1415555{person:04}");
        let mut last = Vec::new();
        for text in ["hi", "Asha Rao", "Pune"] {
            let sid = format!("SM{}", leadwire::ids::secret());
            last = server.message(&from, text, &sid).await.unwrap().texts();
        }
        assert_eq!(last, [BYE], "who writes is thanked whatever the CRM does");
    }
}

/// A command with the CRM's settings.
async fn leads(place: &Place, crm: &Crm, token: &str, arguments: &[&str]) -> Said {
    let mut command = program(place);
    command.arg("leads").args(arguments).envs(usual(place)).envs(settings(place, crm, token, ""));
    tokio::task::spawn_blocking(move || finish(command)).await.unwrap()
}

/// The deliveries, the oldest first: their states.
async fn states(db: &Db) -> Vec<String> {
    texts(db, "state", "deliveries ORDER BY id").await
}
