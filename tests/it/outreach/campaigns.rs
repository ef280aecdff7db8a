//! Campaigns as requests: made, changed, refused; started, paused and ended; their leads.

use super::SENDS;
use crate::harness::{Place, TestApp};
use crate::work::{OURS, ask, entered, hire, id, two_centers_with, well};
use leadwire::domain::access::Role;
use leadwire::domain::outreach::Lane;
use leadwire::service::outreach;
use leadwire::store::outreach::campaigns;
use serde_json::{Value as Json, json};

on_both!(
    a_campaign_is_made_and_changed,
    everything_that_is_wrong_is_told_at_once,
    what_the_document_shows_is_taken,
    nothing_starts_that_could_not_send,
    a_pause_empties_the_hopper,
);

pub const ALL: &str = "/api/v1/campaigns";

/// What is asked as somebody.
pub struct As<'a> {
    pub app: &'a TestApp,
    pub token: String,
}

impl As<'_> {
    pub async fn of<'a>(app: &'a TestApp, role: Role) -> As<'a> {
        As { app, token: hire(app, OURS, role).await.token }
    }

    pub async fn ask(&self, method: &str, path: &str, body: Option<Json>) -> crate::harness::Reply {
        ask(self.app, &self.token, method, path, body.as_ref()).await
    }

    pub async fn made(&self, name: &str, settings: Json) -> i64 {
        id(&well(&self.ask("POST", ALL, Some(json!({"name": name, "settings": settings}))).await))
    }
}

pub fn by_sms() -> Json {
    json!({"steps": [{"channel": "sms", "attempts": 2}]})
}

async fn a_campaign_is_made_and_changed(place: Place) {
    let app = place.app().await;
    let admin = As::of(&app, Role::CenterAdmin).await;
    let counselor = As::of(&app, Role::Counselor).await;
    let form = json!({"name": " Spring term ", "settings": by_sms()});
    let made = admin.ask("POST", ALL, Some(form.clone())).await;
    assert_eq!((made.status, made.header("etag")), (201, "\"0\""), "{made:?}");
    let campaign = made.json();
    assert_eq!(made.header("location"), format!("{ALL}/{}", campaign["id"]));
    assert_eq!(
        (&campaign["name"], &campaign["state"], &campaign["started_at"]),
        (&json!("Spring term"), &json!("draft"), &Json::Null)
    );
    let settings = &campaign["settings"];
    assert_eq!(settings["steps"], json!([{"channel": "sms", "attempts": 2}]));
    assert_eq!(
        (&settings["ready"], &settings["hours"]),
        (&json!(200), &json!("Mon-Sun 08:00-21:00")),
        "as usual"
    );

    let at = format!("{ALL}/{}", campaign["id"]);
    let shown = counselor.ask("GET", &at, None).await;
    assert_eq!((shown.header("etag"), shown.json()), ("\"0\"", campaign.clone()));
    let refused = counselor.ask("PATCH", &at, Some(json!({"name": "x"}))).await;
    assert_eq!(refused.status, 403, "who works leads sees campaigns, and changes none");

    let other = json!({"settings": {"steps": [{"channel": "voice"}], "ready": 20}, "version": 0});
    let changed = admin.ask("PATCH", &at, Some(other.clone())).await;
    assert_eq!((changed.status, changed.header("etag")), (200, "\"1\""), "{changed:?}");
    let settings = &changed.json()["settings"];
    assert_eq!((&settings["ready"], &settings["steps"][0]["channel"]), (&json!(20), &json!("voice")));
    let stale = admin.ask("PATCH", &at, Some(other)).await;
    let problem = stale.json();
    assert_eq!((stale.status, &problem["type"]), (409, &json!("/problems/stale")), "{problem}");
    assert_eq!(problem["changes"][0]["detail"], changed.json(), "as it is now");
    let seen = app.request("PATCH", &at).bearer_auth(&admin.token).header("if-match", "\"0\"");
    assert_eq!(app.send(seen.json(&json!({"name": "x"}))).await.status, 409);
    let seen =
        app.request("POST", &format!("{at}/end")).bearer_auth(&admin.token).header("if-match", "\"0\"");
    assert_eq!(app.send(seen).await.status, 409);

    let taken = admin.ask("POST", ALL, Some(json!({"name": "Spring term", "settings": by_sms()}))).await;
    assert_eq!(taken.status, 409, "{taken:?}");
    assert!(taken.json()["detail"].as_str().unwrap().contains("of this name"), "{taken:?}");
    let second = admin.made("Autumn term", by_sms()).await;
    let taken = admin.ask("PATCH", &format!("{ALL}/{second}"), Some(json!({"name": "Spring term"}))).await;
    assert_eq!(taken.status, 409, "{taken:?}");
}

