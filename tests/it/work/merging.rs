//! Leads that turn out to be one, and two again.

use super::{OURS, ask, enquiry, entered, hire, id, well};
use crate::harness::{Place, Reply, TestApp, execute, number, texts};
use leadwire::domain::access::Role;
use leadwire::service::indexing;
use serde_json::{Value as Json, json};
use tokio_util::sync::CancellationToken;

on_both!(
    a_chat_and_a_number_are_one,
    what_was_merged_comes_back,
    a_child_that_was_entered_twice,
    who_differs_is_never_merged,
    who_opted_out_of_either_has_of_both,
    the_variant_that_was_shown_first_counts,
    nobody_works_on_a_lead_that_is_another,
    a_turn_beside_a_merge_loses_nothing,
    whoever_was_merged_is_erased_with_the_other,
    a_merge_of_a_merge_is_undone_from_the_end,
    a_claim_is_of_both,
    a_walk_in_and_a_chat_come_apart,
    an_opt_out_outlives_what_the_other_takes_back,
    what_was_merged_last_is_undone_first,
    each_conversation_goes_on_in_the_lead_it_is_about,
    what_programs_call_their_messages_is_their_session_s,
    who_is_erased_beside_a_merge_is_erased,
    a_lead_that_was_put_aside_is_active_again,
    what_people_did_since_is_not_undone,
    what_was_planned_with_whoever_bought_is_cancelled,
);

const NUMBER: &str = "+14155550123";

/// Somebody who chats on the page and names a number there; their lead.
async fn chats(app: &TestApp, phone: &str) -> (String, i64) {
    let session =
        app.post_json("/api/session/start", &json!({})).await.ok()["session_id"].as_str().unwrap().to_owned();
    let said = json!({"session_id": session, "profile_data": {"phone": phone, "company": "Acme"}});
    app.post_json("/api/lead/profile", &said).await.ok();
    let lead = number(&app.app.db, "SELECT MAX(id) FROM leads").await;
    (session, lead)
}

async fn lead_of(app: &TestApp, phone: &str) -> i64 {
    number(
        &app.app.db,
        format!("SELECT p.lead_id FROM identities i JOIN persons p ON p.id = i.person_id WHERE i.kind = 'phone' AND i.raw = '{phone}'"),
    )
    .await
}

async fn try_merge(app: &TestApp, token: &str, lead: i64, other: i64) -> Reply {
    let form = json!({"other_lead_id": other, "reason": "entered twice"});
    ask(app, token, "POST", &format!("/api/v1/leads/{lead}/merge"), Some(&form)).await
}

async fn merge(app: &TestApp, token: &str, lead: i64, other: i64) -> Json {
    well(&try_merge(app, token, lead, other).await)
}

async fn undo(app: &TestApp, token: &str, merge: &Json) -> Reply {
    let path = format!("/api/v1/merges/{}/undo", merge["id"]);
    ask(app, token, "POST", &path, Some(&json!({"reason": "two sisters"}))).await
}

async fn details(app: &TestApp, token: &str, lead: i64) -> Json {
    well(&ask(app, token, "GET", &format!("/api/v1/leads/{lead}/details"), None).await)
}

/// Whose messages have such words.
async fn who_said(app: &TestApp, token: &str, words: &str) -> Vec<i64> {
    let found = well(&ask(app, token, "GET", &format!("/api/v1/leads?said={words}"), None).await);
    found.as_array().unwrap().iter().map(id).collect()
}

/// Somebody who writes by SMS, and chatted on the page before.
async fn two(app: &TestApp) -> (String, i64, i64, String) {
    let admin = hire(app, OURS, Role::CenterAdmin).await;
    let (session, chat) = chats(app, NUMBER).await;
    app.clock.advance(60_000);
    app.twilio_message(NUMBER, "Hello there", "SM1").await.texts();
    (admin.token, lead_of(app, NUMBER).await, chat, session)
}

