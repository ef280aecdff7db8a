//! What Twilio reports of our messages.

use crate::harness::{OUR_NUMBER, Place, TestApp, texts};
use crate::whole::assert_whole;
use leadwire::store::db::{Exec, Sql};

on_both! {
    each_part_of_a_long_reply_has_its_own_status,
    a_failed_part_is_a_failed_message,
    reports_of_one_reply_at_once_are_all_kept,
    a_status_of_another_tenants_message_is_ignored,
    segments_are_those_of_what_is_sent,
    a_refusal_for_good_is_an_opt_out,
    a_refusal_that_is_told_again_takes_back_no_opt_in,
}

/// Makes the shop's first question two SMS long.
pub fn long(place: &Place) {
    let file = place.flows().join("shop.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let long = format!("{}May I ask a few questions?", "A sentence. ".repeat(200));
    let text = text.replace("Welcome! May I ask a few questions?", &long);
    std::fs::write(file, text.replace("Hello there! A few questions?", &long)).unwrap();
}

/// The paths of a reply's status callbacks.
fn callbacks(xml: &str) -> Vec<String> {
    let urls = xml.split("statusCallback=\"https://bot.example.com").skip(1);
    urls.map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&")).collect()
}

async fn report(app: &TestApp, path: &str, status: &str, code: Option<&str>) -> u16 {
    // Each part is a message of Twilio's own.
    let sid = format!("SM{}", path.len() as u64 + path.bytes().map(u64::from).sum::<u64>());
    let mut form = vec![("MessageSid", sid.as_str()), ("MessageStatus", status), ("From", OUR_NUMBER)];
    form.extend(code.map(|code| ("ErrorCode", code)));
    app.twilio(path, &form).await.status
}

#[derive(Debug, sqlx::FromRow)]
struct Sent {
    status: Option<String>,
    error_code: Option<String>,
    segments: Option<i64>,
}

/// Our messages as they stand.
async fn sent(app: &TestApp) -> Vec<Sent> {
    const SENT: Sql = Sql::same(
        "SELECT status, error_code, segments FROM messages WHERE direction = 'out' ORDER BY conversation_id, seq",
    );
    app.app.db.fetch_all(SENT, vec![]).await.unwrap()
}

async fn standing(app: &TestApp) -> String {
    sent(app).await[0].status.clone().unwrap_or_default()
}

async fn two_parts(place: &Place) -> (TestApp, Vec<String>) {
    long(place);
    let app = place.app().await;
    let reply = app.twilio_message("+15551230001", "demo", "SM-in").await;
    let callbacks = callbacks(&reply.body);
    assert_eq!(callbacks.len(), 2, "{}", reply.body);
    (app, callbacks)
}

async fn each_part_of_a_long_reply_has_its_own_status(place: Place) {
    let (app, parts) = two_parts(&place).await;
    assert!(parts[0].ends_with("&part=0&parts=2") && parts[1].ends_with("&part=1&parts=2"), "{parts:?}");
    let rows = [
        (0, "sent", "accepted", "of the other nothing is known but that it was taken"),
        (0, "delivered", "accepted", "one of two"),
        (1, "sent", "sent", "the part that is least far"),
        (1, "queued", "sent", "late news"),
        (0, "sent", "sent", "late news of the other"),
        (1, "delivered", "delivered", "both"),
        (0, "read", "delivered", "one is read"),
        (1, "read", "read", "both are"),
    ];
    for (part, status, expected, label) in rows {
        assert_eq!(report(&app, &parts[part], status, None).await, 204, "{label}");
        assert_eq!(standing(&app).await, expected, "{label}");
    }
}

async fn a_failed_part_is_a_failed_message(place: Place) {
    let (app, parts) = two_parts(&place).await;
    report(&app, &parts[0], "delivered", None).await;
    report(&app, &parts[1], "undelivered", Some("30003")).await;
    let first = sent(&app).await.remove(0);
    assert_eq!((first.status.as_deref(), first.error_code.as_deref()), (Some("undelivered"), Some("30003")));
    report(&app, &parts[1], "delivered", None).await;
    report(&app, &parts[0], "read", None).await;
    assert_eq!(standing(&app).await, "undelivered", "what failed stays failed");
}

async fn reports_of_one_reply_at_once_are_all_kept(place: Place) {
    let (app, parts) = two_parts(&place).await;
    let (one, other) =
        tokio::join!(report(&app, &parts[0], "delivered", None), report(&app, &parts[1], "delivered", None),);
    assert_eq!((one, other), (204, 204));
    assert_eq!(standing(&app).await, "delivered");
}

async fn a_status_of_another_tenants_message_is_ignored(place: Place) {
    let app = place.app().await;
    let reply = app.twilio_message("+15551230001", "demo", "SM-in").await;
    let path = callbacks(&reply.body).remove(0);
    const MOVE: Sql = Sql::same("UPDATE messages SET tenant_id = 2 WHERE tenant_id = 1");
    app.app.db.execute(MOVE, vec![]).await.unwrap();
    let theirs = path.replace("message=1-", "message=2-");
    assert_ne!(theirs, path);
    assert_eq!(report(&app, &theirs, "delivered", None).await, 204);
    assert_eq!(standing(&app).await, "", "it is not this account's to report");
}

async fn a_refusal_for_good_is_an_opt_out(place: Place) {
    let app = place.app().await;
    let rows = [
        ("they sent STOP", "+15551230001", "failed", "21610", true),
        ("they blocked us", "whatsapp:+15551230002", "undelivered", "63014", true),
        ("another failure", "+15551230003", "undelivered", "30003", false),
        ("no failure", "+15551230004", "sent", "21610", false),
    ];
    for (n, (label, from, status, code, opts_out)) in rows.into_iter().enumerate() {
        let reply = app.twilio_message(from, "demo", &format!("SM-{n}")).await;
        let path = callbacks(&reply.body).remove(0);
        assert_eq!(report(&app, &path, status, Some(code)).await, 204, "{label}");
        let answered = app.twilio_message(from, "well", &format!("SM-{n}-on")).await.texts();
        assert_eq!(answered.is_empty(), opts_out, "{label}: {answered:?}");
    }
    let evidence =
        texts(&app.app.db, "channel || ' ' || signal || ' ' || wording", "consents ORDER BY seq, channel")
            .await;
    assert_eq!(
        evidence,
        ["sms stop refused by the provider: 21610", "whatsapp stop refused by the provider: 63014"]
    );
    let told = "messages WHERE direction = 'out' AND person_id IN (SELECT person_id FROM consents)";
    assert_eq!(app.count(told).await, 2, "nothing but the greetings");
    assert_whole(&app.app.db).await;
}

async fn a_refusal_that_is_told_again_takes_back_no_opt_in(place: Place) {
    let app = place.app().await;
    let from = "+15551230001";
    let path = callbacks(&app.twilio_message(from, "demo", "SM-in").await.body).remove(0);
    report(&app, &path, "failed", Some("21610")).await;
    app.twilio_message(from, "START", "SM-start").await;
    let before = app.stored().await;
    report(&app, &path, "failed", Some("21610")).await;
    assert_eq!(app.stored().await, before);
    assert_eq!(app.twilio_message(from, "yes", "SM-yes").await.texts().len(), 1, "they are heard");
    let unknown = path.replace("message=1-", "message=1-9");
    assert_eq!(report(&app, &unknown, "failed", Some("21610")).await, 204, "of no message of ours");
}

async fn segments_are_those_of_what_is_sent(place: Place) {
    let (app, _) = two_parts(&place).await;
    let first = sent(&app).await.remove(0);
    assert_eq!(first.segments, Some(16), "1526 characters in ten segments, 899 in six");
    // Two texts of one turn travel as one message.
    app.twilio_message("+15551230002", "demo", "SM-2").await;
    app.twilio_message("+15551230002", "español", "SM-3").await;
    let counted: Vec<Option<i64>> = sent(&app).await.into_iter().map(|sent| sent.segments).collect();
    assert!(counted.len() > 3, "the last turn said two things: {counted:?}");
    let turns = app.count("messages WHERE direction = 'in'").await;
    assert_eq!(counted.iter().flatten().count() as i64, turns, "one count each turn: {counted:?}");
}