async fn everything_that_is_wrong_is_told_at_once(place: Place) {
    let app = place.app().await;
    let admin = As::of(&app, Role::CenterAdmin).await;
    let settings = json!({
        "steps": [{"channel": "sms", "attempts": 0}, {"channel": "voice", "template": "hello"}, {"channel": "whatsapp", "template": "hello"}], "hours": "always",
        "caps": [{"attempts": 0}], "retry_minutes": {"sale": 5},
        "starts_at": "2026-02-01T00:00:00Z", "ends_at": "2026-02-01T00:00:00Z", "prices": {"pigeon": 1.0}, "ready": 0,
    });
    let refused = admin.ask("POST", ALL, Some(json!({"name": "x", "settings": settings}))).await;
    assert_eq!(refused.status, 400, "some of it the document forbids: {refused:?}");
    let problem = refused.json();
    let pointers: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap())
        .collect();
    for pointer in [
        "steps/0/attempts",
        "steps/1/template",
        "steps/2/template",
        "hours",
        "caps/0/attempts",
        "retry_minutes/sale",
        "ends_at",
        "prices/pigeon",
        "ready",
    ] {
        assert!(pointers.contains(&format!("/settings/{pointer}").as_str()), "{pointer}: {pointers:?}");
    }
    let with = |other: Json| {
        let mut settings = by_sms();
        settings.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
        json!({"name": "x", "settings": settings})
    };
    // What the document forbids is 400, what only its meaning does is 422.
    for (status, body, pointer) in [
        (422, with(json!({"segments": [77]})), "/settings/segments/0"),
        (422, with(json!({"flow": "nowhere"})), "/settings/flow"),
        (422, with(json!({"language": "xx"})), "/settings/language"),
        (422, with(json!({"language": ""})), "/settings/language"),
        (422, with(json!({"hours": "always"})), "/settings/hours"),
        (422, with(json!({"bridge_to": "me"})), "/settings/bridge_to"),
        (422, json!({"name": "x\u{202e}y", "settings": by_sms()}), "/name"),
        (422, json!({"name": "x\ny", "settings": by_sms()}), "/name"),
        (400, with(json!({"segments": [0]})), "/settings/segments/0"),
        (400, with(json!({"ready": 3_000})), "/settings/ready"),
        (400, with(json!({"starts_at": ""})), "/settings/starts_at"),
        (400, with(json!({"ends_at": "2026-13-45T00:00:00Z"})), "/settings/ends_at"),
        (400, with(json!({"holidays": ["2026-12-25", "x"]})), "/settings/holidays/1"),
        (400, with(json!({"holidays": ["2026-13-25"]})), "/settings/holidays/0"),
        (400, with(json!({"flow": "x".repeat(101)})), "/settings/flow"),
        (400, with(json!({"pace": {"calls_per_second": 0}})), "/settings/pace/calls_per_second"),
    ] {
        let refused = admin.ask("POST", ALL, Some(body)).await;
        let first = refused.json()["errors"][0]["pointer"].clone();
        assert_eq!((refused.status, first), (status, json!(pointer)), "{refused:?}");
    }
    for (body, pointer) in [
        (json!({"settings": by_sms()}), "/name"),
        (json!({"name": "x".repeat(101), "settings": by_sms()}), "/name"),
        (json!({"name": "x", "settings": {"step": []}}), "/settings/step"),
        (json!({"name": "x", "settings": {"steps": [{"channel": "pigeon"}]}}), "/settings/steps/0/channel"),
        (json!({"name": "x"}), ""),
        (json!({"name": "x", "settings": by_sms(), "state": "running"}), "/state"),
    ] {
        let refused = admin.ask("POST", ALL, Some(body)).await;
        assert_eq!(
            (refused.status, &refused.json()["errors"][0]["pointer"]),
            (400, &json!(pointer)),
            "{refused:?}"
        );
    }
    assert_eq!(app.count("campaigns").await, 0, "nothing was made");
    let campaign = admin.made("x", by_sms()).await;
    let at = format!("{ALL}/{campaign}");
    let refused = admin.ask("PATCH", &at, Some(json!({"settings": {"steps": []}}))).await;
    assert_eq!((refused.status, &refused.json()["errors"][0]["pointer"]), (400, &json!("/settings/steps")));
    assert_eq!(admin.ask("GET", &at, None).await.header("etag"), "\"0\"", "nothing was changed");
    for (ids, pointer) in [(json!([]), "/lead_ids"), (json!([1, 0]), "/lead_ids/1")] {
        let refused = admin.ask("POST", &format!("{at}/leads"), Some(json!({"lead_ids": ids}))).await;
        assert_eq!((refused.status, &refused.json()["errors"][0]["pointer"]), (400, &json!(pointer)));
    }
    for query in ["state=asleep", "limit=0", "name=x"] {
        assert_eq!(admin.ask("GET", &format!("{ALL}?{query}"), None).await.status, 400, "{query}");
    }
    assert_eq!(admin.ask("GET", &format!("{ALL}?cursor=x"), None).await.status, 422);
}

