//! Addresses as Twilio writes them, for sending.

use crate::domain::channel::Channel;
use crate::domain::identity::{Identity, IdentityKind};

/// Where a person is reached on a channel, exactly as WhatsApp named them: a number that is written in another way may be
/// nobody's. `None`: nothing of it is an address there.
pub fn address(channel: Channel, identities: &[Identity]) -> Option<String> {
    let value = |kind: IdentityKind| {
        identities.iter().find(|identity| identity.kind == kind).map(|identity| identity.value.as_str())
    };
    match channel {
        Channel::Sms | Channel::Voice => value(IdentityKind::Phone).map(str::to_owned),
        Channel::Whatsapp => {
            let id =
                value(IdentityKind::Whatsapp).map(|id| match id.bytes().all(|byte| byte.is_ascii_digit()) {
                    true => format!("whatsapp:+{id}"),
                    false => format!("whatsapp:{id}"),
                });
            let user = || value(IdentityKind::WhatsappUser).map(|user| format!("whatsapp:{user}"));
            let phone = || value(IdentityKind::Phone).map(|phone| format!("whatsapp:{phone}"));
            id.or_else(user).or_else(phone)
        }
        Channel::Web => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes in from an address goes out to it.
    #[test]
    fn an_address_comes_back_as_it_came() {
        let rows = [
            "+14155550123",
            "72345",
            "whatsapp:+14155550123",
            "whatsapp:+5215512345678",
            "whatsapp:US.13491208655302741918",
            "whatsapp:someone",
        ];
        for written in rows {
            let (channel, identities) = Identity::from_twilio(written);
            assert_eq!(address(channel, &identities).as_deref(), Some(written));
        }
        let phone = [Identity::phone("+14155550123")];
        assert_eq!(address(Channel::Whatsapp, &phone).as_deref(), Some("whatsapp:+14155550123"));
        assert_eq!(address(Channel::Sms, &[Identity::whatsapp("14155550123")]), None);
        assert_eq!(address(Channel::Web, &phone), None);
    }
}
