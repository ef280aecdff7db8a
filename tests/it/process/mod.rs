//! The real program: started, stopped and killed as operators and machines do it.

mod deliveries;
mod first_run;
mod kills;
pub mod load;
mod notices;
mod outage;
mod sends;
mod starts;
mod stops;

use crate::harness::{MESSAGES, PUBLIC_URL, Place, Reply, TWILIO_TOKEN, signed, text_message};
use leadwire::http;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Longer than anything here may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// What a command said, and whether it was content.
#[derive(Debug)]
pub struct Said {
    /// Whether it exited with 0.
    pub success: bool,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub told: String,
}

impl Said {
    /// Standard output of a command that went well.
    #[track_caller]
    pub fn ok(self) -> String {
        assert!(self.success, "{self:?}");
        self.out
    }
}

/// The program with nothing of our environment.
pub fn program(place: &Place) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leadwire"));
    command.env_clear().current_dir(place.folder()).stdin(Stdio::null());
    command
}

/// Runs a command beside whatever server there is, on this test's database and flows.
pub fn leadwire(place: &Place, arguments: &[&str]) -> Said {
    let mut command = program(place);
    command.args(arguments).envs(usual(place));
    finish(command)
}

/// Runs a command to its end; one that does not end is killed.
pub fn finish(mut command: Command) -> Said {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let pid = child.id().to_string();
    let (running, ended) = std::sync::mpsc::channel::<()>();
    std::thread::spawn(move || {
        if ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            Command::new("kill").args(["-KILL", &pid]).status().unwrap();
        }
    });
    let output = child.wait_with_output().unwrap();
    drop(running);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { success: output.status.success(), out: text(output.stdout), told: text(output.stderr) }
}

pub fn usual(place: &Place) -> Vec<(&'static str, String)> {
    vec![
        ("DATABASE_URL", place.database_url().to_owned()),
        ("LEADWIRE_DATA", place.folder().join("data").display().to_string()),
        ("FLOWS_DIR", place.flows().display().to_string()),
        ("PUBLIC_URL", PUBLIC_URL.to_owned()),
        ("TWILIO_AUTH_TOKEN", TWILIO_TOKEN.to_owned()),
        ("LOG_LEVEL", "warn".to_owned()),
    ]
}

/// An address that was free a moment ago.
pub fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// A server in a process of its own; killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    pub url: String,
    client: reqwest::Client,
    /// What it printed until it was ready.
    greeting: String,
    /// What it says on standard error, once it has ended.
    log: Option<oneshot::Receiver<String>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended long ago.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts one with the usual settings and waits until it is ready.
    pub async fn start(place: &Place) -> Server {
        let address = free_address();
        let mut command = program(place);
        command.envs(usual(place)).env("LEADWIRE_LISTEN", &address);
        Server::run(command, &address).await
    }

    /// Runs a prepared `serve`, and waits until it says how an SMS reaches it.
    pub async fn run(mut command: Command, address: &str) -> Server {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (line, mut lines) = mpsc::unbounded_channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        // Read to its end, whether or not anybody listens: a server whose standard output is closed cannot print.
        std::thread::spawn(move || out.lines().map_while(Result::ok).for_each(|text| drop(line.send(text))));
        let (said, log) = oneshot::channel();
        let mut err = child.stderr.take().unwrap();
        std::thread::spawn(move || {
            let mut text = String::new();
            // What cannot be read is as good as unsaid.
            let _ = err.read_to_string(&mut text);
            said.send(text)
        });
        let client = http::client().unwrap();
        let url = format!("http://{address}");
        let mut server = Server { child, url, client, greeting: String::new(), log: Some(log) };
        let ready = async {
            while let Some(text) = lines.recv().await {
                server.greeting.push_str(&text);
                server.greeting.push('\n');
                if text.contains("SMS webhook") {
                    return true;
                }
            }
            false
        };
        if !tokio::time::timeout(PATIENCE, ready).await.expect("it starts or ends in time") {
            panic!("it ended: {}", server.log.take().unwrap().await.unwrap());
        }
        server
    }

    /// A text message, correctly signed.
    pub async fn message(&self, from: &str, text: &str, sid: &str) -> reqwest::Result<Reply> {
        let request = self.client.post(format!("{}{MESSAGES}", self.url));
        Reply::read(signed(request, MESSAGES, &text_message(from, text, sid)).send().await?).await
    }

    /// The process's number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as power loss would, at once.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, as a service manager does.
    pub fn terminate(&self) {
        let status = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for its end; its exit code and what it logged.
    pub async fn ended(mut self) -> (ExitStatus, String) {
        let log = tokio::time::timeout(PATIENCE, self.log.take().unwrap()).await.expect("it ends").unwrap();
        (self.child.wait().unwrap(), log)
    }
}
