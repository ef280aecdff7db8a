//! Variables by name, and what can be wrong with them.

use crate::flow::Diagnostic;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The variables a process was given. Its `Debug` shows names only: values may be secret.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
}

impl fmt::Debug for Environment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_list().entries(self.variables.keys()).finish()
    }
}

/// One variable that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Its name.
    pub variable: &'static str,
    /// What is wrong and what to write instead. Never the value of a secret.
    pub message: String,
}

/// All mistakes of a configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    /// In the order of the sections.
    pub mistakes: Vec<Mistake>,
    /// Those in `leadwire.toml`, in its order.
    pub in_file: Vec<Diagnostic>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.mistakes.len() + self.in_file.len();
        write!(out, "the configuration has {count} mistake{}", if count == 1 { "" } else { "s" })?;
        for Mistake { variable, message } in &self.mistakes {
            write!(out, "\n  {variable}: {message}")?;
        }
        for Diagnostic { file, line, column, message, help, .. } in &self.in_file {
            write!(out, "\n  {file}:{line}:{column}: {message}")?;
            if let Some(help) = help {
                write!(out, " ({help})")?;
            }
        }
        if !self.mistakes.is_empty() {
            write!(
                out,
                "\nVariables are read from the environment and from .env; .env.example explains each."
            )?;
        }
        if !self.in_file.is_empty() {
            write!(out, "\nleadwire.toml.example explains what may stand in leadwire.toml.")?;
        }
        Ok(())
    }
}

impl Environment {
    /// The process's environment over `.env` in the working directory.
    ///
    /// # Errors
    /// Where `.env` exists and cannot be read.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn read() -> Result<Environment, ConfigError> {
        let mut variables = BTreeMap::new();
        match dotenvy::from_path_iter(".env") {
            Ok(lines) => {
                for line in lines {
                    let (name, value) = line.map_err(|error| unreadable(&error))?;
                    variables.insert(name, value);
                }
            }
            Err(error) if error.not_found() => {}
            Err(error) => return Err(unreadable(&error)),
        }
        variables.extend(std::env::vars());
        Ok(Environment { variables })
    }

    /// These variables and no others.
    pub fn of<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Environment {
        let owned = variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        Environment { variables: owned.collect() }
    }

    /// The value, trimmed; an empty one counts as absent.
    pub fn text(&self, name: &str) -> Option<String> {
        self.variables.get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// A value that must not be shown.
    pub fn secret(&self, name: &str) -> Option<SecretString> {
        self.text(name).map(SecretString::from)
    }

    /// The parts of a comma list.
    pub fn list(&self, name: &str) -> Vec<String> {
        let parts = self.text(name).unwrap_or_default();
        parts.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
    }

    /// A value of any type that reads from text; a mistake says what was `wanted`.
    pub fn parse<T: FromStr>(
        &self,
        name: &'static str,
        default: T,
        wanted: &str,
        mistakes: &mut Vec<Mistake>,
    ) -> T {
        match self.text(name).map(|text| text.parse()) {
            None => default,
            Some(Ok(value)) => value,
            Some(Err(_)) => {
                mistakes.push(Mistake { variable: name, message: format!("must be {wanted}") });
                default
            }
        }
    }

    /// `true`, `1`, `yes`, `on` or their opposites.
    pub fn flag(&self, name: &'static str, default: bool, mistakes: &mut Vec<Mistake>) -> bool {
        match self.text(name).map(|text| text.to_ascii_lowercase()).as_deref() {
            None => default,
            Some("true" | "1" | "yes" | "on") => true,
            Some("false" | "0" | "no" | "off") => false,
            Some(_) => {
                mistakes.push(Mistake { variable: name, message: "must be true or false".to_owned() });
                default
            }
        }
    }
}

fn unreadable(error: &dotenvy::Error) -> ConfigError {
    // The parser's own message quotes the line, which may hold a secret.
    let message = match error {
        dotenvy::Error::LineParse(_, at) => {
            format!("a line is not NAME=value (near character {at}); quote values with spaces")
        }
        _ => "the file is there but cannot be read; check its permissions".to_owned(),
    };
    ConfigError { mistakes: vec![Mistake { variable: ".env", message }], in_file: Vec::new() }
}
