//! HTTP for programs: one file per resource, problems as RFC 9457.

mod analytics;
mod answer;
mod behaviours;
mod experiments;
mod extract;
mod jobs;
mod json;
mod leads;
pub mod limits;
pub mod openapi;
mod operations;
pub mod pages;
pub mod problem;
mod questions;
mod request_id;
mod session;
pub mod v1;
pub mod webhooks;

use crate::app::App;
use crate::channels::whatsapp::LARGEST_WEBHOOK;
use crate::config::ChatConfig;
use crate::service::health;
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get, post};
use limits::Limits;
use problem::Problem;
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::timeout::TimeoutLayer;
use v1::files::InHand;

/// The largest body anybody may send, in bytes.
pub const LARGEST_BODY: usize = 64 * 1024;

/// How long a request may take, its body's arrival included. A turn that is under way is finished all the same.
const PATIENCE: Duration = Duration::from_secs(30);
/// The same where it is a file: one that is cut off goes on when it is sent again.
const PATIENCE_WITH_FILES: Duration = Duration::from_secs(300);

/// What handlers of this API share.
#[derive(Clone, Debug)]
pub struct Api {
    app: Arc<App>,
    limits: Arc<Limits>,
    health: Arc<health::Shared>,
    files: InHand,
}

impl Api {
    fn new(app: Arc<App>) -> Api {
        Api {
            limits: Arc::new(Limits::new(&app.config.chat)),
            health: Arc::default(),
            files: InHand::default(),
            app,
        }
    }

    /// How often may be asked.
    pub fn limits(&self) -> Arc<Limits> {
        self.limits.clone()
    }
}

impl FromRef<Api> for Arc<health::Shared> {
    fn from_ref(api: &Api) -> Self {
        api.health.clone()
    }
}

impl FromRef<Api> for InHand {
    fn from_ref(api: &Api) -> Self {
        api.files.clone()
    }
}

impl FromRef<Api> for Arc<App> {
    fn from_ref(api: &Api) -> Self {
        api.app.clone()
    }
}

impl FromRef<Api> for Arc<Limits> {
    fn from_ref(api: &Api) -> Self {
        api.limits.clone()
    }
}

/// Everything the server answers, pages for people included, with what holds for all of it: request ids, problems, limits, security
/// headers.
pub fn router(app: Arc<App>, console: impl FnOnce(&Api) -> Router<Api>) -> Router {
    let api = Api::new(app);
    let routes = Router::new()
        .merge(chat(&api))
        .merge(at_work(&api))
        .merge(openapi::router())
        .merge(pages::router(&pages::Embedders::anyone()))
        .merge(operations(&api))
        .merge(console(&api))
        // Whoever opens the server in a browser comes to the chat.
        .route("/", get(async || Redirect::temporary("/chat")));
    finished(routes, api)
}

/// What a process answers that serves nobody: how it is.
pub fn operations_only(app: Arc<App>) -> Router {
    let api = Api::new(app);
    let routes = operations(&api).layer(map_response(secured));
    routes.fallback(async || Problem::of(StatusCode::NOT_FOUND)).with_state(api)
}

/// Routes with what holds for every one of them around them; webhooks beside them, with only what a provider needs: they
/// are most of the load, and each layer costs every turn.
fn finished(routes: Router<Api>, api: Api) -> Router {
    let named = from_fn_with_state(api.app.clone(), request_id::name);
    routes
        .fallback(async || Problem::of(StatusCode::NOT_FOUND))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, PATIENCE))
        .merge(files(&api))
        .merge(webhooks())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(map_response(secured))
        .layer(named)
        .with_state(api)
}

/// The chat API.
fn chat(api: &Api) -> Router<Api> {
    Router::new()
        .route("/api/session/start", post(session::start))
        .route("/api/session/{session_id}", get(session::standing))
        .route("/api/answer", post(answer::answer))
        .route("/api/questions", get(questions::list))
        .route("/api/product-menu", get(questions::products))
        .route("/api/cta-options", get(questions::calls_to_action))
        .route("/api/behavior", post(behaviours::report))
        .route("/api/lead/profile", post(behaviours::profile))
        .route("/api/lead/summary/{session_id}", get(leads::summary))
        .route("/api/lead/export/{session_id}", get(leads::export))
        .route("/api/score/{session_id}", get(leads::score))
        .route("/api/ab-test/variant/{test_name}", post(experiments::variant))
        .route("/api/ab-test/conversion", post(experiments::conversion))
        // Set here as well, so that what follows is around it: a preflight asks with a method the path does not have.
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(from_fn_with_state(api.limits.clone(), limits::by_address))
        .layer(map_response(unkept))
        .layer(cors(&api.app.config.chat))
}

