//! What is told, and how often.

use super::{app, hot, idle, slack, standing};
use crate::harness::{Place, execute, number, texts};
use crate::outbox::fake::{Act, Fake};

on_both!(
    everybody_is_told_in_their_own_form,
    a_medium_that_fails_delays_no_other,
    what_comes_at_once_is_told_together,
    more_than_a_message_holds_is_told_whichever_job_comes_first,
    what_may_have_been_received_is_told_again_and_says_so,
    a_repeat_that_was_turned_away_is_still_a_repeat,
    what_was_never_begun_is_told_as_news,
    what_was_given_up_is_told_once_somebody_tries_again,
    a_medium_that_is_gone_is_told_nothing_more_and_operations_are
);

const THREE: [&str; 3] = ["slack", "discord", "teams"];

async fn everybody_is_told_in_their_own_form(place: Place) {
    let (slack, discord, teams) = (slack().await, Fake::start().await, Fake::start().await);
    let urls = [
        ("SLACK_WEBHOOK_URL", format!("{}/slack", slack.url)),
        ("DISCORD_WEBHOOK_URL", format!("{}/discord", discord.url)),
        ("TEAMS_WEBHOOK_URL", format!("{}/teams?sig=a%2Fb", teams.url)),
    ];
    let settings: Vec<(&str, &str)> = urls.iter().map(|(name, url)| (*name, url.as_str())).collect();
    let mut app = app(&place, &THREE, "", &settings).await;
    hot(&app, "+14155550101", "<!channel> *x* <a> @everyone").await;
    app.settled().await;
    for (medium, path) in [(&slack, "/slack"), (&discord, "/discord?wait=true"), (&teams, "/teams?sig=a%2Fb")]
    {
        let came = medium.came();
        assert_eq!(came.len(), 1, "{path}");
        assert_eq!(came[0].path, path);
        let json = came[0].json.to_string();
        for word in ["Hot lead", "31", "question answered", "https://bot.example.com/leads/"] {
            assert!(json.contains(word), "{path} says {word}: {json}");
        }
        // Teams formats nothing in a TextRun; the others have it escaped.
        assert_eq!(json.contains("<!channel>"), path.starts_with("/teams"), "{path}: {json}");
    }
    assert_eq!(discord.came()[0].json["allowed_mentions"]["parse"], serde_json::json!([]));
    assert_eq!(standing(&app).await, ["sent 3"]);
}

async fn a_medium_that_fails_delays_no_other(place: Place) {
    let (slack, discord) = (slack().await, Fake::start().await);
    slack.always(|_| Act::Refuse(503, 0));
    let urls = [("SLACK_WEBHOOK_URL", slack.url.clone()), ("DISCORD_WEBHOOK_URL", discord.url.clone())];
    let settings: Vec<(&str, &str)> = urls.iter().map(|(name, url)| (*name, url.as_str())).collect();
    let mut app = app(&place, &["slack", "discord"], "", &settings).await;
    hot(&app, "+14155550101", "Ann").await;
    app.settled().await;
    assert_eq!((slack.came().len(), discord.came().len()), (1, 1));
    assert_eq!(standing(&app).await, ["sent 1", "waiting 1"]);
    slack.always(|_| Act::TakeSaying("ok"));
    app.pass(60_000).await;
    assert_eq!((slack.came().len(), discord.came().len()), (2, 1));
    assert_eq!(standing(&app).await, ["sent 2"]);
}

async fn what_comes_at_once_is_told_together(place: Place) {
    let slack = slack().await;
    let mut app = app(&place, &["slack"], "", &[("SLACK_WEBHOOK_URL", &slack.url)]).await;
    hot(&app, "+14155550101", "Ann").await;
    app.settled().await;
    // The clock stands still, so all of these come within the second that Slack wants between two.
    for person in 0..7 {
        hot(&app, &format!("+1415555020{person}"), &format!("Person {person}")).await;
    }
    app.settled().await;
    assert_eq!(slack.came().len(), 1);
    app.pass(2_000).await;
    let came = slack.came();
    assert_eq!(came.len(), 2, "seven in one");
    let told = came[1].json.to_string();
    assert!(
        told.contains("Conversation completed: 7 leads")
            && (0..7).all(|person| told.contains(&format!("Person {person}"))),
        "{told}"
    );
    assert_eq!(standing(&app).await, ["sent 8"]);
    // The jobs that had been put off find that they have nothing to say.
    app.pass(2_000).await;
    assert_eq!(slack.came().len(), 2);
    assert_eq!(
        number(
            &app.app.db,
            "SELECT COUNT(*) FROM outbox WHERE tenant_id > 0 AND kind = 'notice' AND finished_at IS NULL"
        )
        .await,
        0
    );
}

/// The jobs of older ones may wait for another try while the newest runs: its own notice is nobody else's to tell.
async fn more_than_a_message_holds_is_told_whichever_job_comes_first(place: Place) {
    let slack = slack().await;
    let mut app = idle(&place, &["slack"], "", &[("SLACK_WEBHOOK_URL", &slack.url)]).await;
    for person in 10..21 {
        hot(&app, &format!("+141555502{person}"), &format!("Person {person}")).await;
    }
    let later = app.clock.now() + 60_000;
    let older = "kind = 'notice' AND id < (SELECT MAX(id) FROM outbox WHERE kind = 'notice')";
    execute(&app.app.db, format!("UPDATE outbox SET run_at = {later} WHERE {older}")).await;
    app.work().await;
    app.settled().await;
    assert_eq!(standing(&app).await, ["sent 10", "waiting 1"]);
    app.pass(120_000).await;
    assert_eq!(standing(&app).await, ["sent 11"]);
    assert_eq!(slack.came().len(), 2);
}

