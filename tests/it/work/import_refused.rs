//! Files that the API does not take: too much, and no lists of leads.

use super::import_by_api::{CSV, FAMILIES, XLSX, admin, send, written};
use crate::harness::Place;
use std::io::Write;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

on_both!(too_much_is_refused, what_is_no_list_of_leads_is_refused);

/// A spreadsheet in which far more is packed than it has bytes.
fn bomb() -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("xl/sharedStrings.xml", zip::write::SimpleFileOptions::default()).unwrap();
    let blank = vec![b' '; 1 << 20];
    for _ in 0..129 {
        archive.write_all(&blank).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

async fn too_much_is_refused(place: Place) {
    let app = place.app().await;
    let who = admin(&app).await;
    let before = written(&app).await;
    let header = "name,phone\n";
    let long = format!("{header}{}", "x".repeat(10 << 20));
    let rows = format!("{header}{}", "Ann,+14155550100\n".repeat(20_001));
    let bomb = bomb();
    assert!(bomb.len() < 1 << 20);
    for (body, kind, what) in [
        (long.into_bytes(), CSV, "10485760 bytes, and 20000 rows"),
        (rows.into_bytes(), CSV, "more than 20000 rows"),
        (bomb, XLSX, "more than 128 MiB packed in it"),
    ] {
        let reply = send(&app, &who.token, ("", kind), body).await;
        let detail = reply.json()["detail"].as_str().unwrap_or_default().to_owned();
        assert_eq!(reply.status, 413, "{what}: {detail}");
        assert!(detail.contains(what) && detail.contains("`leadwire leads import`"), "{detail}");
    }
    assert_eq!(written(&app).await, before);
    // Files that are in hand have their number.
    let mut held = Vec::new();
    let head = format!(
        "POST /api/v1/leads/import HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: text/csv\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n",
        who.token
    );
    for _ in 0..4 {
        let mut socket = TcpStream::connect(app.url.strip_prefix("http://").unwrap()).await.unwrap();
        socket.write_all(head.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        // It is asked for its body once there is room for it.
        socket.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 100");
        held.push(socket);
    }
    let reply = send(&app, &who.token, ("?preview=true", CSV), FAMILIES).await;
    assert_eq!((reply.status, reply.header("retry-after")), (503, "5"), "{reply:?}");
    let mut socket = held.pop().unwrap();
    socket.write_all(b"name,city").await.unwrap();
    let mut answer = String::new();
    while !answer.contains("no row below its first line") {
        let mut piece = [0; 4096];
        let read = socket.read(&mut piece).await.unwrap();
        assert!(read > 0, "{answer}");
        answer += &String::from_utf8_lossy(&piece[..read]);
    }
    assert_eq!(send(&app, &who.token, ("?preview=true", CSV), FAMILIES).await.status, 200);
}

async fn what_is_no_list_of_leads_is_refused(place: Place) {
    let app = place.app().await;
    let who = admin(&app).await;
    let before = written(&app).await;
    let files: [(&[u8], &str, u16, &str); 10] = [
        (b"", CSV, 422, "is empty"),
        (b"name,phone\n", CSV, 422, "no row below its first line"),
        (b"name,phone\nJos\xe9,+14155550124\n", CSV, 422, "line 2 is not UTF-8"),
        (b"\xff\xfen\0a\0", CSV, 422, "save it as CSV UTF-8"),
        (b"name,city\nAnn,Pune\n", CSV, 422, "no column is a phone number or an e-mail address"),
        (b"phone,Mobile\n1,2\n", CSV, 422, "are both phone"),
        (b"PK\x03\x04 and no more", XLSX, 422, "is no .xlsx"),
        (b"{}", "application/json", 415, "text/csv, or as application/vnd"),
        (b"phone\n1\n", "", 415, "text/csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "application/vnd.ms-excel", 415, "text/csv"),
    ];
    for (body, kind, status, what) in files {
        let reply = send(&app, &who.token, ("", kind), body.to_vec()).await;
        assert_eq!(reply.status, status, "{what}: {reply:?}");
        let detail = reply.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(what), "{what}: {detail}");
        assert!(!detail.contains("--"), "nobody here types options: {detail}");
    }
    let long = format!("phone,{}\n1,2\n", "x".repeat(1_001));
    assert_eq!(send(&app, &who.token, ("", CSV), long).await.status, 422);
    for (query, status) in [
        ("?duplicates=merge", 400),
        ("?by=age", 400),
        ("?within=0", 400),
        ("?within=36501", 400),
        ("?within=soon", 400),
        ("?preview=perhaps", 400),
        ("?preview", 400),
        ("?preview=null", 400),
        ("?again=", 400),
        ("?map=x%3Demail&map=x%3Dnotes", 422),
        ("?again=perhaps", 400),
        ("?map=phone", 400),
        ("?mode=skip", 400),
        ("?by=phone&by=email", 400),
        ("?center_id=x", 400),
        (&format!("?source={}", "x".repeat(101)), 400),
        ("?map=phone%3Dfon", 422),
        ("?map=fon%3Dphone", 422),
    ] {
        let reply = send(&app, &who.token, (query, CSV), "phone,x\n+14155550100,1\n").await;
        assert_eq!(reply.status, status, "{query}: {reply:?}");
    }
    assert_eq!(written(&app).await, before, "nothing of any was taken");
}
