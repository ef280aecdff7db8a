//! Settings of a campaign in a file.

use crate::cli::beside::listed;
use crate::cli::text_file;
use crate::domain::outreach::campaign::Settings;
use crate::domain::outreach::settings;
use anyhow::anyhow;
use serde_json::Value as Json;
use std::path::Path;

/// The largest file, in bytes: more than the longest settings need.
const LARGEST: u64 = 1 << 20;

/// Reads it.
///
/// # Errors
/// Where it cannot be read or is no TOML; everything that is wrong with the settings.
pub(super) fn read(file: &Path) -> anyhow::Result<Settings> {
    let text = text_file::read(file, LARGEST)?;
    let table: toml::Table =
        text.parse().map_err(|error| anyhow!("{} cannot be used: {error}", file.display()))?;
    settings::read(as_json(toml::Value::Table(table)))
        .map_err(|mistakes| anyhow!("{} cannot be used:{}", file.display(), listed(&mistakes)))
}

/// As a request has it: TOML's own days and instants are texts there.
fn as_json(value: toml::Value) -> Json {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(is_so) => is_so.into(),
        toml::Value::Datetime(at) => at.to_string().into(),
        toml::Value::Array(all) => all.into_iter().map(as_json).collect(),
        toml::Value::Table(all) => {
            Json::Object(all.into_iter().map(|(key, value)| (key, as_json(value))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("spring.toml");
        std::fs::write(&file, text).unwrap();
        read(&file).map_err(|error| error.to_string().replace(&folder.path().display().to_string(), ""))
    }

    #[test]
    fn days_and_instants_may_be_written_as_toml_has_them() {
        let settings = told(
            "\u{feff}steps = [{ channel = \"sms\" }]\nholidays = [2026-12-25, \"2026-12-26\"]\n\
             starts_at = 2026-02-01T09:00:00Z\nends_at = 2026-03-01 10:00:00+01:00\n",
        )
        .unwrap();
        assert_eq!(serde_json::json!(settings.holidays), serde_json::json!(["2026-12-25", "2026-12-26"]));
        assert_eq!(settings.starts_at.unwrap().to_string(), "2026-02-01T09:00:00Z");
        assert_eq!(settings.ends_at.unwrap().to_string(), "2026-03-01T09:00:00Z");
    }

    #[test]
    fn everything_that_is_wrong_with_a_file_is_told_at_once() {
        let refused = told(
            "stepz = 1\nsteps = [{ channel = \"fax\" }, { channel = \"sms\", attempts = 0 }]\nends_at = 2026-02-01\n\
             holidays = [\"2026-13-25\"]\nready = \"many\"\n",
        );
        let refused = refused.unwrap_err();
        let lines: Vec<&str> = refused.lines().collect();
        assert_eq!(lines[0], "/spring.toml cannot be used:");
        for line in [
            "  stepz: is not known here; there are segments, steps,",
            "  steps.0.channel: must be voice, sms or whatsapp",
            "  steps.1.attempts: must be 1 to 100",
            "  ends_at: must be an instant such as \"2026-02-01T09:00:00Z\"",
            "  holidays.0: must be a day such as \"2026-12-25\"",
            "  ready: must be 1 to 2000",
        ] {
            assert!(lines.iter().any(|told| told.starts_with(line)), "{line}: {refused}");
        }
        assert_eq!(lines.len(), 7, "{refused}");
        let refused = told("steps = [").unwrap_err();
        assert!(refused.starts_with("/spring.toml cannot be used: TOML parse error at line 1"), "{refused}");
    }
}
