//! Where leads stand, recycling and putting right, as requests.

use super::{first, tried};
use crate::harness::{Place, execute, number, texts};
use crate::work::{OTHER, OURS, ask, hire, two_centers, well};
use leadwire::domain::access::Role;
use serde_json::{Value as Json, json};

on_both!(
    every_lead_is_shown_or_explained_and_what_may_be_is_recycled,
    what_is_wrong_is_counted_and_then_put_right,
    what_is_no_selection_is_refused,
);

const STATUSES: &str = "/api/v1/outreach/statuses";
const RECYCLE: &str = "/api/v1/outreach/recycle";
const FIX: &str = "/api/v1/outreach/fix-status";

async fn every_lead_is_shown_or_explained_and_what_may_be_is_recycled(place: Place) {
    let app = two_centers(&place).await;
    let db = app.app.db.clone();
    let lead = first(&app).await;
    for (from, count, says) in [
        (1, 4, "'no_answer'"),
        (5, 2, "NULL"),
        (7, 1, "''"),
        (8, 1, "'sale'"),
        (9, 2, "'busy'"),
        (11, 1, "'from_an_import'"),
    ] {
        tried(&app, lead, from, count, says).await;
    }
    execute(&db, format!("UPDATE leads SET status = 'CONVERTED' WHERE id = {lead} + 1")).await;
    execute(&db, format!("UPDATE leads SET is_active = FALSE WHERE id = {lead} + 9")).await;
    execute(&db, format!("UPDATE leads SET tries = 3 WHERE id > {lead}")).await;
    let others = hire(&app, OTHER, Role::CenterAdmin).await;
    let (admin, counselor) =
        (hire(&app, OURS, Role::CenterAdmin).await, hire(&app, OURS, Role::Counselor).await);

    let all = well(&ask(&app, &counselor.token, "GET", STATUSES, None).await);
    assert_eq!((&all["leads"], &all["recyclable"]), (&json!(12), &json!(9)), "{all}");
    let line = |says: Json| {
        all["statuses"].as_array().unwrap().iter().find(|line| line["dial_status"] == says).unwrap().clone()
    };
    assert_eq!(
        line(json!("no_answer")),
        json!({"dial_status": "no_answer", "kind": "recyclable", "leads": 4, "recyclable": 3, "share": 0.3333})
    );
    assert_eq!(
        line(Json::Null),
        json!({"dial_status": null, "kind": "problematic", "leads": 3, "recyclable": 3, "share": 0.25})
    );
    assert_eq!(line(json!("from_an_import"))["kind"], "problematic");
    assert_eq!(line(json!("sale"))["kind"], "final");
    assert_eq!(
        all["over"],
        json!([
            {"reason": "they are CONVERTED", "leads": 1},
            {"reason": "they bought", "leads": 1},
            {"reason": "they were put aside", "leads": 1},
        ])
    );
    let theirs = well(&ask(&app, &others.token, "GET", STATUSES, None).await);
    assert_eq!(theirs, json!({"leads": 0, "recyclable": 0, "statuses": [], "over": []}));

    let form = json!({"from": ["no_answer", null, "busy"], "to": "callback"});
    assert_eq!(well(&ask(&app, &others.token, "POST", RECYCLE, Some(&form)).await)["recycled"], 0);
    let done = well(&ask(&app, &admin.token, "POST", RECYCLE, Some(&form)).await);
    assert_eq!(
        done,
        json!({"recycled": 7, "to": "callback", "has_more": false}),
        "empty words say nothing, too"
    );
    assert_eq!(app.count("leads WHERE dial_status = 'callback' AND tries = 3").await, 7);
    let audited = format!("audit_log WHERE event = 'recycled' AND user_id = {}", admin.user_id);
    assert_eq!(app.count(&audited).await, 7, "each by whom");
    let form = json!({"from": ["callback"], "reset": true});
    let done = well(&ask(&app, &admin.token, "POST", RECYCLE, Some(&form)).await);
    assert_eq!(done, json!({"recycled": 7, "to": "new", "has_more": false}));
    assert_eq!(app.count("leads WHERE dial_status = 'new' AND tries = 0").await, 8);
    let again = well(&ask(&app, &admin.token, "POST", RECYCLE, Some(&form)).await);
    assert_eq!(again["recycled"], 0, "once is enough");
    let over = format!("leads WHERE id IN ({lead} + 1, {lead} + 8, {lead} + 9) ORDER BY id");
    let left = texts(&db, "dial_status", &over).await;
    assert_eq!(left, ["no_answer", "sale", "busy"], "whose lives are over");
}

