//! Why leads are tried or are not: gate by gate, all leads of a campaign counted, do-not-contact lists.

use super::SENDS;
use crate::harness::{Place, TestApp, execute, number, texts};
use crate::work::{OURS, ask, entered, hire, id, two_centers_with, well};
use leadwire::clock::HOUR;
use leadwire::domain::access::Role;
use leadwire::domain::outreach::{Gate, Lane};
use leadwire::service::outreach::{self, Bounds};
use leadwire::store::outreach::{campaigns, members};
use serde_json::{Value as Json, json};

on_both!(
    five_leads_are_explained_and_all_are_counted,
    a_number_on_a_list_is_tried_again_once_it_is_off,
    a_preview_says_what_it_would_come_to,
    of_many_leads_it_is_said_that_there_are_more,
    what_cannot_be_on_a_list_is_refused,
);

const LISTS: &str = "/api/v1/do-not-contact";

/// A server that sends, an administrator's token, and a running campaign by text message.
pub async fn running(place: &Place) -> (TestApp, String, i64) {
    let app = two_centers_with(place, &SENDS).await;
    let token = hire(&app, OURS, Role::CenterAdmin).await.token;
    let settings = json!({"steps": [{"channel": "sms", "attempts": 3}], "prices": {"sms": 0.5}});
    let form = json!({"name": "Spring term", "settings": settings});
    let campaign = id(&well(&ask(&app, &token, "POST", "/api/v1/campaigns", Some(&form)).await));
    well(&ask(&app, &token, "POST", &format!("/api/v1/campaigns/{campaign}/start"), None).await);
    (app, token, campaign)
}

pub async fn joined(app: &TestApp, token: &str, campaign: i64, phone: &str) -> i64 {
    let lead = id(&entered(app, token, phone).await);
    let path = format!("/api/v1/campaigns/{campaign}/leads");
    let added = ask(app, token, "POST", &path, Some(&json!({"lead_ids": [lead]}))).await;
    assert_eq!(well(&added), json!({"added": 1}));
    lead
}

/// How a lead stands to the one campaign it is in.
pub async fn why(app: &TestApp, token: &str, lead: i64) -> Json {
    let told = well(&ask(app, token, "GET", &format!("/api/v1/leads/{lead}/explain"), None).await);
    assert_eq!((&told["lead_id"], &told["asked_at"]), (&json!(lead), &json!("2026-01-05T10:00:00Z")));
    assert_eq!(told["campaigns"].as_array().unwrap().len(), 1, "{told}");
    told["campaigns"][0].clone()
}

pub fn gate<'a>(why: &'a Json, name: &str) -> &'a Json {
    why["gates"].as_array().unwrap().iter().find(|gate| gate["gate"] == name).unwrap()
}

/// Gates that are shut.
fn shut(why: &Json) -> Vec<&str> {
    let gates = why["gates"].as_array().unwrap().iter();
    gates.filter(|gate| gate["passes"] == false).map(|gate| gate["gate"].as_str().unwrap()).collect()
}

