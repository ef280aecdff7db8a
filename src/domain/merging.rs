//! Whether two leads are one: by what tells people apart, never by names; and what a lead stands at that was two.

use super::identity::{Identity, IdentityKind, e164};
use super::lifecycle::Status;
use super::suppression::joined;
use std::collections::BTreeSet;

/// What tells somebody from everybody else: kind, and the form in which variants are equal.
pub type Strong = (IdentityKind, String);

/// The strong identity that an identity is; `None`: it is none, since sessions and calls are new each time. A WhatsApp id is a phone number.
pub fn strong(identity: &Identity) -> Option<Strong> {
    match identity.kind {
        // Whatever else was typed where a number belongs may be anybody's.
        IdentityKind::Phone => e164(&identity.value).map(|_| (IdentityKind::Phone, identity.key())),
        IdentityKind::Whatsapp => {
            Some((IdentityKind::Phone, Identity::phone(&format!("+{}", identity.value)).key()))
        }
        IdentityKind::WhatsappUser | IdentityKind::Email => Some((identity.kind, identity.key())),
        IdentityKind::Session | IdentityKind::Call => None,
    }
}

/// How two leads are to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// They are one, by these.
    One(Vec<Strong>),
    /// They are two: each has something of these kinds, and nothing in common. Whatever else they share, they are never merged.
    Two(Vec<IdentityKind>),
    /// Nothing says that they are one.
    Unknown,
}

/// Compares what is known of two leads.
pub fn compare(one: &BTreeSet<Strong>, other: &BTreeSet<Strong>) -> Likeness {
    let shared: Vec<Strong> = one.intersection(other).cloned().collect();
    let kinds = |all: &BTreeSet<Strong>| all.iter().map(|(kind, _)| *kind).collect::<BTreeSet<_>>();
    let agree: BTreeSet<IdentityKind> = shared.iter().map(|(kind, _)| *kind).collect();
    let differing: Vec<IdentityKind> =
        kinds(one).intersection(&kinds(other)).filter(|kind| !agree.contains(kind)).copied().collect();
    match (differing.is_empty(), shared.is_empty()) {
        (false, _) => Likeness::Two(differing),
        (true, false) => Likeness::One(shared),
        (true, true) => Likeness::Unknown,
    }
}

/// The channels that somebody has opted out of who was two, comma-separated. Where one said so, it is not the other's setting at WhatsApp
/// (`whatsapp:setting`), which is taken back there.
pub fn opted_out(one: &str, other: &str) -> String {
    let says = |channels: &str, channel: &str| {
        let has = |name: &str| channels.split(',').any(|own| own == name);
        has(channel) && !has(&format!("{channel}:setting"))
    };
    let all = joined(one, other);
    let kept = all.split(',').filter(|name| {
        name.strip_suffix(":setting").is_none_or(|channel| !says(one, channel) && !says(other, channel))
    });
    kept.collect::<Vec<_>>().join(",")
}

/// Whether two children (first name, last name, date of birth) may be one that was entered twice: what both say is the same.
pub fn same_child(one: (&str, Option<&str>, Option<&str>), two: (&str, Option<&str>, Option<&str>)) -> bool {
    let is_same = |one: Option<&str>, two: Option<&str>| match (one, two) {
        (Some(one), Some(two)) => one.trim().to_lowercase() == two.trim().to_lowercase(),
        _ => true,
    };
    is_same(Some(one.0), Some(two.0)) && is_same(one.1, two.1) && is_same(one.2, two.2)
}

