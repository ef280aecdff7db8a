//! The CRM's API.

use super::records::{Lead, PAGE, Which};
use super::{Book, Came, Crm, Cut, Fault};
use axum::Router;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use leadwire::clock::Clock;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// A status and a body.
type Answer = (u16, Json);

pub(super) fn router(crm: Crm) -> Router {
    Router::new()
        .route("/leads", post(serve).get(serve))
        .route("/leads/{id}", get(serve).patch(serve))
        .with_state(crm)
}

async fn serve(
    State(crm): State<Crm>,
    ConnectInfo(line): ConnectInfo<Cut>,
    id: Option<Path<i64>>,
    Query(query): Query<BTreeMap<String, String>>,
    (method, uri, headers): (Method, Uri, HeaderMap),
    body: String,
) -> Response {
    let header =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let mut came = Came {
        method: method.to_string(),
        path: uri.path().to_owned(),
        query,
        key: header("x-leadwire-id"),
        idempotency_key: header("idempotency-key"),
        body,
        at: Clock::System.now(),
        ..Came::default()
    };
    let (fault, answer, count) = {
        let mut book = crm.book();
        let refusal = book.refusal(&header("authorization"), came.at);
        let (fault, answer) = match refusal {
            Some(refusal) => (Fault::None, refusal),
            None => {
                let fault = book.faults.of(&came);
                (fault, answer(&book, fault, &came, id.map(|Path(id)| id)))
            }
        };
        came.fault = fault;
        came.status = match fault {
            Fault::Hangs | Fault::DoneAndHangs | Fault::Resets | Fault::DoneAndResets => 0,
            _ => answer.0,
        };
        book.came.push(came);
        (fault, answer, book.came.len())
    };
    crm.counted.send_replace(count);
    match fault {
        Fault::Hangs | Fault::DoneAndHangs => std::future::pending::<()>().await,
        Fault::Resets | Fault::DoneAndResets => line.cut(),
        Fault::Slow(ms) => tokio::time::sleep(Duration::from_millis(ms)).await,
        _ => {}
    }
    let status = StatusCode::from_u16(answer.0).unwrap();
    let mut response = (status, axum::Json(answer.1)).into_response();
    if status == StatusCode::TOO_MANY_REQUESTS {
        let seconds = if let Fault::TooMany(seconds) = fault { seconds } else { 1 };
        response.headers_mut().insert("retry-after", seconds.into());
    }
    response
}

/// What a request is answered with; whatever it asks for is done, where the fault lets it.
fn answer(book: &Book, fault: Fault, came: &Came, id: Option<i64>) -> Answer {
    let done = if fault.does() { book.done(came, id) } else { (500, Json::Null) };
    match fault {
        Fault::DoneAnd500 | Fault::Fails => (500, json!({"message": "something went wrong"})),
        Fault::TooMany(_) => (429, json!({"message": "too many requests"})),
        Fault::Unavailable => (503, json!({"message": "come again later"})),
        Fault::SaysNul => (400, json!({"message": "the phone is not \0 valid"})),
        Fault::Invalid => (400, json!({"message": "the phone is not valid"})),
        _ => done,
    }
}

impl Book {
    /// Why a request is not even looked at.
    fn refusal(&mut self, authorization: &str, now: i64) -> Option<Answer> {
        if authorization != format!("Bearer {}", self.token) {
            return Some((401, json!({"message": "the token is not valid"})));
        }
        let limit = self.limit?;
        let second = now / 1_000;
        self.second = if self.second.0 == second { (second, self.second.1 + 1) } else { (second, 1) };
        (self.second.1 > limit).then(|| (429, json!({"message": "too many requests"})))
    }

    fn done(&self, came: &Came, id: Option<i64>) -> Answer {
        let query = |name: &str| came.query.get(name).map(String::as_str);
        match (came.method.as_str(), id) {
            ("POST", _) => self.create(came),
            ("PATCH", Some(id)) => match came.json() {
                Json::Object(fields) if self.records.update(id, &fields) => (200, json!({"id": id})),
                Json::Object(_) => (404, json!({"message": "there is no such lead"})),
                _ => (400, json!({"message": "no JSON object"})),
            },
            ("GET", Some(id)) => match self.records.find(Which::Id(id)).first() {
                Some(lead) => (200, shown(lead)),
                None => (404, json!({"message": "there is no such lead"})),
            },
            _ if query("since").is_some() => self.page(came),
            _ if !self.answers_look_ups => (405, json!({"message": "nobody can ask here"})),
            _ => {
                let which = query("ref").map(Which::ExternalId);
                let which = which.or_else(|| query("phone").map(Which::Phone));
                match which.or_else(|| query("email").map(Which::Email)) {
                    Some(which) => (200, json!({"data": all_shown(&self.records.find(which))})),
                    None => (400, json!({"message": "ref, phone, email or since"})),
                }
            }
        }
    }

    fn create(&self, came: &Came) -> Answer {
        let Json::Object(mut fields) = came.json() else {
            return (400, json!({"message": "no JSON object"}));
        };
        if fields.remove("ref").as_ref().and_then(Json::as_str) != Some(&came.key) || came.key.is_empty() {
            return (400, json!({"message": "ref and X-Leadwire-Id are not the same"}));
        }
        let honours = self.honours_keys && !came.idempotency_key.is_empty();
        if honours && let Some((body, id)) = self.records.answered(&came.idempotency_key) {
            return match body == came.body {
                true => (201, json!({"id": id})),
                false => (422, json!({"message": "the idempotency key was used for something else"})),
            };
        }
        let id = self.records.create(&came.key, &fields, came.at);
        if honours {
            self.records.keep_answer(&came.idempotency_key, &came.body, id);
        }
        (201, json!({"id": id}))
    }

    fn page(&self, came: &Came) -> Answer {
        let since = came.query["since"].parse::<jiff::Timestamp>();
        let page = came.query.get("page").map_or(Ok(1), |page| page.parse::<i64>());
        match (since, page) {
            (Ok(since), Ok(page)) if page >= 1 => {
                let which = Which::Since(since.as_millisecond(), (page - 1) * PAGE);
                (200, json!({"data": all_shown(&self.records.find(which))}))
            }
            _ => (400, json!({"message": "since is an instant, page a number from 1"})),
        }
    }
}

fn all_shown(leads: &[Lead]) -> Vec<Json> {
    leads.iter().map(shown).collect()
}

fn shown(lead: &Lead) -> Json {
    let mut all: Map<String, Json> = lead.fields.clone();
    let created_at = jiff::Timestamp::from_millisecond(lead.created_at).unwrap().to_string();
    all.insert("id".to_owned(), lead.id.into());
    all.insert("external_id".to_owned(), lead.external_id.clone().into());
    all.insert("created_at".to_owned(), created_at.into());
    Json::Object(all)
}
