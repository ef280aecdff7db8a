//! WhatsApp's customer service window: free words for a day after the person's last message, after it only templates that
//! Meta has approved (Cloud API, "customer service window"; error 131047).

use crate::clock::{DAY, MINUTE, Millis};
use crate::domain::channel::Channel;

/// How long the window stays open. Advertisements make the first days free of charge, not the words free: 72 hours are
/// about the price alone.
const OPEN_MS: Millis = DAY;
/// We count it as closed so much earlier: a message takes its time, and clocks differ.
const MARGIN_MS: Millis = MINUTE;

/// When the window closes that a message opened, said at `said_at` by the provider's clock and taken at `now` by ours.
///
/// A webhook may come days late, so the provider's word counts; a message from the future was said now.
pub fn closes_at(said_at: Millis, now: Millis) -> Millis {
    said_at.clamp(0, now.max(0)).saturating_add(OPEN_MS)
}

/// What may be sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// Anything.
    Open,
    /// Only a template: nobody has written for a day, or ever.
    TemplateOnly {
        /// When the window closed, if it was ever open.
        closed_at: Option<Millis>,
    },
}

impl Window {
    /// How the window stands at `now`; `closes_at` is the latest known, `None` where the person never wrote there.
    ///
    /// Only WhatsApp has a window, through whichever provider.
    pub fn at(channel: Channel, closes_at: Option<Millis>, now: Millis) -> Window {
        match closes_at {
            _ if channel != Channel::Whatsapp => Window::Open,
            Some(closes_at) if now < closes_at.saturating_sub(MARGIN_MS) => Window::Open,
            closed_at => Window::TemplateOnly { closed_at },
        }
    }

    /// Whether free words may be sent.
    pub fn is_open(self) -> bool {
        self == Window::Open
    }

    /// Why free words are held, for people; `None` where they are not.
    pub fn reason(self) -> Option<String> {
        let Window::TemplateOnly { closed_at } = self else { return None };
        Some(match closed_at.and_then(|at| jiff::Timestamp::from_millisecond(at).ok()) {
            Some(at) => format!(
                "WhatsApp's 24-hour window closed at {at}; it is sent when the person writes again, or as an approved template"
            ),
            None => {
                "the person has not written on WhatsApp yet; only an approved template may be sent".to_owned()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::HOUR;

    const NOW: Millis = 1_767_607_200_000;

    #[test]
    fn a_message_opens_it_for_a_day() {
        let rows = [
            ("just now", NOW, NOW + DAY),
            ("a webhook six hours late", NOW - 6 * HOUR, NOW + 18 * HOUR),
            ("a clock ahead of ours", NOW + HOUR, NOW + DAY),
            ("before there was time", -5, DAY),
            ("beyond all time", i64::MAX, NOW + DAY),
        ];
        for (label, said_at, expected) in rows {
            assert_eq!(closes_at(said_at, NOW), expected, "{label}");
        }
    }

    #[test]
    fn what_may_be_sent() {
        let closed = |closed_at| Window::TemplateOnly { closed_at };
        let rows = [
            ("long before", Channel::Whatsapp, Some(NOW + DAY), Window::Open),
            ("a second before the margin", Channel::Whatsapp, Some(NOW + MINUTE + 1), Window::Open),
            ("within the margin", Channel::Whatsapp, Some(NOW + MINUTE), closed(Some(NOW + MINUTE))),
            ("after", Channel::Whatsapp, Some(NOW - DAY), closed(Some(NOW - DAY))),
            ("never written", Channel::Whatsapp, None, closed(None)),
            ("an SMS needs no window", Channel::Sms, None, Window::Open),
            ("nor does a call", Channel::Voice, Some(0), Window::Open),
        ];
        for (label, channel, closes_at, expected) in rows {
            assert_eq!(Window::at(channel, closes_at, NOW), expected, "{label}");
        }
        assert_eq!(Window::Open.reason(), None);
        let reason = closed(Some(NOW)).reason().unwrap_or_default();
        assert!(reason.contains("2026-01-05T10:00:00Z"), "{reason}");
        assert!(closed(None).reason().is_some_and(|reason| reason.contains("template")));
    }
}
