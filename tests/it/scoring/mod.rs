//! What bounds a score: caps, rules that earn once, points that are taken off, silence; and what it would be otherwise.

mod silence;
mod what_if;

use crate::harness::{Place, TestApp, number, texts};
use crate::whole::assert_whole;
use crate::work::{OURS, ask, hire, well};
use leadwire::clock::Clock;
use leadwire::domain::access::Role;

on_both!(a_ledger_keeps_to_its_bounds);

/// Somebody's phone.
const ASHA: &str = "+14155550123";

const FLOW: &str = r#"
id    = "points"
title = "Points"

[start]
keywords = ["hi"]
default  = true

[scoring]
sql  = 40
mql  = 20
once = ["quick_reply"]
caps = { question_answered = 10, fit = 8 }
points.complained = -20

[[steps]]
id      = "kind"
ask     = "choice"
say     = "What do you run?"
options = [{ value = "Restaurant", points = 6, event = "keen" }, { value = "Shop", points = 2 }]

[[steps]]
id      = "size"
ask     = "choice"
say     = "How large is it?"
options = ["Few", { value = "Many", points = 5 }]

[[steps]]
id      = "mood"
ask     = "choice"
say     = "How are you?"
options = ["Happy", { value = "Angry", event = "complained" }]

[[steps]]
id  = "city"
ask = "text"
say = "Where?"

[[steps]]
id  = "thanks"
say = "Thank you!"
end = "completed"

[[deliver]]
to  = "crm"
on  = "keen"
map = { points = "{{ score }}" }
"#;

/// A server whose only flow is this one.
async fn app_with(place: &Place, flow: &str, clock: Clock) -> TestApp {
    for file in std::fs::read_dir(place.flows()).unwrap() {
        let file = file.unwrap().path();
        if file.extension().is_some_and(|extension| extension == "toml") {
            std::fs::remove_file(file).unwrap();
        }
    }
    std::fs::write(place.flows().join("points.toml"), flow).unwrap();
    place.app_at(&[("AB_TESTING_ENABLED", "false")], clock).await
}

async fn says(app: &TestApp, from: &str, words: &[&str]) {
    for text in words {
        app.twilio_message(from, text, &format!("SM{}", leadwire::ids::secret())).await.texts();
    }
}

/// The score of the only lead.
async fn score(app: &TestApp) -> i64 {
    number(&app.app.db, "SELECT score FROM leads").await
}

/// The ledger, in order.
async fn ledger(app: &TestApp) -> Vec<String> {
    let rows = "score_entries ORDER BY conversation_id, seq, n";
    texts(&app.app.db, "rule || ' ' || CAST(points AS TEXT)", rows).await
}

async fn a_ledger_keeps_to_its_bounds(place: Place) {
    let app = app_with(&place, FLOW, Clock::fixed(crate::harness::START)).await;
    says(&app, ASHA, &["hi", "Restaurant", "Many"]).await;
    let begun = [
        "session_opened 5",
        "question_answered 5",
        "quick_reply 5",
        "option 6",
        "question_answered 5",
        "option 2",
    ];
    assert_eq!(ledger(&app).await, begun, "quick once, and no more than 8 for answers");
    assert_eq!(score(&app).await, 28);
    says(&app, ASHA, &["Angry"]).await;
    assert_eq!((score(&app).await, ledger(&app).await.last().unwrap().as_str()), (8, "complained -20"));
    assert_eq!(ledger(&app).await.len(), 7, "a question beyond the cap is no row");
    says(&app, ASHA, &["Pune"]).await;
    assert_eq!((score(&app).await, ledger(&app).await.last().unwrap().as_str()), (18, "all_answered 10"));
    says(&app, ASHA, &["change size", "Few"]).await;
    assert_eq!((score(&app).await, ledger(&app).await.last().unwrap().as_str()), (16, "option -2"));
    assert_whole(&app.app.db).await;

    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let lead = number(&app.app.db, "SELECT id FROM leads").await;
    let told = well(&ask(&app, &admin.token, "GET", &format!("/api/v1/leads/{lead}/score"), None).await);
    assert_eq!((&told["fit"], &told["engagement"]), (&6.into(), &10.into()), "{told}");
}
