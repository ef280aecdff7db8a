//! Who asks, and whether they may. One table says which right each route needs; what is not in it is refused.

use super::super::Api;
use super::super::extract::bearer;
use super::super::limits::{Limits, stranger};
use super::super::problem::Problem;
use crate::app::App;
use crate::clock::MINUTE;
use crate::domain::access::{Right, Role, Tenant, scopes};
use crate::service::lifecycle::Actor;
use crate::service::tokens;
use crate::store::leads::{self, Thing};
use crate::store::tenants::DEFAULT_TENANT;
use axum::extract::{FromRef, FromRequestParts, MatchedPath, Request, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use secrecy::ExposeSecret;
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// Every guarded route: method, path, and the right it needs; none: to be known is enough.
pub const ROUTES: [(&str, &str, Option<Right>); 84] = [
    ("GET", "/api/v1/leads", Some(Right::ReadLeads)),
    ("POST", "/api/v1/leads", Some(Right::WorkLeads)),
    ("GET", "/api/v1/leads/stats", Some(Right::ReadLeads)),
    ("POST", "/api/v1/leads/enquiry", Some(Right::WorkLeads)),
    ("GET", "/api/v1/leads/follow-ups/pending", Some(Right::ReadLeads)),
    ("POST", "/api/v1/leads/import", Some(Right::AdministerLeads)),
    ("GET", "/api/v1/leads/export", Some(Right::AdministerLeads)),
    ("GET", "/api/v1/leads/{id}", Some(Right::ReadLeads)),
    ("PATCH", "/api/v1/leads/{id}", Some(Right::WorkLeads)),
    ("DELETE", "/api/v1/leads/{id}", Some(Right::AdministerLeads)),
    ("GET", "/api/v1/leads/{id}/details", Some(Right::ReadLeads)),
    ("GET", "/api/v1/leads/{id}/timeline", Some(Right::ReadLeads)),
    ("GET", "/api/v1/leads/{id}/score", Some(Right::ReadLeads)),
    ("GET", "/api/v1/leads/{id}/export", Some(Right::EraseLeads)),
    ("POST", "/api/v1/leads/{id}/erase", Some(Right::EraseLeads)),
    ("GET", "/api/v1/leads/{id}/duplicates", Some(Right::ReadLeads)),
    ("POST", "/api/v1/leads/{id}/merge", Some(Right::AdministerLeads)),
    ("GET", "/api/v1/merges/{id}", Some(Right::ReadLeads)),
    ("POST", "/api/v1/merges/{id}/undo", Some(Right::AdministerLeads)),
    ("PATCH", "/api/v1/leads/{id}/discovery", Some(Right::WorkLeads)),
    ("PATCH", "/api/v1/leads/{id}/status", Some(Right::WorkLeads)),
    ("POST", "/api/v1/leads/{id}/convert", Some(Right::WorkLeads)),
    ("POST", "/api/v1/leads/{id}/close", Some(Right::WorkLeads)),
    ("POST", "/api/v1/leads/{id}/mark-dead", Some(Right::WorkLeads)),
    ("POST", "/api/v1/leads/{id}/reopen", Some(Right::AdministerLeads)),
    ("POST", "/api/v1/leads/{id}/activate", Some(Right::AdministerLeads)),
    ("POST", "/api/v1/leads/{id}/assign", Some(Right::WorkLeads)),
    ("POST", "/api/v1/leads/{id}/intro-visit", Some(Right::WorkLeads)),
    ("POST", "/api/v1/leads/{id}/follow-up", Some(Right::WorkLeads)),
    ("GET", "/api/v1/leads/{id}/follow-ups", Some(Right::ReadLeads)),
    ("GET", "/api/v1/intro-visits", Some(Right::ReadLeads)),
    ("GET", "/api/v1/intro-visits/{id}", Some(Right::ReadLeads)),
    ("PATCH", "/api/v1/intro-visits/{id}", Some(Right::RecordVisits)),
    ("GET", "/api/v1/follow-ups/{id}", Some(Right::ReadLeads)),
    ("PATCH", "/api/v1/follow-ups/{id}", Some(Right::WorkLeads)),
    ("GET", "/api/v1/agenda", Some(Right::ReadLeads)),
    ("GET", "/api/v1/segments", Some(Right::ReadLeads)),
    ("POST", "/api/v1/segments", Some(Right::WorkLeads)),
    ("GET", "/api/v1/segments/{id}", Some(Right::ReadLeads)),
    ("PATCH", "/api/v1/segments/{id}", Some(Right::WorkLeads)),
    ("DELETE", "/api/v1/segments/{id}", Some(Right::WorkLeads)),
    ("GET", "/api/v1/leads/{id}/explain", Some(Right::ReadLeads)),
    ("GET", "/api/v1/campaigns", Some(Right::ReadCampaigns)),
    ("POST", "/api/v1/campaigns", Some(Right::ManageCampaigns)),
    ("GET", "/api/v1/campaigns/{id}", Some(Right::ReadCampaigns)),
    ("PATCH", "/api/v1/campaigns/{id}", Some(Right::ManageCampaigns)),
    ("POST", "/api/v1/campaigns/{id}/start", Some(Right::ManageCampaigns)),
    ("POST", "/api/v1/campaigns/{id}/pause", Some(Right::ManageCampaigns)),
    ("POST", "/api/v1/campaigns/{id}/resume", Some(Right::ManageCampaigns)),
    ("POST", "/api/v1/campaigns/{id}/end", Some(Right::ManageCampaigns)),
    ("GET", "/api/v1/campaigns/{id}/preview", Some(Right::ReadCampaigns)),
    ("GET", "/api/v1/campaigns/{id}/explain", Some(Right::ReadCampaigns)),
    ("POST", "/api/v1/campaigns/{id}/leads", Some(Right::ManageCampaigns)),
    ("DELETE", "/api/v1/campaigns/{id}/leads/{lead_id}", Some(Right::ManageCampaigns)),
    ("GET", "/api/v1/hopper", Some(Right::ReadCampaigns)),
    ("GET", "/api/v1/schedules", Some(Right::ReadCampaigns)),
    ("GET", "/api/v1/do-not-contact", Some(Right::ManageCampaigns)),
    ("POST", "/api/v1/do-not-contact", Some(Right::ManageCampaigns)),
    ("DELETE", "/api/v1/do-not-contact", Some(Right::ManageCampaigns)),
    ("GET", "/api/v1/outreach/statuses", Some(Right::ReadLeads)),
    ("POST", "/api/v1/outreach/recycle", Some(Right::AdministerLeads)),
    ("POST", "/api/v1/outreach/fix-status", Some(Right::AdministerLeads)),
    ("GET", "/api/v1/me", None),
    ("GET", "/api/v1/users", Some(Right::ReadUsers)),
    ("POST", "/api/v1/users", Some(Right::ManageUsers)),
    ("GET", "/api/v1/users/{id}", Some(Right::ReadUsers)),
    ("PATCH", "/api/v1/users/{id}", Some(Right::ManageUsers)),
    ("GET", "/api/v1/tenants", Some(Right::ManageTenants)),
    ("GET", "/api/v1/reports/conversion", Some(Right::ReadReports)),
    ("GET", "/api/v1/reports/stages", Some(Right::ReadReports)),
    ("GET", "/api/v1/reports/follow-ups", Some(Right::ReadReports)),
    ("GET", "/api/v1/reports/closures", Some(Right::ReadReports)),
    ("GET", "/api/v1/experiments", Some(Right::ReadReports)),
    ("GET", "/api/v1/experiments/{name}", Some(Right::ReadReports)),
    ("GET", "/api/v1/jobs", Some(Right::ReadJobs)),
    ("GET", "/api/v1/jobs/{id}", Some(Right::ReadJobs)),
    ("POST", "/api/v1/jobs/{id}/retry", Some(Right::RetryJobs)),
    ("GET", "/api/analytics/leads", Some(Right::ReadReports)),
    ("GET", "/api/admin/leads", Some(Right::ReadLeads)),
    ("GET", "/api/admin/leads/stats", Some(Right::ReadLeads)),
    ("GET", "/api/admin/leads/{id}", Some(Right::ReadLeads)),
    ("POST", "/api/admin/leads/{id}/convert", Some(Right::WorkLeads)),
    ("DELETE", "/api/admin/leads/{id}", Some(Right::AdministerLeads)),
    ("PUT", "/api/v1/users/{id}/password", Some(Right::ManageUsers)),
];

/// Every guarded route as a table of Markdown.
pub fn reference() -> String {
    let mut table = "| request | right |\n|---|---|\n".to_owned();
    for (method, path, right) in ROUTES {
        let right = right.map_or_else(|| "(any token)".to_owned(), |right| format!("`{}`", right.as_str()));
        table.push_str(&format!("| `{method} {path}` | {right} |\n"));
    }
    table
}

/// Which tenants somebody may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Their own.
    One(Tenant),
    /// All.
    All,
}

