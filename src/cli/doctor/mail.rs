//! The mail server: the check logs in and sends nothing.

use super::finding::Finding;
use crate::config::Config;
use crate::mail::{MailAnswer, Mailer};

const AREA: &str = "mail";

/// Connects, greets, logs in, and leaves.
pub async fn check(config: &Config) -> Vec<Finding> {
    let Some(settings) = &config.notify.smtp else {
        return vec![Finding::ok(AREA, "not used: SMTP_HOST is not set")];
    };
    let finding = match Mailer::new(settings) {
        Err(error) => Finding::fault(AREA, error.to_string(), "check SMTP_HOST and what belongs to it"),
        Ok(mailer) => match mailer.check().await {
            Ok(()) => Finding::ok(AREA, format!("{} takes mail from us", settings.host)),
            Err(answer) => Finding::fault(AREA, format!("{}: {answer}", settings.host), cure(&answer)),
        },
    };
    vec![finding]
}

fn cure(answer: &MailAnswer) -> &'static str {
    match answer.code {
        Some(530 | 534 | 535 | 538) => {
            "check SMTP_USER (else SENDER_EMAIL) and SENDER_PASSWORD; many providers want a password made for apps"
        }
        _ => {
            "check SMTP_HOST, SMTP_PORT and SMTP_SECURITY, and that the server can be reached from this machine"
        }
    }
}