async fn what_is_wrong_is_counted_and_then_put_right(place: Place) {
    let app = two_centers(&place).await;
    let db = app.app.db.clone();
    let lead = first(&app).await;
    tried(&app, lead, 1, 3, "NULL").await;
    tried(&app, lead, 4, 2, "'no_answer'").await;
    execute(&db, format!("UPDATE leads SET dial_status = NULL WHERE id = {lead}")).await;
    let (admin, others) =
        (hire(&app, OURS, Role::CenterAdmin).await, hire(&app, OTHER, Role::CenterAdmin).await);
    let fix = async |token: &str, form: Json| well(&ask(&app, token, "POST", FIX, Some(&form)).await);

    let expected = |fixed: i64| {
        json!({
            "looked_at": 6, "issues": {"tried_but_new": 3, "untracked": 2, "missing": 1}, "found": 6, "fixed": fixed,
            "after": {"new": 1, "no_answer": 5}, "has_more": false, "next": null,
        })
    };
    assert_eq!(fix(&admin.token, json!({"report_only": true})).await, expected(0));
    assert_eq!(fix(&others.token, json!({})).await["looked_at"], 0);
    let of_campaign = fix(&admin.token, json!({"report_only": true, "campaign": 7})).await;
    assert_eq!(
        (&of_campaign["found"], &of_campaign["issues"]["missing"]),
        (&json!(5), &json!(0)),
        "{of_campaign}"
    );
    let behind = fix(&admin.token, json!({"report_only": true, "after": lead + 4})).await;
    assert_eq!((&behind["looked_at"], &behind["found"]), (&json!(1), &json!(1)), "{behind}");
    assert_eq!(app.count("audit_log").await, 0, "nothing of it was done");

    assert_eq!(fix(&admin.token, json!({})).await, expected(6));
    let audited = format!("audit_log WHERE event = 'status_fixed' AND user_id = {}", admin.user_id);
    assert_eq!(app.count(&audited).await, 6, "each by whom");
    let again = fix(&admin.token, json!({"report_only": false})).await;
    assert_eq!(
        (&again["looked_at"], &again["found"], &again["fixed"]),
        (&json!(6), &json!(0), &json!(0)),
        "{again}"
    );
    assert_eq!(number(&db, "SELECT SUM(dial_attempts) FROM leads").await, 5);
}

async fn what_is_no_selection_is_refused(place: Place) {
    let app = two_centers(&place).await;
    let lead = first(&app).await;
    tried(&app, lead, 1, 3, "'busy'").await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    // What the document forbids is 400, what only its meaning does is 422.
    for (status, path, form, pointer) in [
        (400, RECYCLE, json!({}), ""),
        (400, RECYCLE, json!({"from": "busy"}), "/from"),
        (400, RECYCLE, json!({"from": []}), "/from"),
        (400, RECYCLE, json!({"from": vec!["busy"; 51]}), "/from"),
        (400, RECYCLE, json!({"from": ["busy", 3]}), "/from/1"),
        (400, RECYCLE, json!({"from": ["busy", "bussy"]}), "/from/1"),
        (400, RECYCLE, json!({"from": ["sale"]}), "/from/0"),
        (400, RECYCLE, json!({"from": ["new"]}), "/from/0"),
        (400, RECYCLE, json!({"from": ["busy"], "to": "sale"}), "/to"),
        (400, RECYCLE, json!({"from": ["busy"], "reset": "yes"}), "/reset"),
        (400, RECYCLE, json!({"from": ["busy"], "resets": true}), "/resets"),
        (422, RECYCLE, json!({"from": ["busy", "callback"], "to": "callback"}), "/from/1"),
        (404, RECYCLE, json!({"from": ["busy"], "center_id": 2}), ""),
        (400, FIX, json!([]), ""),
        (400, FIX, json!({"report_only": null}), "/report_only"),
        (400, FIX, json!({"dry_run": true}), "/dry_run"),
        (400, FIX, json!({"campaign": 0}), "/campaign"),
        (404, FIX, json!({"campaign": 77}), ""),
        (400, FIX, json!({"after": -1}), "/after"),
        (404, FIX, json!({"center_id": 2}), ""),
    ] {
        let reply = ask(&app, &admin.token, "POST", path, Some(&form)).await;
        assert_eq!(reply.status, status, "{path} {form}: {reply:?}");
        if !pointer.is_empty() {
            assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{path} {form}: {reply:?}");
        }
    }
    // Numbers are for all who see leads, changing many at once for those who administer them.
    for (role, path, form, status) in [
        (Role::Trainer, STATUSES, None, 200),
        (Role::Counselor, RECYCLE, Some(json!({"from": ["busy"]})), 403),
        (Role::Counselor, FIX, Some(json!({"report_only": true})), 403),
    ] {
        let who = hire(&app, OURS, role).await;
        let method = if form.is_some() { "POST" } else { "GET" };
        let reply = ask(&app, &who.token, method, path, form.as_ref()).await;
        assert_eq!(reply.status, status, "{role:?} {path}: {reply:?}");
    }
    let unknown = ask(&app, &admin.token, "GET", &format!("{STATUSES}?status=busy"), None).await;
    assert_eq!(unknown.status, 400, "{unknown:?}");
    assert_eq!(app.count("audit_log").await, 0, "nothing of it was done");
}
