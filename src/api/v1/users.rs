//! People who work here, and centers.

use super::super::extract::rfc3339;
use super::super::openapi::Refusals;
use super::super::problem::Problem;
use super::access::{Caller, Reach, forbidden};
use super::form::{Checks, Form, Id, Params, Seen, given};
use super::leads::Whose;
use super::named::RoleName;
use super::refused::{Conflicts, Guarded};
use crate::app::App;
use crate::domain::access::{Right, Role, Tenant};
use crate::service::log_ins;
use crate::service::users::{self as service, By, NewUser};
use crate::store::tenants as centers;
use crate::store::users::{self, UserRow};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use utoipa::ToSchema;

/// Somebody who works here.
#[derive(Debug, Serialize, ToSchema)]
pub struct User {
    /// Their id.
    #[schema(example = 5)]
    id: i64,
    /// The center they work in.
    #[schema(example = 1)]
    center_id: i64,
    /// What they log in by.
    #[schema(example = "ravi@example.com")]
    email: String,
    /// Their name.
    #[schema(example = "Ravi Kumar")]
    name: String,
    /// `SUPER_ADMIN`, `CENTER_ADMIN`, `COUNSELOR`, `TRAINER`.
    #[schema(example = "COUNSELOR")]
    role: String,
    /// Whether they are not disabled.
    #[schema(example = true)]
    is_active: bool,
    /// The most open leads that are given to them unasked; null: any number.
    #[schema(example = 50)]
    capacity: Option<i64>,
    /// Until then none is, RFC 3339.
    #[schema(example = json!(null))]
    away_until: Option<String>,
    /// When they were added, RFC 3339.
    #[schema(example = "2026-02-01T09:00:00Z")]
    created_at: String,
    /// How often they were changed; their ETag.
    #[schema(example = 3)]
    version: i64,
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> User {
        User {
            id: row.id,
            center_id: row.tenant_id,
            email: row.email,
            name: row.name,
            role: row.role,
            is_active: row.is_active,
            capacity: row.capacity,
            away_until: row.away_until.map(rfc3339),
            created_at: rfc3339(row.created_at),
            version: row.version,
        }
    }
}

/// Somebody, with their version as ETag.
fn tagged(row: UserRow) -> ([(HeaderName, String); 1], Json<User>) {
    ([(header::ETAG, format!("\"{}\"", row.version))], Json(row.into()))
}

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// The role.
    #[schema(example = "COUNSELOR")]
    role: &'static str,
    /// The center; null: all of them.
    #[schema(example = 1)]
    center_id: Option<i64>,
    /// The user, where the token is somebody's.
    #[schema(example = 5)]
    user_id: Option<i64>,
    /// With what.
    #[schema(example = "token crm")]
    program: String,
    /// What may be done.
    #[schema(example = json!(["leads:read", "leads:work"]))]
    rights: Vec<&'static str>,
}

/// Who asks, and what they may do.
#[utoipa::path(
    get, path = "/api/v1/me", tag = "users", security(("token" = [])),
    responses((status = 200, description = "That.", body = Me), Guarded, Refusals)
)]
pub async fn me(caller: Caller) -> Json<Me> {
    let center_id = match caller.reach {
        Reach::One(tenant) => Some(tenant.0),
        Reach::All => None,
    };
    Json(Me {
        role: caller.role.as_str(),
        center_id,
        user_id: caller.actor.user_id,
        rights: caller.rights(),
        program: caller.actor.program,
    })
}

/// Who works here: a few dozen for each center.
#[utoipa::path(
    get, path = "/api/v1/users", tag = "users", security(("token" = [])), params(Whose),
    responses((status = 200, description = "They.", body = Vec<User>), Guarded, Refusals)
)]
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(whose): Params<Whose>,
) -> Result<Json<Vec<User>>, Problem> {
    let mut all = Vec::new();
    for tenant in caller.tenants(&app, whose.center_id)? {
        all.extend(users::list(app.db.within(tenant)).await?.into_iter().map(User::from));
    }
    Ok(Json(all))
}

async fn found(app: &App, caller: &Caller, id: i64) -> Result<(Tenant, UserRow), Problem> {
    for tenant in caller.tenants(app, None)? {
        if let Some(user) = users::find(app.db.within(tenant), id).await? {
            return Ok((tenant, user));
        }
    }
    Err(Problem::not_found("nobody with this id works here; GET /api/v1/users lists who does"))
}

/// Somebody who works here.
#[utoipa::path(
    get, path = "/api/v1/users/{id}", tag = "users", security(("token" = [])),
    params(("id" = i64, Path, description = "Their id.")),
    responses((status = 200, description = "They.", body = User), Guarded, Refusals)
)]
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
) -> Result<impl IntoResponse, Problem> {
    Ok(tagged(found(&app, &caller, id).await?.1))
}

