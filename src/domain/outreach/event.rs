//! What is done with a campaign as a whole.

use super::campaign::State;

/// What is done with a campaign as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CampaignEvent {
    /// A draft begins to run.
    Start,
    /// It rests.
    Pause,
    /// It goes on.
    Resume,
    /// It is over, for good.
    End,
}

impl CampaignEvent {
    /// All of them.
    pub const ALL: [CampaignEvent; 4] =
        [CampaignEvent::Start, CampaignEvent::Pause, CampaignEvent::Resume, CampaignEvent::End];

    /// Its name on the wire and at the terminal.
    pub const fn as_str(self) -> &'static str {
        match self {
            CampaignEvent::Start => "start",
            CampaignEvent::Pause => "pause",
            CampaignEvent::Resume => "resume",
            CampaignEvent::End => "end",
        }
    }

    /// Where it leads.
    pub const fn to(self) -> State {
        match self {
            CampaignEvent::Start | CampaignEvent::Resume => State::Running,
            CampaignEvent::Pause => State::Paused,
            CampaignEvent::End => State::Ended,
        }
    }

    /// Whether it is possible for a campaign that is so: a draft is not resumed, and what was paused is not started again.
    pub const fn is_possible(self, from: State) -> bool {
        match self {
            CampaignEvent::Start => matches!(from, State::Draft),
            CampaignEvent::Resume => matches!(from, State::Paused),
            CampaignEvent::Pause | CampaignEvent::End => from.leads_to(self.to()),
        }
    }

    /// What is possible for a campaign that is so.
    pub fn possible(from: State) -> Vec<&'static str> {
        CampaignEvent::ALL
            .into_iter()
            .filter(|event| event.is_possible(from))
            .map(CampaignEvent::as_str)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_possible_when() {
        let rows = [
            (State::Draft, vec!["start", "end"]),
            (State::Running, vec!["pause", "end"]),
            (State::Paused, vec!["resume", "end"]),
            (State::Ended, vec![]),
        ];
        for (from, expected) in rows {
            assert_eq!(CampaignEvent::possible(from), expected, "{from:?}");
        }
        for (event, from) in
            CampaignEvent::ALL.into_iter().flat_map(|event| State::ALL.map(|from| (event, from)))
        {
            assert!(!event.is_possible(from) || from.leads_to(event.to()), "{event:?} {from:?}");
        }
    }
}
