//! The CRM is what it says: what others are judged by is judged first.

use super::{Crm, Fault, SECRET};
use leadwire::http;
use serde_json::{Map, Value as Json, json};

/// Posts a lead; the status, or `None` where no answer came.
async fn post(crm: &Crm, key: &str, idempotency_key: &str) -> Option<u16> {
    let client = http::client().unwrap();
    let request = client.post(format!("{}/leads", crm.url)).bearer_auth(SECRET).header("X-Leadwire-Id", key);
    let request =
        request.header("Idempotency-Key", idempotency_key).json(&json!({"ref": key, "name": "Asha"}));
    request.send().await.ok().map(|answer| answer.status().as_u16())
}

async fn listed(crm: &Crm, query: &str) -> Json {
    let client = http::client().unwrap();
    let answer = client.get(format!("{}/leads?{query}", crm.url)).bearer_auth(SECRET).send().await.unwrap();
    answer.json().await.unwrap()
}

#[tokio::test]
async fn it_counts_what_came_and_what_it_took() {
    let crm = Crm::start().await;
    crm.next(&[Fault::DoneAndResets, Fault::Resets, Fault::DoneAnd500, Fault::Fails]);
    let mut answers = Vec::new();
    for key in ["a", "a", "b", "b"] {
        answers.push(post(&crm, key, "").await);
    }
    crm.until(4).await;
    assert_eq!(answers, [None, None, Some(500), Some(500)]);
    assert_eq!((crm.leads().len(), crm.doubled()), (2, 0));
    assert_eq!(post(&crm, "a", "k1").await, Some(201));
    assert_eq!(crm.doubled(), 1, "it makes what it is asked for");
    crm.honours_keys(true);
    assert_eq!((post(&crm, "c", "k2").await, post(&crm, "c", "k2").await), (Some(201), Some(201)));
    assert_eq!(post(&crm, "d", "k2").await, Some(422), "the same key for something else");
    assert_eq!((crm.leads().len(), crm.doubled()), (4, 1));
}

#[tokio::test]
async fn it_goes_away_and_comes_back() {
    let crm = Crm::start().await;
    assert_eq!(post(&crm, "a", "").await, Some(201));
    crm.down();
    while post(&crm, "b", "").await.is_some() {}
    let before = crm.leads().len();
    assert_eq!(post(&crm, "c", "").await, None);
    assert_eq!(crm.leads().len(), before);
    crm.up();
    while post(&crm, "d", "").await.is_none() {}
    crm.limit(Some(0));
    assert_eq!(post(&crm, "e", "").await, Some(429));
    crm.limit(None);
    crm.accepts("another");
    assert_eq!(post(&crm, "f", "").await, Some(401));
}

#[tokio::test]
async fn it_lists_all_it_has_by_pages() {
    let crm = Crm::start().await;
    for n in 0..150 {
        crm.put(&format!("lw-{n}"), &Map::new());
    }
    let Json::Object(phone) = json!({"phone": "+14155550123"}) else { panic!() };
    crm.edit(7, &phone);
    let pages = [("page=1", 100), ("page=2", 50), ("page=3", 0)];
    for (page, expected) in pages {
        let found = listed(&crm, &format!("since=2026-01-01T00:00:00Z&{page}")).await;
        assert_eq!(found["data"].as_array().unwrap().len(), expected, "{page}");
    }
    for query in ["ref=lw-6", "phone=%2B14155550123"] {
        let found = listed(&crm, query).await;
        assert_eq!(
            (&found["data"][0]["id"], &found["data"][0]["external_id"]),
            (&json!(7), &json!("lw-6")),
            "{query}"
        );
    }
}
