//! A real browser: chromedriver on a free port, a session in a new profile, and words for what a person does with a page.

use fantoccini::elements::Element;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::future::Future;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

/// The window a test looks through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// 1200 by 1080 with a mouse.
    Desktop,
    /// 390 by 780 at double density with a finger.
    Phone,
}

/// Runs a test in a browser. Without chromedriver it is skipped with a message, or fails where `REQUIRE_BROWSER=1`.
pub fn browse<Test, Running>(window: Window, test: Test)
where
    Test: FnOnce(Page) -> Running,
    Running: Future<Output = ()> + Send + 'static,
{
    let Some(driver) = Driver::start() else {
        #[expect(clippy::disallowed_methods, reason = "a test's own switch, not configuration")]
        let required = std::env::var("REQUIRE_BROWSER").is_ok_and(|value| value == "1");
        assert!(!required, "REQUIRE_BROWSER=1 and there is no chromedriver");
        println!("skipped: no chromedriver on the path (apt-get install chromium chromium-driver)");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let profile = tempfile::tempdir().unwrap();
        let page = driver.open(window, profile.path()).await;
        // In a task of its own, so that a failed test still closes its browser.
        let outcome = tokio::spawn(test(page.clone())).await;
        page.client.close().await.expect("the browser closes");
        if let Err(failed) = outcome {
            std::panic::resume_unwind(failed.into_panic());
        }
    });
}

struct Driver {
    process: Child,
    port: u16,
    /// Kept open: chromedriver would die of writing to a closed pipe.
    _said: BufReader<ChildStdout>,
}

impl Driver {
    /// Starts chromedriver on a port it chooses; `None` where it is not installed.
    fn start() -> Option<Driver> {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = match command.spawn() {
            Ok(process) => process,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
            Err(error) => panic!("chromedriver does not start: {error}"),
        };
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let port = loop {
            let mut line = String::new();
            assert_ne!(said.read_line(&mut line).unwrap(), 0, "chromedriver ended before it was ready");
            if let Some((_, port)) = line.trim_end().rsplit_once("started successfully on port ") {
                break port.trim_end_matches('.').parse().unwrap();
            }
        };
        Some(Driver { process, port, _said: said })
    }

    async fn open(&self, window: Window, profile: &std::path::Path) -> Page {
        let mut args: Vec<String> = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--force-prefers-reduced-motion",
            "--hide-scrollbars",
            "--lang=en-GB",
            "--window-size=1200,1080",
        ]
        .map(str::to_owned)
        .into();
        args.push(format!("--user-data-dir={}", profile.display()));
        let mut options = json!({ "args": args });
        if window == Window::Phone {
            options["mobileEmulation"] =
                json!({ "deviceMetrics": { "width": 390, "height": 780, "pixelRatio": 2, "touch": true } });
        }
        let mut capabilities = Capabilities::new();
        capabilities.insert("goog:chromeOptions".to_owned(), options);
        capabilities.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await
            .expect("a browser session");
        Page { client }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Nothing to be done where it is gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A tab of the browser.
#[derive(Clone, Debug)]
pub struct Page {
    /// For what has no word here.
    pub client: Client,
}

impl Page {
    /// Opens an address.
    pub async fn open(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// The first element that matches, once there is one.
    pub async fn find(&self, css: &str) -> Element {
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
        found.unwrap_or_else(|error| panic!("{css}: {error}"))
    }

    /// Waits until an expression of JavaScript is true. The waiting is done in the page; one that another page takes the place of takes it
    /// along, and then it is done in that.
    pub async fn until(&self, truth: &str) {
        let script = format!(
            "const done = arguments[arguments.length - 1], end = performance.now() + {};\
             (function look() {{\
               let yes = false;\
               try {{ yes = Boolean({truth}); }} catch {{}}\
               if (yes || performance.now() > end) done(yes || document.body.innerText); else setTimeout(look, 20);\
             }})();",
            PATIENCE.as_millis()
        );
        let seen = match self.client.execute_async(&script, Vec::new()).await {
            Err(_) => self.client.execute_async(&script, Vec::new()).await,
            seen => seen,
        };
        let seen = seen.unwrap();
        assert_eq!(seen, Value::Bool(true), "never true: {truth}");
    }

    /// The value of an expression of JavaScript.
    pub async fn value(&self, expression: &str) -> Value {
        self.client.execute(&format!("return ({expression});"), Vec::new()).await.unwrap()
    }

    /// Waits until the last thing we said in the conversation is, or contains, this.
    pub async fn hears(&self, text: &str) {
        let text = json!(text);
        self.until(&format!(
            "[...document.querySelectorAll('#log .ours')].at(-1).textContent.includes({text})"
        ))
        .await;
    }

    /// Waits until a text is somewhere in the conversation.
    pub async fn sees(&self, text: &str) {
        let text = json!(text);
        self.until(&format!("document.querySelector('#talk').innerText.includes({text})")).await;
    }

    /// Presses the button with this label.
    pub async fn press(&self, label: &str) {
        let path = format!("//button[normalize-space(.)={}]", json!(label));
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::XPath(&path)).await;
        found.unwrap_or_else(|error| panic!("no button {label:?}: {error}")).click().await.unwrap();
    }

