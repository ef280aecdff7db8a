//! Leads as people work on them: who may, and what becomes of a lead.

mod access;
mod assigning;
mod capturing;
mod centers;
mod enquiries;
mod experiments;
mod export;
mod export_by_api;
mod import;
mod import_by_api;
mod import_cut_off;
mod import_refused;
mod input;
mod interrupted;
mod isolation;
mod lifecycle;
mod lists;
mod log_ins;
mod merging;
mod reminders;
mod reports;
mod segments;
mod timeline;

use crate::harness::{Place, Reply, START, TestApp};
use leadwire::domain::access::{Role, Tenant};
use leadwire::service::tokens::{self, NewToken};
use leadwire::store::tenants::{self, TenantRow};
use leadwire::store::users::{self, UserRow};
use serde_json::{Value as Json, json};

/// The tenant of a business that has only one, and another one.
pub const OURS: Tenant = Tenant(1);
pub const OTHER: Tenant = Tenant(2);

/// A server with a second tenant.
pub async fn two_centers(place: &Place) -> TestApp {
    two_centers_with(place, &[]).await
}

/// A server with a second tenant and these settings over the usual ones.
pub async fn two_centers_with(place: &Place, settings: &[(&str, &str)]) -> TestApp {
    let app = place.app().await;
    let new = TenantRow {
        enquiry_prefix: "OTH".to_owned(),
        region: Some("IN".to_owned()),
        ..TenantRow::new("other", "Asia/Kolkata")
    };
    assert!(tenants::add(&app.app.db, &new, START).await.unwrap());
    app.stop().await;
    place.app_with(settings).await
}

/// Somebody with a token.
#[derive(Clone, Debug)]
pub struct Somebody {
    pub user_id: i64,
    pub token: String,
}

/// Somebody who works in a tenant, with a token of theirs.
pub async fn hire(app: &TestApp, tenant: Tenant, role: Role) -> Somebody {
    let id = app.app.ids.next(app.clock.now());
    let user = UserRow {
        tenant_id: tenant.0,
        id,
        email: format!("{}-{id}@example.com", role.as_str().to_lowercase()),
        name: format!("{} of {}", role.as_str(), tenant.0),
        role: role.as_str().to_owned(),
        is_active: true,
        capacity: None,
        away_until: None,
        created_at: START,
        updated_at: START,
        version: 0,
    };
    assert!(users::add(app.app.db.within(tenant), &user, None).await.unwrap());
    Somebody { user_id: id, token: token(app, tenant, role, Some(id)).await }
}

/// A token.
pub async fn token(app: &TestApp, tenant: Tenant, role: Role, user_id: Option<i64>) -> String {
    let new = NewToken { name: "test".to_owned(), role, scopes: vec![], user_id, expires_at: None };
    tokens::create(&app.app.db, tenant, new, app.clock.now()).await.unwrap()
}

/// Asks as whoever has this token.
pub async fn ask(app: &TestApp, token: &str, method: &str, path: &str, body: Option<&Json>) -> Reply {
    let request = app.request(method, path).bearer_auth(token);
    app.send(match body {
        Some(body) => request.json(body),
        None => request,
    })
    .await
}

/// Asks with a body, and takes what is answered where it went well.
#[track_caller]
pub fn well(reply: &Reply) -> Json {
    assert!((200..300).contains(&reply.status), "{reply:?}");
    reply.json()
}

/// An enquiry as it is entered.
pub fn enquiry(phone: &str) -> Json {
    json!({
        "child": {"first_name": "Mehr", "last_name": "Goyal", "dob": "2020-06-15", "gender": "Girl"},
        "parents": [{"name": "Anshu Goyal", "contact_number": phone, "email": "anshu@example.com"}],
        "source": "WALK_IN", "school": "Delhi Public School", "parent_expectations": ["child_development"],
    })
}

/// Enters one; the lead.
pub async fn entered(app: &TestApp, token: &str, phone: &str) -> Json {
    well(&ask(app, token, "POST", "/api/v1/leads/enquiry", Some(&enquiry(phone))).await)
}

/// A lead's id.
pub fn id(lead: &Json) -> i64 {
    lead["id"].as_i64().unwrap_or_else(|| panic!("no id: {lead}"))
}
