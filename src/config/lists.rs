//! Lists of recipients, from the variables and the file; and the mail server.

use super::environment::{Environment, Mistake};
use super::file::ListedList;
use crate::clock::Millis;
use crate::mail::{Security, SmtpSettings};
use crate::notify::{Medium, discord, email, slack, teams};
use jiff::civil::Time;
use secrecy::SecretString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A list that can be told; its tenant is still a slug.
#[derive(Clone, Debug)]
pub struct ConfiguredList {
    /// Whose it is.
    pub tenant: String,
    /// As flows call it.
    pub name: String,
    /// Where it stands: the file's line, or the variable.
    pub place: String,
    /// How it is told.
    pub medium: Arc<dyn Medium>,
    /// When nobody is told, by which clock (`None`: the tenant's).
    pub quiet: Option<(Time, Time)>,
    /// That clock.
    pub time_zone: Option<String>,
    /// Who is told next, and after how many milliseconds.
    pub escalates: Option<(Millis, String)>,
}

/// Notifications.
#[derive(Clone, Debug)]
pub struct NotifyConfig {
    /// All lists.
    pub lists: Vec<ConfiguredList>,
    /// `SMTP_HOST` and what belongs to it; `None`: no mail is sent.
    pub smtp: Option<SmtpSettings>,
    /// `SENDER_EMAIL`: who mails come from.
    pub sender: Option<String>,
    /// `SECRET_KEY`: signs our own links; `None`: a key that the database keeps.
    pub secret_key: Option<SecretString>,
}

impl NotifyConfig {
    pub(super) fn from(
        listed: &[ListedList],
        environment: &Environment,
        timeout: Duration,
        mistakes: &mut Vec<Mistake>,
    ) -> NotifyConfig {
        let sender = environment.text("SENDER_EMAIL");
        let smtp = smtp(environment, timeout, mistakes);
        if smtp.is_some() && sender.is_none() {
            let message = "set it to the address that mails come from".to_owned();
            mistakes.push(Mistake { variable: "SENDER_EMAIL", message });
        }
        let secret_key = environment.secret("SECRET_KEY");
        let mut making = Making { environment, sender: sender.clone(), has_smtp: smtp.is_some(), mistakes };
        let mut lists = making.of_variables();
        lists.extend(listed.iter().filter_map(|listed| making.listed(listed)));
        let mut seen = std::collections::BTreeSet::new();
        for list in &lists {
            if !seen.insert((list.tenant.clone(), list.name.clone())) {
                let message =
                    format!("the list \"{}\" ({}) is there twice; rename one", list.name, list.place);
                mistakes.push(Mistake { variable: "leadwire.toml", message });
            }
        }
        for list in &lists {
            if let Some((_, to)) = &list.escalates
                && !seen.contains(&(list.tenant.clone(), to.clone()))
            {
                let message = format!(
                    "the list \"{}\" ({}) escalates to \"{to}\", which is not there",
                    list.name, list.place
                );
                mistakes.push(Mistake { variable: "leadwire.toml", message });
            }
        }
        NotifyConfig { lists, smtp, sender, secret_key }
    }
}

fn smtp(environment: &Environment, timeout: Duration, mistakes: &mut Vec<Mistake>) -> Option<SmtpSettings> {
    let host = environment.text("SMTP_HOST")?;
    let security = match environment.text("SMTP_SECURITY").as_deref() {
        None | Some("starttls") => Security::StartTls,
        Some("tls") => Security::Tls,
        Some("none") => Security::None,
        Some(_) => {
            let message = "must be starttls, tls or none".to_owned();
            mistakes.push(Mistake { variable: "SMTP_SECURITY", message });
            Security::StartTls
        }
    };
    let usual = if security == Security::Tls { 465 } else { 587 };
    let password = environment.secret("SENDER_PASSWORD");
    let user = environment.text("SMTP_USER").or_else(|| environment.text("SENDER_EMAIL"));
    Some(SmtpSettings {
        host,
        port: environment.parse("SMTP_PORT", usual, "a port such as 587", mistakes),
        security,
        user: user.filter(|_| password.is_some()),
        password,
        ca_file: environment.text("SMTP_CA_FILE").map(PathBuf::from),
        timeout,
    })
}

struct Making<'a> {
    environment: &'a Environment,
    sender: Option<String>,
    has_smtp: bool,
    mistakes: &'a mut Vec<Mistake>,
}

impl Making<'_> {
    /// The lists that variables make, for the default tenant.
    fn of_variables(&mut self) -> Vec<ConfiguredList> {
        let mut lists = Vec::new();
        let to = self.environment.list("SALES_TEAM_EMAILS");
        if !to.is_empty() {
            let medium = self.email(to, "SALES_TEAM_EMAILS", "SALES_TEAM_EMAILS");
            lists.extend(medium.map(|medium| of_variable("email", "SALES_TEAM_EMAILS", medium)));
        }
        for (name, variable) in [
            ("slack", "SLACK_WEBHOOK_URL"),
            ("discord", "DISCORD_WEBHOOK_URL"),
            ("teams", "TEAMS_WEBHOOK_URL"),
        ] {
            if self.environment.text(variable).is_some() {
                let medium = self.webhook(name, variable, variable);
                lists.extend(medium.map(|medium| of_variable(name, variable, medium)));
            }
        }
        lists
    }

    fn listed(&mut self, listed: &ListedList) -> Option<ConfiguredList> {
        let medium = match &listed.webhook {
            None => self.email(listed.to.clone(), "leadwire.toml", &listed.place)?,
            Some(variable) => self.webhook(&listed.kind, variable, &listed.place)?,
        };
        Some(ConfiguredList {
            tenant: listed.tenant.clone(),
            name: listed.name.clone(),
            place: listed.place.clone(),
            medium,
            quiet: listed.quiet,
            time_zone: listed.time_zone.clone(),
            escalates: listed.escalates.clone(),
        })
    }

    fn email(&mut self, to: Vec<String>, variable: &'static str, place: &str) -> Option<Arc<dyn Medium>> {
        if !self.has_smtp {
            let message = format!("set it to your mail server, because {place} names people to write to");
            self.mistakes.push(Mistake { variable: "SMTP_HOST", message });
            return None;
        }
        let from = self.sender.clone()?;
        match email::Settings::by_sender(from, to) {
            Ok(settings) => Some(Arc::new(email::Email::new(settings))),
            Err(why) => {
                self.mistakes.push(Mistake { variable, message: format!("{place}: {why}") });
                None
            }
        }
    }

    fn webhook(&mut self, kind: &str, variable: &str, place: &str) -> Option<Arc<dyn Medium>> {
        let url = self.environment.text(variable);
        let Some(url) =
            url.filter(|url| url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https")))
        else {
            // The address is a secret: it is not shown.
            let message =
                format!("{place} needs the variable {variable}: the whole address of the webhook, https://…");
            self.mistakes.push(Mistake { variable: "leadwire.toml", message });
            return None;
        };
        let webhook = SecretString::from(url);
        Some(match kind {
            "slack" => Arc::new(slack::Slack::new(slack::Settings { webhook })),
            "discord" => Arc::new(discord::Discord::new(discord::Settings { webhook })),
            _ => Arc::new(teams::Teams::new(teams::Settings { webhook })),
        })
    }
}

fn of_variable(name: &str, variable: &str, medium: Arc<dyn Medium>) -> ConfiguredList {
    ConfiguredList {
        tenant: "default".to_owned(),
        name: name.to_owned(),
        place: variable.to_owned(),
        medium,
        quiet: None,
        time_zone: None,
        escalates: None,
    }
}
