//! The OpenAPI document, generated from the handlers, and the page to read it: both work without the Internet.

use super::problem::Problem;
use super::{analytics, answer, behaviours, experiments, jobs, leads, questions, session, v1};
use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::Response as HttpResponse;
use std::collections::BTreeMap;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, Modify, OpenApi};
use utoipa_swagger_ui::{Config, SwaggerUi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Leadwire",
        description = "The public chat API: sessions, answers, behaviours, leads. A session's id is its only \
                       credential and sees only itself; keep it secret. Every refusal is a problem (RFC 9457) and \
                       stores nothing. Fields that are not known are ignored. Times are RFC 3339, UTC.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        session::start, session::standing, answer::answer, questions::list, questions::products,
        questions::calls_to_action, behaviours::report, behaviours::profile, leads::summary, leads::score,
        leads::export, experiments::variant, experiments::conversion, analytics::leads, jobs::list, jobs::show,
        jobs::retry, v1::leads::list, v1::leads::stats, v1::files::import::import, v1::files::export::export, v1::enquiry::enter, v1::enquiry::enter_as_lead, v1::detail::show, v1::detail::details,
        v1::detail::timeline, v1::detail::score, v1::erasure::export, v1::erasure::erase, v1::merges::duplicates, v1::merges::merge, v1::merges::show, v1::merges::undo, v1::moves::edit, v1::moves::discovery, v1::moves::status, v1::moves::convert,
        v1::moves::close, v1::moves::reopen, v1::moves::assign, v1::moves::deactivate, v1::moves::activate,
        v1::visits::plan, v1::visits::list, v1::visits::show, v1::visits::change, v1::follow_ups::plan,
        v1::follow_ups::of_lead, v1::follow_ups::pending, v1::follow_ups::show, v1::follow_ups::change, v1::agenda::show,
        v1::outreach::campaigns::list, v1::outreach::campaigns::create, v1::outreach::campaigns::show,
        v1::outreach::campaigns::change, v1::outreach::steering::start, v1::outreach::steering::pause,
        v1::outreach::steering::resume, v1::outreach::steering::end, v1::outreach::outlook::preview,
        v1::outreach::outlook::explain, v1::outreach::members::add, v1::outreach::members::remove,
        v1::outreach::explaining::explain, v1::outreach::hopper::show, v1::outreach::schedules::list, v1::outreach::do_not_contact::show,
        v1::outreach::do_not_contact::add, v1::outreach::do_not_contact::remove,
        v1::outreach::statuses::show, v1::outreach::recycling::recycle, v1::outreach::fixing::fix,
        v1::segments::list, v1::segments::add, v1::segments::show, v1::segments::change, v1::segments::remove,
        v1::users::me, v1::users::list, v1::users::add, v1::users::show, v1::users::change, v1::users::set_password,
        v1::users::tenants, v1::reports::conversion::show, v1::reports::stages::show, v1::reports::follow_ups::show,
        v1::reports::closures::show, v1::experiments::list, v1::experiments::show
    ),
    components(schemas(Problem)),
    modifiers(&Token, &Named),
    tags(
        (name = "chat", description = "A conversation in the browser."),
        (name = "flows", description = "What a flow asks and offers."),
        (name = "leads", description = "What a session knows of its lead."),
        (name = "experiments", description = "Variants and goals."),
        (name = "analytics", description = "Numbers over all sessions; needs a token."),
        (name = "leads at work", description = "Leads as people work on them; needs a token."),
        (name = "visits", description = "Intro visits; needs a token."),
        (name = "follow-ups", description = "Who is to speak with whom, and when; needs a token."),
        (name = "campaigns", description = "Who is called and written to, by what and when; why somebody is tried or is not; who is not to be contacted. Needs a token."),
        (name = "outreach", description = "Where leads stand by the attempts to reach them, and trying again; needs a token."),
        (name = "users", description = "Who works here; needs a token."),
        (name = "reports", description = "What became of leads, and what experiments have shown; needs a token."),
        (name = "jobs", description = "What is to be sent, was sent, or could not be sent; needs a token.")
    )
)]
struct Document;

struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let described = "ADMIN_TOKEN, or a token made by `leadwire token create`.";
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(described)).build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

struct Named;

impl Modify for Named {
    /// Gives each operation a name of its own, of its method and its path: those of functions are many times the same.
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for (path, item) in &mut document.paths.paths {
            let of_method = [
                ("get", &mut item.get),
                ("post", &mut item.post),
                ("put", &mut item.put),
                ("patch", &mut item.patch),
                ("delete", &mut item.delete),
            ];
            for (method, operation) in of_method {
                if let Some(operation) = operation {
                    operation.operation_id = Some(operation_id(method, path));
                }
            }
        }
    }
}

