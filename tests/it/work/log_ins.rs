//! People get in by a password, stay in by a session, and nobody gets in by guessing or through another page.

use super::{OURS, ask, hire, two_centers, well};
use crate::harness::{ADMIN_TOKEN, Place, Reply, TestApp, execute, filled, texts};
use crate::turns::all;
use leadwire::clock::{Clock, DAY, HOUR, MINUTE, SECOND};
use leadwire::domain::access::Role;
use leadwire::service::{invitations, log_ins, users};
use leadwire::store;
use secrecy::SecretString;
use serde_json::json;

on_both! {
    the_first_link_makes_an_administrator_once,
    a_password_lets_in_and_a_session_keeps_in,
    each_log_in_is_a_new_session,
    guessing_at_an_account_takes_longer_and_longer,
    guessing_at_many_accounts_does_too,
    guesses_at_once_are_counted_before_they_are_looked_at,
    sessions_end,
    sessions_are_listed_and_ended,
    whoever_has_no_password_is_sent_a_link,
    no_other_page_changes_anything,
    whoever_is_let_go_meanwhile_is_not_let_in,
}

const PASSWORD: &str = "correct horse battery staple";
const OURSELVES: &str = "https://bot.example.com";

/// A form as a page of ours sends it, with the session somebody has.
async fn send(app: &TestApp, path: &str, session: Option<&str>, fields: &[(&str, &str)]) -> Reply {
    let mut request = filled(app.request("POST", path).header("origin", OURSELVES), fields);
    if let Some(session) = session {
        request = request.header("cookie", format!("other=1; __Host-leadwire={session}"));
    }
    app.send(request).await
}

async fn open(app: &TestApp, path: &str, session: Option<&str>) -> Reply {
    let request = app.request("GET", path);
    app.send(match session {
        Some(session) => request.header("cookie", format!("__Host-leadwire={session}")),
        None => request,
    })
    .await
}

/// The session an answer begins.
#[track_caller]
fn begun(reply: &Reply) -> String {
    assert_eq!(reply.status, 303, "{reply:?}");
    let cookie = reply.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
    cookie.split([';', '=']).nth(1).unwrap().to_owned()
}

#[track_caller]
fn goes_to(reply: &Reply) -> &str {
    assert_eq!(reply.status, 303, "{reply:?}");
    reply.headers["location"].to_str().unwrap()
}

/// Somebody with a password; their address and id.
async fn employed(app: &TestApp, role: Role) -> (String, i64) {
    let id = hire(app, OURS, role).await.user_id;
    let hash = users::hash(&SecretString::from(PASSWORD));
    store::users::set_password(app.app.db.within(OURS), id, &hash, app.clock.now()).await.unwrap();
    (format!("{}-{id}@example.com", role.as_str().to_lowercase()), id)
}

async fn log_in(app: &TestApp, email: &str, password: &str) -> Reply {
    send(app, "/login", None, &[("email", email), ("password", password)]).await
}

async fn the_first_link_makes_an_administrator_once(place: Place) {
    let app = place.app().await;
    let first = async || invitations::first(&app.app.db, app.clock.now()).await.unwrap();
    let (secret, other) = (first().await.unwrap(), first().await.unwrap());
    let path = format!("/welcome/{secret}");
    let page = open(&app, &path, None).await;
    assert_eq!((page.status, page.headers["cache-control"].to_str().unwrap()), (200, "no-store"));
    assert!(page.body.contains("Welcome to Leadwire"), "{}", page.body);
    let wrong = send(&app, &path, None, &[("name", ""), ("email", "ann"), ("password", "short")]).await;
    assert_eq!(wrong.status, 422);
    for fault in ["say who you are", "no e-mail address", "12 to 256 characters"] {
        assert!(wrong.body.contains(fault), "{fault}: {}", wrong.body);
    }
    assert_eq!(app.count("users").await, 0);
    let form = [("name", "Ann <b>"), ("email", " Ann@Example.com "), ("password", PASSWORD)];
    let session = begun(&send(&app, &path, None, &form).await);
    let account = open(&app, "/account", Some(&session)).await;
    assert_eq!(account.status, 200);
    assert!(
        account.body.contains("Ann &lt;b&gt;") && account.body.contains("SUPER_ADMIN"),
        "{}",
        account.body
    );
    assert_eq!(app.count("users WHERE email = 'ann@example.com' AND role = 'SUPER_ADMIN'").await, 1);
    // Neither it nor another one makes a second administrator.
    for used in [&path, &format!("/welcome/{other}")] {
        assert_eq!(open(&app, used, None).await.status, 404);
        assert_eq!(send(&app, used, None, &form).await.status, 404);
    }
    assert_eq!(first().await, None);
    assert_eq!(app.count("users").await, 1);
    assert_eq!(app.count("audit_log WHERE event IN ('user_added', 'logged_in')").await, 2);
    begun(&log_in(&app, "ANN@example.com", PASSWORD).await);
}