async fn what_the_document_shows_is_taken(place: Place) {
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/flows");
    let app = place.app_with(&[("FLOWS_DIR", shipped)]).await;
    let admin = As::of(&app, Role::CenterAdmin).await;
    let document: Json =
        serde_json::from_str(&leadwire::api::openapi::document().to_json().unwrap()).unwrap();
    let body = shown(&document, &json!({"$ref": "#/components/schemas/CampaignForm"}));
    assert_eq!((&body["name"], &body["settings"]["flow"]), (&json!("Spring term"), &json!("merchant")));
    let made = admin.ask("POST", ALL, Some(body)).await;
    assert_eq!(made.status, 201, "{made:?}");
}

/// The example of a schema, which those who read the document see.
fn shown(document: &Json, schema: &Json) -> Json {
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    if let Some(name) = schema["$ref"].as_str() {
        return shown(document, &document["components"]["schemas"][name.rsplit('/').next().unwrap()]);
    }
    if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
        return first.clone();
    }
    if let Some(item) = schema.get("items") {
        return json!([shown(document, item)]);
    }
    let fields = schema["properties"].as_object().unwrap_or_else(|| panic!("no example: {schema}"));
    fields.iter().map(|(name, of)| (name.clone(), shown(document, of))).collect()
}

async fn nothing_starts_that_could_not_send(place: Place) {
    let app = place.app().await;
    let admin = As::of(&app, Role::CenterAdmin).await;
    let settings = json!({"steps": [{"channel": "sms"}], "ends_at": "2026-01-01T00:00:00Z"});
    let campaign = admin.made("x", settings).await;
    let at = |rest: &str| format!("{ALL}/{campaign}{rest}");
    let blocked = admin.ask("POST", &at("/start"), None).await;
    let problem = blocked.json();
    assert_eq!((blocked.status, &problem["type"]), (409, &json!("/problems/blocked")), "{problem}");
    let blockers = problem["blockers"].as_array().unwrap();
    assert_eq!(blockers.len(), 2, "{problem}");
    assert!(blockers[0].as_str().unwrap().contains("no account of this center"), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("ends_at is over"), "{problem}");
    assert_eq!(admin.ask("GET", &at(""), None).await.json()["state"], "draft");
    let preview = well(&admin.ask("GET", &at("/preview"), None).await);
    assert_eq!(
        (&preview["blockers"], &preview["warnings"]),
        (&problem["blockers"], &json!(["it has no leads"]))
    );
}

