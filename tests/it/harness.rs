//! A server on a database of its own, for one test: on a SQLite file always, on a PostgreSQL schema where
//! `TEST_POSTGRES_URL` names a server.

pub use crate::rows::{execute, number, stored, texts};
use leadwire::app::App;
use leadwire::channels::twilio;
use leadwire::clock::{Clock, Millis};
use leadwire::config::{Config, Environment};
use leadwire::service::flows::Files;
use leadwire::service::{self, startup, turns};
use leadwire::store::db::{Db, Exec, Sql};
use leadwire::{api, http, ids, jobs};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// When fixed clocks begin: 2026-01-05T10:00:00Z, a Monday.
pub const START: Millis = 1_767_607_200_000;
/// The address webhooks are signed for.
pub const PUBLIC_URL: &str = "https://bot.example.com";
/// What signs them.
pub const TWILIO_TOKEN: &str = "12345678901234567890123456789012";
/// The Twilio number of ours.
pub const OUR_NUMBER: &str = "+15005550006";
/// Where messages come in.
pub const MESSAGES: &str = "/webhooks/twilio/messages";
/// `ADMIN_TOKEN`.
pub const ADMIN_TOKEN: &str = "a-token-for-tests";

/// Makes each named `async fn(Place)` two tests: `sqlite::name` and `postgres::name`.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { $crate::harness::on_sqlite(super::$name); })+
        }
        mod postgres {
            $(#[test] fn $name() { $crate::harness::on_postgres(super::$name); })+
        }
    };
}

/// Runs a body on a SQLite file.
pub fn on_sqlite(body: impl AsyncFnOnce(Place)) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("leadwire.db").display());
    run(&Place::new(folder, url), body);
}

/// Runs a body on a PostgreSQL schema; without a server the test says so and passes, unless `REQUIRE_POSTGRES=1`.
pub fn on_postgres(body: impl AsyncFnOnce(Place)) {
    let Some(server) = variable("TEST_POSTGRES_URL") else {
        assert!(variable("REQUIRE_POSTGRES").as_deref() != Some("1"), "TEST_POSTGRES_URL is not set");
        println!("SKIPPED (TEST_POSTGRES_URL is not set)");
        return;
    };
    let schema = format!("test_{}", ids::secret());
    let mut url = url::Url::parse(&server).unwrap();
    url.query_pairs_mut().append_pair("options", &format!("-c search_path={schema}"));
    let in_schema = |statement: &str| {
        let (server, statement) = (server.clone(), statement.replace('?', &schema));
        runtime().block_on(async move {
            let db = Db::connect(&server, 1).await.unwrap();
            db.execute(Sql::same(statement.leak()), vec![]).await.unwrap();
            db.close().await;
        });
    };
    in_schema("CREATE SCHEMA ?");
    let place = Place::new(tempfile::tempdir().unwrap(), url.to_string());
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(&place, body)));
    in_schema("DROP SCHEMA ? CASCADE");
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