/// `get_campaigns_by_id` of `GET /api/v1/campaigns/{id}`.
fn operation_id(method: &str, path: &str) -> String {
    let parts = path.split('/').filter(|part| !matches!(*part, "" | "api" | "v1"));
    parts.fold(method.to_owned(), |id, part| match part.strip_prefix('{') {
        Some(name) => format!("{id}_by_{}", name.trim_end_matches('}')),
        None => format!("{id}_{}", part.replace('-', "_")),
    })
}

/// The document, as `docs/openapi.json` has it.
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// `GET /openapi.json`, and `GET /docs` to browse it.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let config = Config::new(["/openapi.json"]).validator_url("none").try_it_out_enabled(true);
    let docs = SwaggerUi::new("/docs").url("/openapi.json", document()).config(config);
    Router::from(docs).layer(map_response(confined))
}

/// The page runs its own scripts alone. It writes style attributes, so styles may stand in it.
async fn confined(mut response: HttpResponse) -> HttpResponse {
    const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                          connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

/// What any request can be refused with.
#[derive(Clone, Copy, Debug)]
pub enum Refusals {}

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let problems = [
            (
                "The request cannot be read, or a field is not what is said of it here: `errors` points at it.",
                Problem::invalid("/answer_text", "must be 1 to 4000 characters"),
            ),
            ("The body is too large.", Problem::too_large(super::LARGEST_BODY)),
            ("The body is not JSON.", Problem::unsupported_type("application/json")),
            (
                "Too many requests of this session or address; `Retry-After` says how many seconds to wait.",
                Problem::too_many("this session asks too often; wait as Retry-After says", 2),
            ),
            ("The server failed; its log says why, under the request's id.", Problem::internal()),
            (
                "The server cannot take this now; `Retry-After` says when to come again.",
                Problem::busy("too many messages are waiting; try again shortly", 1),
            ),
        ];
        problems.into_iter().map(|(description, problem)| described(description, problem)).collect()
    }
}

/// There is no such session.
#[derive(Clone, Copy, Debug)]
pub enum UnknownSession {}

impl IntoResponses for UnknownSession {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        [described("There is no such session.", Problem::unknown_session())].into()
    }
}

/// There is no such session, flow or experiment.
#[derive(Clone, Copy, Debug)]
pub enum UnknownName {}

impl IntoResponses for UnknownName {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let problem = Problem::not_found("there is no flow \"merchants\" on this channel");
        [described("There is no such session, flow or experiment.", problem)].into()
    }
}

/// The question is not open.
#[derive(Clone, Copy, Debug)]
pub enum NotAsked {}

impl IntoResponses for NotAsked {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let problem = crate::turns::TurnError::NotAsked("email".to_owned()).into();
        let description = "The named question is neither open nor answered, or the key was answered so long ago that the reply is gone.";
        [described(description, problem)].into()
    }
}

/// There is no such job.
#[derive(Clone, Copy, Debug)]
pub enum UnknownJob {}

impl IntoResponses for UnknownJob {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let problem = Problem::not_found("there is no such job; GET /api/v1/jobs lists those there are");
        [described("There is no such job.", problem)].into()
    }
}

/// The job has not failed.
#[derive(Clone, Copy, Debug)]
pub enum NotFailed {}

impl IntoResponses for NotFailed {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        [described("The job has not failed: there is nothing to try again.", jobs::not_failed())].into()
    }
}

/// A field is refused though it can be read: too much, or nothing a program may say.
#[derive(Clone, Copy, Debug)]
pub enum Unprocessable {}

impl IntoResponses for Unprocessable {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let problem = Problem::unprocessable("/action", "this session has reported 100 other behaviours");
        let description = "More than a session may say, what the flow does not know, or what only the conversation decides: `errors` points at it.";
        [described(description, problem)].into()
    }
}

/// A refusal with its example.
pub fn described(description: &str, problem: Problem) -> (String, RefOr<Response>) {
    let problem = Problem {
        instance: Some("urn:leadwire:request:5f0c7b1e9d3a4c68b2f41d0e7a9c3b55".to_owned()),
        ..problem
    };
    let example = serde_json::to_value(&problem).ok();
    let content =
        ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).example(example).build();
    let response =
        ResponseBuilder::new().description(description).content("application/problem+json", content);
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status.as_str().to_owned(), response.build().into())
}