async fn five_leads_are_explained_and_all_are_counted(place: Place) {
    let (app, token, campaign) = running(&place).await;
    let db = &app.app.db;
    let gone = joined(&app, &token, campaign, "+919876543201").await;
    app.twilio_message("+919876543201", "STOP", "SM1").await;
    let busy = joined(&app, &token, campaign, "+919876543202").await;
    let at = app.clock.now() - HOUR;
    execute(
        db,
        format!(
            "INSERT INTO outreach_attempts (tenant_id, id, lead_id, person_id, campaign_id, channel, address, came, began_at, ended_at)
             SELECT 1, 7, id, person_id, {campaign}, 'sms', '+919876543202', 'busy', {at}, {at} FROM leads WHERE id = {busy}"
        ),
    )
    .await;
    execute(
        db,
        format!(
            "UPDATE leads SET dial_status = 'busy', last_status_change = {at}, dial_result = 'busy', last_dial_attempt = {at}, dial_attempts = 1
             WHERE id = {busy}"
        ),
    )
    .await;
    execute(db, format!("UPDATE campaign_members SET tries = 1 WHERE lead_id = {busy}")).await;
    let listed = joined(&app, &token, campaign, "+919876543203").await;
    well(&ask(&app, &token, "POST", LISTS, Some(&json!({"entries": ["+91 98765 43203"]}))).await);
    let asleep = joined(&app, &token, campaign, "+14155550104").await;
    let eligible = joined(&app, &token, campaign, "+919876543205").await;

    let all = why(&app, &token, eligible).await;
    assert_eq!(
        (&all["verdict"], &all["at"], &all["gate"]),
        (&json!("now"), &Json::Null, &Json::Null),
        "{all}"
    );
    assert_eq!(
        (&all["lane"], &all["channel"], &all["is_member"]),
        (&json!("new"), &json!("sms"), &json!(true))
    );
    let names: Vec<&str> =
        all["gates"].as_array().unwrap().iter().map(|gate| gate["gate"].as_str().unwrap()).collect();
    assert_eq!(names, Gate::ALL.map(Gate::as_str), "every gate is told");
    assert_eq!(shut(&all), Vec::<&str>::new());

    let all = why(&app, &token, gone).await;
    assert_eq!((&all["verdict"], &all["gate"]), (&json!("not"), &json!("opt_out")), "{all}");
    assert!(gate(&all, "opt_out")["rule"].as_str().unwrap().contains("sms"), "{all}");

    let all = why(&app, &token, busy).await;
    assert_eq!((&all["verdict"], &all["gate"]), (&json!("at"), &json!("delay")), "{all}");
    assert_eq!((&all["at"], &all["lane"]), (&json!("2026-01-05T13:00:00Z"), &json!("again")));
    let delay = gate(&all, "delay");
    assert_eq!((&delay["passes"], &delay["opens_at"]), (&json!(false), &json!("2026-01-05T13:00:00Z")));
    assert_eq!(delay["rule"], "it rests 4 hours after busy; that was at 2026-01-05T09:00:00Z");
    assert!(gate(&all, "attempts")["rule"].as_str().unwrap().contains("1 by step 1 (sms) so far"), "{all}");

    let all = why(&app, &token, listed).await;
    assert_eq!((&all["verdict"], &all["gate"]), (&json!("not"), &json!("do_not_contact")), "{all}");
    assert_eq!(shut(&all), ["do_not_contact"], "and nothing else is in the way");

    let all = why(&app, &token, asleep).await;
    assert_eq!(all["verdict"], "at", "{all}");
    assert!(shut(&all).contains(&"hours"), "it is night in all of their country: {all}");
    assert!(gate(&all, "hours")["rule"].as_str().unwrap().starts_with("Mon-Sun 08:00-21:00 in "), "{all}");
    let opens = all["at"].as_str().unwrap();
    assert!(("2026-01-05T12:00:00Z".."2026-01-06T00:00:00Z").contains(&opens), "{opens}");

    let counted =
        well(&ask(&app, &token, "GET", &format!("/api/v1/campaigns/{campaign}/explain"), None).await);
    assert_eq!(
        (&counted["leads"], &counted["now"], &counted["has_more"]),
        (&json!(5), &json!(1), &json!(false))
    );
    let sum = |of: &str| -> i64 {
        counted[of].as_array().unwrap().iter().map(|line| line["leads"].as_i64().unwrap()).sum()
    };
    assert_eq!(1 + sum("later") + sum("shut"), 5, "each is counted once: {counted}");
    let later = counted["later"].as_array().unwrap();
    let line = later.iter().find(|line| line["gate"] == "delay").unwrap();
    assert_eq!(line["first_at"], "2026-01-05T13:00:00Z");

    // To a campaign that it is not in, it is said how it would stand.
    let form = json!({"name": "By phone", "settings": {"steps": [{"channel": "voice"}]}});
    let other = id(&well(&ask(&app, &token, "POST", "/api/v1/campaigns", Some(&form)).await));
    let path = format!("/api/v1/leads/{eligible}/explain?campaign_id={other}");
    let told = well(&ask(&app, &token, "GET", &path, None).await);
    let told = &told["campaigns"][0];
    assert_eq!(
        (&told["is_member"], &told["gate"], &told["channel"]),
        (&json!(false), &json!("campaign"), &json!("voice"))
    );
    let trainer = hire(&app, OURS, Role::Trainer).await;
    let seen = ask(&app, &trainer.token, "GET", &format!("/api/v1/leads/{eligible}/explain"), None).await;
    assert_eq!(seen.status, 200, "whoever sees leads may ask why");
}