/// A variable of the tests themselves.
#[expect(
    clippy::disallowed_methods,
    reason = "where the tests' database is, is said to the tests, not to the server"
)]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn run(place: &Place, body: impl AsyncFnOnce(Place)) {
    let runtime = runtime();
    let body = std::panic::AssertUnwindSafe(|| runtime.block_on(body(place.clone())));
    let outcome = std::panic::catch_unwind(body);
    // Turn loops need the runtime until they have seen that their queue is closed.
    for thread in place.0.threads.lock().unwrap().drain(..) {
        let _ = thread.join();
    }
    runtime.block_on(async {
        let dbs = std::mem::take(&mut *place.0.dbs.lock().unwrap());
        for db in dbs {
            db.close().await;
        }
    });
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

/// A database and a folder of one test, on which servers can be started, stopped and started again.
#[derive(Clone)]
pub struct Place(Arc<Inner>);

struct Inner {
    folder: tempfile::TempDir,
    database_url: String,
    threads: Mutex<Vec<JoinHandle<()>>>,
    dbs: Mutex<Vec<Db>>,
}

impl Place {
    /// The flows are a copy of `tests/it/flows`, for tests that edit them.
    fn new(folder: tempfile::TempDir, database_url: String) -> Place {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/flows");
        let mine = folder.path().join("flows");
        std::fs::create_dir(&mine).unwrap();
        for file in std::fs::read_dir(shipped).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), mine.join(file.file_name())).unwrap();
        }
        Place(Arc::new(Inner { folder, database_url, threads: Mutex::default(), dbs: Mutex::default() }))
    }

    /// The folder of this test alone.
    pub fn folder(&self) -> &Path {
        self.0.folder.path()
    }

    /// `DATABASE_URL` of this test's database.
    pub fn database_url(&self) -> &str {
        &self.0.database_url
    }

    /// The folder of flow files.
    pub fn flows(&self) -> PathBuf {
        self.0.folder.path().join("flows")
    }

    /// A database connection of its own, without a server.
    pub async fn connect(&self, connections: u32) -> Db {
        let db = Db::connect(&self.0.database_url, connections).await.unwrap();
        self.0.dbs.lock().unwrap().push(db.clone());
        db
    }

    /// A server with the usual settings, on a clock that stands still.
    pub async fn app(&self) -> TestApp {
        self.app_with(&[]).await
    }

    /// A server with these settings over the usual ones, on a clock that stands still.
    pub async fn app_with(&self, settings: &[(&str, &str)]) -> TestApp {
        self.app_at(settings, Clock::fixed(START)).await
    }

    /// A server with these settings over the usual ones, on this clock.
    pub async fn app_at(&self, settings: &[(&str, &str)], clock: Clock) -> TestApp {
        let data = self.0.folder.path().display().to_string();
        let flows = self.0.folder.path().join("flows").display().to_string();
        let usual = [
            ("DATABASE_URL", self.0.database_url.as_str()),
            ("LEADWIRE_DATA", &data),
            ("FLOWS_DIR", &flows),
            ("PUBLIC_URL", PUBLIC_URL),
            ("TWILIO_AUTH_TOKEN", TWILIO_TOKEN),
            ("ADMIN_TOKEN", ADMIN_TOKEN),
        ];
        let settings: BTreeMap<&str, &str> = usual.into_iter().chain(settings.iter().copied()).collect();
        let config = Config::from(&Environment::of(settings)).unwrap();
        let running = startup::start(config, clock.clone()).await.unwrap();
        self.0.threads.lock().unwrap().extend(turns::start(&running.app).unwrap());
        self.0.dbs.lock().unwrap().push(running.app.db.clone());

        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stopped = CancellationToken::new();
        let service = api::router(running.app.clone(), leadwire::console::pages)
            .into_make_service_with_connect_info::<SocketAddr>();
        let server = axum::serve(listener, service).with_graceful_shutdown(stopped.clone().cancelled_owned());
        let served = tokio::spawn(async move { server.await.unwrap() });
        TestApp {
            app: running.app,
            clock,
            url: format!("http://{address}"),
            client: http::client().unwrap(),
            place: self.clone(),
            files: running.files,
            lock: running.lock,
            worker: None,
            served: Some(served),
            stopped,
        }
    }
}

/// A running server.
pub struct TestApp {
    /// Its parts.
    pub app: Arc<App>,
    /// Its clock.
    pub clock: Clock,
    /// Where it listens, without a slash at the end.
    pub url: String,
    /// What asks it.
    pub client: reqwest::Client,
    place: Place,
    files: Files,
    lock: Option<File>,
    worker: Option<jobs::Running>,
    served: Option<tokio::task::JoinHandle<()>>,
    stopped: CancellationToken,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stopped.cancel();
        self.app.turns.close();
    }
}

impl TestApp {
    /// Stops it as a shutdown does: requests in hand are finished, then turns, then the database is closed. Another may be
    /// started on the same place.
    pub async fn stop(mut self) {
        self.stopped.cancel();
        self.served.take().unwrap().await.unwrap();
        self.app.turns.close();
        let threads: Vec<JoinHandle<()>> = self.place.0.threads.lock().unwrap().drain(..).collect();
        tokio::task::spawn_blocking(move || threads.into_iter().for_each(|thread| thread.join().unwrap()))
            .await
            .unwrap();
        if let Some(worker) = self.worker.take() {
            worker.stop().await;
        }
        self.app.db.close().await;
        self.lock.take();
    }