async fn a_password_lets_in_and_a_session_keeps_in(place: Place) {
    let app = place.app().await;
    let (email, id) = employed(&app, Role::Counselor).await;
    assert_eq!(goes_to(&open(&app, "/account", None).await), "/login?next=%2Faccount");
    assert_eq!(goes_to(&open(&app, "/account", Some("0123")).await), "/login?next=%2Faccount");
    let wrong = log_in(&app, &email, "not this one at all").await;
    assert!(wrong.status == 422 && wrong.body.contains("is not right"), "{wrong:?}");
    assert!(!wrong.headers.contains_key("set-cookie"));
    // Who is not here is refused in the same words.
    let unknown = log_in(&app, "nobody@example.com", PASSWORD).await;
    assert_eq!(unknown.body.replace("nobody@example.com", &email), wrong.body);
    let fields = [("email", email.as_str()), ("password", PASSWORD), ("next", "/account?x=1")];
    let reply = send(&app, "/login", None, &fields).await;
    assert_eq!(goes_to(&reply), "/account?x=1");
    let session = begun(&reply);
    let page = open(&app, "/account", Some(&session)).await;
    assert!(page.status == 200 && page.body.contains(&email), "{page:?}");
    assert!(
        page.body.contains("See leads, visits and follow-ups") && !page.body.contains("See and add centers")
    );
    // Only its hash is kept.
    assert_eq!(app.count(&format!("sessions WHERE hash LIKE '%{session}%'")).await, 0);
    // What they are by now counts, and that they work here at all.
    let update =
        async |set: &str| execute(&app.app.db, format!("UPDATE users SET {set} WHERE id = {id}")).await;
    update("role = 'TRAINER'").await;
    assert!(open(&app, "/account", Some(&session)).await.body.contains("TRAINER"));
    well(
        &ask(&app, ADMIN_TOKEN, "PATCH", &format!("/api/v1/users/{id}"), Some(&json!({"is_active": false})))
            .await,
    );
    well(
        &ask(&app, ADMIN_TOKEN, "PATCH", &format!("/api/v1/users/{id}"), Some(&json!({"is_active": true})))
            .await,
    );
    assert_eq!(
        goes_to(&open(&app, "/account", Some(&session)).await),
        "/login?next=%2Faccount",
        "nor afterwards"
    );
    update("is_active = FALSE").await;
    assert_eq!(goes_to(&open(&app, "/account", Some(&session)).await), "/login?next=%2Faccount");
    assert_eq!(log_in(&app, &email, PASSWORD).await.status, 422);
}

