//! Configuration: the environment and `.env`, read once into typed, validated settings; all mistakes are reported at once.
//!
//! The only place that reads the process's environment.

mod chat;
mod environment;
pub mod flow_files;
mod logs;
mod server;
mod twilio;
mod voice;

pub use chat::ChatConfig;
pub use environment::{ConfigError, Environment, Mistake};
pub use logs::LogConfig;
pub use server::ServerConfig;
pub use twilio::{TwilioConfig, TwilioSecret};
pub use voice::VoiceConfig;

use secrecy::SecretString;

/// Everything the server is told from outside.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address, database, folders, tokens.
    pub server: ServerConfig,
    /// The Twilio account.
    pub twilio: TwilioConfig,
    /// Phone calls.
    pub voice: VoiceConfig,
    /// The chat API.
    pub chat: ChatConfig,
    /// Logging.
    pub logs: LogConfig,
    environment: Environment,
}

impl Config {
    /// Reads the process's environment over a `.env` file in the working directory.
    ///
    /// # Errors
    /// Every mistake found, with the variable and what to write instead.
    pub fn read() -> Result<Config, ConfigError> {
        Config::from(&Environment::read()?)
    }

    /// The secrets in a variable that a channel account names; several, separated by commas, while rotating.
    pub fn secrets(&self, variable: &str) -> Vec<SecretString> {
        self.environment.list(variable).into_iter().map(SecretString::from).collect()
    }

    /// Reads given variables; what tests use.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn from(environment: &Environment) -> Result<Config, ConfigError> {
        let mut mistakes = Vec::new();
        let server = ServerConfig::from(environment, &mut mistakes);
        let twilio = TwilioConfig::from(environment, &server, &mut mistakes);
        let voice = VoiceConfig::from(environment, &mut mistakes);
        let chat = ChatConfig::from(environment, &mut mistakes);
        let logs = LogConfig::from(environment, &mut mistakes);
        if mistakes.is_empty() {
            Ok(Config { server, twilio, voice, chat, logs, environment: environment.clone() })
        } else {
            Err(ConfigError { mistakes })
        }
    }
}
