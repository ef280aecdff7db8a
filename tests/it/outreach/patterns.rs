//! Lists of patterns that are full: nothing that is on a list is passed over, and what finds no room is named.

use super::SENDS;
use super::campaigns::by_sms;
use crate::harness::{Place, TestApp, execute};
use crate::process::{Said, finish, program, usual};
use crate::work::{OURS, ask, entered, hire, id, two_centers_with, well};
use leadwire::domain::access::{Role, Tenant};
use leadwire::service::lifecycle::Actor;
use leadwire::service::outreach::do_not_contact::{Entry, ListError, add};
use serde_json::{Value as Json, json};

on_both!(a_list_has_so_many_patterns_and_all_are_honoured, nobody_adds_more_by_adding_at_once);

const PATH: &str = "/api/v1/do-not-contact";

/// So many patterns on a list.
async fn patterns(app: &TestApp, campaign: i64, count: i64) {
    execute(
        &app.app.db,
        format!(
            "INSERT INTO do_not_contact (tenant_id, campaign_id, pattern, is_wild, created_at)
             SELECT 1, {campaign}, '+1' || (100000 + n) || '*', TRUE, 1
             FROM (WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count}) SELECT n FROM s) s"
        ),
    )
    .await;
}

fn run(place: &Place, arguments: &[&str]) -> Said {
    let mut command = program(place);
    command.args(arguments).envs(usual(place)).envs(SENDS);
    finish(command)
}

async fn a_list_has_so_many_patterns_and_all_are_honoured(place: Place) {
    let app = two_centers_with(&place, &SENDS).await;
    let token = hire(&app, OURS, Role::CenterAdmin).await.token;
    let post = async |path: &str, form: Json| ask(&app, &token, "POST", path, Some(&form)).await;
    patterns(&app, 0, 9_999).await;
    let entries = json!({"entries": ["+9155*", "+14155550101", "+1100001*", "+9166*", "+9177*"]});
    let refused = post(PATH, entries).await;
    let problem = refused.json();
    assert_eq!(refused.status, 422, "{problem}");
    let of = |n: usize| problem["errors"][n]["pointer"].as_str().unwrap().to_owned();
    assert_eq!((of(0), of(1)), ("/entries/3".to_owned(), "/entries/4".to_owned()), "{problem}");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 2);
    assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("10,000 patterns"), "{problem}");
    assert_eq!(app.count("do_not_contact").await, 9_999, "nothing was put there");

    assert_eq!(well(&post(PATH, json!({"entries": ["+9155*"]})).await), json!({"added": 1}));
    assert_eq!(post(PATH, json!({"entries": ["+9166*"]})).await.status, 422, "it is full");
    let known = json!({"entries": ["+9155*", "+14155550101"]});
    assert_eq!(well(&post(PATH, known).await), json!({"added": 1}), "numbers and what is there find room");

    // A campaign's list is another; and both are honoured, whatever stands before it.
    let form = json!({"name": "x", "settings": by_sms()});
    let campaign = id(&well(&post("/api/v1/campaigns", form).await));
    let own = json!({"entries": ["+91987654*"], "campaign_id": campaign});
    assert_eq!(well(&post(PATH, own).await), json!({"added": 1}));
    let lead = id(&entered(&app, &token, "+919876543201").await);
    let why = format!("/api/v1/leads/{lead}/explain?campaign_id={campaign}");
    let why = well(&ask(&app, &token, "GET", &why, None).await);
    let gates = why["campaigns"][0]["gates"].as_array().unwrap();
    let listed = gates.iter().find(|gate| gate["gate"] == "do_not_contact").unwrap();
    assert_eq!(listed["passes"], false, "{listed}");

    let said = run(&place, &["do-not-contact", "add", "+14155550102", "+9166*"]);
    assert!(!said.success && said.told.contains("entry 2 finds no room"), "{said:?}");
    std::fs::write(place.folder().join("list.txt"), "+9166*\n+14155550102\n+9155*\nnobody\n+9177*\n")
        .unwrap();
    let said = run(&place, &["do-not-contact", "import", "list.txt"]);
    assert!(!said.success, "{said:?}");
    for line in [1, 5] {
        assert!(said.out.contains(&format!("list.txt:{line}: finds no room")), "{said:?}");
    }
    assert!(said.out.contains("list.txt:4: must be a number"), "{said:?}");
    assert!(said.out.contains("1 of 5 came onto the list, 3 left out"), "{said:?}");
    let list = well(&ask(&app, &token, "GET", PATH, None).await);
    assert_eq!(
        (list["patterns"].as_array().unwrap().len(), &list["numbers"]),
        (10_000, &json!(2)),
        "all are shown"
    );
}

async fn nobody_adds_more_by_adding_at_once(place: Place) {
    let app = place.app().await;
    patterns(&app, 0, 9_995).await;
    let actor = Actor { user_id: None, program: "test".to_owned() };
    let adds = (0..10).map(|n| {
        let (app, actor) = (&app, &actor);
        async move {
            let entry = Entry::of(&app.app, Tenant(1), &format!("+4477{n}*")).unwrap();
            add(&app.app, Tenant(1), actor, None, vec![entry]).await
        }
    });
    let done = crate::turns::all(adds).await;
    let full =
        done.iter().filter(|done| matches!(done, Err(ListError::Full(places)) if places == &[0])).count();
    assert_eq!((full, done.iter().filter(|done| done.is_ok()).count()), (5, 5), "{done:?}");
    assert_eq!(app.count("do_not_contact").await, 10_000);
}