async fn each_log_in_is_a_new_session(place: Place) {
    let app = place.app().await;
    let (email, _) = employed(&app, Role::Counselor).await;
    let first = begun(&log_in(&app, &email, PASSWORD).await);
    let fields = [("email", email.as_str()), ("password", PASSWORD)];
    let second = begun(&send(&app, "/login", Some(&first), &fields).await);
    assert_ne!(first, second);
    assert_eq!(
        open(&app, "/account", Some(&first)).await.status,
        303,
        "what somebody planted is worth nothing"
    );
    assert_eq!(open(&app, "/account", Some(&second)).await.status, 200);
    let out = send(&app, "/logout", Some(&second), &[]).await;
    assert_eq!(goes_to(&out), "/login");
    assert!(out.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(open(&app, "/account", Some(&second)).await.status, 303);
    assert_eq!(app.count("sessions").await, 0);
}

async fn guessing_at_an_account_takes_longer_and_longer(place: Place) {
    let app = place.app().await;
    let (email, _) = employed(&app, Role::Counselor).await;
    for _ in 0..5 {
        assert_eq!(log_in(&app, &email, "a wrong one, again").await.status, 422);
    }
    for seconds in [1, 2, 4, 8] {
        let refused = log_in(&app, &email, PASSWORD).await;
        assert_eq!(refused.status, 429, "not even the right one");
        assert_eq!(refused.headers["retry-after"].to_str().unwrap(), seconds.to_string());
        app.clock.advance(seconds * SECOND - 1);
        assert_eq!(log_in(&app, &email, PASSWORD).await.status, 429);
        app.clock.advance(1);
        assert_eq!(log_in(&app, &email, "a wrong one, again").await.status, 422);
    }
    // A restart forgets nothing.
    let now = app.clock.now();
    app.stop().await;
    let app = place.app_at(&[], Clock::fixed(now)).await;
    assert_eq!(log_in(&app, &email, PASSWORD).await.status, 429);
    app.clock.advance(16 * SECOND);
    begun(&log_in(&app, &email, PASSWORD).await);
    // It begins anew.
    for _ in 0..5 {
        assert_eq!(log_in(&app, &email, "a wrong one, again").await.status, 422);
    }
    app.clock.advance(DAY);
    assert_eq!(log_in(&app, &email, "a wrong one, again").await.status, 422, "yesterday's count for nothing");
    begun(&log_in(&app, &email, PASSWORD).await);
}

async fn guessing_at_many_accounts_does_too(place: Place) {
    let app = place.app_with(&[("LEADWIRE_TRUST_PROXY", "true")]).await;
    let (email, _) = employed(&app, Role::Counselor).await;
    let from = async |address: &str, email: &str, password: &str| {
        let form = [("email", email), ("password", password)];
        let request = filled(app.request("POST", "/login").header("origin", OURSELVES), &form);
        app.send(request.header("x-forwarded-for", address)).await
    };
    for n in 0..20 {
        // Whoever has an account may guess at others' no more often for it.
        if n % 5 == 4 {
            begun(&from("192.0.2.1", &email, PASSWORD).await);
        }
        assert_eq!(from("192.0.2.1", &format!("a{n}@example.com"), "password1234").await.status, 422);
    }
    assert_eq!(from("192.0.2.1", &email, PASSWORD).await.status, 429);
    begun(&from("192.0.2.2", &email, PASSWORD).await);
    // A subscriber has a whole /64.
    for n in 0..20 {
        let (address, email) = (format!("2001:db8::{n}"), format!("b{n}@example.com"));
        assert_eq!(from(&address, &email, "password1234").await.status, 422);
    }
    assert_eq!(from("2001:db8::ffff", &email, PASSWORD).await.status, 429);
    app.clock.advance(2 * SECOND);
    begun(&from("192.0.2.1", &email, PASSWORD).await);
}

async fn guesses_at_once_are_counted_before_they_are_looked_at(place: Place) {
    let app = place.app().await;
    let (email, _) = employed(&app, Role::Counselor).await;
    let statuses =
        all((0..12).map(|_| async { log_in(&app, &email, "a wrong one, again").await.status })).await;
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 5, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 7, "{statuses:?}");
}

