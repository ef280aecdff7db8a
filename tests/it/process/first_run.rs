//! A fresh machine: nothing is configured but the folder of flows.

use super::{PATIENCE, Server, finish, free_address, program};
use crate::harness::{Place, filled, on_sqlite};
use std::path::Path;

/// `serve` by default, with the repository's flows or this test's.
async fn start(place: &Place, flows: &Path) -> (Server, String) {
    let address = free_address();
    let mut command = program(place);
    command.env("FLOWS_DIR", flows).env("LEADWIRE_LISTEN", &address);
    (Server::run(command, &address).await, address)
}

fn simulate(place: &Place, flows: &Path, address: &str, from: &str, texts: &[&str]) -> String {
    be(place, flows, address, &["sms", "--from", from], texts)
}

/// `simulate` with these arguments and texts.
fn be(place: &Place, flows: &Path, address: &str, how: &[&str], texts: &[&str]) -> String {
    let mut command = program(place);
    command.env("FLOWS_DIR", flows).env("LEADWIRE_LISTEN", address);
    command.arg("simulate").args(how).args(["--to", "+15550009999"]).args(texts);
    finish(command).ok()
}

#[test]
fn with_nothing_configured_somebody_can_call() {
    on_sqlite(async |place: Place| {
        let flows = Path::new(env!("CARGO_MANIFEST_DIR")).join("flows");
        let (_server, address) = start(&place, &flows).await;
        let caller = ["voice", "--from", "+15551230000", "--flow", "vehicle"];
        let heard = be(&place, &flows, &address, &caller, &["yes", "#2", "?Fiesta", "#1", "", "hangup"]);
        let expected = "\
> Hello, and thanks for calling! We buy vehicles. Two minutes of questions, and we send you a quote. Are you ready? Press 1 for yes, 2 for no.
< yes
> What make is it? For example, Ford. For Chevrolet, press 1. For Ford, press 2. For Honda, press 3. For Nissan, press 4. For Toyota, press 5. For Another make, press 6.
< #2
> And the model? For example, Civic.
< Fiesta
> I understood: Fiesta. Is that right? Press 1 for yes, 2 for no.
< #1
> From which year is it? You can also key it in; end with the hash key.
< (silence)
> I did not hear anything.
> From which year is it? You can also key it in; end with the hash key.
  (the call is over)
";
        assert_eq!(heard, expected);
        let machine =
            ["voice", "--from", "+15551230001", "--flow", "vehicle", "--answered-by", "machine_end_beep"];
        assert_eq!(be(&place, &flows, &address, &machine, &["hello"]), "  (the call is over)\n");
    });
}

#[test]
fn with_nothing_configured_somebody_can_chat() {
    on_sqlite(async |place: Place| {
        let flows = Path::new(env!("CARGO_MANIFEST_DIR")).join("flows");
        let (server, address) = start(&place, &flows).await;
        for what in ["/chat", "/health", "/webhooks/twilio/messages"] {
            assert!(
                server.greeting.contains(&format!("http://{address}{what}")),
                "{what} {}",
                server.greeting
            );
        }
        for path in ["/chat", "/health", "/docs"] {
            let reply = server.client.get(format!("{}{path}", server.url)).send().await.unwrap();
            assert!(reply.status().is_success() || reply.status().is_redirection(), "{path} {reply:?}");
        }
        let heard = simulate(&place, &flows, &address, "+15551230000", &["hi", "yes"]);
        assert!(heard.starts_with("< hi\n> "), "{heard}");
        assert!(heard.contains("YouShop") || heard.contains("Transform"), "{heard}");
        assert!(heard.contains("\n< yes\n> "), "{heard}");
        assert!(place.folder().join("data/leadwire.db").exists());
        let forged = server.message("+15551230001", "hi", "SM1").await.unwrap();
        assert_eq!(forged.status, 403, "not even here without the right signature");
    });
}

#[test]
fn an_edited_file_is_what_the_next_person_gets() {
    on_sqlite(async |place: Place| {
        let (_server, address) = start(&place, &place.flows()).await;
        let file = place.flows().join("shop.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        let edited = text
            .replace("Welcome! May I ask", "Good day! May I ask")
            .replace("Hello there! A few", "Good day! A few");
        std::fs::write(&file, edited).unwrap();
        let mut person = 0;
        let seen = async {
            loop {
                person += 1;
                let heard =
                    simulate(&place, &place.flows(), &address, &format!("+1415556{person:04}"), &["hi"]);
                if heard.contains("Good day!") {
                    return;
                }
                // So that the time can run out.
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, seen).await.expect("the edit is seen");
    });
}

#[test]
fn the_first_start_prints_a_link_for_its_administrator() {
    on_sqlite(async |place: Place| {
        let flows = Path::new(env!("CARGO_MANIFEST_DIR")).join("flows");
        let (mut server, address) = start(&place, &flows).await;
        let link = server.greeting.split_whitespace().find(|word| word.contains("/welcome/"));
        let link = link.unwrap_or_else(|| panic!("a link: {}", server.greeting)).to_owned();
        assert!(link.starts_with(&format!("http://{address}/welcome/")), "{link}");
        let form =
            [("name", "Ann"), ("email", "ann@example.com"), ("password", "correct horse battery staple")];
        let request = server.client.post(&link).header("origin", format!("http://{address}"));
        let reply = filled(request, &form).send().await.unwrap();
        assert_eq!(reply.status(), 303);
        let cookie = reply.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let account = server.client.get(format!("{}/account", server.url)).header("cookie", cookie);
        assert!(account.send().await.unwrap().text().await.unwrap().contains("ann@example.com"));
        server.kill();
        let (server, _) = start(&place, &flows).await;
        assert!(!server.greeting.contains("/welcome/"), "somebody works here: {}", server.greeting);
        // Whoever forgot their password is sent a link by a command beside the server.
        let user = |arguments: &[&str]| {
            let mut command = program(&place);
            command.arg("user").args(arguments);
            finish(command)
        };
        let sessions = user(&["sessions", "ann@example.com"]);
        assert!(sessions.success && sessions.out.contains("127.0.0.1"), "{sessions:?}");
        let made = user(&["link", "ann@example.com"]);
        assert!(made.success && made.out.contains("/welcome/"), "{made:?}");
        let nobody = user(&["link", "bob@example.com"]);
        assert!(!nobody.success && nobody.told.contains("leadwire user list"), "{nobody:?}");
    });
}