async fn a_chat_and_a_number_are_one(place: Place) {
    let app = place.app().await;
    let (token, lead, chat, session) = two(&app).await;
    let path = format!("/api/v1/leads/{lead}/duplicates");
    let found = well(&ask(&app, &token, "GET", &path, None).await);
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    assert_eq!((id(&found[0]["lead"]), &found[0]["is_one"]), (chat, &json!(true)));
    assert_eq!(found[0]["shared"], json!([{"kind": "phone", "value": NUMBER}]));
    let plan = json!({"scheduled_date": "2026-02-15T16:00:00"});
    well(&ask(&app, &token, "POST", &format!("/api/v1/leads/{chat}/follow-up"), Some(&plan)).await);
    indexing::read(&app.app).await.unwrap();
    execute(&app.app.db, "UPDATE message_index SET lead_id = 0").await;
    assert_eq!(who_said(&app, &token, "hello").await, Vec::<i64>::new());
    indexing::catch_up(&app.app, &CancellationToken::new()).await.unwrap();
    assert_eq!(
        who_said(&app, &token, "hello").await,
        [lead],
        "what went over while it was written is put right"
    );
    let answer = json!({"session_id": session, "answer_text": "aubergine"});
    app.post_json("/api/answer", &answer).await.ok();
    indexing::read(&app.app).await.unwrap();
    assert_eq!(who_said(&app, &token, "aubergine").await, [chat]);
    let before = details(&app, &token, lead).await;
    let merged = merge(&app, &token, lead, chat).await;
    assert_eq!((&merged["by"], &merged["moved"]["follow_ups"]), (&json!(["phone"]), &json!(1)), "{merged}");
    let after = details(&app, &token, lead).await;
    assert_eq!(after["version"], json!(before["version"].as_i64().unwrap() + 1));
    assert_eq!(after["status"], "FOLLOW_UP_PENDING", "what is planned wins");
    assert_eq!(after["follow_ups"].as_array().unwrap().len(), 1);
    let said = |details: &Json| details["messages"].as_array().unwrap().len();
    assert!(said(&after) > said(&before), "what was said in the chat is the lead's: {after}");
    assert_eq!(who_said(&app, &token, "aubergine").await, [lead], "and is found as its");
    let fields = texts(&app.app.db, "fields", &format!("leads WHERE id = {lead}")).await;
    assert!(fields[0].contains("Acme"), "what it did not know it learns: {fields:?}");
    let other = details(&app, &token, chat).await;
    assert_eq!((&other["is_active"], &other["merged_into"]), (&json!(false), &json!(lead)));
    assert!(other["messages"].as_array().unwrap().is_empty());
    // The chat goes on in the lead that stays.
    let chatted = json!({"session_id": session, "profile_data": {"name": "Ann Smith"}});
    app.post_json("/api/lead/profile", &chatted).await.ok();
    assert_eq!(details(&app, &token, lead).await["name"], "Ann Smith");
    assert_eq!(details(&app, &token, chat).await["name"], Json::Null);
    // It is counted and listed once.
    let listed = well(&ask(&app, &token, "GET", "/api/v1/leads", None).await);
    assert_eq!(listed.as_array().unwrap().iter().map(id).collect::<Vec<_>>(), [lead]);
    let inactive = well(&ask(&app, &token, "GET", "/api/v1/leads?active=false", None).await);
    assert_eq!(inactive.as_array().unwrap().iter().map(id).collect::<Vec<_>>(), [chat]);
    let stats = well(&ask(&app, &token, "GET", "/api/v1/leads/stats", None).await);
    assert_eq!((&stats["total_leads"], &stats["active_leads"]), (&json!(1), &json!(1)), "{stats}");
    let report = well(&ask(&app, &token, "GET", "/api/v1/reports/conversion?by=channel", None).await);
    assert_eq!(report["total"]["leads"], 1, "{report}");
    let timeline = well(&ask(&app, &token, "GET", &format!("/api/v1/leads/{lead}/timeline"), None).await);
    let event =
        timeline["items"].as_array().unwrap().iter().find(|item| item["what"]["event"] == "merge").unwrap();
    assert_eq!(event["what"]["detail"]["merge_id"], merged["id"]);
    assert_eq!(event["what"]["reason"], "entered twice");
}

