//! Imports by the API that are cut off: whatever goes on with them, each row is taken once.

use super::import::import_file;
use super::import_by_api::{CSV, admin, send};
use super::well;
use crate::harness::{Place, TestApp, number};
use serde_json::{Value as Json, json};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

on_both!(what_a_request_began_the_command_goes_on_with, an_import_that_is_cut_off_takes_each_row_once);

/// Good rows with numbers of their own, and one in a hundred that is wrong.
fn many(rows: usize) -> String {
    let row = |n: usize| {
        let dob = if n % 100 == 99 { "soon" } else { "2020-01-01" };
        format!("Ann {n},+1415{n:07},Child {n},{dob}\n")
    };
    "name,phone,first_name,dob\n".to_owned() + &(0..rows).map(row).collect::<String>()
}

async fn rows_done(app: &TestApp) -> i64 {
    number(&app.app.db, "SELECT COALESCE(MAX(rows_done), 0) FROM imports").await
}

/// Sends a file, and is gone as soon as more rows than `before` are taken.
async fn cut_off(app: &TestApp, token: &str, file: &str, before: i64) {
    let request = app.request("POST", "/api/v1/leads/import").bearer_auth(token);
    let request = request.header("content-type", CSV).timeout(Duration::from_secs(120)).body(file.to_owned());
    let sent = tokio::spawn(request.send());
    while rows_done(app).await <= before {
        assert!(!sent.is_finished(), "it ended before it could be cut off");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    sent.abort();
}

/// Sends a file until nobody else, a request that was cut off, is still at it.
async fn alone(app: &TestApp, token: &str, file: &str) -> Json {
    for _ in 0..200 {
        let reply = send(app, token, ("", CSV), file.to_owned()).await;
        if reply.status != 409 {
            return well(&reply);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("a request that was cut off goes on")
}

async fn what_a_request_began_the_command_goes_on_with(place: Place) {
    let app = place.app().await;
    let who = admin(&app).await;
    let file = many(500);
    cut_off(&app, &who.token, &file, 0).await;
    std::fs::write(place.folder().join("in.csv"), &file).unwrap();
    let (said, _) = import_file(&place, "in.csv", &[]);
    assert!(
        said.out.contains("500 of 500 rows (") && said.out.contains("of them by a run before)"),
        "{said:?}"
    );
    let known = well(&send(&app, &who.token, ("", CSV), file).await);
    assert_eq!(known["state"], "already_imported");
    assert_eq!((app.count("leads").await, app.count("imports").await), (495, 1));
}

async fn an_import_that_is_cut_off_takes_each_row_once(place: Place) {
    const ROWS: usize = 1_400;
    let app = place.app().await;
    let who = admin(&app).await;
    let file = many(ROWS);
    // In the middle of the body.
    let mut socket = TcpStream::connect(app.url.strip_prefix("http://").unwrap()).await.unwrap();
    let head = format!(
        "POST /api/v1/leads/import HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: text/csv\r\nContent-Length: {}\r\n\r\n",
        who.token,
        file.len()
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(&file.as_bytes()[..file.len() / 2]).await.unwrap();
    drop(socket);
    // In the middle of the rows, twice.
    cut_off(&app, &who.token, &file, 0).await;
    let mut before = rows_done(&app).await;
    loop {
        // What it has in hand it may still end, and no more.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let now = rows_done(&app).await;
        if now == before {
            break;
        }
        before = now;
    }
    assert!((200..ROWS as i64).contains(&before), "it stopped in the middle: {before}");
    let known = |n: i64| n - n / 100;
    assert_eq!(app.count("leads").await, known(before), "what is counted is there");
    cut_off(&app, &who.token, &file, before).await;
    let end = alone(&app, &who.token, &file).await;
    assert_eq!(end["state"], "done");
    assert!(end["rows_done_before"].as_i64().unwrap() > before, "{end}");
    let good = known(ROWS as i64);
    assert_eq!((&end["rows"], &end["created"], &end["refused"]), (&json!(ROWS), &json!(good), &json!(14)));
    assert_eq!(
        (app.count("leads").await, app.count("persons").await),
        (good, good),
        "none twice, none missing"
    );
    assert_eq!(number(&app.app.db, "SELECT COUNT(DISTINCT phone) FROM leads").await, good);
    assert_eq!(app.count("audit_log WHERE event = 'import'").await, good);
    let numbers = "SELECT COUNT(DISTINCT enquiry_id) FROM children WHERE enquiry_id IS NOT NULL";
    assert_eq!(number(&app.app.db, numbers).await, good);
    assert_eq!(app.count("imports").await, 1);
}