/// Somebody new.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserForm {
    /// What they log in by.
    #[schema(required, value_type = String, example = "ravi@example.com", format = Email, max_length = 254)]
    email: Option<String>,
    /// Their name.
    #[schema(required, value_type = String, example = "Ravi Kumar", min_length = 1, max_length = 200)]
    name: Option<String>,
    /// `CENTER_ADMIN`, `COUNSELOR`, `TRAINER`; `SUPER_ADMIN` is made by one only.
    #[schema(required, value_type = RoleName, example = "COUNSELOR")]
    role: Option<String>,
    /// Their password, 12 to 256 characters; without it they cannot log in yet.
    #[schema(value_type = Option<String>, example = json!(null), min_length = 12, max_length = 256)]
    password: Option<SecretString>,
    /// The most open leads that are given to them unasked.
    #[schema(example = json!(null), minimum = 0, maximum = 100_000)]
    capacity: Option<i64>,
    /// The center, for those who see several.
    #[schema(example = json!(null))]
    center_id: Option<i64>,
}

/// Only who runs the whole makes others who do.
fn may_give(caller: &Caller, role: Role) -> Result<(), Problem> {
    if role == Role::SuperAdmin && caller.role != Role::SuperAdmin {
        return Err(forbidden(caller, Right::ManageTenants));
    }
    Ok(())
}

fn role_of(checks: &mut Checks, given: Option<&str>) -> Option<Role> {
    checks.choice("/role", given, Role::parse, Role::ALL.map(Role::as_str))
}

fn capacity_of(checks: &mut Checks, given: Option<i64>) -> Option<i64> {
    if given.is_some_and(|given| !(0..=100_000).contains(&given)) {
        checks.wrong("/capacity", "must be 0 to 100000");
    }
    given
}

/// The hash of a password that may be one.
async fn hashed(checks: &mut Checks, password: Option<SecretString>) -> Result<Option<String>, Problem> {
    use secrecy::ExposeSecret;
    let Some(password) = password else { return Ok(None) };
    if !service::PASSWORD.contains(&password.expose_secret().chars().count()) {
        let (least, most) = (service::PASSWORD.start(), service::PASSWORD.end());
        checks.wrong("/password", format!("must be {least} to {most} characters"));
        return Ok(None);
    }
    log_ins::hashed(password).await.map(Some).ok_or_else(Problem::internal)
}

/// Adds somebody.
#[utoipa::path(
    post, path = "/api/v1/users", tag = "users", security(("token" = [])), request_body = UserForm,
    responses((status = 201, description = "They.", body = User), Guarded, Conflicts, Refusals)
)]
pub async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    Form(form): Form<UserForm>,
) -> Result<Response, Problem> {
    let tenant = caller.tenant(&app, form.center_id)?;
    let mut checks = Checks::default();
    let email = form.email.as_deref().map(str::trim).unwrap_or_default().to_lowercase();
    if !service::is_address(&email) {
        checks.refused("/email", "must be an e-mail address, such as ravi@example.com");
    }
    let name = checks.needed("/name", form.name.as_deref(), 1..=200);
    if form.role.is_none() {
        checks.wrong("/role", "is needed");
    }
    let role = role_of(&mut checks, form.role.as_deref());
    let capacity = capacity_of(&mut checks, form.capacity);
    let hash = hashed(&mut checks, form.password).await?;
    checks.done()?;
    let role = role.ok_or_else(Problem::internal)?;
    may_give(&caller, role)?;
    let new = NewUser { id: app.ids.next(app.clock.now()), email, name, role, password_hash: hash, capacity };
    let added = service::add(&app.db, tenant, new, by(&app, &caller)).await?;
    let user =
        added.ok_or_else(|| Problem::not_possible("somebody has this e-mail address already", vec![]))?;
    let location = format!("/api/v1/users/{}", user.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(User::from(user))).into_response())
}

fn by<'a>(app: &App, caller: &'a Caller) -> By<'a> {
    let now = app.clock.now();
    By { actor: &caller.actor, entry: app.ids.next(now), now }
}

/// What may be changed of somebody; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChangeForm {
    /// Their name.
    #[schema(example = "Ravi K.", min_length = 1, max_length = 200)]
    name: Option<String>,
    /// Their role.
    #[schema(example = "COUNSELOR", value_type = Option<RoleName>)]
    role: Option<String>,
    /// Whether they may do anything at all; their tokens end with it.
    #[schema(example = true)]
    is_active: Option<bool>,
    /// The most open leads that are given to them unasked; null: any number.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>, example = 50, minimum = 0, maximum = 100_000)]
    capacity: Option<Option<i64>>,
    /// Until then none is; null: they are there.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = json!(null), format = DateTime)]
    away_until: Option<Option<String>>,
    /// The version that was seen; or send `If-Match`.
    #[schema(example = 3)]
    version: Option<i64>,
}