async fn what_may_have_been_received_is_told_again_and_says_so(place: Place) {
    let slack = slack().await;
    slack.next(&[Act::TakeAndHangUp]);
    let mut app = app(&place, &["slack"], "", &[("SLACK_WEBHOOK_URL", &slack.url)]).await;
    hot(&app, "+14155550101", "Ann").await;
    app.settled().await;
    hot(&app, "+14155550102", "Bob").await;
    app.pass(30_000).await;
    app.pass(30_000).await;
    let told: Vec<String> = slack.came().iter().map(|came| came.json.to_string()).collect();
    assert_eq!(told.len(), 3, "Ann, Ann again, Bob: {told:?}");
    let again: Vec<&String> = told.iter().filter(|told| told.contains("Repeated")).collect();
    assert_eq!(again.len(), 1);
    assert!(
        again[0].contains("Ann") && !again[0].contains("Bob"),
        "a repeat tells what was told: {}",
        again[0]
    );
    assert_eq!(number(&app.app.db, "SELECT SUM(repeats) FROM outbox WHERE tenant_id > 0").await, 1);
    assert_eq!(standing(&app).await, ["sent 2"]);
}

async fn a_medium_that_is_gone_is_told_nothing_more_and_operations_are(place: Place) {
    let (slack, discord) = (slack().await, Fake::start().await);
    slack.always(|_| Act::Refuse(410, 0));
    let urls = [("SLACK_WEBHOOK_URL", slack.url.clone()), ("DISCORD_WEBHOOK_URL", discord.url.clone())];
    let settings: Vec<(&str, &str)> = urls.iter().map(|(name, url)| (*name, url.as_str())).collect();
    let mut app = app(&place, &["slack"], "", &settings).await;
    hot(&app, "+14155550101", "Ann").await;
    app.settled().await;
    app.pass(120_000).await;
    let told = discord.came();
    assert_eq!(told.len(), 1, "operations are told once, by what works");
    assert!(told[0].json.to_string().contains("cannot be told"), "{}", told[0].json);
    assert_eq!(slack.came().len(), 1);
    hot(&app, "+14155550102", "Bob").await;
    app.pass(120_000).await;
    assert_eq!(discord.came().len(), 1, "it stands already");
    assert_eq!(standing(&app).await, ["failed 2", "sent 1"]);
}

/// Whoever had the job died before it made a message, or a backup was restored: no message bears its name.
async fn what_was_never_begun_is_told_as_news(place: Place) {
    let slack = slack().await;
    let mut app = idle(&place, &["slack"], "", &[("SLACK_WEBHOOK_URL", &slack.url)]).await;
    hot(&app, "+14155550101", "Ann").await;
    execute(&app.app.db, "UPDATE outbox SET state = 'unsure', unsure = TRUE, holder = NULL, run_at = 0")
        .await;
    app.work().await;
    app.settled().await;
    let came = slack.came();
    assert_eq!(came.len(), 1, "and not when the next lead comes");
    assert!(!came[0].json.to_string().contains("Repeated"), "{}", came[0].json);
    assert_eq!(standing(&app).await, ["sent 1"]);
}

async fn what_was_given_up_is_told_once_somebody_tries_again(place: Place) {
    let slack = slack().await;
    slack.always(|_| Act::Refuse(410, 0));
    let mut app = app(&place, &["slack"], "", &[("SLACK_WEBHOOK_URL", &slack.url)]).await;
    hot(&app, "+14155550101", "Ann").await;
    app.pass(120_000).await;
    assert_eq!(standing(&app).await, ["failed 1"]);
    slack.always(|_| Act::TakeSaying("ok"));
    let id =
        texts(&app.app.db, "CAST(id AS TEXT)", "outbox WHERE kind = 'notice' AND state = 'rejected'").await;
    let id: i64 = id[0].parse().unwrap();
    assert!(leadwire::service::outbox::retry(&app.app.db, 1, id, app.clock.now()).await.unwrap());
    app.app.handover.wake();
    app.pass(2_000).await;
    assert_eq!(standing(&app).await, ["sent 1"]);
    assert_eq!(slack.came().iter().filter(|came| came.sid.is_some()).count(), 1);
}

async fn a_repeat_that_was_turned_away_is_still_a_repeat(place: Place) {
    let slack = slack().await;
    slack.next(&[Act::TakeAndHangUp, Act::Wait(1)]);
    let mut app = app(&place, &["slack"], "", &[("SLACK_WEBHOOK_URL", &slack.url)]).await;
    hot(&app, "+14155550101", "Ann").await;
    for _ in 0..3 {
        app.pass(30_000).await;
    }
    let marked: Vec<bool> =
        slack.came().iter().map(|came| came.json.to_string().contains("Repeated")).collect();
    assert_eq!(marked, [false, true, true]);
    assert_eq!(standing(&app).await, ["sent 1"]);
}
