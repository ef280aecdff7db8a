//! What a server logs names nobody, so that nothing of it has to be forgotten.

use super::planted::NUMBER;
use crate::harness::{ADMIN_TOKEN, Place};
use crate::process::{Server, free_address, program, usual};
use leadwire::http;
use serde_json::{Value as Json, json};

on_both!(a_server_s_log_names_nobody,);

async fn a_server_s_log_names_nobody(place: Place) {
    let secret = leadwire::ids::secret();
    let marker = format!("zq{}", &secret[..14]);
    let address = free_address();
    let mut command = program(&place);
    command
        .envs(usual(&place))
        .env("LEADWIRE_LISTEN", &address)
        .env("ADMIN_TOKEN", ADMIN_TOKEN)
        .env("LOG_LEVEL", "debug");
    let server = Server::run(command, &address).await;
    let client = http::client().unwrap();
    let ask = async |method: &str, path: &str, body: Option<String>| {
        let request = client.request(method.parse().unwrap(), format!("{}{path}", server.url));
        let request = request.bearer_auth(ADMIN_TOKEN).header("content-type", "application/json");
        let reply = request.body(body.unwrap_or_default()).send().await.unwrap();
        let status = reply.status().as_u16();
        (status, serde_json::from_str::<Json>(&reply.text().await.unwrap()).unwrap_or_default())
    };

    server.message(NUMBER, &format!("Hello, {marker} here"), "SMlog1").await.unwrap();
    server.message(NUMBER, &format!("{marker}@example.com"), "SMlog2").await.unwrap();
    let mut enquiry = crate::work::enquiry(NUMBER);
    enquiry["child"]["first_name"] = json!(marker);
    let (status, entered) = ask("POST", "/api/v1/leads", Some(enquiry.to_string())).await;
    assert_eq!(status, 201, "{entered}");
    let lead = entered["id"].as_i64().unwrap();
    enquiry["child"]["dob"] = json!(marker);
    let close = json!({"reason": format!("{marker} moved")}).to_string();
    let erase = json!({"reason": "asked", "confirm": lead}).to_string();
    for (method, path, body, expected) in [
        ("GET", format!("/api/v1/leads?search={marker}"), None, 200),
        ("GET", format!("/api/v1/leads?cursor={marker}"), None, 422),
        ("GET", format!("/api/v1/leads?{marker}=1"), None, 400),
        ("GET", format!("/api/{marker}"), None, 404),
        ("POST", "/api/v1/leads".to_owned(), Some(enquiry.to_string()), 422),
        ("POST", "/api/v1/leads".to_owned(), Some(format!("{{\"{marker}\": ")), 400),
        ("POST", format!("/api/v1/leads/{lead}/close"), Some(close), 200),
        ("GET", format!("/api/v1/leads/{lead}/export"), None, 200),
        ("POST", format!("/api/v1/leads/{lead}/erase"), Some(erase), 200),
    ] {
        let (status, reply) = ask(method, &path, body).await;
        assert_eq!(status, expected, "{method} {path}: {reply}");
    }
    server.terminate();
    let (_, log) = server.ended().await;
    for said in ["/api/v1/leads/{id}/erase", "/api/v1/leads/{id}/close"] {
        assert!(log.contains(said), "it says what it does ({said}): {log}");
    }
    for name in [marker.as_str(), &NUMBER[1..], "4155550199"] {
        let lines: Vec<&str> = log.lines().filter(|line| line.contains(name)).collect();
        assert!(lines.is_empty(), "{name} is in {lines:?}");
    }
}