/// Who asks, with the right to what they ask.
#[derive(Clone, Debug)]
pub struct Caller {
    /// What they are.
    pub role: Role,
    /// Which tenants they may see.
    pub reach: Reach,
    /// What whoever the token belongs to is by now: it may do no more than they may.
    owner: Option<Role>,
    /// What they are confined to beyond their role; empty: nothing.
    scopes: Vec<Right>,
    /// Who, and with what.
    pub actor: Actor,
}

impl Caller {
    /// Whether they may do that.
    pub fn may(&self, right: Right) -> bool {
        self.role.has(right)
            && self.owner.is_none_or(|owner| owner.has(right))
            && (self.scopes.is_empty() || self.scopes.contains(&right))
    }

    /// Everything they may do.
    pub fn rights(&self) -> Vec<&'static str> {
        Right::all().filter(|right| self.may(*right)).map(Right::as_str).collect()
    }

    /// The one tenant a request is about: that of `center_id`, else their own. Who sees all and names none means the only one.
    ///
    /// # Errors
    /// 404 where they may not see the one they name, 400 where they have to name one.
    pub fn tenant(&self, app: &App, center_id: Option<i64>) -> Result<Tenant, Problem> {
        let named = center_id.map(Tenant);
        let all: Vec<Tenant> = app.tenants.iter().map(|tenant| Tenant(tenant.id)).collect();
        match (self.reach, named) {
            (Reach::One(own), None) => Ok(own),
            (Reach::One(own), Some(named)) if own == named => Ok(own),
            (Reach::All, Some(named)) if all.contains(&named) => Ok(named),
            (_, Some(_)) => Err(Problem::not_found("there is no such center")),
            (Reach::All, None) if all.len() == 1 => Ok(all[0]),
            (Reach::All, None) => {
                Err(Problem::unprocessable("/center_id", "say which center; GET /api/v1/tenants lists them"))
            }
        }
    }

    /// The tenants a list is about: that of `center_id`, else all they may see, in the order of their ids.
    ///
    /// # Errors
    /// 404 where they may not see the one they name.
    pub fn tenants(&self, app: &App, center_id: Option<i64>) -> Result<Vec<Tenant>, Problem> {
        match (self.reach, center_id) {
            (Reach::All, None) => Ok(app.tenants.iter().map(|tenant| Tenant(tenant.id)).collect()),
            _ => Ok(vec![self.tenant(app, center_id)?]),
        }
    }

    /// The tenant that has a thing of theirs. Who sees one tenant is told nothing here: whether it is there shows when it is looked for.
    ///
    /// # Errors
    /// 404 where nobody has it.
    pub async fn tenant_of(&self, app: &App, thing: Thing, id: i64) -> Result<Tenant, Problem> {
        match self.reach {
            Reach::One(own) => Ok(own),
            Reach::All => leads::whose(&app.db, thing, id).await?.ok_or_else(|| unknown(thing)),
        }
    }
}

