//! Where leads of a campaign stand when its steps are changed.

use super::campaign::Step;
use serde::Serialize;

/// Leads that stand at one step, and at which they stand then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Move {
    /// The step they were tried by last, among the old ones.
    #[serde(rename = "from_step")]
    pub from: usize,
    /// The step among the new ones; as many as there are: they are through.
    #[serde(rename = "to_step")]
    pub to: usize,
    /// Whether what they were tried by it counts on.
    pub keeps: bool,
}

/// What changes for whom. Who was tried by a channel as often as it was to be is not tried by it again under another number; who is at one
/// goes on there, or with the first that they have not been through.
pub fn moves(old: &[Step], new: &[Step]) -> Vec<Move> {
    let channels = |steps: &[Step]| steps.iter().map(|step| step.channel).collect::<Vec<_>>();
    let (old, new) = (channels(old), channels(new));
    let at = |from: usize| {
        if new.get(..=from) == Some(&old[..=from]) {
            return Move { from, to: from, keeps: true };
        }
        let through = &old[..from];
        let to = new.iter().position(|channel| !through.contains(channel)).unwrap_or(new.len());
        Move { from, to, keeps: new.get(to) == Some(&old[from]) }
    };
    (0..old.len()).map(at).filter(|to| to.from != to.to || !to.keeps).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::channel::Channel::{self, Sms, Voice, Whatsapp};

    fn moved(old: &[Channel], new: &[Channel]) -> Vec<(usize, usize, bool)> {
        let steps = |channels: &[Channel]| {
            let step = |channel: &Channel| Step { channel: *channel, attempts: 1, template: None };
            channels.iter().map(step).collect::<Vec<_>>()
        };
        moves(&steps(old), &steps(new)).iter().map(|to| (to.from, to.to, to.keeps)).collect()
    }

    #[test]
    fn what_was_tried_counts_for_the_channel_it_was_tried_by() {
        assert_eq!(moved(&[Voice, Sms], &[Voice, Sms]), []);
        assert_eq!(moved(&[Voice, Sms], &[Voice, Sms, Whatsapp]), []);
        assert_eq!(moved(&[Voice], &[Sms]), [(0, 0, false)], "no message was sent yet");
        assert_eq!(moved(&[Voice, Sms], &[Sms]), [(0, 0, false), (1, 0, true)]);
        assert_eq!(moved(&[Voice, Sms], &[Voice]), [(1, 1, false)], "they are through with calls");
        assert_eq!(moved(&[Voice, Sms], &[Sms, Voice]), [(0, 0, false), (1, 0, true)]);
        assert_eq!(moved(&[Voice, Sms, Voice], &[Voice, Sms]), [(2, 2, false)]);
        assert_eq!(moved(&[Voice, Sms], &[Whatsapp, Voice, Sms]), [(0, 0, false), (1, 0, false)]);
    }
}
