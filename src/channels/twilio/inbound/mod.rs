//! A message from Twilio: text, files, a position, a tapped button.

use crate::channels::twilio::form::Form;
use crate::channels::{ChannelError, Extras, Inbound, Referral};
use crate::domain::channel::Channel;
use crate::domain::consent::Signal;
use crate::domain::identity::{Identity, IdentityKind};
use crate::domain::message::{Media, Position, Said};

/// Twilio sends at most ten files with a message.
const MOST_FILES: usize = 10;
/// Longer names are cut, in characters.
const LONGEST_NAME: usize = 200;

/// The longest token that stands in for a message's id, in bytes.
const LONGEST_TOKEN: usize = 255;

/// The words Twilio answers by itself on an SMS number (its documented default keywords).
const TWILIO_KEYWORDS: [&str; 13] = [
    "stop",
    "unsubscribe",
    "end",
    "quit",
    "stopall",
    "revoke",
    "optout",
    "cancel",
    "start",
    "yes",
    "unstop",
    "help",
    "info",
];

/// The message in a verified form.
///
/// # Errors
/// `Malformed` where sender, our address or the message's id is missing. A number that looks invalid, an empty text and
/// unknown fields are no errors.
///
/// The message's id tells repeats: it is the same however often and by whichever way a message comes. `token`, the header that is
/// the same on the retries of one webhook, only stands in where there is no id: of one message that came by two webhooks it would
/// make two.
pub fn inbound(form: &Form, token: Option<&str>) -> Result<Inbound, ChannelError> {
    let token = token.map(str::trim).filter(|token| (1..=LONGEST_TOKEN).contains(&token.len()));
    let provider_id = match (form.required(&["MessageSid", "SmsMessageSid", "SmsSid"]), token) {
        (Err(_), Some(token)) => format!("token-{token}"),
        (id, _) => id?,
    };
    let from = form.required(&["From"])?;
    let account_address = form.required(&["To"])?;
    let (channel, mut identities) = Identity::from_twilio(&from);
    if channel == Channel::Whatsapp {
        add_whatsapp(form, &mut identities);
    }
    Ok(Inbound {
        account_address,
        account_id: form.text("AccountSid"),
        from,
        identities,
        channel,
        said: said(form),
        provider_id,
        sender_name: form.text("ProfileName").map(|name| name.trim().chars().take(LONGEST_NAME).collect()),
        opt_out: form.text("OptOutType").as_deref().and_then(Signal::from_twilio),
        extras: extras(form),
    })
}

/// Whether Twilio itself answers this opt-out, opt-in or help word, so that we keep silent unless configured otherwise.
///
/// With Advanced Opt-Out it says so (`OptOutType`); else it answers its default words on SMS and nothing on WhatsApp.
/// Words it does not know ("baja", "opt out") are ours to confirm.
pub fn answers_itself(inbound: &Inbound) -> bool {
    let word = inbound.said.text.trim();
    inbound.opt_out.is_some()
        || inbound.channel == Channel::Sms
            && TWILIO_KEYWORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// The ids a WhatsApp message carries beside its sender; two spellings of one number are one identity.
fn add_whatsapp(form: &Form, identities: &mut Vec<Identity>) {
    let wa_id = form.text("WaId").map(|id| Identity::whatsapp(&id));
    let user = form.text("ExternalUserId");
    let user = user.map(|id| Identity::whatsapp_user(id.strip_prefix("whatsapp:").unwrap_or(&id)));
    for identity in wa_id.into_iter().chain(user) {
        let known = identities.iter().any(|one| one.kind == identity.kind && one.key() == identity.key());
        if !known {
            identities.push(identity);
        }
    }
    let has_phone = identities.iter().any(|one| one.kind == IdentityKind::Phone);
    if !has_phone && let Some(number) = identities.iter().find(|one| is_number(one)) {
        identities.insert(0, Identity::phone(&format!("+{}", number.value)));
    }
}

fn is_number(identity: &Identity) -> bool {
    identity.kind == IdentityKind::Whatsapp
        && (7..=15).contains(&identity.value.len())
        && identity.value.bytes().all(|byte| byte.is_ascii_digit())
}

fn said(form: &Form) -> Said {
    let text = ["Body", "ButtonText", "ListTitle"].iter().find_map(|name| form.text(name));
    Said {
        text: text.unwrap_or_default(),
        tapped: form.text("ButtonPayload").or_else(|| form.text("ListId")),
        step: None,
        taken_ms: None,
        media: media(form),
        position: position(form),
        said_at: None,
    }
}

fn media(form: &Form) -> Vec<Media> {
    let file = |index: usize| {
        Some(Media {
            url: form.text(&format!("MediaUrl{index}"))?,
            content_type: form
                .text(&format!("MediaContentType{index}"))
                .unwrap_or_else(|| "application/octet-stream".to_owned()),
        })
    };
    (0..MOST_FILES).map_while(file).collect()
}

fn position(form: &Form) -> Option<Position> {
    let degrees = |name: &str, most: f64| {
        form.raw(name)?.trim().parse::<f64>().ok().filter(|degrees| degrees.abs() <= most)
    };
    Some(Position {
        latitude: degrees("Latitude", 90.0)?,
        longitude: degrees("Longitude", 180.0)?,
        name: form.text("Label").or_else(|| form.text("Address")),
    })
}

fn extras(form: &Form) -> Extras {
    let referral = Referral {
        kind: form.text("ReferralSourceType"),
        id: form.text("ReferralSourceId"),
        url: form.text("ReferralSourceUrl"),
        headline: form.text("ReferralHeadline"),
        click: form.text("ReferralCtwaClid"),
    };
    let said_so = |name: &str| form.raw(name).is_some_and(|value| value.eq_ignore_ascii_case("true"));
    Extras {
        referral: (referral != Referral::default()).then_some(referral),
        forwarded: said_so("Forwarded") || said_so("FrequentlyForwarded"),
        quotes: form.text("OriginalRepliedMessageSid"),
    }
}

#[cfg(test)]
mod tests;
