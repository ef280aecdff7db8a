//! `biz_opaque_callback_data`: what we give along with a message and every report of it brings back.

use crate::channels::{MessageRef, Part};

/// Which message of ours a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Callback {
    /// Its key in our rows.
    pub message: MessageRef,
    /// Which of the provider's messages of it.
    pub part: Part,
}

impl Callback {
    /// Reads what `Display` writes; `None`: the message is not one of ours.
    pub fn parse(text: &str) -> Option<Callback> {
        let (message, part) = text.split_once(':')?;
        let (index, of) = part.split_once('/')?;
        Some(Callback {
            message: MessageRef::parse(message)?,
            part: Part::new(index.parse().ok()?, of.parse().ok()?)?,
        })
    }
}

/// `tenant-conversation-place:part/parts`.
impl std::fmt::Display for Callback {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}:{}/{}", self.message, self.part.index, self.part.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_back_as_it_went() {
        let message = MessageRef { tenant_id: 1, conversation_id: 4_503_599_627_370_497, seq: 12 };
        for (index, of) in [(0, 1), (2, 3), (9, 10)] {
            let callback = Callback { message, part: Part::new(index, of).unwrap() };
            assert_eq!(Callback::parse(&callback.to_string()), Some(callback));
        }
        for other in ["", "1-2-3", "1-2:0/1", "1-2-3:1/1", "1-2-3:0/0", "1-2-3:x/1", "order-77", "1-2-3:-1/2"]
        {
            assert_eq!(Callback::parse(other), None, "{other:?}");
        }
    }
}