/// Changes somebody.
#[utoipa::path(
    patch, path = "/api/v1/users/{id}", tag = "users", security(("token" = [])), request_body = UserChangeForm,
    params(("id" = i64, Path, description = "Their id.")),
    responses((status = 200, description = "They.", body = User), Guarded, Conflicts, Refusals)
)]
pub async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    seen: Seen,
    Form(form): Form<UserChangeForm>,
) -> Result<impl IntoResponse, Problem> {
    let (tenant, user) = found(&app, &caller, id).await?;
    let mut checks = Checks::default();
    let name = checks.text("/name", form.name.as_deref(), 1..=200);
    let role = role_of(&mut checks, form.role.as_deref());
    let capacity = form.capacity.map(|capacity| capacity_of(&mut checks, capacity));
    let zone = &app.center(tenant.0).zone;
    let away = form.away_until.as_ref().map(|at| checks.instant("/away_until", at.as_deref(), zone));
    checks.done()?;
    let changed = service::change(&app.db, tenant, user.id, by(&app, &caller), |user| {
        // Neither is one made who runs the whole, nor is one changed, by somebody who does not.
        may_give(&caller, Role::parse(&user.role).unwrap_or(Role::SuperAdmin))?;
        if seen.or(form.version).is_some_and(|seen| seen != user.version) {
            let now = json!({ "event": "user_changed", "detail": User::from(user.clone()), "at": rfc3339(user.updated_at) });
            return Err(Problem::stale(user.version, vec![now]));
        }
        if let Some(role) = role {
            may_give(&caller, role)?;
            user.role = role.as_str().to_owned();
        }
        if let Some(name) = name {
            user.name = name;
        }
        user.is_active = form.is_active.unwrap_or(user.is_active);
        user.capacity = capacity.unwrap_or(user.capacity);
        user.away_until = away.unwrap_or(user.away_until);
        Ok::<(), Problem>(())
    });
    let user = changed.await?.ok_or_else(|| Problem::not_found("nobody with this id works here"))?;
    Ok(tagged(user))
}

/// A password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordForm {
    /// 12 to 256 characters.
    #[schema(value_type = String, example = "correct horse battery", min_length = 12, max_length = 256)]
    password: SecretString,
}

/// Sets somebody's password; their sessions end.
#[utoipa::path(
    put, path = "/api/v1/users/{id}/password", tag = "users", security(("token" = [])), request_body = PasswordForm,
    params(("id" = i64, Path, description = "Their id.")),
    responses((status = 204, description = "It is set."), Guarded, Refusals)
)]
pub async fn set_password(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    Form(form): Form<PasswordForm>,
) -> Result<StatusCode, Problem> {
    let (tenant, user) = found(&app, &caller, id).await?;
    may_give(&caller, Role::parse(&user.role).unwrap_or(Role::SuperAdmin))?;
    let mut checks = Checks::default();
    let hash = hashed(&mut checks, Some(form.password)).await?;
    checks.done()?;
    let hash = hash.ok_or_else(Problem::internal)?;
    service::set_password(&app.db, tenant, &user, (&hash, 0), by(&app, &caller)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A center.
#[derive(Debug, Serialize, ToSchema)]
pub struct Center {
    /// Its id.
    #[schema(example = 1)]
    id: i64,
    /// Its name in folders and addresses.
    #[schema(example = "default")]
    slug: String,
    /// Its name for people.
    #[schema(example = "Default")]
    name: String,
    /// Its clock.
    #[schema(example = "Asia/Kolkata")]
    time_zone: String,
    /// What its enquiries' numbers begin with.
    #[schema(example = "TLGC")]
    enquiry_prefix: String,
    /// The country of phone numbers that are written without one.
    #[schema(example = "IN")]
    region: Option<String>,
    /// The languages it speaks, the first one first; none: whichever its flows do.
    #[schema(example = json!(["hi", "en"]))]
    languages: Vec<String>,
    /// When it is open; null: it was not said.
    #[schema(example = "Mon-Fri 09:00-18:00, Sat 10:00-14:00")]
    hours: Option<String>,
}

/// The centers there are: a handful.
#[utoipa::path(
    get, path = "/api/v1/tenants", tag = "users", security(("token" = [])),
    responses((status = 200, description = "They.", body = Vec<Center>), Guarded, Refusals)
)]
pub async fn tenants(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Vec<Center>>, Problem> {
    if caller.reach != Reach::All {
        return Err(forbidden(&caller, Right::ManageTenants));
    }
    let center = |row: centers::TenantRow| Center {
        id: row.id,
        slug: row.slug,
        name: row.name,
        time_zone: row.time_zone,
        enquiry_prefix: row.enquiry_prefix,
        region: row.region,
        languages: row.languages.split_whitespace().map(str::to_owned).collect(),
        hours: row.opening,
    };
    Ok(Json(centers::list(&app.db).await?.into_iter().map(center).collect()))
}
