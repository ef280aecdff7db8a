//! Claiming a lead by the link in a message.

use super::{app, hot, slack};
use crate::harness::{Place, TestApp, execute, number, texts};
use crate::outbox::fake::Fake;
use leadwire::clock::DAY;

on_both!(
    a_lead_is_claimed_once_and_by_a_form,
    a_link_that_is_not_ours_shows_nothing,
    an_unclaimed_lead_escalates,
    nobody_hears_of_whoever_was_erased_a_moment_ago,
    who_claims_in_the_night_is_believed_in_the_morning,
    a_claim_does_not_hold_for_ever
);

/// The path of the lead's page in what Slack was told.
fn link(slack: &Fake, message: usize) -> String {
    let told = slack.came()[message].json.to_string();
    let from = told.find("https://bot.example.com/leads/").unwrap() + "https://bot.example.com".len();
    let rest = &told[from..];
    let end = rest.find(['"', '\\', '|', ' ']).unwrap();
    rest[..end].trim_end_matches("/claim").to_owned()
}

async fn claim(app: &TestApp, path: &str, name: &str) -> u16 {
    let request = app.request("POST", &format!("{path}/claim"));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    app.send(request.body(format!("name={name}"))).await.status
}

async fn a_lead_is_claimed_once_and_by_a_form(place: Place) {
    let slack = slack().await;
    let mut app = app(&place, &["slack"], "", &[("SLACK_WEBHOOK_URL", &slack.url)]).await;
    hot(&app, "+14155550101", "<b>Ann</b>").await;
    app.settled().await;
    let path = link(&slack, 0);
    for _ in 0..2 {
        let page = app.get(&format!("{path}/claim")).await;
        assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
        assert!(page.body.contains("Claim this lead") && page.body.contains("&lt;b&gt;Ann"), "{}", page.body);
        assert!(page.body.contains("Who are you?"), "what was said: {}", page.body);
    }
    assert_eq!(claim(&app, &path, "+").await, 422, "nobody is no name");
    assert_eq!(
        number(&app.app.db, "SELECT COUNT(*) FROM leads WHERE tenant_id > 0 AND claimed_by IS NOT NULL")
            .await,
        0
    );
    assert_eq!(claim(&app, &path, "Mia+%3Ci%3E").await, 303);
    assert_eq!(claim(&app, &path, "Leo").await, 303);
    let claimed = texts(&app.app.db, "claimed_by", "leads WHERE claimed_by IS NOT NULL").await;
    assert_eq!(claimed, ["Mia <i>"], "who came first");
    let page = app.get(&path).await;
    assert!(
        page.body.contains("Claimed by <strong>Mia &lt;i&gt;</strong>") && !page.body.contains("<form"),
        "{}",
        page.body
    );
}

async fn a_link_that_is_not_ours_shows_nothing(place: Place) {
    let slack = slack().await;
    let mut app = app(&place, &["slack"], "", &[("SLACK_WEBHOOK_URL", &slack.url)]).await;
    hot(&app, "+14155550101", "Ann").await;
    app.settled().await;
    let path = link(&slack, 0);
    let other = path.replacen("/leads/1.", "/leads/2.", 1);
    for wrong in [other.as_str(), "/leads/1.1.1.9999999999999.AAAA", "/leads/x"] {
        let page = app.get(wrong).await;
        assert_eq!(page.status, 404, "{wrong}");
        assert!(!page.body.contains("Ann"));
        assert_eq!(claim(&app, wrong, "Leo").await, 404, "{wrong}");
    }
    app.clock.advance(7 * DAY);
    assert_eq!(app.get(&path).await.status, 404, "it holds for a week");
}

/// Sales, and after a quarter of an hour the managers.
const TWO: &str = r#"
    [[lists]]
    name = "sales"
    kind = "slack"
    webhook = "SALES"
    escalate_after = "15m"
    escalate_to = "managers"
    [[lists]]
    name = "managers"
    kind = "slack"
    webhook = "MANAGERS"
"#;

async fn two(place: &Place, further: &str) -> (TestApp, Fake, Fake) {
    let (sales, managers) = (slack().await, slack().await);
    let toml = format!("{TWO}{further}");
    let urls = [("SALES", sales.url.as_str()), ("MANAGERS", managers.url.as_str())];
    (app(place, &["sales"], &toml, &urls).await, sales, managers)
}