/// All rows of leads and whatever belongs to them, without what every change moves.
async fn all_rows(app: &TestApp) -> Vec<String> {
    let db = &app.app.db;
    let mut rows = Vec::new();
    for (table, columns) in [
        (
            "leads",
            "CAST(id AS TEXT) || CAST(person_id AS TEXT) || status || fields || CAST(message_count AS TEXT) || CAST(score AS TEXT) || class || COALESCE(name, '-') || COALESCE(phone, '-') || COALESCE(email, '-') || COALESCE(last_message, '-') || COALESCE(first_message, '-') || COALESCE(source, '-') || COALESCE(child_name, '-') || COALESCE(school, '-') || keywords || family_keywords",
        ),
        ("conversations", "CAST(id AS TEXT) || CAST(person_id AS TEXT) || CAST(lead_id AS TEXT)"),
        ("identities", "kind || value || CAST(person_id AS TEXT)"),
        ("messages", "CAST(conversation_id AS TEXT) || CAST(seq AS TEXT) || CAST(person_id AS TEXT)"),
        ("exposures", "experiment || CAST(person_id AS TEXT) || variant || CAST(conversation_id AS TEXT)"),
        ("goals", "CAST(conversation_id AS TEXT) || goal || CAST(person_id AS TEXT)"),
        ("follow_ups", "CAST(id AS TEXT) || CAST(lead_id AS TEXT) || status"),
        ("intro_visits", "CAST(id AS TEXT) || CAST(lead_id AS TEXT)"),
        ("guardians", "CAST(child_id AS TEXT) || CAST(person_id AS TEXT)"),
        ("persons", "CAST(id AS TEXT) || CAST(lead_id AS TEXT) || variants"),
    ] {
        let mut of = texts(db, columns, table).await;
        of.sort();
        rows.extend(of.into_iter().map(|row| format!("{table} {row}")));
    }
    rows
}

/// That all rows are what they were.
#[track_caller]
fn same(before: &[String], after: &[String], label: &str) {
    let only = |one: &[String], other: &[String]| {
        one.iter().filter(|row| !other.contains(row)).cloned().collect::<Vec<_>>()
    };
    assert_eq!((only(before, after), only(after, before)), (vec![], vec![]), "{label}: gone, and new");
}

async fn what_was_merged_comes_back(place: Place) {
    let app = place.app().await;
    let (token, lead, chat, _) = two(&app).await;
    let plan = json!({"scheduled_date": "2026-02-15T16:00:00"});
    well(&ask(&app, &token, "POST", &format!("/api/v1/leads/{chat}/follow-up"), Some(&plan)).await);
    let plan = json!({"scheduled_at": "2026-02-16T16:00:00"});
    well(&ask(&app, &token, "POST", &format!("/api/v1/leads/{chat}/intro-visit"), Some(&plan)).await);
    well(
        &ask(&app, &token, "PATCH", &format!("/api/v1/leads/{chat}"), Some(&json!({"school": "DPS"}))).await,
    );
    let before = all_rows(&app).await;
    let merged = merge(&app, &token, lead, chat).await;
    assert_ne!(all_rows(&app).await, before);
    assert_eq!(details(&app, &token, lead).await["school"], "DPS");
    assert_eq!(details(&app, &token, lead).await["intro_visits"].as_array().unwrap().len(), 1);
    let undone = well(&undo(&app, &token, &merged).await);
    assert_eq!(undone["moved"], Json::Null);
    assert!(undone["undone_at"].is_string());
    same(&before, &all_rows(&app).await, "everything is where it was");
    let other = details(&app, &token, chat).await;
    assert_eq!((&other["is_active"], &other["merged_into"]), (&json!(true), &Json::Null));
    let again = undo(&app, &token, &merged).await;
    assert_eq!(again.status, 409, "{again:?}");
    same(&before, &all_rows(&app).await, "undone");
    let stats = well(&ask(&app, &token, "GET", "/api/v1/leads/stats", None).await);
    assert_eq!(stats["total_leads"], 2);
    // And can be merged the other way round, where the status of the one that stays was moved on meanwhile.
    let merged = merge(&app, &token, chat, lead).await;
    let close = json!({"reason": "Too far"});
    well(&ask(&app, &token, "POST", &format!("/api/v1/leads/{chat}/close"), Some(&close)).await);
    well(&undo(&app, &token, &merged).await);
    assert_eq!(details(&app, &token, chat).await["status"], "CLOSED_LOST", "what people did since stays");
    assert_eq!(details(&app, &token, lead).await["status"], "ENQUIRY_RECEIVED");
}

