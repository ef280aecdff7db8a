//! What becomes of a lead: the ten scenarios of the leads' lifecycle, and what is refused.

use super::{OURS, Somebody, ask, entered, hire, id, well};
use crate::harness::{Place, TestApp};
use leadwire::domain::access::Role;
use serde_json::{Value as Json, json};

on_both!(
    the_ten_scenarios,
    what_the_status_does_not_allow_is_refused_and_told,
    outcomes_of_visits_move_the_lead,
    visits_are_moved_and_cancelled,
    outcomes_of_follow_ups_move_the_lead,
    a_lead_that_ends_leaves_nothing_to_do,
    a_stale_version_is_told_what_changed,
    of_concurrent_moves_one_wins,
    a_status_is_set_by_hand_as_far_as_it_needs_nothing_more,
);

async fn patch(app: &TestApp, who: &Somebody, path: String, body: Json) -> Json {
    well(&ask(app, &who.token, "PATCH", &path, Some(&body)).await)
}

async fn post(app: &TestApp, who: &Somebody, path: String, body: Json) -> Json {
    well(&ask(app, &who.token, "POST", &path, Some(&body)).await)
}

async fn lead_of(app: &TestApp, who: &Somebody, id: i64) -> Json {
    well(&ask(app, &who.token, "GET", &format!("/api/v1/leads/{id}"), None).await)
}

async fn the_ten_scenarios(place: Place) {
    let app = place.app().await;
    let counselor = hire(&app, OURS, Role::Counselor).await;
    let trainer = hire(&app, OURS, Role::Trainer).await;
    // 1: an enquiry.
    let lead = entered(&app, &counselor.token, "+919876543210").await;
    assert_eq!(lead["enquiry_id"], "ENQ0001");
    assert_eq!(lead["status"], "ENQUIRY_RECEIVED");
    assert_eq!(lead["created_by_id"], counselor.user_id);
    let lead_id = id(&lead);
    let details =
        well(&ask(&app, &counselor.token, "GET", &format!("/api/v1/leads/{lead_id}/details"), None).await);
    assert_eq!(details["child"]["first_name"], "Mehr");
    assert_eq!(details["child"]["enquiry_id"], "ENQ0001");
    assert_eq!(details["parents"][0]["phone"], "+919876543210");
    assert_eq!(details["parents"][0]["is_primary"], true);
    // 2: discovery.
    let form = json!({"preferred_schedule": "Mon/Wed/Fri - 4:00 PM", "notes": "Interested in Pre-K Gym"});
    let lead = patch(&app, &counselor, format!("/api/v1/leads/{lead_id}/discovery"), form).await;
    assert_eq!(lead["status"], "DISCOVERY_COMPLETED");
    assert!(lead["discovery_completed_at"].is_string());
    assert_eq!(lead["discovery_notes"], "Interested in Pre-K Gym");
    assert_eq!(lead["school"], "Delhi Public School", "what is not given stays");
    // 3: a visit.
    let visit =
        json!({"scheduled_at": "2026-02-15T16:00:00", "batch_id": 5, "trainer_user_id": trainer.user_id});
    let visit = post(&app, &counselor, format!("/api/v1/leads/{lead_id}/intro-visit"), visit).await;
    assert_eq!(visit["scheduled_at"], "2026-02-15T16:00:00Z");
    assert_eq!(lead_of(&app, &counselor, lead_id).await["status"], "IV_SCHEDULED");
    // 4: attended, with an outcome.
    let outcome = json!({"attended_at": "2026-02-15T16:10:00", "outcome": "INTERESTED_ENROLL_NOW"});
    let visit = patch(&app, &trainer, format!("/api/v1/intro-visits/{}", id(&visit)), outcome).await;
    assert_eq!(visit["attended_at"], "2026-02-15T16:10:00Z");
    assert_eq!(lead_of(&app, &counselor, lead_id).await["status"], "IV_COMPLETED");
    // 5: a follow-up.
    let follow_up = json!({"scheduled_date": "2026-02-20T10:00:00", "notes": "Weekly plan?"});
    let follow_up = post(&app, &counselor, format!("/api/v1/leads/{lead_id}/follow-up"), follow_up).await;
    assert_eq!(follow_up["status"], "PENDING");
    assert_eq!(
        follow_up["assigned_to_user_id"], counselor.user_id,
        "whoever plans it, where nobody works the lead"
    );
    assert_eq!(lead_of(&app, &counselor, lead_id).await["status"], "FOLLOW_UP_PENDING");
    // 9: what is pending.
    let pending = well(&ask(&app, &counselor.token, "GET", "/api/v1/leads/follow-ups/pending", None).await);
    assert_eq!(pending.as_array().unwrap().len(), 1);
    // 6: its outcome.
    let outcome = json!({"outcome": "ENROLLED", "status": "COMPLETED"});
    let follow_up = patch(&app, &counselor, format!("/api/v1/follow-ups/{}", id(&follow_up)), outcome).await;
    assert_eq!(follow_up["status"], "COMPLETED");
    assert!(follow_up["completed_at"].is_string());
    let lead = lead_of(&app, &counselor, lead_id).await;
    assert_eq!((&lead["status"], &lead["proposal"]), (&json!("FOLLOW_UP_PENDING"), &json!("convert")));
    // 7: conversion.
    let lead =
        post(&app, &counselor, format!("/api/v1/leads/{lead_id}/convert"), json!({"enrollment_id": 123}))
            .await;
    assert_eq!(lead["status"], "CONVERTED");
    assert_eq!((&lead["enrollment_id"], &lead["student_id"]), (&json!(123), &json!(123)));
    assert_eq!(lead["customer_ref"], "123");
    assert!(lead["converted_at"].is_string());
    assert_eq!(lead["proposal"], Json::Null, "done");
    let pending = well(&ask(&app, &counselor.token, "GET", "/api/v1/leads/follow-ups/pending", None).await);
    assert!(pending.as_array().unwrap().is_empty());
    // 8: closing.
    let second = entered(&app, &counselor.token, "+919876543211").await;
    let closed = post(
        &app,
        &counselor,
        format!("/api/v1/leads/{}/close", id(&second)),
        json!({"reason": "Moved away"}),
    )
    .await;
    assert_eq!((&closed["status"], &closed["closed_reason"]), (&json!("CLOSED_LOST"), &json!("Moved away")));
    assert!(closed["closed_at"].is_string());
    let stats = well(&ask(&app, &counselor.token, "GET", "/api/v1/leads/stats", None).await);
    assert_eq!((&stats["total_leads"], &stats["converted_leads"]), (&json!(2), &json!(1)));
    assert_eq!(stats["conversion_rate"], "50.0%");
}