/// What is told as news in the evening may be settled when the list may be told.
async fn who_claims_in_the_night_is_believed_in_the_morning(place: Place) {
    // The tests' clock begins at 10:00.
    let (mut app, sales, managers) = two(&place, "quiet_from = \"10:10\"\nquiet_until = \"18:00\"\n").await;
    hot(&app, "+14155550101", "Ann").await;
    app.pass(16 * 60_000).await;
    assert_eq!(managers.came().len(), 0, "they sleep");
    assert_eq!(claim(&app, &link(&sales, 0), "Mia").await, 303);
    app.pass(8 * 60 * 60_000).await;
    assert_eq!(managers.came().len(), 0, "Mia has it");
    assert_eq!(super::standing(&app).await, ["sent 1", "settled 1"]);
}

async fn a_claim_does_not_hold_for_ever(place: Place) {
    let (mut app, sales, managers) = two(&place, "").await;
    hot(&app, "+14155550101", "Ann").await;
    app.settled().await;
    assert_eq!(claim(&app, &link(&sales, 0), "Mia").await, 303);
    app.pass(16 * 60_000).await;
    app.pass(31 * DAY).await;
    for (text, sid) in [("hot", "SM-c"), ("Ann again", "SM-d")] {
        assert_eq!(app.twilio_message("+14155550101", text, sid).await.status, 200);
    }
    app.settled().await;
    app.pass(16 * 60_000).await;
    assert_eq!((sales.came().len(), managers.came().len()), (2, 1), "nobody has her now");
    assert_eq!(claim(&app, &link(&sales, 1), "Leo").await, 303);
    assert_eq!(texts(&app.app.db, "claimed_by", "leads WHERE claimed_by IS NOT NULL").await, ["Leo"]);
}

async fn an_unclaimed_lead_escalates(place: Place) {
    let (mut app, sales, managers) = two(&place, "").await;
    hot(&app, "+14155550101", "Ann").await;
    app.pass(60_000).await;
    hot(&app, "+14155550102", "Bob").await;
    app.settled().await;
    assert_eq!((sales.came().len(), managers.came().len()), (2, 0));
    assert_eq!(claim(&app, &link(&sales, 0), "Mia").await, 303);
    app.pass(13 * 60_000).await;
    assert_eq!(managers.came().len(), 0, "not before its time");
    app.pass(3 * 60_000).await;
    let told: Vec<String> = managers.came().iter().map(|came| came.json.to_string()).collect();
    assert_eq!(told.len(), 1, "Ann is claimed: {told:?}");
    assert!(told[0].contains("Nobody has claimed it yet") && told[0].contains("Bob"), "{}", told[0]);
    app.pass(60 * 60_000).await;
    assert_eq!((sales.came().len(), managers.came().len()), (2, 1), "once");
}

async fn nobody_hears_of_whoever_was_erased_a_moment_ago(place: Place) {
    let (mut app, sales, managers) = two(&place, "").await;
    hot(&app, "+14155550101", "Ann").await;
    app.settled().await;
    assert_eq!(sales.came().len(), 1);
    let db = app.app.db.clone();
    let read = texts(&db, "payload", "outbox WHERE kind = 'escalation'").await;
    let admin = crate::work::hire(&app, crate::work::OURS, leadwire::domain::access::Role::CenterAdmin).await;
    let lead = number(&db, "SELECT MAX(id) FROM leads").await;
    crate::erasure::erased(&app, &admin.token, lead).await;
    // As the job was read before the erasure.
    let again = format!(
        "UPDATE outbox SET finished_at = NULL, state = 'waiting', run_at = {}, payload = '{}' WHERE kind = 'escalation'",
        app.clock.now(),
        read[0]
    );
    assert_eq!(execute(&db, again).await, 1);
    app.pass(60_000).await;
    assert_eq!(texts(&db, "state", "outbox WHERE kind = 'escalation'").await, ["sent"], "it ran");
    assert_eq!(
        (managers.came().len(), number(&db, "SELECT COUNT(*) FROM notices WHERE list = 'managers'").await),
        (0, 0)
    );
}