async fn a_child_that_was_entered_twice(place: Place) {
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let first = id(&entered(&app, &admin.token, NUMBER).await);
    let second = id(&entered(&app, &admin.token, NUMBER).await);
    let mut sister = enquiry(NUMBER);
    sister["child"]["first_name"] = json!("Mira");
    let third = id(&well(&ask(&app, &admin.token, "POST", "/api/v1/leads/enquiry", Some(&sister)).await));
    let found =
        well(&ask(&app, &admin.token, "GET", &format!("/api/v1/leads/{first}/duplicates"), None).await);
    assert_eq!(
        found.as_array().unwrap().iter().map(|found| id(&found["lead"])).collect::<Vec<_>>(),
        [third, second]
    );
    let refused = try_merge(&app, &admin.token, first, third).await;
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains("two children"), "{refused:?}");
    let before = all_rows(&app).await;
    let merged = merge(&app, &admin.token, second, first).await;
    let leads = well(&ask(&app, &admin.token, "GET", "/api/v1/leads", None).await);
    assert_eq!(leads.as_array().unwrap().len(), 2);
    let found = well(&ask(&app, &admin.token, "GET", "/api/v1/leads?search=ENQ0001", None).await);
    assert_eq!(
        found[0]["merged_into"],
        json!(second),
        "the old number is found, and says which lead it is: {found}"
    );
    // The person's conversations went to the first.
    app.twilio_message(NUMBER, "Hello", "SM1").await.texts();
    assert_eq!(details(&app, &admin.token, second).await["messages"].as_array().unwrap()[0]["text"], "Hello");
    well(&undo(&app, &admin.token, &merged).await);
    let leads: Vec<String> = before.iter().filter(|row| row.starts_with("guardians")).cloned().collect();
    let after = all_rows(&app).await;
    assert!(leads.iter().all(|row| after.contains(row)), "{after:?}");
}