    /// Writes into the message line and sends with Enter.
    pub async fn says(&self, text: &str) {
        self.find("#text").await.send_keys(&format!("{text}\u{e007}")).await.unwrap();
    }

    /// Presses keys wherever the focus is.
    pub async fn keys(&self, keys: &str) {
        self.client.active_element().await.unwrap().send_keys(keys).await.unwrap();
    }

    /// Everything in the conversation, in order: who and what.
    pub async fn transcript(&self) -> Vec<(String, String)> {
        let lines = self
            .value(
                "[...document.querySelectorAll('#log .bubble, #log .request .note')].map((one) => {\
                   const own = one.cloneNode(true);\
                   own.querySelectorAll('.unseen').forEach((part) => part.remove());\
                   return [one.classList.contains('ours') ? 'out' : 'in', own.textContent];\
                 })",
            )
            .await;
        serde_json::from_value(lines).unwrap()
    }

    /// Saves what is seen under the build's folder of temporary files: `browser/<name>.png`.
    pub async fn picture(&self, name: &str) {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("browser");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), self.client.screenshot().await.unwrap()).unwrap();
    }

    /// Dark or light, as if the person's system said so.
    pub async fn scheme(&self, scheme: &str) {
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// A command of the browser's own protocol.
    pub async fn devtools(&self, command: &str, params: Value) -> Value {
        let body = json!({ "cmd": command, "params": params });
        self.client.issue_cmd(Own { path: "goog/cdp/execute".to_owned(), body: Some(body) }).await.unwrap()
    }

    /// What a screen reader is told an element is: its role and its name.
    pub async fn spoken(&self, element: &Element) -> (String, String) {
        let mut told = Vec::new();
        for what in ["computedrole", "computedlabel"] {
            let path = format!("element/{}/{what}", element.element_id().as_ref());
            let answer = self.client.issue_cmd(Own { path, body: None }).await.unwrap();
            told.push(answer.as_str().unwrap_or_default().to_owned());
        }
        let name = told.pop().unwrap();
        (told.pop().unwrap(), name)
    }

    /// Errors the browser's console has had since it was last asked; a broken content policy shows here.
    pub async fn complaints(&self) -> Vec<String> {
        let body = Some(json!({ "type": "browser" }));
        let log = self.client.issue_cmd(Own { path: "se/log".to_owned(), body }).await.unwrap();
        let entries = log.as_array().cloned().unwrap_or_default();
        let severe = entries.iter().filter(|entry| entry["level"] == "SEVERE");
        severe.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

/// A command of this session that WebDriver's client has no function for.
#[derive(Debug)]
struct Own {
    path: String,
    body: Option<Value>,
}

impl WebDriverCompatibleCommand for Own {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (axum::http::Method, Option<String>) {
        match &self.body {
            Some(body) => (axum::http::Method::POST, Some(body.to_string())),
            None => (axum::http::Method::GET, None),
        }
    }
}