async fn a_number_on_a_list_is_tried_again_once_it_is_off(place: Place) {
    let (app, token, campaign) = running(&place).await;
    let db = &app.app.db;
    let number_of = "+919876543201";
    let lead = joined(&app, &token, campaign, number_of).await;
    let listed =
        async |body: Json| well(&ask(&app, &token, "POST", LISTS, Some(&body)).await)["added"].clone();
    let off = async |body: Json| ask(&app, &token, "DELETE", LISTS, Some(&body)).await.status;
    let judged = async || why(&app, &token, lead).await["verdict"].clone();
    let said = async || {
        let why = why(&app, &token, lead).await;
        gate(&why, "do_not_contact")["rule"].as_str().unwrap().to_owned()
    };
    // Everything that runs by itself, once: what the lead waits for is written down.
    let round = async || {
        let row = campaigns::find(db.within(OURS), campaign).await.unwrap().unwrap();
        while outreach::review(&app.app, OURS, &row).await.unwrap() {}
        outreach::fill(&app.app, OURS, &row, &Lane::ALL).await.unwrap();
        let member = members::of(db.within(OURS), campaign, &[lead]).await.unwrap().remove(0);
        (member.gate, app.count("hopper").await)
    };
    assert_eq!(listed(json!({"entries": ["+91 (98765) 43201", number_of]})).await, 1);
    assert_eq!(listed(json!({"entries": [number_of]})).await, 0, "it is on it");
    let kept = texts(db, "pattern", "do_not_contact").await;
    assert!(kept.len() == 1 && !kept[0].contains("98765"), "the number itself is not kept: {kept:?}");
    assert_eq!((judged().await, round().await), (json!("not"), (Some("do_not_contact".to_owned()), 0)));
    assert_eq!(said().await, "the center's do-not-contact list names them (the number itself)");
    assert_eq!(number(db, "SELECT COUNT(*) FROM campaign_members WHERE next_at IS NULL").await, 1);
    assert_eq!(off(json!({"entry": number_of})).await, 204);
    assert_eq!(off(json!({"entry": number_of})).await, 404);
    assert_eq!(judged().await, "now");

    // By pattern, and by the list of one campaign.
    assert_eq!(listed(json!({"entries": ["+9198*"], "campaign_id": campaign})).await, 1);
    assert_eq!((judged().await, round().await), (json!("not"), (Some("do_not_contact".to_owned()), 0)));
    assert_eq!(said().await, "the campaign's do-not-contact list names them (+9198*)");
    let all = well(&ask(&app, &token, "GET", &format!("{LISTS}?campaign_id={campaign}"), None).await);
    assert_eq!(all, json!({"campaign_id": campaign, "patterns": ["+9198*"], "numbers": 0}));
    assert_eq!(listed(json!({"entries": ["+1900*", "+14155550199"]})).await, 2);
    let all = well(&ask(&app, &token, "GET", LISTS, None).await);
    assert_eq!(all, json!({"campaign_id": null, "patterns": ["+1900*"], "numbers": 1}));
    assert_eq!(off(json!({"entry": "+9198*"})).await, 404, "it is on the campaign's");
    assert_eq!(off(json!({"entry": "+9198*", "campaign_id": campaign})).await, 204);
    assert_eq!(
        (judged().await, round().await.1),
        (json!("now"), 1),
        "it was looked at again, and is about to be tried"
    );
}

async fn a_preview_says_what_it_would_come_to(place: Place) {
    let (app, token, campaign) = running(&place).await;
    let first = id(&entered(&app, &token, "+919876543201").await);
    entered(&app, &token, "+919876543202").await;
    app.twilio_message("+919876543202", "STOP", "SM1").await;
    let segment = json!({"name": "all", "filter": {"source": "WALK_IN"}});
    let segment = id(&well(&ask(&app, &token, "POST", "/api/v1/segments", Some(&segment)).await));
    let settings = json!({"steps": [{"channel": "sms", "attempts": 3}, {"channel": "whatsapp"}], "segments": [segment],
        "prices": {"sms": 0.5}, "pace": {"messages_per_minute": 1}});
    let at = format!("/api/v1/campaigns/{campaign}");
    well(&ask(&app, &token, "PATCH", &at, Some(&json!({"settings": settings}))).await);
    well(&ask(&app, &token, "POST", &format!("{at}/pause"), None).await);
    let preview = well(&ask(&app, &token, "GET", &format!("{at}/preview"), None).await);
    assert_eq!(
        (&preview["blockers"], &preview["leads"], &preview["now"]),
        (&json!([]), &json!(2), &json!(1)),
        "{preview}"
    );
    assert_eq!(preview["attempts"], json!({"sms": 3, "whatsapp": 1}));
    assert_eq!((&preview["cost"], &preview["takes_seconds"]), (&json!(1.5), &json!(240)), "{preview}");
    assert_eq!(preview["has_more"], false);
    let warnings: Vec<&str> =
        preview["warnings"].as_array().unwrap().iter().map(|words| words.as_str().unwrap()).collect();
    assert!(warnings.iter().any(|words| words.starts_with("without a template")), "{warnings:?}");
    assert!(warnings.contains(&"the cost is without whatsapp, of which prices say nothing"), "{warnings:?}");
    let again = well(&ask(&app, &token, "GET", &format!("{at}/preview"), None).await);
    assert_eq!(again, preview, "looking changes nothing more");
    assert_eq!(why(&app, &token, first).await["is_member"], true, "leads of segments are in it by now");

    // Whoever wants no text messages is written to by WhatsApp alone, and whoever was tried has as many attempts fewer.
    let mut settings = settings;
    settings["steps"][1]["template"] = json!("HX0123456789abcdef0123456789abcdef");
    well(&ask(&app, &token, "PATCH", &at, Some(&json!({"settings": settings}))).await);
    execute(&app.app.db, format!("UPDATE campaign_members SET tries = 1 WHERE lead_id = {first}")).await;
    let preview = well(&ask(&app, &token, "GET", &format!("{at}/preview"), None).await);
    assert_eq!((&preview["leads"], &preview["now"]), (&json!(2), &json!(2)), "{preview}");
    assert_eq!(
        (&preview["attempts"], &preview["cost"]),
        (&json!({"sms": 2, "whatsapp": 2}), &json!(1.0)),
        "{preview}"
    );
    settings["steps"] = json!([{"channel": "sms", "attempts": 3}]);
    well(&ask(&app, &token, "PATCH", &at, Some(&json!({"settings": settings}))).await);
    let preview = well(&ask(&app, &token, "GET", &format!("{at}/preview"), None).await);
    assert_eq!(preview["warnings"], json!(["1 lead has opted out of whatever reaches it"]), "{preview}");
}