async fn what_the_status_does_not_allow_is_refused_and_told(place: Place) {
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let lead = id(&entered(&app, &admin.token, "+919876543210").await);
    post(&app, &admin, format!("/api/v1/leads/{lead}/close"), json!({"reason": "No budget"})).await;
    for (path, body) in [
        ("convert", json!({"customer_ref": "C-1"})),
        ("close", json!({"reason": "Again"})),
        ("intro-visit", json!({"scheduled_at": "2026-02-15T16:00:00"})),
        ("follow-up", json!({"scheduled_date": "2026-02-15T16:00:00"})),
    ] {
        let reply =
            ask(&app, &admin.token, "POST", &format!("/api/v1/leads/{lead}/{path}"), Some(&body)).await;
        assert_eq!(reply.status, 409, "{path}: {reply:?}");
        let problem = reply.json();
        assert_eq!(problem["type"], "/problems/not-possible", "{path}");
        assert_eq!(problem["allowed"], json!(["reopen"]), "{path}");
    }
    assert_eq!(
        app.count("intro_visits").await + app.count("follow_ups").await,
        0,
        "nothing of it was stored"
    );
    assert_eq!(app.count("audit_log").await, 2, "nor written down as if it had happened");
    let reopened =
        post(&app, &admin, format!("/api/v1/leads/{lead}/reopen"), json!({"reason": "Came back"})).await;
    assert_eq!(reopened["status"], "FOLLOW_UP_PENDING");
    assert_eq!((&reopened["closed_reason"], &reopened["closed_at"]), (&Json::Null, &Json::Null));
    let reply = ask(
        &app,
        &admin.token,
        "POST",
        &format!("/api/v1/leads/{lead}/reopen"),
        Some(&json!({"reason": "x"})),
    )
    .await;
    assert_eq!(reply.status, 409, "an open lead is not reopened");
}

