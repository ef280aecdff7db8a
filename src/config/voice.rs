//! Phone calls.

use super::environment::{Environment, Mistake};

/// Phone calls.
#[derive(Clone, Debug)]
pub struct VoiceConfig {
    /// `VOICE_TRANSFER_TO`: who takes callers that ask for a person, where their flow names nobody; E.164.
    pub transfer_to: Option<String>,
}

impl VoiceConfig {
    pub(super) fn from(environment: &Environment, mistakes: &mut Vec<Mistake>) -> VoiceConfig {
        let transfer_to = environment.text("VOICE_TRANSFER_TO");
        let dialled = |number: &String| {
            number.strip_prefix('+').is_some_and(|rest| {
                (7..=15).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit())
            })
        };
        if transfer_to.as_ref().is_some_and(|number| !dialled(number)) {
            let message =
                "must be a phone number with plus and country code, such as +14155550123".to_owned();
            mistakes.push(Mistake { variable: "VOICE_TRANSFER_TO", message });
        }
        VoiceConfig { transfer_to }
    }
}