async fn of_many_leads_it_is_said_that_there_are_more(place: Place) {
    let app = place.app().await;
    let token = hire(&app, OURS, Role::CenterAdmin).await.token;
    let first = super::first(&app).await;
    super::tried(&app, first, 1, 2_500, "'no_answer'").await;
    let segment = json!({"name": "all", "filter": {"channel": "sms"}});
    let segment = id(&well(&ask(&app, &token, "POST", "/api/v1/segments", Some(&segment)).await));
    let form = json!({"name": "x", "settings": {"steps": [{"channel": "sms"}], "segments": [segment]}});
    let campaign = id(&well(&ask(&app, &token, "POST", "/api/v1/campaigns", Some(&form)).await));
    let row = campaigns::find(app.app.db.within(OURS), campaign).await.unwrap().unwrap();
    for _ in 0..2 {
        let mut told = Vec::new();
        let preview =
            outreach::preview(&app.app, OURS, &row, Bounds { leads: 1_000, ..Bounds::NONE }, &mut |n| {
                told.push(n);
            })
            .await
            .unwrap();
        assert_eq!((preview.leads.leads, preview.has_more, told), (1_000, true, vec![1_000]));
        assert_eq!(
            app.count("campaign_members").await,
            1_000,
            "the newest alone came in, also when asked again"
        );
    }
    let preview = outreach::preview(&app.app, OURS, &row, Bounds::NONE, &mut |_| {}).await.unwrap();
    assert_eq!((preview.leads.leads, preview.has_more), (2_501, false));
    let (some, has_more) =
        outreach::roll_up_to(&app.app, OURS, &row, Bounds { leads: 2_000, ..Bounds::NONE }, &mut |_| {})
            .await
            .unwrap();
    assert_eq!((some.leads, has_more), (2_000, true));
    // Whoever waits no longer gets what was looked at until then.
    let now = Bounds { until: Some(std::time::Instant::now()), ..Bounds::NONE };
    let some = outreach::preview(&app.app, OURS, &row, now, &mut |_| {}).await.unwrap();
    assert_eq!((some.leads.leads, some.has_more), (1_000, true));
}

async fn what_cannot_be_on_a_list_is_refused(place: Place) {
    let app = place.app().await;
    let token = hire(&app, OURS, Role::CenterAdmin).await.token;
    let body = json!({"entries": ["+14155550177", "4155550177", "*", "+19*", "1900*", "+1900*"]});
    let refused = ask(&app, &token, "POST", LISTS, Some(&body)).await;
    let problem = refused.json();
    let pointers: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(
        (refused.status, pointers),
        (422, vec!["/entries/1", "/entries/2", "/entries/3", "/entries/4"])
    );
    assert!(!refused.body.contains("4155550177"), "what was sent is not told again");
    assert_eq!(app.count("do_not_contact").await, 0, "nor is any of the others on it");
    for body in
        [json!({"entries": []}), json!({"entries": vec!["+1900*"; 1_001]}), json!({"entry": "+1900*"})]
    {
        assert_eq!(ask(&app, &token, "POST", LISTS, Some(&body)).await.status, 400);
    }
    let counselor = hire(&app, OURS, Role::Counselor).await;
    assert_eq!(ask(&app, &counselor.token, "GET", LISTS, None).await.status, 403);
}
