//! Who may do what: every role, every route, in one's own center and another's.

use super::{OTHER, OURS, ask, enquiry, entered, hire, id, token, two_centers, well};
use crate::harness::{ADMIN_TOKEN, Place, Reply, TestApp};
use leadwire::api::v1::access::ROUTES;
use leadwire::domain::access::{Right, Role, Tenant};
use leadwire::service::tokens::{self, NewToken};
use serde_json::{Value as Json, json};

on_both!(
    every_role_at_every_route_in_its_own_center_and_in_another,
    a_token_is_confined_to_its_scopes,
    tokens_end,
    a_token_does_no_more_than_whoever_it_belongs_to,
    guessed_tokens_are_slowed_down,
    who_runs_the_whole_sees_all_centers,
    users_are_managed_within_one_s_center,
);

/// Every route with a token is in the table, and nothing else is.
#[test]
fn the_document_and_the_table_name_the_same_routes() {
    let document = serde_json::to_value(leadwire::api::openapi::document()).unwrap();
    let mut documented: Vec<(String, String)> = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            if operation.get("security").is_some() {
                documented.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    let table = |documented: &(String, String)| {
        ROUTES.iter().any(|(method, path, _)| documented == &((*method).to_owned(), (*path).to_owned()))
    };
    let missing: Vec<_> = documented.iter().filter(|route| !table(route)).collect();
    assert!(missing.is_empty(), "not in the table of rights: {missing:?}");
    // Older names of the same operations are not documented twice.
    let aliases = |path: &str| path.starts_with("/api/admin/") || path.ends_with("/mark-dead");
    let undocumented: Vec<_> = ROUTES
        .iter()
        .filter(|(method, path, _)| {
            !aliases(path) && !documented.contains(&((*method).to_owned(), (*path).to_owned()))
        })
        .collect();
    assert!(undocumented.is_empty(), "not documented: {undocumented:?}");
}

/// What there is of a center: a lead, a visit, a follow-up, a user, a job.
struct Things {
    lead: i64,
    visit: i64,
    follow_up: i64,
    user: i64,
    segment: i64,
    /// The same enquiry again, and one that was merged into it.
    twice: i64,
    merge: i64,
    /// A draft that has the lead.
    campaign: i64,
}

async fn things(app: &TestApp, tenant: Tenant, phone: &str) -> Things {
    let admin = hire(app, tenant, Role::CenterAdmin).await;
    let lead = id(&entered(app, &admin.token, phone).await);
    let plan = json!({"scheduled_at": "2026-02-15T16:00:00"});
    let visit =
        ask(app, &admin.token, "POST", &format!("/api/v1/leads/{lead}/intro-visit"), Some(&plan)).await;
    let plan = json!({"scheduled_date": "2026-02-15T16:00:00"});
    let follow_up =
        ask(app, &admin.token, "POST", &format!("/api/v1/leads/{lead}/follow-up"), Some(&plan)).await;
    let named = json!({"name": phone, "filter": {"status": "CONVERTED"}});
    let segment = ask(app, &admin.token, "POST", "/api/v1/segments", Some(&named)).await;
    let twice = id(&entered(app, &admin.token, phone).await);
    let thrice = id(&entered(app, &admin.token, phone).await);
    let form = json!({"other_lead_id": thrice, "reason": "again"});
    let merged = ask(app, &admin.token, "POST", &format!("/api/v1/leads/{twice}/merge"), Some(&form)).await;
    let form = json!({"name": phone, "settings": {"steps": [{"channel": "sms"}]}});
    let campaign = id(&well(&ask(app, &admin.token, "POST", "/api/v1/campaigns", Some(&form)).await));
    let (path, form) = (format!("/api/v1/campaigns/{campaign}/leads"), json!({"lead_ids": [lead]}));
    well(&ask(app, &admin.token, "POST", &path, Some(&form)).await);
    let form = json!({"entries": ["+1900555*"]});
    well(&ask(app, &admin.token, "POST", "/api/v1/do-not-contact", Some(&form)).await);
    Things {
        lead,
        visit: id(&well(&visit)),
        follow_up: id(&well(&follow_up)),
        user: admin.user_id,
        segment: id(&well(&segment)),
        twice,
        merge: id(&well(&merged)),
        campaign,
    }
}

/// A request that is in order for a route, and would change something where it changes anything.
fn request(method: &str, path: &str, things: &Things, n: usize) -> (String, Option<Json>) {
    let of = if path.contains("/intro-visits/") {
        things.visit
    } else if path.contains("/follow-ups/{id}") {
        things.follow_up
    } else if path.contains("/users/") {
        things.user
    } else if path.contains("/segments/") {
        things.segment
    } else if path.contains("/merges/") {
        things.merge
    } else if path.contains("/campaigns/") {
        things.campaign
    } else if path.contains("/jobs/") {
        1
    } else {
        things.lead
    };
    let at = path
        .replace("{id}", &of.to_string())
        .replace("{lead_id}", &things.lead.to_string())
        .replace("{name}", "greeting_message");
    let body = match (method, path) {
        ("POST", "/api/v1/leads" | "/api/v1/leads/enquiry") => Some(enquiry(&format!("+1415556{n:04}"))),
        ("POST", "/api/v1/campaigns") => {
            Some(json!({"name": format!("campaign {n}"), "settings": {"steps": [{"channel": "voice"}]}}))
        }
        ("POST", "/api/v1/campaigns/{id}/leads") => Some(json!({"lead_ids": [things.twice]})),
        ("PATCH", "/api/v1/campaigns/{id}") => Some(json!({"name": format!("campaign {n}")})),
        ("POST", "/api/v1/do-not-contact") => Some(json!({"entries": ["+1900556*"]})),
        ("DELETE", "/api/v1/do-not-contact") => Some(json!({"entry": "+1900555*"})),
        ("POST", path) if path.ends_with("/erase") => Some(json!({"reason": "test", "confirm": of})),
        ("POST", path) if path.ends_with("/merge") => {
            Some(json!({"other_lead_id": things.twice, "reason": "again"}))
        }
        ("POST", path) if path.ends_with("/undo") => Some(json!({"reason": "two"})),
        ("POST", path) if path.ends_with("/convert") => Some(json!({"customer_ref": "C-1"})),
        ("POST", path)
            if path.ends_with("/close") || path.ends_with("/mark-dead") || path.ends_with("/reopen") =>
        {
            Some(json!({"reason": "because"}))
        }
        ("POST", path) if path.ends_with("/intro-visit") => {
            Some(json!({"scheduled_at": "2026-02-16T16:00:00"}))
        }
        ("POST", path) if path.ends_with("/follow-up") => {
            Some(json!({"scheduled_date": "2026-02-16T16:00:00"}))
        }
        ("POST", path) if path.ends_with("/assign") => Some(json!({"user_id": null})),
        ("POST", "/api/v1/users") => {
            Some(json!({"email": format!("new-{n}@example.com"), "name": "New", "role": "TRAINER"}))
        }
        ("POST", "/api/v1/segments") => Some(json!({"name": format!("segment {n}"), "filter": {}})),
        ("PATCH", path) if path.contains("/segments/") => Some(json!({"filter": {"class": "SQL"}})),
        ("POST", path) if path.ends_with("/recycle") => Some(json!({"from": ["busy", null], "reset": true})),
        ("POST", path) if path.ends_with("/fix-status") => Some(json!({"report_only": false})),
        ("PUT", _) => Some(json!({"password": "correct horse battery"})),
        ("PATCH", path) if path.ends_with("/status") => Some(json!({"status": "FOLLOW_UP_PENDING"})),
        ("PATCH", path) if path.contains("/users/") => Some(json!({"name": "Renamed"})),
        ("PATCH", path) if path.contains("/intro-visits/") => {
            Some(json!({"outcome_notes": format!("note {n}")}))
        }
        ("PATCH", path) if path.contains("/follow-ups/") => Some(json!({"notes": format!("note {n}")})),
        ("PATCH", _) => Some(json!({"notes": format!("note {n}")})),
        _ => None,
    };
    (at, body)
}

/// Asks; a file is sent where one is taken.
async fn asked(app: &TestApp, token: Option<&str>, method: &str, at: &str, body: Option<&Json>) -> Reply {
    let request = app.request(method, at);
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    app.send(match body {
        Some(body) => request.json(body),
        None if at.starts_with("/api/v1/leads/import") => {
            request.header("content-type", "text/csv").body("name,phone\nAnn,+14155559999\n")
        }
        None => request,
    })
    .await
}

async fn every_role_at_every_route_in_its_own_center_and_in_another(place: Place) {
    let app = two_centers(&place).await;
    let mut n = 0;
    // What nobody may touch is made once; what was touched is made anew.
    let others = things(&app, OTHER, "+14155580000").await;
    let mut own = things(&app, OURS, "+14155570000").await;
    let mut is_touched = false;
    for role in Role::ALL {
        // Who runs the whole sees all centers: none is another's to them.
        let is_everywhere = role == Role::SuperAdmin;
        for (method, path, right) in ROUTES {
            n += 1;
            if is_touched {
                own = things(&app, OURS, &format!("+1415557{n:04}")).await;
            }
            let may = right.is_none_or(|right| role.has(right));
            is_touched = may && method != "GET";
            let who = hire(&app, OURS, role).await;
            let label = format!("{role:?} {method} {path}");
            let query = if path.starts_with("/api/v1/agenda") {
                format!("?user_id={}", own.user)
            } else {
                String::new()
            };
            // Whoever sees several centers says which one where a thing does not.
            let center = if is_everywhere
                && query.is_empty()
                && !path.contains("{id}")
                && !path.ends_with("/me")
                && !path.ends_with("/tenants")
            {
                "?center_id=1"
            } else {
                ""
            };
            let center = if is_everywhere && path.contains("/jobs/") { "?center_id=1" } else { center };
            let query =
                if is_everywhere && !query.is_empty() { format!("{query}&center_id=1") } else { query };
            let (at, mut body) = request(method, path, &own, n);
            if is_everywhere
                && !path.contains("{id}")
                && let Some(body) = &mut body
            {
                body["center_id"] = json!(1);
            }
            let center = if body.is_some() && !path.contains("{id}") { "" } else { center };
            let before = app.count("audit_log").await;
            let at = format!("{at}{query}{center}");
            let reply = asked(&app, Some(&who.token), method, &at, body.as_ref()).await;
            if may {
                // There is no job 1; a lead that is open is not reopened, and a draft neither paused nor resumed; nothing sends for this
                // center, so that it is not started.
                let refuses = ["/reopen", "/start", "/pause", "/resume"];
                let expected: &[u16] = if path.contains("/jobs/") {
                    &[404]
                } else if refuses.iter().any(|end| path.ends_with(end)) {
                    &[409]
                } else {
                    &[200, 201, 204]
                };
                assert!(expected.contains(&reply.status), "{label}: {reply:?}");
            } else {
                assert_eq!(reply.status, 403, "{label}: {reply:?}");
                let needed = right.unwrap().as_str();
                assert!(reply.json()["detail"].as_str().unwrap().contains(needed), "{label}: {reply:?}");
                assert_eq!(app.count("audit_log").await, before, "{label}: nothing was done");
            }
            if path.contains("{id}") && !is_everywhere {
                let (at, body) = request(method, path, &others, n);
                let before = app.count("audit_log").await;
                let theirs = ask(&app, &who.token, method, &at, body.as_ref()).await;
                let nowhere = at.replace(|c: char| c.is_ascii_digit(), "7").replace("v7", "v1");
                let none = ask(&app, &who.token, method, &nowhere, body.as_ref()).await;
                let expected = if may { 404 } else { 403 };
                assert_eq!(theirs.status, expected, "{label}, another center's: {theirs:?}");
                let without_id = |reply: &Reply| {
                    let mut problem = reply.json();
                    problem.as_object_mut().unwrap().remove("instance");
                    problem
                };
                assert_eq!(without_id(&theirs), without_id(&none), "{label}: no hint that it exists");
                assert_eq!(app.count("audit_log").await, before, "{label}: nothing was done");
            }
        }
    }
    for (method, path, _) in ROUTES {
        let (at, body) = request(
            method,
            path,
            &Things { lead: 1, visit: 1, follow_up: 1, user: 1, segment: 1, twice: 1, merge: 1, campaign: 1 },
            9_999,
        );
        let reply = asked(&app, None, method, &at, body.as_ref()).await;
        assert!([401, 429].contains(&reply.status), "{method} {path} without a token: {reply:?}");
    }
}

async fn a_token_is_confined_to_its_scopes(place: Place) {
    let app = place.app().await;
    let new = NewToken {
        name: "reader".to_owned(),
        role: Role::CenterAdmin,
        scopes: vec![Right::ReadLeads],
        user_id: None,
        expires_at: None,
    };
    let token = tokens::create(&app.app.db, OURS, new, app.clock.now()).await.unwrap();
    assert_eq!(ask(&app, &token, "GET", "/api/v1/leads", None).await.status, 200);
    let me = well(&ask(&app, &token, "GET", "/api/v1/me", None).await);
    assert_eq!((&me["rights"], &me["program"]), (&json!(["leads:read"]), &json!("token reader")));
    let reply = ask(&app, &token, "POST", "/api/v1/leads/enquiry", Some(&enquiry("+14155550123"))).await;
    assert_eq!(reply.status, 403);
    assert!(reply.json()["detail"].as_str().unwrap().contains("scopes"), "{reply:?}");
    assert_eq!(app.count("leads").await, 0);
    // Who one is is nobody's secret before oneself.
    let new = NewToken {
        name: "jobs".to_owned(),
        role: Role::CenterAdmin,
        scopes: vec![Right::ReadJobs],
        user_id: None,
        expires_at: None,
    };
    let token = tokens::create(&app.app.db, OURS, new, app.clock.now()).await.unwrap();
    let me = well(&ask(&app, &token, "GET", "/api/v1/me", None).await);
    assert_eq!(me["rights"], json!(["jobs:read"]));
}

async fn tokens_end(place: Place) {
    let app = place.app().await;
    let who = hire(&app, OURS, Role::Counselor).await;
    let status = async |token: &str| ask(&app, token, "GET", "/api/v1/leads", None).await.status;
    assert_eq!(status(&who.token).await, 200);
    assert_eq!(app.count("api_tokens WHERE used_at IS NOT NULL").await, 1, "its use is noted");
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let path = format!("/api/v1/users/{}", who.user_id);
    well(&ask(&app, &admin.token, "PATCH", &path, Some(&json!({"is_active": false}))).await);
    assert_eq!(status(&who.token).await, 401, "with whoever it belongs to");
    well(&ask(&app, &admin.token, "PATCH", &path, Some(&json!({"is_active": true}))).await);
    assert_eq!(status(&who.token).await, 200);
    let db = &app.app.db;
    let token =
        leadwire::store::tokens::find(db, &tokens::hash(&who.token), app.clock.now()).await.unwrap().unwrap();
    assert!(leadwire::store::tokens::revoke(db.within(OURS), token.id, app.clock.now()).await.unwrap());
    assert_eq!(status(&who.token).await, 401, "when it is taken back");
    let new = NewToken {
        name: "short".to_owned(),
        role: Role::Counselor,
        scopes: vec![],
        user_id: None,
        expires_at: Some(app.clock.now() + 1_000),
    };
    let short = tokens::create(db, OURS, new, app.clock.now()).await.unwrap();
    assert_eq!(status(&short).await, 200);
    app.clock.advance(1_001);
    assert_eq!(status(&short).await, 401, "when its time is over");
}

async fn a_token_does_no_more_than_whoever_it_belongs_to(place: Place) {
    let app = place.app().await;
    let (root, admin) = (hire(&app, OURS, Role::SuperAdmin).await, hire(&app, OURS, Role::CenterAdmin).await);
    let users = async |token: &str| {
        let form = json!({"email": format!("{}@example.com", leadwire::ids::secret()), "name": "X", "role": "TRAINER"});
        ask(&app, token, "POST", "/api/v1/users", Some(&form)).await.status
    };
    assert_eq!((users(&root.token).await, users(&admin.token).await), (201, 201));
    for (who, role) in [(&admin, "TRAINER"), (&root, "COUNSELOR")] {
        let path = format!("/api/v1/users/{}", who.user_id);
        let changed = ask(&app, ADMIN_TOKEN, "PATCH", &path, Some(&json!({"role": role}))).await;
        assert_eq!(changed.status, 200, "{changed:?}");
        assert_eq!(users(&who.token).await, 403, "{role}");
        let me = well(&ask(&app, &who.token, "GET", "/api/v1/me", None).await);
        assert_eq!((&me["role"], &me["center_id"]), (&json!(role), &json!(1)));
    }
}

async fn guessed_tokens_are_slowed_down(place: Place) {
    let app = place.app_with(&[("RATE_LIMIT_PER_MINUTE", "2")]).await;
    let who = hire(&app, OURS, Role::Counselor).await;
    let mut refused = 0;
    for n in 0..25 {
        let reply = ask(&app, &format!("lw_{n:032x}"), "GET", "/api/v1/leads", None).await;
        refused += i32::from(reply.status == 429);
        assert!([401, 429].contains(&reply.status), "{reply:?}");
    }
    assert_eq!(refused, 5, "twenty may be tried in a minute");
    for _ in 0..25 {
        assert_eq!(
            ask(&app, &who.token, "GET", "/api/v1/leads", None).await.status,
            200,
            "who has one is not counted"
        );
    }
}

async fn who_runs_the_whole_sees_all_centers(place: Place) {
    let app = two_centers(&place).await;
    let (ours, theirs) =
        (things(&app, OURS, "+14155550123").await, things(&app, OTHER, "+14155550124").await);
    let root = token(&app, OURS, Role::SuperAdmin, None).await;
    for token in [root.as_str(), ADMIN_TOKEN] {
        let all = well(&ask(&app, token, "GET", "/api/v1/leads", None).await);
        let ids: Vec<i64> = all.as_array().unwrap().iter().map(id).collect();
        assert_eq!(ids, [ours.twice, ours.lead, theirs.twice, theirs.lead], "center by center");
        let one = well(&ask(&app, token, "GET", "/api/v1/leads?center_id=2", None).await);
        assert_eq!(one.as_array().unwrap().len(), 2);
        let reply = ask(&app, token, "GET", &format!("/api/v1/leads/{}", theirs.lead), None).await;
        assert_eq!(reply.json()["center_id"], 2);
        assert_eq!(ask(&app, token, "GET", "/api/v1/leads?center_id=3", None).await.status, 404);
        let reply = ask(&app, token, "POST", "/api/v1/leads/enquiry", Some(&enquiry("+14155550125"))).await;
        assert_eq!(reply.json()["errors"][0]["pointer"], "/center_id", "which center is to be said");
    }
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    assert_eq!(ask(&app, &admin.token, "GET", "/api/v1/leads?center_id=2", None).await.status, 404);
    // A super admin's token of another tenant than the first is that tenant's.
    let local = token(&app, OTHER, Role::SuperAdmin, None).await;
    assert_eq!(well(&ask(&app, &local, "GET", "/api/v1/leads", None).await).as_array().unwrap().len(), 2);
    assert_eq!(ask(&app, &local, "GET", "/api/v1/tenants", None).await.status, 403);
}

async fn users_are_managed_within_one_s_center(place: Place) {
    let app = two_centers(&place).await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let form = json!({"email": "Ravi@Example.com", "name": "Ravi", "role": "COUNSELOR", "password": "correct horse battery"});
    let ravi = well(&ask(&app, &admin.token, "POST", "/api/v1/users", Some(&form)).await);
    assert_eq!((&ravi["email"], &ravi["center_id"]), (&json!("ravi@example.com"), &json!(1)));
    assert!(!ravi.to_string().contains("argon2"), "{ravi}");
    assert_eq!(app.count("users WHERE password_hash LIKE '$argon2id$%'").await, 1);
    assert_eq!(
        ask(&app, &admin.token, "POST", "/api/v1/users", Some(&form)).await.status,
        409,
        "an address is one user's"
    );
    let root = json!({"email": "root@example.com", "name": "Root", "role": "SUPER_ADMIN"});
    assert_eq!(ask(&app, &admin.token, "POST", "/api/v1/users", Some(&root)).await.status, 403);
    let above = hire(&app, OURS, Role::SuperAdmin).await;
    let path = format!("/api/v1/users/{}", above.user_id);
    assert_eq!(ask(&app, &admin.token, "PATCH", &path, Some(&json!({"is_active": false}))).await.status, 403);
    let password = json!({"password": "correct horse battery"});
    assert_eq!(
        ask(&app, &admin.token, "PUT", &format!("{path}/password"), Some(&password)).await.status,
        403
    );
    let weak = json!({"email": "x@example.com", "name": "X", "role": "TRAINER", "password": "short"});
    let reply = ask(&app, &admin.token, "POST", "/api/v1/users", Some(&weak)).await;
    assert_eq!(reply.json()["errors"][0]["pointer"], "/password");
    assert!(!reply.body.contains("short"), "what was tried is not said back");
}

/// `docs/LEADS.md` with its parts that are made from the code made again.
fn leads_document() -> (std::path::PathBuf, String, String) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/LEADS.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut made = text.clone();
    let parts = [
        ("rights", leadwire::domain::access::reference()),
        ("lifecycle", leadwire::domain::lifecycle::reference()),
        ("lifecycle-picture", format!("```mermaid\n{}```\n", leadwire::domain::lifecycle::picture())),
        ("routes", leadwire::api::v1::access::reference()),
    ];
    for (name, part) in parts {
        let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
        let from = made.find(&begin).unwrap_or_else(|| panic!("docs/LEADS.md has no {begin}")) + begin.len();
        let to = made.find(&end).unwrap_or_else(|| panic!("docs/LEADS.md has no {end}"));
        made.replace_range(from..to, &part);
    }
    (path, text, made)
}

#[test]
fn the_document_of_rights_and_lives_is_current() {
    let (_, text, made) = leads_document();
    let write = "make it again with `cargo test --test it write_the_leads_document -- --ignored`";
    assert!(text == made, "docs/LEADS.md is old; {write}");
}

#[test]
#[ignore = "writes docs/LEADS.md; run it where rights, the lifecycle or routes changed"]
fn write_the_leads_document() {
    let (path, _, made) = leads_document();
    std::fs::write(path, made).unwrap();
}
