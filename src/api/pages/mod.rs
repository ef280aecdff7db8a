//! The chat page and the widget: static files that travel inside the binary.
//!
//! | path | what |
//! |---|---|
//! | `/chat` | the page; `?flow=`, `?language=`, `?utm_source=`, `?color=`, `?embed=1` are read by its script |
//! | `/chat.css`, `/chat.js`, `/chat-api.js`, `/chat-view.js`, `/chat-words.js`, `/chat-icon.svg` | its parts |
//! | `/widget.js` | the script other sites include; it opens `/chat` in a frame |
//!
//! Who may put the page in a frame is a setting ([`Embedders`]). The default is anyone: being embedded is what the page is
//! for, it holds no login, and a frame of another site gets storage of its own in today's browsers, so there is nothing
//! to trick a person into. A business that wants its own sites alone lists them.

use axum::Router;
use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The sites that may show the chat page in a frame, as the value of CSP's `frame-ancestors`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Embedders(String);

/// An entry of the list of embedding sites is not an origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an origin: write scheme, host and port alone, like https://www.example.com")]
pub struct NotAnOrigin(pub String);

impl Default for Embedders {
    fn default() -> Self {
        Embedders::anyone()
    }
}

impl Embedders {
    /// Every site.
    pub fn anyone() -> Self {
        Embedders("*".to_owned())
    }

    /// This server and the named sites alone; with an empty list no other site. `*` in the list is every site.
    ///
    /// # Errors
    /// [`NotAnOrigin`] names the first entry that is not `http(s)://host[:port]`.
    pub fn only<S: AsRef<str>>(origins: &[S]) -> Result<Self, NotAnOrigin> {
        let mut sources = "'self'".to_owned();
        for origin in origins.iter().map(|origin| origin.as_ref().trim()) {
            if origin == "*" {
                return Ok(Embedders::anyone());
            }
            sources.push(' ');
            sources.push_str(&origin_of(origin).ok_or_else(|| NotAnOrigin(origin.to_owned()))?);
        }
        Ok(Embedders(sources))
    }

    fn policy(&self) -> HeaderValue {
        // No markup sink may be reached by a string: the browser itself enforces what the scripts promise.
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
             base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; \
             frame-ancestors {}",
            self.0
        );
        HeaderValue::try_from(policy).expect("an origin's serialisation is plain ASCII")
    }
}

/// `text` as an origin's serialisation, if it is one and nothing more.
fn origin_of(text: &str) -> Option<String> {
    let url = url::Url::parse(text).ok()?;
    let bare = matches!(url.path(), "" | "/")
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    let origin = url.origin().ascii_serialization();
    // A host may not carry what separates the policy's parts; the URL parser lets some of it pass.
    let plain = !origin.contains([';', ',', ' ', '\'', '*']);
    (matches!(url.scheme(), "http" | "https") && bare && plain).then_some(origin)
}

/// A file of the page.
#[derive(Debug)]
struct Asset {
    path: &'static str,
    content_type: &'static str,
    body: &'static str,
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

const PAGE: &str = "/chat";

const ASSETS: [Asset; 8] = [
    Asset { path: PAGE, content_type: HTML, body: include_str!("../assets/chat.html") },
    Asset { path: "/chat.css", content_type: CSS, body: include_str!("../assets/chat.css") },
    Asset { path: "/chat.js", content_type: SCRIPT, body: include_str!("../assets/chat.js") },
    Asset { path: "/chat-api.js", content_type: SCRIPT, body: include_str!("../assets/chat-api.js") },
    Asset { path: "/chat-view.js", content_type: SCRIPT, body: include_str!("../assets/chat-view.js") },
    Asset { path: "/chat-words.js", content_type: SCRIPT, body: include_str!("../assets/chat-words.js") },
    Asset { path: "/chat-icon.svg", content_type: SVG, body: include_str!("../assets/chat-icon.svg") },
    Asset { path: "/widget.js", content_type: SCRIPT, body: include_str!("../assets/widget.js") },
];

/// The routes of the page and the widget, for `GET` and `HEAD`. They need no state of the server.
pub fn router<S: Clone + Send + Sync + 'static>(embedders: &Embedders) -> Router<S> {
    let mut router = Router::new();
    for asset in &ASSETS {
        router = router.route(asset.path, get(serve).with_state(Arc::new(Served::new(asset, embedders))));
    }
    router
}

/// A file with the headers it is always sent with.
#[derive(Debug)]
struct Served {
    etag: String,
    headers: HeaderMap,
    body: &'static str,
}

impl Served {
    fn new(asset: &Asset, embedders: &Embedders) -> Self {
        let etag = format!("\"{}\"", hex(&Sha256::digest(asset.body.as_bytes())[..16]));
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        // Asked for again each time and answered with 304: a new release is seen at once, and costs no download else.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(ETAG, HeaderValue::try_from(&etag).expect("hex between quotes is plain ASCII"));
        // Pages that isolate themselves (COEP) may load the widget and the frame all the same.
        let policy = HeaderName::from_static("cross-origin-resource-policy");
        headers.insert(policy, HeaderValue::from_static("cross-origin"));
        if asset.path == PAGE {
            headers.insert(CONTENT_SECURITY_POLICY, embedders.policy());
        }
        Served { etag, headers, body: asset.body }
    }

    /// Whether the browser's copy is this one (RFC 9110, 13.1.2: weak comparison over a list, or `*`).
    fn is_known(&self, request: &HeaderMap) -> bool {
        request.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).any(|value| {
            value.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == self.etag)
        })
    }
}

async fn serve(State(served): State<Arc<Served>>, request: HeaderMap) -> Response {
    if served.is_known(&request) {
        return (StatusCode::NOT_MODIFIED, served.headers.clone()).into_response();
    }
    (served.headers.clone(), served.body).into_response()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
