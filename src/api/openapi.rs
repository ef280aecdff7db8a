//! The OpenAPI document, generated from the handlers, and the page to read it.

use super::problem::Problem;
use super::{answer, session};
use axum::http::StatusCode;
use std::collections::BTreeMap;
use utoipa::openapi::{ContentBuilder, RefOr, Response, ResponseBuilder, Ref};
use utoipa::{IntoResponses, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Leadwire",
        description = "The public chat API: sessions, answers, behaviours, leads. A session's id is the only credential and sees only itself. \
                       Every refusal is a problem (RFC 9457) and stores nothing."
    ),
    paths(session::start, session::standing, answer::answer),
    components(schemas(Problem)),
    tags((name = "chat", description = "A conversation in the browser."))
)]
struct Document;

/// The document.
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// What any request can be refused with.
#[derive(Debug)]
pub struct Refusals;

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let problems = [
            ("The request cannot be read, or a field is wrong.", Problem::invalid("/answer_text", "must be 1 to 4000 characters")),
            ("The body is too large.", Problem::too_large(super::LARGEST_BODY)),
            ("The body is not JSON.", Problem::unsupported_type("application/json")),
            ("Too many requests of this session or address; `Retry-After` says how many seconds to wait.", Problem::too_many("this session asks too often; wait as Retry-After says", 2)),
            ("The server failed; its log says why, under the request's id.", Problem::internal()),
            ("The server cannot take this now; `Retry-After` says when to come again.", Problem::busy("too many messages are waiting; try again shortly", 1)),
        ];
        problems.into_iter().map(|(description, problem)| described(description, &problem)).collect()
    }
}

/// There is no such session.
#[derive(Debug)]
pub struct UnknownSession;

impl IntoResponses for UnknownSession {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        BTreeMap::from([described("There is no such session.", &Problem::unknown_session())])
    }
}

fn described(description: &str, problem: &Problem) -> (String, RefOr<Response>) {
    let example = serde_json::to_value(problem).ok();
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).example(example).build();
    let response = ResponseBuilder::new().description(description).content("application/problem+json", content);
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status.as_str().to_owned(), response.build().into())
}