async fn a_pause_empties_the_hopper(place: Place) {
    let app = two_centers_with(&place, &SENDS).await;
    let admin = As::of(&app, Role::CenterAdmin).await;
    let campaign = admin.made("x", by_sms()).await;
    let at = |rest: &str| format!("{ALL}/{campaign}{rest}");
    let mut leads = Vec::new();
    for n in 1..=3 {
        leads.push(id(&entered(&app, &admin.token, &format!("+91987654320{n}")).await));
    }
    let form = json!({"lead_ids": [leads[0], leads[1], leads[2], leads[0], 77]});
    let added = admin.ask("POST", &at("/leads"), Some(form.clone())).await;
    assert_eq!(well(&added), json!({"added": 3}), "who is nobody's is passed over");
    assert_eq!(well(&admin.ask("POST", &at("/leads"), Some(form)).await), json!({"added": 0}));
    let gone = at(&format!("/leads/{}", leads[2]));
    assert_eq!(admin.ask("DELETE", &gone, None).await.status, 204);
    assert_eq!(admin.ask("DELETE", &gone, None).await.status, 404);

    for (event, possible) in [("pause", json!(["start", "end"])), ("resume", json!(["start", "end"]))] {
        let refused = admin.ask("POST", &at(&format!("/{event}")), None).await;
        assert_eq!((refused.status, &refused.json()["allowed"]), (409, &possible), "{event}");
    }
    let started = well(&admin.ask("POST", &at("/start"), None).await);
    assert_eq!(
        (&started["state"], &started["started_at"]),
        (&json!("running"), &json!("2026-01-05T10:00:00Z"))
    );
    assert_eq!(admin.ask("POST", &at("/start"), None).await.status, 409);
    let fill = async || {
        let row = campaigns::find(app.app.db.within(OURS), campaign).await.unwrap().unwrap();
        outreach::fill(&app.app, OURS, &row, &Lane::ALL).await.unwrap()
    };
    assert_eq!(fill().await.ready, 2);
    let hopper = well(&admin.ask("GET", "/api/v1/hopper", None).await);
    let line = json!({"campaign_id": campaign, "state": "ready", "channel": "sms", "lane": "new", "leads": 2,
        "oldest_at": "2026-01-05T10:00:00Z"});
    assert_eq!(hopper, json!({"ready": 2, "claimed": 0, "lines": [line]}));
    let of_it = admin.ask("GET", &format!("/api/v1/hopper?campaign_id={campaign}"), None).await;
    assert_eq!(well(&of_it), hopper);
    assert_eq!(admin.ask("GET", "/api/v1/hopper?campaign_id=77", None).await.status, 404);

    // What another campaign has in the hopper stays there when a lead leaves this one.
    let second = admin.made("y", by_sms()).await;
    let form = json!({"lead_ids": [leads[0]]});
    well(&admin.ask("POST", &format!("{ALL}/{second}/leads"), Some(form)).await);
    let gone = format!("{ALL}/{second}/leads/{}", leads[0]);
    assert_eq!(admin.ask("DELETE", &gone, None).await.status, 204);
    assert_eq!(app.count("hopper").await, 2);

    let paused = well(&admin.ask("POST", &at("/pause"), None).await);
    assert_eq!((&paused["state"], app.count("hopper").await), (&json!("paused"), 0), "at once");
    let why = well(&admin.ask("GET", &format!("/api/v1/leads/{}/explain", leads[0]), None).await);
    assert_eq!(
        (&why["campaigns"][0]["verdict"], &why["campaigns"][0]["gate"]),
        (&json!("not"), &json!("campaign"))
    );
    well(&admin.ask("POST", &at("/resume"), None).await);
    let row = campaigns::find(app.app.db.within(OURS), campaign).await.unwrap().unwrap();
    outreach::review(&app.app, OURS, &row).await.unwrap();
    assert_eq!(fill().await.ready, 2, "and it goes on where it was");
    let ended = well(&admin.ask("POST", &at("/end"), None).await);
    assert_eq!((&ended["state"], app.count("hopper").await), (&json!("ended"), 0));
    let over = admin.ask("POST", &at("/resume"), None).await;
    assert_eq!(
        (over.status, over.json()["detail"].as_str().unwrap()),
        (409, "resume is not possible for a campaign that is ended; possible now: nothing")
    );
    let before = admin.ask("GET", &at(""), None).await.json();
    for (method, path, body) in [
        ("PATCH", at(""), json!({"name": "z"})),
        ("PATCH", at(""), json!({"settings": by_sms()})),
        ("POST", at("/leads"), json!({"lead_ids": [leads[2]]})),
    ] {
        let over = admin.ask(method, &path, Some(body)).await;
        assert_eq!(
            (over.status, over.json()["detail"].as_str().unwrap()),
            (409, "the campaign has ended, and is not changed any more; make another"),
            "{method} {path}"
        );
    }
    assert_eq!(admin.ask("GET", &at(""), None).await.json(), before);
}