/// What needs a token: who has one is not counted, who has none is.
fn at_work(api: &Api) -> Router<Api> {
    v1::router(api).layer(map_response(unkept)).layer(cors(&api.app.config.chat))
}

/// The same for files, which may take longer.
fn files(api: &Api) -> Router<Api> {
    v1::files(api)
        .layer(map_response(unkept))
        .layer(cors(&api.app.config.chat))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, PATIENCE_WITH_FILES))
}

/// Webhooks of providers.
fn webhooks() -> Router<Api> {
    Router::new()
        .route("/webhooks/twilio/messages", post(webhooks::twilio::messages))
        .route("/webhooks/twilio/status", post(webhooks::twilio::status))
        .route("/webhooks/twilio/voice", post(webhooks::voice::call))
        .route("/webhooks/twilio/voice/answer", post(webhooks::voice::answer))
        .route("/webhooks/twilio/voice/bridged", post(webhooks::voice::bridged))
        .route("/webhooks/twilio/voice/status", post(webhooks::voice::status))
        .route("/webhooks/twilio/voice/recording", post(webhooks::voice::recording))
        .route("/webhooks/crm/{sink}", post(webhooks::crm::default_tenant))
        .route("/webhooks/crm/{tenant}/{sink}", post(webhooks::crm::tenant))
        .route("/webhooks/whatsapp", whatsapp())
        .route("/api/webhook/whatsapp", whatsapp())
}

/// WhatsApp's webhook, which takes larger bodies than anything else.
fn whatsapp() -> MethodRouter<Api> {
    let route = get(webhooks::whatsapp::handshake).post(webhooks::whatsapp::events);
    route.layer(DefaultBodyLimit::max(LARGEST_WEBHOOK))
}

/// How the server is.
fn operations(api: &Api) -> Router<Api> {
    Router::new()
        .route("/health", get(operations::health))
        .route("/metrics", get(operations::metrics))
        .layer(from_fn_with_state(api.limits.clone(), limits::by_monitor))
}

/// Lets the configured sites call the chat API from their pages; none where none is named.
fn cors(config: &ChatConfig) -> CorsLayer {
    if config.cors_origins.is_empty() {
        return CorsLayer::new();
    }
    let origins = if config.cors_origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(config.cors_origins.iter().filter_map(|origin| HeaderValue::try_from(origin).ok()))
    };
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::PUT, Method::DELETE])
        .allow_headers([
            header::CONTENT_TYPE,
            header::AUTHORIZATION,
            header::IF_MATCH,
            HeaderName::from_static("idempotency-key"),
        ])
        .expose_headers([
            header::RETRY_AFTER,
            header::ETAG,
            header::LINK,
            header::LOCATION,
            header::CONTENT_DISPOSITION,
            HeaderName::from_static("x-request-id"),
            HeaderName::from_static("x-total-count"),
            HeaderName::from_static("x-total-count-is"),
        ])
        .max_age(Duration::from_secs(600))
}

/// What people said is kept by no cache.
async fn unkept(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Headers every answer carries, unless it has its own.
async fn secured(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    response
}

/// A handler that panicked answers 500; the panic's own words may hold what people said and stay out of our log.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a request panicked");
    Problem::internal().into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::config::{Config, Environment};
    use crate::service::startup;
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt;

    async fn boom() {
        panic!("with what somebody said");
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_that_tells_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display().to_string();
        let settings = [("LEADWIRE_DATA", path.as_str()), ("FLOWS_DIR", &path)];
        let config = Config::from(&Environment::of(settings)).unwrap();
        let app = startup::start(config, Clock::fixed(0)).await.unwrap().app;
        let api = Api::new(app);
        let router = finished(Router::new().route("/boom", get(boom)), api);
        let response = router.oneshot(Request::get("/boom").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let body = axum::body::to_bytes(response.into_body(), LARGEST_BODY).await.unwrap();
        let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem["type"], "/problems/internal");
        assert_eq!(problem["instance"], format!("urn:leadwire:request:{id}"));
        assert!(!problem.to_string().contains("somebody"));
    }
}