async fn sessions_end(place: Place) {
    let app = place.app().await;
    let (email, _) = employed(&app, Role::Counselor).await;
    let session = begun(&log_in(&app, &email, PASSWORD).await);
    let status = async || open(&app, "/account", Some(&session)).await.status;
    app.clock.advance(12 * HOUR - MINUTE);
    assert_eq!(status().await, 200);
    app.clock.advance(12 * HOUR - MINUTE);
    assert_eq!(status().await, 200, "it was used");
    for _ in 0..12 {
        app.clock.advance(12 * HOUR - MINUTE);
        assert_eq!(status().await, 200);
    }
    app.clock.advance(15 * MINUTE);
    assert_eq!(status().await, 303, "a week is the longest");
    let session = begun(&log_in(&app, &email, PASSWORD).await);
    app.clock.advance(12 * HOUR);
    assert_eq!(open(&app, "/account", Some(&session)).await.status, 303, "nobody used it");
    assert_eq!(app.count("sessions").await, 2);
    log_ins::forget(&app.app).await.unwrap();
    assert_eq!((app.count("sessions").await, app.count("log_in_failures").await), (0, 2));
    app.clock.advance(DAY);
    log_ins::forget(&app.app).await.unwrap();
    assert_eq!(app.count("log_in_failures").await, 0);
}

async fn sessions_are_listed_and_ended(place: Place) {
    let app = place.app().await;
    let (email, id) = employed(&app, Role::Counselor).await;
    let (other_email, _) = employed(&app, Role::Trainer).await;
    let mut sessions = Vec::new();
    for _ in 0..4 {
        sessions.push(begun(&log_in(&app, &email, PASSWORD).await));
    }
    let other = begun(&log_in(&app, &other_email, PASSWORD).await);
    let alive = async || {
        let mut alive = Vec::new();
        for session in &sessions {
            alive.push(open(&app, "/account", Some(session)).await.status == 200);
        }
        alive
    };
    let page = open(&app, "/account", Some(&sessions[0])).await.body;
    let ids: Vec<i64> = page
        .split("/account/sessions/")
        .skip(1)
        .filter_map(|rest| rest.split('/').next().unwrap().parse().ok())
        .collect();
    assert_eq!(ids.len(), 3, "the others, the newest first: {page}");
    // Nobody ends another's.
    let end = |id: i64| format!("/account/sessions/{id}/end");
    assert_eq!(send(&app, &end(ids[0]), Some(&other), &[]).await.status, 303);
    assert_eq!(alive().await, [true; 4]);
    assert_eq!(send(&app, &end(ids[0]), Some(&sessions[0]), &[]).await.status, 303);
    assert_eq!(alive().await, [true, true, true, false]);
    // A new password needs the one they have, and ends the others.
    let change = async |current: &str, new: &str| {
        send(&app, "/account/password", Some(&sessions[1]), &[("current", current), ("new", new)]).await
    };
    for (current, new, fault) in [
        ("not this one at all", "another one of them", "current password is not right"),
        (PASSWORD, "short", "12 to 256"),
    ] {
        let refused = change(current, new).await;
        assert!(refused.status == 422 && refused.body.contains(fault), "{refused:?}");
    }
    assert_eq!(change(PASSWORD, "another one of them").await.status, 200);
    assert_eq!(alive().await, [false, true, false, false]);
    assert_eq!(log_in(&app, &email, PASSWORD).await.status, 422);
    begun(&log_in(&app, &email, "another one of them").await);
    assert_eq!(send(&app, "/account/sessions/end-others", Some(&sessions[1]), &[]).await.status, 303);
    assert_eq!(app.count(&format!("sessions WHERE user_id = {id}")).await, 1);
    // An administrator's ends them all.
    let path = format!("/api/v1/users/{id}/password");
    let request = app.request("PUT", &path).bearer_auth(ADMIN_TOKEN).json(&json!({"password": PASSWORD}));
    assert_eq!(app.send(request).await.status, 204);
    assert_eq!(alive().await, [false; 4]);
    assert_eq!(open(&app, "/account", Some(&other)).await.status, 200, "theirs alone");
}

