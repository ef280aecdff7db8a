//! What is logged and how.

use super::environment::{Environment, Mistake};
use std::path::PathBuf;

/// What is logged unless told otherwise. PostgreSQL notices at every start that a table is there already; nobody wants
/// to know.
const DEFAULT: &str = "info,sqlx=warn";

/// Logging.
#[derive(Clone, Debug)]
pub struct LogConfig {
    /// `LOG_LEVEL`: a level, or directives such as `info,leadwire::service=debug`.
    pub filter: String,
    /// `LOG_FORMAT`: JSON lines instead of text.
    pub json: bool,
    /// `LOG_FILE`: appended to instead of standard error.
    pub file: Option<PathBuf>,
}

impl LogConfig {
    pub(super) fn from(environment: &Environment, mistakes: &mut Vec<Mistake>) -> LogConfig {
        let filter = environment.text("LOG_LEVEL").unwrap_or_else(|| DEFAULT.to_owned()).to_lowercase();
        if tracing_subscriber::EnvFilter::try_new(&filter).is_err() {
            let message = "must be error, warn, info, debug or trace".to_owned();
            mistakes.push(Mistake { variable: "LOG_LEVEL", message });
        }
        let json = match environment.text("LOG_FORMAT").as_deref() {
            None | Some("text") => false,
            Some("json") => true,
            Some(_) => {
                let message = "must be text or json".to_owned();
                mistakes.push(Mistake { variable: "LOG_FORMAT", message });
                false
            }
        };
        LogConfig { filter, json, file: environment.text("LOG_FILE").map(PathBuf::from) }
    }
}