/// What the lead that stays stands at, once the other was merged into it; else why that may not be.
///
/// Of two open leads what is planned wins: a visit to come has its outcome only where the lead waits for it.
///
/// # Errors
/// In words, which lead is to stay, or what to do before.
pub fn standing(kept: Status, other: Status) -> Result<Status, &'static str> {
    const ORDER: [Status; 6] = [
        Status::EnquiryReceived,
        Status::DiscoveryCompleted,
        Status::IvNoShow,
        Status::FollowUpPending,
        Status::IvCompleted,
        Status::IvScheduled,
    ];
    let place = |status: Status| ORDER.iter().position(|at| *at == status);
    match (kept, other) {
        (Status::Converted, Status::Converted) => {
            Err("both are CONVERTED: two references of a customer are not one")
        }
        (_, Status::Converted) => Err("the other is CONVERTED, and would lose that: merge this one into it"),
        (Status::ClosedLost, other) if other.is_open() => Err(
            "this one is CLOSED_LOST and the other is open: merge this one into it, or reopen this one before",
        ),
        (kept, other) if kept.is_open() && other.is_open() => {
            Ok(if place(other) > place(kept) { other } else { kept })
        }
        (kept, _) => Ok(kept),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strictest_consent_wins() {
        for (one, other, expected) in [
            ("", "", ""),
            ("sms", "", "sms"),
            ("sms,voice", "whatsapp,sms", "sms,voice,whatsapp"),
            ("whatsapp,whatsapp:setting", "", "whatsapp,whatsapp:setting"),
            ("whatsapp,whatsapp:setting", "whatsapp,whatsapp:setting", "whatsapp,whatsapp:setting"),
            ("whatsapp", "whatsapp,whatsapp:setting", "whatsapp"),
        ] {
            assert_eq!(opted_out(one, other), expected, "{one} and {other}");
            let turned = opted_out(other, one);
            let sorted = |text: &str| text.split(',').map(str::to_owned).collect::<BTreeSet<_>>();
            assert_eq!(sorted(&turned), sorted(expected), "{other} and {one}");
        }
    }

    #[test]
    fn children_are_one_where_nothing_differs() {
        let mehr = ("Mehr", Some("Goyal"), Some("2020-06-15"));
        for (label, other, expected) in [
            ("itself", mehr, true),
            ("as somebody typed it", (" mehr", None, None), true),
            ("a twin", ("Mira", Some("Goyal"), Some("2020-06-15")), false),
            ("a name that was used again", ("Mehr", Some("Goyal"), Some("2022-01-01")), false),
            ("a cousin", ("Mehr", Some("Sharma"), None), false),
        ] {
            assert_eq!(same_child(mehr, other), expected, "{label}");
        }
    }

    #[test]
    fn what_is_planned_wins() {
        use Status::{
            ClosedLost, Converted, DiscoveryCompleted, EnquiryReceived, FollowUpPending, IvScheduled,
        };
        let rows = [
            (EnquiryReceived, DiscoveryCompleted, Some(DiscoveryCompleted)),
            (DiscoveryCompleted, EnquiryReceived, Some(DiscoveryCompleted)),
            (FollowUpPending, IvScheduled, Some(IvScheduled)),
            (IvScheduled, FollowUpPending, Some(IvScheduled)),
            (EnquiryReceived, ClosedLost, Some(EnquiryReceived)),
            (ClosedLost, ClosedLost, Some(ClosedLost)),
            (Converted, EnquiryReceived, Some(Converted)),
            (Converted, ClosedLost, Some(Converted)),
            (ClosedLost, EnquiryReceived, None),
            (EnquiryReceived, Converted, None),
            (Converted, Converted, None),
        ];
        for (kept, other, expected) in rows {
            assert_eq!(standing(kept, other).ok(), expected, "{kept:?}, {other:?}");
        }
        for kept in Status::ALL {
            for other in Status::ALL {
                if let Ok(at) = standing(kept, other) {
                    assert!(at == kept || (kept.is_open() && at == other), "{kept:?}, {other:?}");
                }
            }
        }
    }

    fn all(identities: &[Identity]) -> BTreeSet<Strong> {
        identities.iter().filter_map(strong).collect()
    }

    #[test]
    fn strong_identities_decide() {
        let phone = || Identity::phone("+919876543210");
        let other_phone = || Identity::phone("+919876543211");
        let email = || Identity::email("ann@example.com");
        let rows = [
            (
                "the same number",
                vec![phone()],
                vec![phone()],
                Likeness::One(vec![(IdentityKind::Phone, phone().key())]),
            ),
            (
                "a WhatsApp id is a number",
                vec![phone()],
                vec![Identity::whatsapp("919876543210")],
                Likeness::One(vec![(IdentityKind::Phone, phone().key())]),
            ),
            (
                "a variant of it",
                vec![Identity::phone("+5215512345678")],
                vec![Identity::phone("+525512345678")],
                Likeness::One(vec![(IdentityKind::Phone, Identity::phone("+525512345678").key())]),
            ),
            ("other numbers", vec![phone()], vec![other_phone()], Likeness::Two(vec![IdentityKind::Phone])),
            (
                "the same address and other numbers: a family",
                vec![phone(), email()],
                vec![other_phone(), email()],
                Likeness::Two(vec![IdentityKind::Phone]),
            ),
            (
                "one of two numbers, and the same address",
                vec![phone(), other_phone(), email()],
                vec![other_phone(), Identity::email("ANN@example.com")],
                Likeness::One(vec![
                    (IdentityKind::Phone, other_phone().key()),
                    (IdentityKind::Email, "ann@example.com".to_owned()),
                ]),
            ),
            ("nothing in common", vec![phone()], vec![email()], Likeness::Unknown),
            (
                "what is no number",
                vec![Identity::phone("none")],
                vec![Identity::phone("none")],
                Likeness::Unknown,
            ),
            (
                "nor differs from one",
                vec![phone(), email()],
                vec![Identity::phone("0"), email()],
                Likeness::One(vec![(IdentityKind::Email, "ann@example.com".to_owned())]),
            ),
            (
                "a session tells nothing",
                vec![Identity::session("a")],
                vec![Identity::session("a")],
                Likeness::Unknown,
            ),
        ];
        for (label, one, other, expected) in rows {
            assert_eq!(compare(&all(&one), &all(&other)), expected, "{label}");
            assert_eq!(compare(&all(&other), &all(&one)), expected, "{label}, the other way round");
        }
    }
}