async fn outcomes_of_visits_move_the_lead(place: Place) {
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let rows = [
        ("INTERESTED_ENROLL_NOW", "IV_COMPLETED", Json::Null, true),
        ("INTERESTED_ENROLL_LATER", "FOLLOW_UP_PENDING", Json::Null, true),
        ("NOT_INTERESTED", "FOLLOW_UP_PENDING", json!("close"), true),
        ("NO_SHOW", "IV_NO_SHOW", Json::Null, false),
    ];
    for (n, (outcome, status, proposal, attended)) in rows.into_iter().enumerate() {
        let lead = id(&entered(&app, &admin.token, &format!("+91987654321{n}")).await);
        let plan = json!({"scheduled_at": "2026-01-02T16:00:00Z"});
        let visit = id(&post(&app, &admin, format!("/api/v1/leads/{lead}/intro-visit"), plan).await);
        let path = format!("/api/v1/intro-visits/{visit}");
        let said = patch(&app, &admin, path.clone(), json!({"outcome": outcome})).await;
        assert_eq!(said["attended_at"].is_string(), attended, "{outcome}");
        let lead = lead_of(&app, &admin, lead).await;
        assert_eq!((&lead["status"], &lead["proposal"]), (&json!(status), &proposal), "{outcome}");
        let again = patch(&app, &admin, path.clone(), json!({"outcome": outcome})).await;
        assert_eq!(again["version"], said["version"], "said twice it is said once");
        let other = if outcome == "NO_SHOW" { "NOT_INTERESTED" } else { "NO_SHOW" };
        let reply = ask(&app, &admin.token, "PATCH", &path, Some(&json!({"outcome": other}))).await;
        assert_eq!(reply.status, 409, "{outcome} is settled");
        let notes = patch(&app, &admin, path, json!({"outcome_notes": "Was tired"})).await;
        assert_eq!(notes["outcome_notes"], "Was tired");
    }
}

async fn visits_are_moved_and_cancelled(place: Place) {
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let lead = id(&entered(&app, &admin.token, "+919876543210").await);
    let plan = json!({"scheduled_at": "2026-02-15T16:00:00", "trainer_user_id": admin.user_id});
    let planned = async || {
        let visit = post(&app, &admin, format!("/api/v1/leads/{lead}/intro-visit"), plan.clone()).await;
        format!("/api/v1/intro-visits/{}", id(&visit))
    };
    let visit = planned().await;
    // A follow-up in between; the visit's outcome is possible again once it is planned anew.
    post(
        &app,
        &admin,
        format!("/api/v1/leads/{lead}/follow-up"),
        json!({"scheduled_date": "2026-02-14T10:00:00"}),
    )
    .await;
    let outcome = json!({"outcome": "NO_SHOW"});
    assert_eq!(ask(&app, &admin.token, "PATCH", &visit, Some(&outcome)).await.status, 409);
    patch(&app, &admin, visit.clone(), json!({"scheduled_at": "2026-02-16T16:00:00"})).await;
    assert_eq!(lead_of(&app, &admin, lead).await["status"], "IV_SCHEDULED");
    patch(&app, &admin, visit.clone(), outcome.clone()).await;
    for late in [json!({"cancelled": true}), json!({"scheduled_at": "2026-02-17T16:00:00"})] {
        assert_eq!(ask(&app, &admin.token, "PATCH", &visit, Some(&late)).await.status, 409, "{late}");
    }
    // One that does not take place has no outcome, and is in nobody's day.
    let visit = planned().await;
    let day = async || {
        let visits = well(&ask(&app, &admin.token, "GET", "/api/v1/agenda?date=2026-02-15", None).await);
        let open = "/api/v1/intro-visits?open=true&date=2026-02-15";
        let open = well(&ask(&app, &admin.token, "GET", open, None).await);
        (visits["visits"].as_array().unwrap().len(), open.as_array().unwrap().len())
    };
    assert_eq!(day().await, (1, 1));
    let both = json!({"cancelled": true, "outcome": "NO_SHOW"});
    assert_eq!(ask(&app, &admin.token, "PATCH", &visit, Some(&both)).await.status, 422);
    let cancelled = patch(&app, &admin, visit.clone(), json!({"cancelled": true})).await;
    assert!(cancelled["cancelled_at"].is_string(), "{cancelled}");
    assert_eq!(
        patch(&app, &admin, visit.clone(), json!({"cancelled": true})).await["version"],
        cancelled["version"]
    );
    assert_eq!(day().await, (0, 0));
    for late in [outcome, json!({"scheduled_at": "2026-02-17T16:00:00"})] {
        let refused = ask(&app, &admin.token, "PATCH", &visit, Some(&late)).await;
        assert!(refused.status == 409 && refused.body.contains("was cancelled"), "{refused:?}");
    }
    let came = json!({"attended_at": "2026-02-15T16:05:00"});
    assert_eq!(ask(&app, &admin.token, "PATCH", &visit, Some(&came)).await.status, 409);
    // Those that are to come when a lead ends are cancelled with it; of one that was, the outcome is still to be said.
    let attended = planned().await;
    patch(&app, &admin, attended.clone(), came).await;
    planned().await;
    post(&app, &admin, format!("/api/v1/leads/{lead}/close"), json!({"reason": "moved away"})).await;
    assert_eq!(day().await, (1, 1));
    let said = patch(&app, &admin, attended, json!({"outcome": "INTERESTED_ENROLL_LATER"})).await;
    assert_eq!((&said["cancelled_at"], &said["outcome"]), (&Json::Null, &json!("INTERESTED_ENROLL_LATER")));
    assert_eq!(lead_of(&app, &admin, lead).await["status"], "CLOSED_LOST", "where it was");
    assert_eq!(app.count("intro_visits WHERE cancelled_at IS NOT NULL").await, 2);
    assert_eq!(app.count("audit_log WHERE event = 'visit_cancelled'").await, 1);
}

