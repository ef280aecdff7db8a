//! Configuration: the environment and `.env`, read once into typed, validated settings; all mistakes are reported at once.
//!
//! The only place that reads the process's environment.

mod chat;
mod environment;
mod file;
pub mod flow_files;
mod lists;
mod logs;
mod outgoing;
pub mod rules;
mod server;
mod sinks;
mod twilio;
mod voice;
mod whatsapp;

pub use chat::ChatConfig;
pub use environment::{ConfigError, Environment, Mistake};
pub use file::{Alerts, FileConfig, LEAST_KEPT, ListedAccount};
pub use lists::{ConfiguredList, NotifyConfig};
pub use logs::LogConfig;
pub use outgoing::{Allowed, OutgoingConfig};
pub use server::ServerConfig;
pub use sinks::ConfiguredSink;
pub use twilio::{TwilioConfig, TwilioReplies, TwilioSecret};
pub use voice::VoiceConfig;
pub use whatsapp::{DEVELOPMENT_API, WhatsappConfig, WhatsappSecret};

use crate::clock::Clock;
use crate::domain::outreach::regions::Regions;
use file::FileError;
use secrecy::SecretString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Everything the server is told from outside.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address, database, folders, tokens.
    pub server: ServerConfig,
    /// The Twilio account.
    pub twilio: TwilioConfig,
    /// The WhatsApp number.
    pub whatsapp: WhatsappConfig,
    /// Phone calls.
    pub voice: VoiceConfig,
    /// The chat API.
    pub chat: ChatConfig,
    /// Outgoing HTTP.
    pub outgoing: OutgoingConfig,
    /// Logging.
    pub logs: LogConfig,
    /// What `leadwire.toml` says.
    pub file: FileConfig,
    /// Where leads are delivered to.
    pub sinks: Vec<ConfiguredSink>,
    /// Who is told of them.
    pub notify: NotifyConfig,
    /// When people may be called and written to, by the law and custom of where they live.
    pub regions: Arc<Regions>,
    environment: Environment,
}

impl Config {
    /// Reads the process's environment over a `.env` file in the working directory, and `leadwire.toml` there, if it is there.
    ///
    /// # Errors
    /// Every mistake found, with the variable or the place in the file and what to write instead.
    pub fn read() -> Result<Config, ConfigError> {
        let usual = Some(PathBuf::from(file::USUAL)).filter(|usual| usual.exists());
        Config::with(&Environment::read()?, usual.as_deref())
    }

    /// The secrets in a variable that a channel account names; several, separated by commas, while rotating.
    pub fn secrets(&self, variable: &str) -> Vec<SecretString> {
        self.environment.list(variable).into_iter().map(SecretString::from).collect()
    }

    /// The machine's clock; in builds with debug assertions, which are for tests, the file that `LEADWIRE_TEST_CLOCK` names, if it names one.
    pub fn clock(&self) -> Clock {
        #[cfg(debug_assertions)]
        if let Some(path) = self.environment.text("LEADWIRE_TEST_CLOCK") {
            return Clock::File(PathBuf::from(path));
        }
        Clock::System
    }

    /// Reads given variables, and the file that `LEADWIRE_CONFIG` names; what tests use.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn from(environment: &Environment) -> Result<Config, ConfigError> {
        Config::with(environment, None)
    }

    fn with(environment: &Environment, usual: Option<&Path>) -> Result<Config, ConfigError> {
        let mut mistakes = Vec::new();
        let server = ServerConfig::from(environment, &mut mistakes);
        let twilio = TwilioConfig::from(environment, &server, &mut mistakes);
        let whatsapp = WhatsappConfig::from(environment, &server, &mut mistakes);
        let voice = VoiceConfig::from(environment, &mut mistakes);
        let chat = ChatConfig::from(environment, &mut mistakes);
        let mut outgoing = OutgoingConfig::from(environment, &mut mistakes);
        if let WhatsappSecret::Development = whatsapp.secret {
            // Where `simulate whatsapp` plays Meta's part.
            outgoing.allowed.allow(DEVELOPMENT_API.ip());
        }
        let logs = LogConfig::from(environment, &mut mistakes);
        let named = environment.text("LEADWIRE_CONFIG").map(PathBuf::from);
        let (file, in_file) = match named.as_deref().or(usual).map(FileConfig::read) {
            None => (FileConfig::default(), Vec::new()),
            Some(Ok(file)) => (file, Vec::new()),
            Some(Err(FileError::Wrong(found))) => (FileConfig::default(), found),
            Some(Err(FileError::Unreadable(error))) => {
                let message = format!("the file cannot be read ({error}); name one that can, or none");
                mistakes.push(Mistake { variable: "LEADWIRE_CONFIG", message });
                (FileConfig::default(), Vec::new())
            }
        };
        let sinks = sinks::sinks(&file.sinks, environment, &mut mistakes);
        let notify = NotifyConfig::from(&file.lists, environment, outgoing.timeout, &mut mistakes);
        let regions = Arc::new(rules::regions(file.rules.as_deref(), &mut mistakes));
        if mistakes.is_empty() && in_file.is_empty() {
            let environment = environment.clone();
            Ok(Config {
                server,
                twilio,
                whatsapp,
                voice,
                chat,
                outgoing,
                logs,
                file,
                sinks,
                notify,
                regions,
                environment,
            })
        } else {
            Err(ConfigError { mistakes, in_file })
        }
    }
}
