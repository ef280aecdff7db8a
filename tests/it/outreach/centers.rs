//! Campaigns of one center, as those of another and whoever sees all come to them.

use super::campaigns::{ALL, As, by_sms};
use crate::harness::{Place, number};
use crate::work::{OTHER, OURS, ask, entered, hire, id, two_centers, well};
use leadwire::domain::access::Role;
use serde_json::json;

on_both!(the_list_goes_on_behind_its_pages, another_center_s_is_not_there);

async fn the_list_goes_on_behind_its_pages(place: Place) {
    let app = two_centers(&place).await;
    let admin = As::of(&app, Role::CenterAdmin).await;
    for n in 0..5 {
        app.clock.advance(1_000);
        admin.made(&format!("campaign {n}"), by_sms()).await;
    }
    let others = hire(&app, OTHER, Role::CenterAdmin).await;
    let form = json!({"name": "theirs", "settings": by_sms()});
    let theirs = id(&well(&ask(&app, &others.token, "POST", ALL, Some(&form)).await));
    let (mut seen, mut path) = (Vec::new(), format!("{ALL}?limit=2&state=draft"));
    loop {
        let page = admin.ask("GET", &path, None).await;
        seen.extend(page.ok().as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()));
        let Some(next) = page.header("link").strip_prefix('<').and_then(|link| link.split('>').next()) else {
            break;
        };
        path = next.to_owned();
    }
    assert_eq!(seen, ["campaign 4", "campaign 3", "campaign 2", "campaign 1", "campaign 0"]);
    assert_eq!(admin.ask("GET", &format!("{ALL}?state=running"), None).await.ok(), json!([]));
    let root = hire(&app, OURS, Role::SuperAdmin).await;
    let (mut all, mut path) = (0, format!("{ALL}?limit=3"));
    loop {
        let page = ask(&app, &root.token, "GET", &path, None).await;
        all += page.ok().as_array().unwrap().len();
        let Some(next) = page.header("link").strip_prefix('<').and_then(|link| link.split('>').next()) else {
            break;
        };
        path = next.to_owned();
    }
    assert_eq!(all, 6, "center by center");
    let shown = ask(&app, &root.token, "GET", &format!("{ALL}/{theirs}"), None).await;
    assert_eq!(shown.ok()["center_id"], 2);
}

async fn another_center_s_is_not_there(place: Place) {
    let app = two_centers(&place).await;
    let admin = As::of(&app, Role::CenterAdmin).await;
    let lead = id(&entered(&app, &admin.token, "+919876543201").await);
    let campaign = admin.made("x", by_sms()).await;
    let stranger = As { app: &app, token: hire(&app, OTHER, Role::CenterAdmin).await.token };
    let own = id(&entered(&app, &stranger.token, "+919876543202").await);
    let theirs = stranger.made("x", by_sms()).await;
    let before = number(&app.app.db, "SELECT SUM(version) FROM campaigns").await;
    let at = |rest: &str| format!("{ALL}/{campaign}{rest}");
    let listed = Some(json!({"entries": ["+1900*"], "campaign_id": campaign}));
    for (method, path, body) in [
        ("GET", at(""), None),
        ("PATCH", at(""), Some(json!({"name": "y"}))),
        ("POST", at("/start"), None),
        ("POST", at("/end"), None),
        ("GET", at("/preview"), None),
        ("GET", at("/explain"), None),
        ("POST", at("/leads"), Some(json!({"lead_ids": [own]}))),
        ("DELETE", at(&format!("/leads/{lead}")), None),
        ("GET", format!("/api/v1/leads/{lead}/explain"), None),
        ("GET", format!("/api/v1/leads/{own}/explain?campaign_id={campaign}"), None),
        ("GET", format!("/api/v1/hopper?campaign_id={campaign}"), None),
        ("GET", format!("/api/v1/do-not-contact?campaign_id={campaign}"), None),
        ("POST", "/api/v1/do-not-contact".to_owned(), listed),
        (
            "DELETE",
            "/api/v1/do-not-contact".to_owned(),
            Some(json!({"entry": "+1900*", "campaign_id": campaign})),
        ),
    ] {
        assert_eq!(stranger.ask(method, &path, body).await.status, 404, "{method} {path}");
    }
    let form = json!({"lead_ids": [lead, own]});
    let added = stranger.ask("POST", &format!("{ALL}/{theirs}/leads"), Some(form)).await;
    assert_eq!(well(&added), json!({"added": 1}), "another center's lead is no lead here");
    assert_eq!(number(&app.app.db, "SELECT SUM(version) FROM campaigns").await, before);
    assert_eq!(app.count("do_not_contact").await, 0);
}