async fn outcomes_of_follow_ups_move_the_lead(place: Place) {
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    // What is needed with it, its pointer, and where the lead goes.
    let rows = [
        ("ENROLLED", json!({}), "", "FOLLOW_UP_PENDING"),
        ("POSTPONED", json!({"next_date": "2026-03-01T10:00:00"}), "/next_date", "FOLLOW_UP_PENDING"),
        ("SCHEDULED_IV", json!({"visit": {"scheduled_at": "2026-03-01T10:00:00"}}), "/visit", "IV_SCHEDULED"),
        ("LOST", json!({"reason": "Too far"}), "/reason", "CLOSED_LOST"),
    ];
    for (n, (outcome, with, pointer, status)) in rows.into_iter().enumerate() {
        let lead = id(&entered(&app, &admin.token, &format!("+91987654321{n}")).await);
        let plan = json!({"scheduled_date": "2026-02-20T10:00:00"});
        let follow_up = id(&post(&app, &admin, format!("/api/v1/leads/{lead}/follow-up"), plan).await);
        let path = format!("/api/v1/follow-ups/{follow_up}");
        if !pointer.is_empty() {
            let reply = ask(&app, &admin.token, "PATCH", &path, Some(&json!({"outcome": outcome}))).await;
            assert_eq!(reply.status, 422, "{outcome}: {reply:?}");
            assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{outcome}");
            let known = well(&ask(&app, &admin.token, "GET", &path, None).await);
            assert_eq!(known["status"], "PENDING", "nothing of it was done");
        }
        let mut body = with;
        body["outcome"] = json!(outcome);
        let done = patch(&app, &admin, path.clone(), body.clone()).await;
        assert_eq!((&done["status"], &done["outcome"]), (&json!("COMPLETED"), &json!(outcome)));
        assert_eq!(done["visit_id"].is_i64(), outcome == "SCHEDULED_IV", "{done}");
        assert_eq!(done["next_follow_up_id"].is_i64(), outcome == "POSTPONED", "{done}");
        assert_eq!(lead_of(&app, &admin, lead).await["status"], status, "{outcome}");
        let reply = ask(&app, &admin.token, "PATCH", &path, Some(&body)).await;
        assert_eq!(reply.status, 409, "{outcome} is settled");
        let all = format!("/api/v1/leads/{lead}/details");
        let all = well(&ask(&app, &admin.token, "GET", &all, None).await);
        let (visits, follow_ups) = (&all["intro_visits"], &all["follow_ups"]);
        assert_eq!(visits.as_array().unwrap().len(), usize::from(outcome == "SCHEDULED_IV"), "{outcome}");
        assert_eq!(
            follow_ups.as_array().unwrap().len(),
            1 + usize::from(outcome == "POSTPONED"),
            "{outcome}"
        );
    }
}

async fn a_lead_that_ends_leaves_nothing_to_do(place: Place) {
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let lead = id(&entered(&app, &admin.token, "+919876543210").await);
    for day in ["2026-02-20T10:00:00", "2026-02-21T10:00:00"] {
        post(&app, &admin, format!("/api/v1/leads/{lead}/follow-up"), json!({"scheduled_date": day})).await;
    }
    post(&app, &admin, format!("/api/v1/leads/{lead}/convert"), json!({"customer_ref": "C-7"})).await;
    let all = well(&ask(&app, &admin.token, "GET", &format!("/api/v1/leads/{lead}/follow-ups"), None).await);
    assert!(all.as_array().unwrap().iter().all(|one| one["status"] == "CANCELLED"), "{all}");
    let pending = well(&ask(&app, &admin.token, "GET", "/api/v1/leads/follow-ups/pending", None).await);
    assert_eq!(pending, json!([]));
}