    /// Starts its worker.
    pub async fn work(&mut self) {
        service::deliveries::take_up(&self.app, &CancellationToken::new()).await.unwrap();
        self.worker = Some(jobs::start(&self.app).await.unwrap());
    }

    /// Waits until its worker has nothing in hand and nothing is due.
    pub async fn settled(&mut self) {
        let settled = self.worker.as_mut().expect("it works").settled();
        tokio::time::timeout(Duration::from_secs(40), settled).await.expect("it settles");
    }

    /// Lets time pass once nothing is under way, and what is due then be done.
    pub async fn pass(&mut self, ms: Millis) {
        self.settled().await;
        self.clock.advance(ms);
        self.settled().await;
    }

    /// Looks at the flow files, as the server does when they change; the flows that were published.
    pub async fn publish(&self) -> Vec<String> {
        let App { flows, db, config, tenants, clock, .. } = &*self.app;
        self.files.publish(flows, db, &config.server.flows, tenants, clock.now()).await.unwrap()
    }

    /// A request to be filled in.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// Sends a request.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        Reply::of(request.send().await.unwrap()).await
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request("GET", path)).await
    }

    /// `POST` with a JSON body.
    pub async fn post_json(&self, path: &str, body: &Json) -> Reply {
        self.send(self.request("POST", path).json(body)).await
    }

    /// A text message through Twilio, correctly signed; `sid` names it, so that sending it twice is a repeat.
    pub async fn twilio_message(&self, from: &str, text: &str, sid: &str) -> Reply {
        self.twilio(MESSAGES, &text_message(from, text, sid)).await
    }

    /// A webhook of Twilio, correctly signed.
    pub async fn twilio(&self, path: &str, form: &[(&str, &str)]) -> Reply {
        self.send(signed(self.request("POST", path), path, form)).await
    }

    /// How many rows a table has; `which` may go on with a condition.
    pub async fn count(&self, which: &str) -> i64 {
        number(&self.app.db, format!("SELECT COUNT(*) FROM {which}")).await
    }

    /// How many rows all tables have that a person's doings are written to: the same before and after what stores nothing.
    pub async fn stored(&self) -> i64 {
        stored(&self.app.db).await
    }
}

/// The form of a text message, by WhatsApp where `from` begins with `whatsapp:`.
pub fn text_message<'a>(from: &'a str, text: &'a str, sid: &'a str) -> Vec<(&'a str, &'a str)> {
    let to = if from.starts_with("whatsapp:") { "whatsapp:+15005550006" } else { OUR_NUMBER };
    let account = "AC00000000000000000000000000000000";
    let (sid, account) = (("MessageSid", sid), ("AccountSid", account));
    vec![sid, account, ("From", from), ("To", to), ("Body", text), ("NumMedia", "0")]
}

/// A form signed as Twilio signs it for the public address of this path and query.
pub fn signed(
    request: reqwest::RequestBuilder,
    path: &str,
    form: &[(&str, &str)],
) -> reqwest::RequestBuilder {
    let owned: Vec<(String, String)> =
        form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let signature = twilio::sign(TWILIO_TOKEN.as_bytes(), &format!("{PUBLIC_URL}{path}"), &owned);
    filled(request, form).header(twilio::SIGNATURE_HEADER, signature)
}

/// A form.
pub fn filled(request: reqwest::RequestBuilder, form: &[(&str, &str)]) -> reqwest::RequestBuilder {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}

/// What was answered.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body.
    pub body: String,
}

impl Reply {
    async fn of(response: reqwest::Response) -> Reply {
        Reply::read(response).await.unwrap()
    }

    /// What a response says.
    ///
    /// # Errors
    /// Where it breaks off.
    pub async fn read(response: reqwest::Response) -> reqwest::Result<Reply> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Reply { status, headers, body: response.text().await? })
    }

    /// The bodies of the messages in a TwiML answer.
    #[track_caller]
    pub fn texts(&self) -> Vec<String> {
        assert_eq!(self.status, 200, "{self:?}");
        assert_eq!(self.header("content-type"), twilio::CONTENT_TYPE);
        twilio::read(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A header; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The body as JSON.
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The body as JSON of an answer that went well.
    #[track_caller]
    pub fn ok(&self) -> Json {
        assert_eq!(self.status, 200, "{self:?}");
        self.json()
    }
}