async fn who_differs_is_never_merged(place: Place) {
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let one = id(&entered(&app, &admin.token, NUMBER).await);
    let two = id(&entered(&app, &admin.token, "+14155550124").await);
    let rows = all_rows(&app).await;
    let found = well(&ask(&app, &admin.token, "GET", &format!("/api/v1/leads/{one}/duplicates"), None).await);
    assert_eq!((&found[0]["is_one"], &found[0]["differing"]), (&json!(false), &json!(["phone"])), "{found}");
    let refused = try_merge(&app, &admin.token, one, two).await;
    assert_eq!(refused.status, 409, "the same address, but numbers that differ: {refused:?}");
    assert!(refused.body.contains("its own phone"), "{refused:?}");
    let (_, chat) = chats(&app, "+14155550199").await;
    execute(&app.app.db, format!("UPDATE leads SET phone = NULL WHERE id = {chat}")).await;
    let refused = try_merge(&app, &admin.token, one, chat).await;
    assert_eq!(refused.status, 409, "nothing in common");
    assert!(refused.body.contains("nothing says"), "{refused:?}");
    let itself = try_merge(&app, &admin.token, one, one).await;
    assert_eq!(itself.json()["errors"][0]["pointer"], "/other_lead_id", "{itself:?}");
    assert_eq!(try_merge(&app, &admin.token, one, 7).await.status, 404);
    let (_, chat) = chats(&app, NUMBER).await;
    let form = json!({"customer_ref": "C-1"});
    well(&ask(&app, &admin.token, "POST", &format!("/api/v1/leads/{chat}/convert"), Some(&form)).await);
    let refused = try_merge(&app, &admin.token, one, chat).await;
    assert_eq!(refused.status, 409, "a customer is not lost in a lead");
    let form = json!({"other_lead_id": one, "reason": "x", "version": 0});
    let stale = ask(&app, &admin.token, "POST", &format!("/api/v1/leads/{chat}/merge"), Some(&form)).await;
    assert_eq!((stale.status, stale.json()["changes"].as_array().unwrap().len()), (409, 1), "{stale:?}");
    let nothing =
        ask(&app, &admin.token, "POST", &format!("/api/v1/leads/{one}/merge"), Some(&json!({}))).await;
    let wrong: Vec<Json> =
        nothing.json()["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(wrong, [json!("/reason"), json!("/other_lead_id")]);
    let kept = all_rows(&app).await;
    assert!(rows.iter().all(|row| kept.contains(row)), "nothing was changed");
    assert_eq!(app.count("merges").await, 0);
}

async fn who_opted_out_of_either_has_of_both(place: Place) {
    let app = place.app().await;
    let (token, lead, chat, _) = two(&app).await;
    let person = number(&app.app.db, format!("SELECT person_id FROM leads WHERE id = {chat}")).await;
    execute(&app.app.db, format!("UPDATE persons SET opted_out = 'sms,voice' WHERE id = {person}")).await;
    let merged = merge(&app, &token, lead, chat).await;
    assert_eq!(texts(&app.app.db, "opted_out", "persons ORDER BY id").await, ["sms,voice", "sms,voice"]);
    let said = app.twilio_message(NUMBER, "Are you there?", "SM2").await.texts();
    assert!(said.is_empty(), "nothing is said to who opted out as somebody else: {said:?}");
    well(&undo(&app, &token, &merged).await);
    assert_eq!(
        texts(&app.app.db, "opted_out", "persons ORDER BY id").await,
        ["sms,voice", "sms,voice"],
        "it stays so"
    );
}

async fn the_variant_that_was_shown_first_counts(place: Place) {
    let app = place.app().await;
    let (token, lead, chat, _) = two(&app).await;
    let db = &app.app.db;
    let of = async |lead: i64| number(db, format!("SELECT person_id FROM leads WHERE id = {lead}")).await;
    let (own, theirs) = (of(lead).await, of(chat).await);
    for (experiment, person, variant, at) in [
        ("both", own, "b", 20),
        ("both", theirs, "a", 10),
        ("later", own, "c", 10),
        ("later", theirs, "d", 20),
        ("only", theirs, "e", 10),
    ] {
        execute(db, format!("INSERT INTO exposures (tenant_id, experiment, person_id, variant, conversation_id, created_at)
            VALUES (1, '{experiment}', {person}, '{variant}', 1, {at})")).await;
    }
    execute(
        db,
        format!("UPDATE persons SET variants = '{{\"both\":\"b\",\"later\":\"c\"}}' WHERE id = {own}"),
    )
    .await;
    execute(db, format!("UPDATE persons SET variants = '{{\"both\":\"a\",\"later\":\"d\",\"only\":\"e\",\"drawn\":\"f\"}}' WHERE id = {theirs}")).await;
    let before = all_rows(&app).await;
    let merged = merge(&app, &token, lead, chat).await;
    let shown = texts(
        db,
        "experiment || ' ' || variant",
        &format!("exposures WHERE person_id = {own} ORDER BY experiment"),
    )
    .await;
    assert!(
        ["both a", "later c", "only e"].iter().all(|row| shown.contains(&(*row).to_owned())),
        "{shown:?}"
    );
    assert_eq!(
        app.count(&format!("exposures WHERE person_id = {theirs}")).await,
        0,
        "one person is shown once"
    );
    let variants = texts(db, "variants", &format!("persons WHERE id = {own}")).await;
    let variants: Json = serde_json::from_str(&variants[0]).unwrap();
    assert_eq!(
        (&variants["both"], &variants["later"], &variants["only"], &variants["drawn"]),
        (&json!("a"), &json!("c"), &json!("e"), &json!("f"))
    );
    well(&undo(&app, &token, &merged).await);
    same(&before, &all_rows(&app).await, "undone");
}

async fn nobody_works_on_a_lead_that_is_another(place: Place) {
    let app = place.app().await;
    let (token, lead, chat, _) = two(&app).await;
    merge(&app, &token, lead, chat).await;
    for (method, path, body) in [
        ("POST", "close", json!({"reason": "x"})),
        ("POST", "activate", Json::Null),
        ("PATCH", "discovery", json!({"school": "x"})),
        ("POST", "follow-up", json!({"scheduled_date": "2026-02-15T16:00:00"})),
        ("POST", "merge", json!({"other_lead_id": lead, "reason": "x"})),
    ] {
        let body = Some(&body).filter(|body| !body.is_null());
        let reply = ask(&app, &token, method, &format!("/api/v1/leads/{chat}/{path}"), body).await;
        assert_eq!(reply.status, 409, "{path}: {reply:?}");
        assert!(reply.body.contains(&lead.to_string()), "it says which lead it is: {reply:?}");
    }
    assert_eq!(try_merge(&app, &token, lead, chat).await.status, 409, "nor is it merged twice");
    let found = well(&ask(&app, &token, "GET", &format!("/api/v1/leads/{lead}/duplicates"), None).await);
    assert!(found.as_array().unwrap().is_empty(), "{found}");
}

async fn a_turn_beside_a_merge_loses_nothing(place: Place) {
    let app = place.app().await;
    let (token, lead, chat, session) = two(&app).await;
    let spoken = async || {
        for n in 0..8 {
            let said = json!({"session_id": session, "profile_data": {format!("field{n}"): "x"}});
            app.post_json("/api/lead/profile", &said).await.ok();
            app.twilio_message(NUMBER, &format!("text {n}"), &format!("SMx{n}")).await;
        }
    };
    let (merged, ()) = tokio::join!(merge(&app, &token, lead, chat), spoken());
    let messages = texts(&app.app.db, "body", "messages WHERE direction = 'in' AND body LIKE 'text %'").await;
    assert_eq!(messages.len(), 8, "{messages:?}");
    assert_eq!(app.count(&format!("conversations WHERE lead_id = {chat}")).await, 0, "none was left behind");
    let fields =
        texts(&app.app.db, "fields", &format!("leads WHERE id IN ({lead}, {chat}) ORDER BY id")).await;
    assert!((0..8).all(|n| fields.iter().any(|fields| fields.contains(&format!("field{n}")))), "{fields:?}");
    well(&undo(&app, &token, &merged).await);
    assert_eq!(app.count(&format!("conversations WHERE lead_id = {chat}")).await, 1);
}

async fn whoever_was_merged_is_erased_with_the_other(place: Place) {
    let app = place.app().await;
    let (token, lead, chat, _) = two(&app).await;
    let merged = merge(&app, &token, lead, chat).await;
    let form = json!({"reason": "asked", "confirm": lead});
    let receipt = well(&ask(&app, &token, "POST", &format!("/api/v1/leads/{lead}/erase"), Some(&form)).await);
    assert_eq!(
        (receipt["persons"].as_i64(), receipt["lead_ids"].as_array().unwrap().len()),
        (Some(2), 2),
        "{receipt}"
    );
    assert_eq!(texts(&app.app.db, "moved || reason", "merges").await, ["{}"]);
    assert_eq!(app.count("leads WHERE phone IS NOT NULL").await, 0);
    assert_eq!(app.count("persons WHERE opted_out LIKE '%erased%'").await, 2);
    let refused = undo(&app, &token, &merged).await;
    assert_eq!(refused.status, 409, "{refused:?}");
    let shown = well(&ask(&app, &token, "GET", &format!("/api/v1/merges/{}", merged["id"]), None).await);
    assert_eq!(shown["moved"], Json::Null, "the receipt names nobody");
}

async fn a_merge_of_a_merge_is_undone_from_the_end(place: Place) {
    let app = place.app().await;
    let (token, lead, chat, _) = two(&app).await;
    let (_, third) = chats(&app, NUMBER).await;
    let before = all_rows(&app).await;
    let first = merge(&app, &token, chat, third).await;
    let between = all_rows(&app).await;
    let second = merge(&app, &token, lead, chat).await;
    assert_eq!(app.count(&format!("conversations WHERE lead_id = {lead}")).await, 3);
    let refused = undo(&app, &token, &first).await;
    assert_eq!(refused.status, 409, "{refused:?}");
    well(&undo(&app, &token, &second).await);
    same(&between, &all_rows(&app).await, "undone");
    well(&undo(&app, &token, &first).await);
    same(&before, &all_rows(&app).await, "undone");
}

async fn a_claim_is_of_both(place: Place) {
    let app = place.app().await;
    let (token, lead, chat, _) = two(&app).await;
    merge(&app, &token, lead, chat).await;
    let db = &app.app.db;
    assert!(leadwire::store::notices::claim(db, 1, chat, "Ann", app.clock.now()).await.unwrap());
    let claimed = texts(db, "claimed_by", "leads WHERE claimed_by IS NOT NULL").await;
    assert_eq!(
        (claimed.len(), app.count(&format!("leads WHERE id = {lead} AND claimed_by = 'Ann'")).await),
        (1, 1)
    );
    assert!(
        !leadwire::store::notices::claim(db, 1, lead, "Bob", app.clock.now()).await.unwrap(),
        "somebody has it"
    );
}

async fn a_walk_in_and_a_chat_come_apart(place: Place) {
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let mut form = enquiry(NUMBER);
    form.as_object_mut().unwrap().remove("source");
    let lead = id(&well(&ask(&app, &admin.token, "POST", "/api/v1/leads/enquiry", Some(&form)).await));
    let session =
        app.post_json("/api/session/start", &json!({"utm_source": "poster"})).await.ok()["session_id"]
            .clone();
    let profile = json!({"session_id": session, "profile_data": {"phone": NUMBER, "name": "Ann"}});
    app.post_json("/api/lead/profile", &profile).await.ok();
    let chat = number(&app.app.db, "SELECT MAX(id) FROM leads").await;
    execute(&app.app.db, format!("UPDATE leads SET score = 80, class = 'SQL' WHERE id = {chat}")).await;
    execute(
        &app.app.db,
        format!("UPDATE conversations SET score = 80, class = 'SQL' WHERE lead_id = {chat}"),
    )
    .await;
    let before = all_rows(&app).await;
    let merged = merge(&app, &admin.token, lead, chat).await;
    let one = details(&app, &admin.token, lead).await;
    assert_eq!(
        (&one["score"], &one["class"], &one["source"]),
        (&json!(80), &json!("SQL"), &json!("poster")),
        "{one}"
    );
    well(&undo(&app, &admin.token, &merged).await);
    same(&before, &all_rows(&app).await, "score, class and source are its own again");
}

async fn an_opt_out_outlives_what_the_other_takes_back(place: Place) {
    let app = place.app().await;
    let (token, lead, chat, _) = two(&app).await;
    let person = number(&app.app.db, format!("SELECT person_id FROM leads WHERE id = {chat}")).await;
    execute(&app.app.db, format!("UPDATE persons SET opted_out = 'sms' WHERE id = {person}")).await;
    let merged = merge(&app, &token, lead, chat).await;
    app.twilio_message(NUMBER, "START", "SM2").await.texts();
    assert_eq!(app.count("persons WHERE opted_out = ''").await, 1, "who wrote takes it back");
    well(&undo(&app, &token, &merged).await);
    assert_eq!(
        texts(&app.app.db, "opted_out", &format!("persons WHERE id = {person}")).await,
        ["sms"],
        "for themselves alone"
    );
}

async fn what_was_merged_last_is_undone_first(place: Place) {
    let app = place.app().await;
    let (token, lead, chat, _) = two(&app).await;
    let (_, third) = chats(&app, NUMBER).await;
    let before = all_rows(&app).await;
    let first = merge(&app, &token, lead, chat).await;
    let second = merge(&app, &token, lead, third).await;
    let refused = undo(&app, &token, &first).await;
    assert_eq!(refused.status, 409, "{refused:?}");
    assert!(
        refused.body.contains(&second["id"].to_string()),
        "it says which one is to be undone before: {refused:?}"
    );
    well(&undo(&app, &token, &second).await);
    well(&undo(&app, &token, &first).await);
    same(&before, &all_rows(&app).await, "undone");
}

async fn each_conversation_goes_on_in_the_lead_it_is_about(place: Place) {
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    app.twilio_message(NUMBER, "Hello", "SM1").await.texts();
    let mehr = id(&entered(&app, &admin.token, NUMBER).await);
    let mut sister = enquiry(NUMBER);
    sister["child"]["first_name"] = json!("Mira");
    let mira = id(&well(&ask(&app, &admin.token, "POST", "/api/v1/leads/enquiry", Some(&sister)).await));
    let (session, chat) = chats(&app, NUMBER).await;
    merge(&app, &admin.token, mira, chat).await;
    let said = json!({"session_id": session, "profile_data": {"city": "Delhi"}});
    app.post_json("/api/lead/profile", &said).await.ok();
    app.twilio_message(NUMBER, "Still there", "SM2").await;
    let fields =
        async |lead: i64| texts(&app.app.db, "fields", &format!("leads WHERE id = {lead}")).await.remove(0);
    assert!(fields(mira).await.contains("Delhi"), "the chat is about Mira");
    assert!(!fields(mehr).await.contains("Delhi"));
    let last = async |lead: i64| details(&app, &admin.token, lead).await["last_message"].clone();
    assert_eq!(
        (last(mehr).await, last(mira).await),
        (json!("Still there"), Json::Null),
        "the number writes about Mehr"
    );
    let other = format!("leads WHERE id NOT IN ({mehr}, {mira}, {chat})");
    assert_eq!(app.count(&other).await, 0);
}

async fn what_programs_call_their_messages_is_their_session_s(place: Place) {
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let answer = async |session: &str, text: &str, key: &str| {
        let body = json!({"session_id": session, "answer_text": text});
        let request = app.request("POST", "/api/answer").header("Idempotency-Key", key).json(&body);
        app.send(request).await
    };
    let (first, lead) = chats(&app, NUMBER).await;
    let (second, other) = chats(&app, NUMBER).await;
    answer(&first, "One", "1").await.ok();
    answer(&second, "Two", "1").await.ok();
    // As they were named before sessions were part of it.
    execute(&app.app.db, "UPDATE messages SET provider_id = 'old' WHERE provider_id LIKE '%:1'").await;
    merge(&app, &admin.token, lead, other).await;
    answer(&first, "Three", "2").await.ok();
    answer(&second, "Four", "2").await.ok();
    for text in ["One", "Two", "Three", "Four"] {
        assert_eq!(app.count(&format!("messages WHERE body = '{text}'")).await, 1, "{text}");
    }
    answer(&second, "Four", "2").await.ok();
    assert_eq!(app.count("messages WHERE body = 'Four'").await, 1, "what comes again is one");
}

async fn who_is_erased_beside_a_merge_is_erased(place: Place) {
    let app = place.app().await;
    let (token, lead, chat, _) = two(&app).await;
    let form = json!({"reason": "asked", "confirm": chat});
    let path = format!("/api/v1/leads/{chat}/erase");
    let (merged, erased) =
        tokio::join!(try_merge(&app, &token, lead, chat), ask(&app, &token, "POST", &path, Some(&form)));
    assert!([200, 409].contains(&merged.status), "{merged:?}");
    let receipt = well(&erased);
    assert!(receipt["lead_ids"].as_array().unwrap().contains(&json!(chat)), "{receipt}");
    assert_eq!(
        app.count(&format!("leads WHERE id = {chat} AND erased_at IS NOT NULL AND phone IS NULL")).await,
        1
    );
    if merged.status == 200 {
        assert_eq!(app.count("leads WHERE erased_at IS NOT NULL").await, 2, "they are one");
    }
}

async fn a_lead_that_was_put_aside_is_active_again(place: Place) {
    let app = place.app().await;
    let (token, lead, chat, _) = two(&app).await;
    well(&ask(&app, &token, "DELETE", &format!("/api/v1/leads/{lead}"), None).await);
    let merged = merge(&app, &token, lead, chat).await;
    assert_eq!(details(&app, &token, lead).await["is_active"], true, "somebody works on one of them");
    well(&undo(&app, &token, &merged).await);
    assert_eq!(details(&app, &token, lead).await["is_active"], false);
    assert_eq!(details(&app, &token, chat).await["is_active"], true);
}

async fn what_people_did_since_is_not_undone(place: Place) {
    let app = place.app().await;
    let (token, lead, chat, _) = two(&app).await;
    let plan = json!({"scheduled_date": "2026-02-15T16:00:00"});
    well(&ask(&app, &token, "POST", &format!("/api/v1/leads/{chat}/follow-up"), Some(&plan)).await);
    let merged = merge(&app, &token, lead, chat).await;
    assert_eq!(details(&app, &token, lead).await["status"], "FOLLOW_UP_PENDING");
    app.clock.advance(60_000);
    let close = json!({"reason": "Too far"});
    well(&ask(&app, &token, "POST", &format!("/api/v1/leads/{lead}/close"), Some(&close)).await);
    assert_eq!(undo(&app, &token, &merged).await.status, 200);
    assert_eq!(details(&app, &token, lead).await["status"], "CLOSED_LOST");
}

async fn what_was_planned_with_whoever_bought_is_cancelled(place: Place) {
    let app = place.app().await;
    let (token, lead, chat, _) = two(&app).await;
    let plan = json!({"scheduled_date": "2026-02-15T16:00:00"});
    well(&ask(&app, &token, "POST", &format!("/api/v1/leads/{chat}/follow-up"), Some(&plan)).await);
    let bought = json!({"customer_ref": "C-1"});
    well(&ask(&app, &token, "POST", &format!("/api/v1/leads/{lead}/convert"), Some(&bought)).await);
    merge(&app, &token, lead, chat).await;
    let all = details(&app, &token, lead).await;
    assert_eq!((&all["status"], &all["follow_ups"][0]["status"]), (&json!("CONVERTED"), &json!("CANCELLED")));
}
