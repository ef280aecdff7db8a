//! A CRM on this machine: it keeps leads, lists them in pages, finds them, and speaks HubSpot's batches as well.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Leads of a page.
pub const PAGE: usize = 100;

#[derive(Default)]
struct Books {
    leads: BTreeMap<u64, BTreeMap<String, String>>,
    next: u64,
    /// The leads by our id; `None`: it has to be made anew.
    by_key: Option<HashMap<String, Vec<u64>>>,
    asked: HashMap<String, usize>,
    /// The page that is never answered.
    hangs_at: Option<usize>,
    /// The most requests of a second; more are told to come later.
    per_second: Option<usize>,
    second: Option<(Instant, usize)>,
    turned_away: usize,
}

/// The CRM.
#[derive(Clone)]
pub struct Crm {
    pub url: String,
    books: Arc<Mutex<Books>>,
}

type Parameters = Query<HashMap<String, String>>;

impl Crm {
    pub async fn start() -> Crm {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let crm = Crm { url, books: Arc::default() };
        let routes = Router::new()
            .route("/leads", get(list).post(create))
            .route("/leads/{id}", patch(update))
            .route("/find", get(find))
            .route("/crm/v3/objects/contacts/search", post(search))
            .route("/crm/v3/objects/contacts/batch/read", post(batch_read))
            .layer(axum::middleware::from_fn_with_state(crm.clone(), paced))
            .with_state(crm.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        crm
    }

    /// Looks at the books.
    fn with<T>(&self, change: impl FnOnce(&mut Books) -> T) -> T {
        change(&mut self.books.lock().unwrap())
    }

    /// Makes a lead; its id.
    pub fn add(&self, fields: &[(&str, &str)]) -> u64 {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.with(|books| {
            books.next += 1;
            books.leads.insert(books.next, fields);
            books.by_key = None;
            books.next
        })
    }

    pub fn remove(&self, id: u64) {
        self.with(|books| {
            books.by_key = None;
            books.leads.remove(&id).unwrap();
        });
    }

    pub fn set(&self, id: u64, field: &str, value: &str) {
        self.with(|books| books.leads.get_mut(&id).unwrap().insert(field.to_owned(), value.to_owned()));
    }

    /// Has nothing but these leads again, as they should be.
    pub fn restore(&self, many: i64) {
        self.with(|books| {
            books.leads.clear();
            books.by_key = None;
        });
        self.with(|books| books.next = 0);
        for n in 1..=many {
            let (key, name) = (format!("lw-{n}"), format!("Lead {n}"));
            let (phone, email) = (super::number(n), format!("lead{n}@example.com"));
            self.add(&[
                ("leadwire_id", &key),
                ("full_name", &name),
                ("phone", &phone),
                ("email", &email),
                ("city", "Rome"),
            ]);
        }
    }

    /// The field of the leads that have a key of ours.
    pub fn fields_of(&self, key: &str, field: &str) -> Vec<String> {
        self.with(|books| {
            let has =
                |lead: &&BTreeMap<String, String>| lead.get("leadwire_id").is_some_and(|own| own == key);
            books
                .leads
                .values()
                .filter(has)
                .map(|lead| lead.get(field).cloned().unwrap_or_default())
                .collect()
        })
    }

    /// How often a page or a question was asked for.
    pub fn asked(&self, what: &str) -> usize {
        self.with(|books| books.asked.get(what).copied().unwrap_or_default())
    }

    pub fn hang_at(&self, page: Option<usize>) {
        self.with(|books| books.hangs_at = page);
    }

    pub fn take(&self, per_second: usize) {
        self.with(|books| books.per_second = Some(per_second));
    }

    pub fn turned_away(&self) -> usize {
        self.with(|books| books.turned_away)
    }

    /// All of it as the CRM would export it, without our id where `keys` is false.
    pub fn export(&self, keys: bool) -> String {
        let columns = ["leadwire_id", "full_name", "phone", "email", "city"];
        let columns: Vec<&str> = columns.into_iter().filter(|name| keys || *name != "leadwire_id").collect();
        let lines = self.with(|books| {
            let line = |(id, lead): (&u64, &BTreeMap<String, String>)| {
                let cells = columns
                    .iter()
                    .map(|name| format!("\"{}\"", lead.get(*name).cloned().unwrap_or_default()));
                format!("{id},{}\n", cells.collect::<Vec<_>>().join(","))
            };
            books.leads.iter().map(line).collect::<String>()
        });
        format!("Record ID,{}\n{lines}", columns.join(","))
    }

    fn count(&self, what: String) {
        self.with(|books| *books.asked.entry(what).or_default() += 1);
    }
}

async fn paced(
    State(crm): State<Crm>,
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> Response {
    let is_over = crm.with(|books| {
        let Some(most) = books.per_second else { return false };
        let now = Instant::now();
        let (since, count) =
            books.second.filter(|(at, _)| at.elapsed() < Duration::from_secs(1)).unwrap_or((now, 0));
        books.second = Some((since, count + 1));
        books.turned_away += usize::from(count >= most);
        count >= most
    });
    if is_over {
        return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")]).into_response();
    }
    next.run(request).await
}

fn shown(id: u64, lead: &BTreeMap<String, String>) -> Value {
    let mut shown = json!({"id": id});
    for (name, value) in lead {
        shown[name] = json!(value);
    }
    shown
}

async fn list(State(crm): State<Crm>, Query(asked): Parameters) -> Json<Value> {
    let page: usize = asked["page"].parse().unwrap();
    crm.count(format!("page {page}"));
    if crm.with(|books| books.hangs_at == Some(page)) {
        std::future::pending::<()>().await;
    }
    let leads: Vec<Value> = crm.with(|books| {
        let page = books.leads.iter().skip((page - 1) * PAGE).take(PAGE);
        page.map(|(id, lead)| shown(*id, lead)).collect()
    });
    Json(json!({"leads": leads}))
}

async fn find(State(crm): State<Crm>, Query(asked): Parameters) -> Json<Value> {
    crm.count("find".to_owned());
    let (name, value) = asked.iter().next().unwrap();
    let leads: Vec<Value> = crm.with(|books| {
        let is = |(_, lead): &(&u64, &BTreeMap<String, String>)| lead.get(name) == Some(value);
        books.leads.iter().filter(is).map(|(id, lead)| shown(*id, lead)).collect()
    });
    Json(json!({"leads": leads}))
}

fn texts(body: &Value) -> BTreeMap<String, String> {
    let all = body.as_object().unwrap().iter();
    all.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
}

async fn create(State(crm): State<Crm>, Json(body): Json<Value>) -> Json<Value> {
    crm.count("create".to_owned());
    let id = crm.with(|books| {
        books.next += 1;
        books.leads.insert(books.next, texts(&body));
        books.by_key = None;
        books.next
    });
    Json(json!({"id": id}))
}

async fn update(State(crm): State<Crm>, Path(id): Path<u64>, Json(body): Json<Value>) -> Response {
    crm.count("update".to_owned());
    let is_there = crm.with(|books| books.leads.get_mut(&id).map(|lead| lead.extend(texts(&body)))).is_some();
    if is_there { Json(json!({"id": id})).into_response() } else { StatusCode::NOT_FOUND.into_response() }
}

fn contact(id: u64, lead: &BTreeMap<String, String>) -> Value {
    json!({"id": id.to_string(), "properties": lead})
}

/// As HubSpot's: nothing behind the first 10,000 is told.
async fn search(State(crm): State<Crm>, Json(body): Json<Value>) -> Response {
    crm.count("search".to_owned());
    let from: usize = body["after"].as_str().and_then(|after| after.parse().ok()).unwrap_or(0);
    let limit = body["limit"].as_u64().unwrap() as usize;
    if from + limit > 10_000 {
        let error = json!({"category": "VALIDATION_ERROR", "message": "no more than 10,000"});
        return (StatusCode::BAD_REQUEST, Json(error)).into_response();
    }
    let (all, is_more) = crm.with(|books| {
        let has = |(_, lead): &(&u64, &BTreeMap<String, String>)| lead.contains_key("leadwire_id");
        let mut rest = books.leads.iter().filter(has).skip(from);
        let all: Vec<Value> = rest.by_ref().take(limit).map(|(id, lead)| contact(*id, lead)).collect();
        (all, rest.next().is_some())
    });
    let mut page = json!({"results": all});
    if is_more {
        page["paging"] = json!({"next": {"after": (from + limit).to_string()}});
    }
    Json(page).into_response()
}

async fn batch_read(State(crm): State<Crm>, Json(body): Json<Value>) -> Json<Value> {
    crm.count("batch".to_owned());
    let wanted = body["inputs"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap());
    let found: Vec<Value> = crm.with(|books| {
        let Books { leads, by_key, .. } = books;
        let by_key = by_key.get_or_insert_with(|| {
            let mut all: HashMap<String, Vec<u64>> = HashMap::new();
            for (id, lead) in &*leads {
                if let Some(key) = lead.get("leadwire_id") {
                    all.entry(key.clone()).or_default().push(*id);
                }
            }
            all
        });
        wanted
            .flat_map(|key| by_key.get(key).into_iter().flatten())
            .map(|id| contact(*id, &leads[id]))
            .collect()
    });
    Json(json!({"status": "COMPLETE", "results": found}))
}