/// 404: no such thing, whoever else may have one of that id.
pub fn unknown(thing: Thing) -> Problem {
    Problem::not_found(match thing {
        Thing::Lead => "there is no such lead; GET /api/v1/leads lists those there are",
        Thing::Visit => "there is no such visit; GET /api/v1/intro-visits lists those there are",
        Thing::FollowUp => {
            "there is no such follow-up; GET /api/v1/leads/follow-ups/pending lists those that are pending"
        }
        Thing::Merge => "there is no such merge; the timeline of a lead names those it was part of",
    })
}

impl FromRequestParts<Api> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Problem> {
        parts.extensions.get::<Caller>().cloned().ok_or_else(|| {
            tracing::error!("a route that needs a caller is not guarded");
            Problem::internal()
        })
    }
}

/// Middleware: lets through who may do what the route does, and tells the handler who it is.
pub(in crate::api) async fn guard(State(api): State<Api>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match allowed(&api, &parts).await {
        Ok(caller) => {
            parts.extensions.insert(caller);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(refused) => refused,
    }
}

async fn allowed(api: &Api, request: &Parts) -> Result<Caller, Response> {
    let path = request.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let method = request.method.as_str();
    let asked = if method == "HEAD" { "GET" } else { method };
    let needed = ROUTES.iter().find(|(method, route, _)| *route == path && *method == asked);
    let Some((_, _, right)) = needed else {
        tracing::error!("the route {method} {path} has no rights");
        return Err(Problem::internal().into_response());
    };
    let app = Arc::<App>::from_ref(api);
    let caller = match authenticated(&app, &request.headers).await {
        Ok(caller) => caller,
        // Whoever guesses tokens is slowed down; who has one is not counted.
        Err(problem) if problem.status == 401 => {
            let limited = stranger(&Arc::<Limits>::from_ref(api), request);
            return Err(limited.err().unwrap_or(problem).into_response());
        }
        Err(problem) => return Err(problem.into_response()),
    };
    match *right {
        Some(right) if !caller.may(right) => Err(forbidden(&caller, right).into_response()),
        _ => Ok(caller),
    }
}

/// 403: known, and not allowed.
pub fn forbidden(caller: &Caller, right: Right) -> Problem {
    let (role, needed) = (caller.role.as_str(), right.as_str());
    let detail = if caller.role.has(right) {
        format!("this token's scopes do not include {needed}; make one that has it")
    } else {
        format!("this needs {needed}, which {role} does not have")
    };
    Problem::forbidden(detail)
}

/// Who sent a token.
async fn authenticated(app: &App, headers: &HeaderMap) -> Result<Caller, Problem> {
    let token = bearer(headers).ok_or_else(Problem::unauthorized)?;
    let hash = tokens::hash(token);
    if let Some(admin) = &app.config.server.admin_token {
        // By hash, so that neither content nor length shows in the time it takes.
        let same = hash.as_bytes().ct_eq(tokens::hash(admin.expose_secret()).as_bytes());
        if same.into() {
            let actor = Actor { user_id: None, program: "ADMIN_TOKEN".to_owned() };
            return Ok(Caller {
                role: Role::SuperAdmin,
                reach: Reach::All,
                owner: None,
                scopes: vec![],
                actor,
            });
        }
    }
    let now = app.clock.now();
    let found = tokens::find(&app.db, token, now).await?.ok_or_else(Problem::unauthorized)?;
    if found.used_at.is_none_or(|used_at| now - used_at >= MINUTE) {
        tokens::used(&app.db, &found, now).await?;
    }
    let role = Role::parse(&found.role).ok_or_else(Problem::unauthorized)?;
    let owner = match &found.owner_role {
        Some(role) => Some(Role::parse(role).ok_or_else(Problem::unauthorized)?),
        None => None,
    };
    // A scope of a later version is none that this one knows: it allows nothing.
    let scopes = scopes(&found.scopes).map_err(|_| Problem::unauthorized())?;
    // Of the two the lesser is what is said, and what may make others.
    let role = owner.map_or(role, |owner| owner.max(role));
    let reach = match role {
        Role::SuperAdmin if found.tenant_id == DEFAULT_TENANT => Reach::All,
        _ => Reach::One(Tenant(found.tenant_id)),
    };
    let actor = Actor { user_id: found.user_id, program: format!("token {}", found.name) };
    Ok(Caller { role, reach, owner, scopes, actor })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_route_is_there_twice() {
        let mut seen = std::collections::BTreeSet::new();
        for (method, path, _) in ROUTES {
            assert!(seen.insert((method, path)), "{method} {path}");
        }
    }
}