async fn a_stale_version_is_told_what_changed(place: Place) {
    let app = place.app().await;
    let (one, other) = (hire(&app, OURS, Role::Counselor).await, hire(&app, OURS, Role::Counselor).await);
    let lead = entered(&app, &one.token, "+919876543210").await;
    let (lead_id, seen) = (id(&lead), lead["version"].as_i64().unwrap());
    let path = format!("/api/v1/leads/{lead_id}/discovery");
    patch(&app, &other, path.clone(), json!({"school": "Another", "version": seen})).await;
    let reply =
        ask(&app, &one.token, "PATCH", &path, Some(&json!({"school": "Mine", "version": seen}))).await;
    assert_eq!(reply.status, 409);
    let problem = reply.json();
    assert_eq!((&problem["type"], &problem["version"]), (&json!("/problems/stale"), &json!(seen + 1)));
    let change = &problem["changes"][0];
    assert_eq!((&change["event"], &change["user_id"]), (&json!("discovery"), &json!(other.user_id)));
    assert_eq!(change["detail"]["changed"], json!(["school"]));
    // The same by the header, and with what was seen now.
    let with = |version: i64| {
        app.request("PATCH", &path)
            .bearer_auth(&one.token)
            .header("if-match", format!("\"{version}\""))
            .json(&json!({"school": "Mine"}))
    };
    assert_eq!(app.send(with(seen)).await.status, 409);
    let reply = app.send(with(seen + 1)).await;
    assert_eq!((reply.status, reply.header("etag")), (200, format!("\"{}\"", seen + 2).as_str()));
    // Whoever writes meanwhile changes no version: nobody is told that a lead changed because its person says something.
    app.twilio_message("+919876543210", "Hello", "SM1").await.texts();
    let lead = lead_of(&app, &one, lead_id).await;
    assert_eq!(lead["version"], seen + 2);
    assert_eq!(lead["message_count"], 1, "the conversation is this lead's");
    assert_eq!(lead["school"], "Mine", "and took nothing back");
}

async fn of_concurrent_moves_one_wins(place: Place) {
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let lead = id(&entered(&app, &admin.token, "+919876543210").await);
    let path = format!("/api/v1/leads/{lead}/convert");
    let mut asked = tokio::task::JoinSet::new();
    for n in 0..12 {
        let request = app.request("POST", &path).bearer_auth(&admin.token).json(&json!({"customer_ref": n}));
        asked.spawn(async move { request.send().await.unwrap().status().as_u16() });
    }
    let mut statuses = asked.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert!(statuses[1..].iter().all(|status| *status == 409), "{statuses:?}");
    assert_eq!(app.count("audit_log WHERE event = 'convert'").await, 1);
}

async fn a_status_is_set_by_hand_as_far_as_it_needs_nothing_more(place: Place) {
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let lead = id(&entered(&app, &admin.token, "+919876543210").await);
    let path = format!("/api/v1/leads/{lead}/status");
    let set = async |body: Json| ask(&app, &admin.token, "PATCH", &path, Some(&body)).await;
    let pointer = |reply: &crate::harness::Reply| reply.json()["errors"][0]["pointer"].clone();
    let noted = well(&set(json!({"status": "FOLLOW_UP_PENDING", "notes": "Call back"})).await);
    assert_eq!(
        (&noted["status"], &noted["discovery_notes"]),
        (&json!("FOLLOW_UP_PENDING"), &json!("Call back"))
    );
    let again = well(&set(json!({"status": "FOLLOW_UP_PENDING", "notes": "Twice"})).await);
    assert_eq!(again["discovery_notes"], "Call back\nTwice");
    for (status, needs) in
        [("CONVERTED", "/customer_ref"), ("CLOSED_LOST", "/reason"), ("IV_SCHEDULED", "/status")]
    {
        let reply = set(json!({"status": status})).await;
        assert_eq!((reply.status, pointer(&reply)), (422, json!(needs)), "{status}");
    }
    assert_eq!(set(json!({"status": "ENQUIRY_RECEIVED"})).await.status, 409, "nothing leads back");
    assert_eq!(pointer(&set(json!({"status": "NEARLY"})).await), "/status");
    let back = set(json!({"status": "DISCOVERY_COMPLETED"})).await;
    assert_eq!(back.status, 409);
    assert!(!back.body.contains("; possible now"), "no word that contradicts itself: {back:?}");
    let converted = well(&set(json!({"status": "CONVERTED", "student_id": 7, "notes": "Paid"})).await);
    assert_eq!(
        (&converted["student_id"], &converted["discovery_notes"]),
        (&json!(7), &json!("Call back\nTwice\nPaid"))
    );
    assert_eq!(set(json!({"status": "IV_SCHEDULED"})).await.json()["allowed"], json!(["reopen"]));
}