async fn whoever_has_no_password_is_sent_a_link(place: Place) {
    let app = two_centers(&place).await;
    let id = hire(&app, OURS, Role::Trainer).await.user_id;
    let user = store::users::find(app.app.db.within(OURS), id).await.unwrap().unwrap();
    assert_eq!(log_in(&app, &user.email, "").await.status, 422);
    let invite = async || invitations::invite(&app.app.db, &user, app.clock.now()).await.unwrap();
    let (old, new) = (invite().await, invite().await);
    assert_eq!(open(&app, &format!("/welcome/{old}"), None).await.status, 404, "the newest alone");
    let path = format!("/welcome/{new}");
    let page = open(&app, &path, None).await;
    assert!(page.body.contains(&user.email) && page.body.contains("Choose a password"), "{}", page.body);
    let session = begun(&send(&app, &path, None, &[("password", PASSWORD)]).await);
    assert!(open(&app, "/account", Some(&session)).await.body.contains("TRAINER"));
    assert_eq!(send(&app, &path, None, &[("password", "another one of them")]).await.status, 404);
    begun(&log_in(&app, &user.email, PASSWORD).await);
    // A day later it no longer holds, nor for somebody who no longer works here.
    let late = invite().await;
    app.clock.advance(DAY);
    assert_eq!(open(&app, &format!("/welcome/{late}"), None).await.status, 404);
    let gone = invite().await;
    execute(&app.app.db, format!("UPDATE users SET is_active = FALSE WHERE id = {id}")).await;
    assert_eq!(send(&app, &format!("/welcome/{gone}"), None, &[("password", PASSWORD)]).await.status, 404);
}

async fn no_other_page_changes_anything(place: Place) {
    let app = place.app().await;
    let first = invitations::first(&app.app.db, app.clock.now()).await.unwrap().unwrap();
    let (email, id) = employed(&app, Role::CenterAdmin).await;
    let session = begun(&log_in(&app, &email, PASSWORD).await);
    let others = begun(&log_in(&app, &email, PASSWORD).await);
    let row = texts(&app.app.db, "id", "sessions ORDER BY id DESC").await[0].clone();
    let password = [("current", PASSWORD), ("new", "another one of them"), ("password", PASSWORD)];
    let paths = [
        "/login".to_owned(),
        "/logout".to_owned(),
        format!("/welcome/{first}"),
        "/account/password".to_owned(),
        format!("/account/sessions/{row}/end"),
        "/account/sessions/end-others".to_owned(),
    ];
    let said: [&[(&str, &str)]; 5] = [
        &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[],
    ];
    for path in &paths {
        for headers in said {
            let mut request =
                app.request("POST", path).header("cookie", format!("__Host-leadwire={session}"));
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let refused = app.send(filled(request, &password)).await;
            assert_eq!(refused.status, 403, "{path} {headers:?}");
            assert!(refused.body.contains("nothing was done"), "{}", refused.body);
        }
    }
    for session in [&session, &others] {
        assert_eq!(open(&app, "/account", Some(session)).await.status, 200);
    }
    assert_eq!(app.count(&format!("users WHERE id <> {id}")).await, 0);
    begun(&log_in(&app, &email, PASSWORD).await);
}

/// A password was right while its owner was let go: nobody stays in by it.
async fn whoever_is_let_go_meanwhile_is_not_let_in(place: Place) {
    let app = place.app().await;
    let (email, user_id) = employed(&app, Role::Counselor).await;
    let (user, _) = store::users::credentials(&app.app.db, &email).await.unwrap().unwrap();
    execute(&app.app.db, format!("UPDATE users SET is_active = FALSE WHERE id = {user_id}")).await;
    let peer = log_ins::Peer {
        address: "127.0.0.1".parse().unwrap(),
        subscriber: "127.0.0.1".parse().unwrap(),
        agent: String::new(),
    };
    let begun = log_ins::begin(&app.app, &user, &peer).await;
    assert!(matches!(begun, Err(log_ins::Refused::Wrong)), "{begun:?}");
    assert_eq!(app.count("sessions").await, 0);
}
