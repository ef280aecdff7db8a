use super::*;
use crate::config::Allowed;
use std::io::{Read, Write};

/// A server that reads requests up to their `hello` and answers each with these bytes.
fn answering(bytes: Vec<u8>) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/secret-path", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut seen = Vec::new();
        let mut piece = [0; 1024];
        while let Ok(length) = stream.read(&mut piece) {
            seen.extend_from_slice(&piece[..length]);
            if seen.ends_with(b"hello") {
                seen.clear();
                // Whoever has read enough goes away.
                let _ = stream.write_all(&bytes);
            }
            if length == 0 {
                break;
            }
        }
    });
    url
}

fn open() -> Outbound {
    Outbound::new(Guard::new(Allowed::parse(&["127.0.0.1".to_owned()]).unwrap()), TIMEOUT)
}

fn hello(url: &str) -> Outgoing {
    Outgoing {
        url: url.to_owned(),
        method: Method::Post,
        headers: Vec::new(),
        authorization: Authorization::Bearer("secret-token".into()),
        content_type: "text/plain",
        body: "hello".to_owned(),
    }
}

#[tokio::test]
async fn what_comes_back() {
    let answer = |status: u16, body: &str| Ok(Answer { status, body: body.to_owned(), retry_after_ms: None });
    let wait = |retry_after_ms| Ok(Answer { status: 429, body: String::new(), retry_after_ms });
    let rows = [
        ("an answer", "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nyes", answer(200, "yes")),
        ("a refusal", "HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno", answer(403, "no")),
        (
            "a redirect is not followed",
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n",
            answer(302, ""),
        ),
        ("come again", "HTTP/1.1 429 Wait\r\nretry-after: 3\r\ncontent-length: 0\r\n\r\n", wait(Some(3_000))),
        ("some day", "HTTP/1.1 429 Wait\r\nretry-after: soon\r\ncontent-length: 0\r\n\r\n", wait(None)),
        ("a torn answer", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nyes", Err(NoAnswer::Broken)),
        ("no HTTP", "hello\r\n\r\n", Err(NoAnswer::Broken)),
    ];
    for (label, bytes, expected) in rows {
        // A torn answer ends with the connection.
        let ends = matches!(expected, Err(NoAnswer::Broken));
        let url = if ends { answering_once(bytes) } else { answering(bytes.into()) };
        assert_eq!(open().send(&hello(&url)).await, expected, "{label}");
    }
    assert_eq!(open().send(&hello("nonsense")).await, Err(NoAnswer::BadAddress));
}

/// As [`answering`], once, and then it hangs up.
fn answering_once(bytes: &'static str) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut seen = Vec::new();
        while !seen.ends_with(b"hello") {
            let mut piece = [0; 1024];
            let length = stream.read(&mut piece).unwrap();
            seen.extend_from_slice(&piece[..length]);
        }
        stream.write_all(bytes.as_bytes()).unwrap();
    });
    url
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let mut bytes = b"HTTP/1.1 200 OK\r\ncontent-length: 400000\r\n\r\n".to_vec();
    bytes.resize(400_050, b'x');
    assert_eq!(open().send(&hello(&answering(bytes))).await, Err(NoAnswer::TooLong));
}

#[tokio::test]
async fn whoever_does_not_answer_is_left_after_a_while() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let guard = Guard::new(Allowed::parse(&["127.0.0.1".to_owned()]).unwrap());
    let outbound = Outbound::new(guard, Duration::from_millis(50));
    assert_eq!(outbound.send(&hello(&url)).await, Err(NoAnswer::TimedOut));
    drop(listener);
    assert_eq!(outbound.send(&hello(&url)).await, Err(NoAnswer::Unreachable));
}

#[tokio::test]
async fn connections_are_used_again() {
    // The server takes one connection only: a second one would never be answered.
    let url = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec());
    let outbound = open();
    for _ in 0..3 {
        assert_eq!(outbound.send(&hello(&url)).await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn private_addresses_are_refused_before_and_after_the_name_is_looked_up() {
    let closed = Outbound::new(Guard::default(), TIMEOUT);
    let rows = [
        "http://127.0.0.1:9/x",
        "http://[::1]:9/x",
        "http://localhost:9/x",
        "http://10.1.2.3/x",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:192.168.0.1]/",
        "http://2130706433/",
    ];
    for url in rows {
        assert_eq!(closed.send(&hello(url)).await, Err(NoAnswer::Private), "{url}");
        assert_eq!(closed.fetch(url, &Authorization::None).await, Err(NoAnswer::Private), "{url}");
    }
}

#[test]
fn nothing_shows_what_is_secret() {
    let outgoing = hello("https://hooks.example.com/T000/secret-path");
    let shown = format!("{outgoing:?}");
    for secret in ["secret", "hello", "example.com"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    let all = [
        NoAnswer::BadAddress,
        NoAnswer::Private,
        NoAnswer::Unreachable,
        NoAnswer::TimedOut,
        NoAnswer::Broken,
        NoAnswer::TooLong,
    ];
    assert!(all.iter().all(|error| !error.to_string().contains("http")));
}
