//! What the pages are served with.

use super::*;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use tower::ServiceExt;

async fn fetch(
    embedders: &Embedders,
    method: Method,
    path: &str,
    known: Option<&str>,
) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(known) = known {
        request = request.header(IF_NONE_MATCH, known);
    }
    let response = router::<()>(embedders).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (head, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    (head.status, head.headers, String::from_utf8(body.to_vec()).unwrap())
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn every_file_has_its_type_and_its_guards() {
    let table = [
        ("/chat", "text/html; charset=utf-8", "<!doctype html>"),
        ("/chat.css", "text/css; charset=utf-8", "--brand"),
        ("/chat.js", "text/javascript; charset=utf-8", "import "),
        ("/chat-api.js", "text/javascript; charset=utf-8", "idempotency-key"),
        ("/chat-view.js", "text/javascript; charset=utf-8", "textContent"),
        ("/chat-words.js", "text/javascript; charset=utf-8", "हिन्दी"),
        ("/chat-icon.svg", "image/svg+xml", "<svg"),
        ("/widget.js", "text/javascript; charset=utf-8", "currentScript"),
    ];
    assert_eq!(table.len(), ASSETS.len(), "a file without a row");
    for (path, content_type, holds) in table {
        let (status, headers, body) = fetch(&Embedders::anyone(), Method::GET, path, None).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert_eq!(text(&headers, "content-type"), content_type, "{path}");
        assert_eq!(text(&headers, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(text(&headers, "cache-control"), "no-cache", "{path}");
        assert_eq!(text(&headers, "referrer-policy"), "same-origin", "{path}");
        assert_eq!(headers.contains_key("content-security-policy"), path == PAGE, "{path}");
        assert!(body.contains(holds), "{path} holds {holds:?}");
    }
}

#[tokio::test]
async fn a_known_copy_is_not_sent_again() {
    let anyone = Embedders::anyone();
    let (_, headers, _) = fetch(&anyone, Method::GET, "/chat.css", None).await;
    let etag = text(&headers, "etag").to_owned();
    let (_, script, _) = fetch(&anyone, Method::GET, "/chat.js", None).await;
    assert_ne!(etag, text(&script, "etag"), "the tag is the content's");
    let table = [
        ("the same", etag.clone(), StatusCode::NOT_MODIFIED),
        ("weakened by a proxy", format!("W/{etag}"), StatusCode::NOT_MODIFIED),
        ("one of several", format!("\"old\", {etag}"), StatusCode::NOT_MODIFIED),
        ("any", "*".to_owned(), StatusCode::NOT_MODIFIED),
        ("an old one", "\"old\"".to_owned(), StatusCode::OK),
        ("unquoted", etag.trim_matches('"').to_owned(), StatusCode::OK),
    ];
    for (label, known, expected) in table {
        let (status, headers, body) = fetch(&anyone, Method::GET, "/chat.css", Some(&known)).await;
        assert_eq!(status, expected, "{label}");
        assert_eq!(body.is_empty(), expected == StatusCode::NOT_MODIFIED, "{label}");
        assert_eq!(text(&headers, "etag"), etag, "{label}");
    }
}

#[tokio::test]
async fn head_has_the_headers_and_no_body() {
    let (status, headers, body) = fetch(&Embedders::anyone(), Method::HEAD, PAGE, None).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, ""));
    assert!(text(&headers, "content-security-policy").contains("default-src 'none'"));
}

#[test]
fn frame_ancestors() {
    let table: [(&str, &[&str], Result<&str, &str>); 14] = [
        ("no other site", &[], Ok("'self'")),
        ("one", &["https://shop.example"], Ok("'self' https://shop.example")),
        ("with a slash and capitals", &["HTTPS://Shop.Example/"], Ok("'self' https://shop.example")),
        ("with a port", &["http://localhost:3000"], Ok("'self' http://localhost:3000")),
        (
            "two, spaced",
            &[" https://a.example ", "https://b.example"],
            Ok("'self' https://a.example https://b.example"),
        ),
        ("everyone among them", &["https://a.example", "*"], Ok("*")),
        ("international", &["https://müller.example"], Ok("'self' https://xn--mller-kva.example")),
        ("no scheme", &["shop.example"], Err("shop.example")),
        ("another scheme", &["ftp://shop.example"], Err("ftp://shop.example")),
        ("a path", &["https://shop.example/x"], Err("https://shop.example/x")),
        ("a user", &["https://me@shop.example"], Err("https://me@shop.example")),
        ("empty", &[""], Err("")),
        ("a second directive", &["https://a.example; script-src *"], Err("https://a.example; script-src *")),
        ("a directive in the host", &["https://a;b.example"], Err("https://a;b.example")),
    ];
    for (label, origins, expected) in table {
        let got = Embedders::only(origins);
        match expected {
            Ok(sources) => assert_eq!(got, Ok(Embedders(sources.to_owned())), "{label}"),
            Err(origin) => assert_eq!(got, Err(NotAnOrigin(origin.to_owned())), "{label}"),
        }
    }
    let policy = Embedders::only(&["https://a.example"]).unwrap().policy();
    assert!(policy.to_str().unwrap().ends_with("; frame-ancestors 'self' https://a.example"));
}

/// The policy would block these in the browser; here they are named before anybody looks.
#[test]
fn nothing_inline_and_nothing_from_elsewhere() {
    for asset in &ASSETS {
        for forbidden in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "style=\"",
            "<style",
            "onclick=\"",
            "javascript:",
            "//cdn",
        ] {
            assert!(!asset.body.contains(forbidden), "{} holds {forbidden}", asset.path);
        }
    }
    let page = include_str!("../assets/chat.html");
    for tag in page.split('<').filter(|tag| tag.starts_with("script") || tag.starts_with("link")) {
        let from =
            tag.split(['"']).find(|part| part.starts_with("chat")).unwrap_or_else(|| panic!("whence <{tag}"));
        assert!(ASSETS.iter().any(|asset| asset.path == format!("/{from}")), "{from} is served");
    }
}
