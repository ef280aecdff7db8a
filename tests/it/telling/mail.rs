//! Told by mail, by a real mail server.

use super::{app, hot, standing};
use crate::harness::Place;
use crate::mail::server::{Fault, Mode, Options, Server};

on_both!(a_lead_comes_by_mail, a_mail_that_may_have_arrived_keeps_its_id);

async fn started(place: &Place, mode: Mode, security: &str) -> (crate::harness::TestApp, Server) {
    let server = Server::start(Options { mode, ..Options::default() }).await;
    let ca = place.folder().join("ca.pem");
    std::fs::write(&ca, server.ca_pem()).unwrap();
    let (ca, port) = (ca.display().to_string(), server.port().to_string());
    let settings = [
        ("SMTP_HOST", Server::HOST),
        ("SMTP_PORT", port.as_str()),
        ("SMTP_SECURITY", security),
        ("SMTP_USER", Server::USER),
        ("SENDER_EMAIL", "bot@example.com"),
        ("SENDER_PASSWORD", Server::PASSWORD),
        ("SMTP_CA_FILE", ca.as_str()),
        ("SALES_TEAM_EMAILS", "sales@example.com, manager@example.com"),
    ];
    (app(place, &["email"], "", &settings).await, server)
}

async fn a_lead_comes_by_mail(place: Place) {
    let (mut app, server) = started(&place, Mode::StartTls, "starttls").await;
    hot(&app, "+14155550101", "<!channel> *x* <a>").await;
    app.settled().await;
    let letter = server.letter(0).await;
    assert_eq!(letter.to, ["sales@example.com", "manager@example.com"]);
    assert!(letter.is_encrypted);
    assert!(
        letter.raw.contains("multipart/alternative") && letter.raw.contains("text/html"),
        "{}",
        letter.raw
    );
    let html = letter.raw.split("text/html").nth(1).unwrap();
    assert!(html.contains("&lt;!channel&gt;") && !html.contains("<a>"), "the name is text: {html}");
    assert_eq!(standing(&app).await, ["sent 1"]);
}

async fn a_mail_that_may_have_arrived_keeps_its_id(place: Place) {
    let (mut app, server) = started(&place, Mode::Implicit, "tls").await;
    server.fail(Fault::CloseAfterMail);
    hot(&app, "+14155550101", "Ann").await;
    app.settled().await;
    server.fail(Fault::None);
    app.pass(30_000).await;
    let letters = server.letters();
    let ids: Vec<&str> = letters
        .iter()
        .filter_map(|letter| letter.raw.lines().find(|line| line.to_lowercase().starts_with("message-id:")))
        .collect();
    assert_eq!(ids.len(), 2, "taken twice, because nobody said that it was");
    assert_eq!(ids[0], ids[1], "under one id");
    assert!(letters[1].raw.contains("Repeated") && !letters[0].raw.contains("Repeated"));
    assert_eq!(standing(&app).await, ["sent 1"]);
}
