//! Who is logged in, and that what changes something comes from a page of ours.

use super::page::told;
use crate::api::Api;
use crate::api::limits::{Limits, asking, subscriber};
use crate::api::problem::Problem;
use crate::app::App;
use crate::domain::access::Tenant;
use crate::service::log_ins::{self, Peer};
use crate::store::log_ins::SessionRow;
use axum::extract::{FromRef, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use std::convert::Infallible;
use std::sync::Arc;
use url::Url;

/// Somebody who is logged in.
#[derive(Clone, Debug)]
pub struct LoggedIn(pub SessionRow);

impl LoggedIn {
    /// Where they work.
    pub fn tenant(&self) -> Tenant {
        Tenant(self.0.tenant_id)
    }
}

impl FromRequestParts<Api> for LoggedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Response> {
        let app = Arc::<App>::from_ref(api);
        let found = match secret(&app, &parts.headers) {
            Some(secret) => log_ins::session(&app, secret).await,
            None => Ok(None),
        };
        match found {
            Ok(Some(session)) => Ok(LoggedIn(session)),
            Ok(None) => {
                let asked = parts.uri.path_and_query().map_or("/", |asked| asked.as_str());
                let next: String = form_urlencoded::byte_serialize(asked.as_bytes()).collect();
                // What was to be done is not done after all; where it would have been seen is where they come to.
                let to =
                    if parts.method.is_safe() { format!("/login?next={next}") } else { "/login".to_owned() };
                Err(Redirect::to(&to).into_response())
            }
            Err(error) => Err(Problem::from(error).into_response()),
        }
    }
}

/// Where a request comes from.
impl FromRequestParts<Api> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Infallible> {
        let address = asking(&Arc::<Limits>::from_ref(api), &parts.extensions, &parts.headers);
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        Ok(Peer { address, subscriber: subscriber(address), agent: agent.unwrap_or_default().to_owned() })
    }
}

/// The name of the cookie. With the prefix browsers take it from a secure page of this very host alone, and for all of its paths.
fn cookie(app: &App) -> &'static str {
    if is_secure(app) { "__Host-leadwire" } else { "leadwire" }
}

fn is_secure(app: &App) -> bool {
    app.base_url.starts_with("https://")
}

/// The secret of the session a request speaks of.
pub fn secret<'a>(app: &App, headers: &'a HeaderMap) -> Option<&'a str> {
    let name = cookie(app);
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// Sends the browser on with this session; without one, it forgets the one it has.
pub fn sent_on(app: &App, secret: Option<&str>, to: &str) -> Response {
    let secure = if is_secure(app) { "; Secure" } else { "" };
    let (value, age) = secret.map_or(("", "; Max-Age=0"), |secret| (secret, ""));
    let cookie = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}", cookie(app));
    let mut response = Redirect::to(to).into_response();
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Middleware: what changes something is refused unless a page of ours sent it. Browsers say so, in `Sec-Fetch-Site` or else in
/// `Origin`, and no other page can make them say it. (OWASP, Cross-Site Request Forgery Prevention: fetch metadata with the origin to
/// fall back on; beside it the cookie is `SameSite`.)
pub async fn same_origin(State(api): State<Api>, request: Request, next: Next) -> Response {
    let app = Arc::<App>::from_ref(&api);
    if request.method().is_safe() || is_ours(request.headers(), &app.base_url) {
        return next.run(request).await;
    }
    told(
        StatusCode::FORBIDDEN,
        "This was not sent by a page of this server, so nothing was done. Open the page again and send its form.",
    )
}

fn is_ours(headers: &HeaderMap, base_url: &str) -> bool {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = said("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = said("origin").and_then(|origin| Url::parse(origin).ok()) else { return false };
    let same_host = said("host").is_some_and(|host| host.eq_ignore_ascii_case(origin.authority()));
    same_host || Url::parse(base_url).is_ok_and(|base| base.origin() == origin.origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_change_anything() {
        type Said = &'static [(&'static str, &'static str)];
        let rows: [(&str, Said, bool); 10] = [
            ("a page of ours", &[("sec-fetch-site", "same-origin")], true),
            ("another site", &[("sec-fetch-site", "cross-site"), ("origin", "https://a.example")], false),
            ("another host of the same site", &[("sec-fetch-site", "same-site")], false),
            ("by hand", &[("sec-fetch-site", "none")], false),
            ("an older browser", &[("origin", "https://bot.example.com")], true),
            ("without a name", &[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")], true),
            ("another port", &[("origin", "http://127.0.0.1:8081"), ("host", "127.0.0.1:8080")], false),
            ("nobody knows", &[("origin", "null"), ("host", "bot.example.com")], false),
            ("another scheme behind a proxy", &[("origin", "http://bot.example.com")], false),
            ("nothing said", &[], false),
        ];
        for (label, said, expected) in rows {
            let mut headers = HeaderMap::new();
            for (name, value) in said {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            assert_eq!(is_ours(&headers, "https://bot.example.com"), expected, "{label}");
        }
    }
}
