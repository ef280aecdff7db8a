//! The life of a lead: what it stands at, what can happen, and where that leads. One table; docs and answers are made of it.

/// What a lead stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Somebody asked.
    EnquiryReceived,
    /// It is known what they want.
    DiscoveryCompleted,
    /// They are going to come.
    IvScheduled,
    /// They came, and want to enroll.
    IvCompleted,
    /// They did not come.
    IvNoShow,
    /// Somebody is to speak with them.
    FollowUpPending,
    /// They bought.
    Converted,
    /// Nothing came of it.
    ClosedLost,
}

impl Status {
    /// All of them, in the order of a lead's life.
    pub const ALL: [Status; 8] = [
        Status::EnquiryReceived,
        Status::DiscoveryCompleted,
        Status::IvScheduled,
        Status::IvCompleted,
        Status::IvNoShow,
        Status::FollowUpPending,
        Status::Converted,
        Status::ClosedLost,
    ];

    /// Its name in columns and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::EnquiryReceived => "ENQUIRY_RECEIVED",
            Status::DiscoveryCompleted => "DISCOVERY_COMPLETED",
            Status::IvScheduled => "IV_SCHEDULED",
            Status::IvCompleted => "IV_COMPLETED",
            Status::IvNoShow => "IV_NO_SHOW",
            Status::FollowUpPending => "FOLLOW_UP_PENDING",
            Status::Converted => "CONVERTED",
            Status::ClosedLost => "CLOSED_LOST",
        }
    }

    /// The status of that name.
    pub fn parse(name: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// Whether something may still come of it.
    pub fn is_open(self) -> bool {
        !matches!(self, Status::Converted | Status::ClosedLost)
    }
}

/// What can happen to a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// Somebody asked.
    Enquiry,
    /// The discovery form was filled in.
    Discovery,
    /// A visit was planned.
    VisitScheduled,
    /// They came and enroll now.
    VisitEnrollNow,
    /// They came and enroll later.
    VisitEnrollLater,
    /// They came and do not want it.
    VisitNotInterested,
    /// They did not come.
    VisitNoShow,
    /// Somebody is to speak with them.
    FollowUp,
    /// They said that they enrolled.
    FollowUpEnrolled,
    /// They want to be asked another time.
    FollowUpPostponed,
    /// They are going to come.
    FollowUpScheduledVisit,
    /// They do not want it.
    FollowUpLost,
    /// They bought.
    Convert,
    /// Nothing came of it.
    Close,
    /// It begins again.
    Reopen,
}

/// What an event is allowed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// There is no lead yet.
    New,
    /// Only this status.
    Only(Status),
    /// Every open status.
    Open,
    /// Every open status but this.
    OpenBut(Status),
    /// The statuses that end a lead.
    Ended,
}

impl From {
    fn allows(self, status: Option<Status>) -> bool {
        match (self, status) {
            (From::New, status) => status.is_none(),
            (From::Only(only), Some(status)) => status == only,
            (From::Open, Some(status)) => status.is_open(),
            (From::OpenBut(but), Some(status)) => status.is_open() && status != but,
            (From::Ended, Some(status)) => !status.is_open(),
            (_, None) => false,
        }
    }
}

/// One way on.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// What happens.
    pub event: Event,
    /// Where it may.
    pub from: From,
    /// Where it leads; `None`: the lead stays where it is.
    pub to: Option<Status>,
    /// What it needs or brings, in words.
    pub with: &'static str,
}

const fn way(event: Event, from: From, to: Option<Status>, with: &'static str) -> Way {
    Way { event, from, to, with }
}

/// All ways there are. What is not here is refused.
pub const WAYS: [Way; 16] = [
    way(Event::Enquiry, From::New, Some(Status::EnquiryReceived), ""),
    way(Event::Discovery, From::Only(Status::EnquiryReceived), Some(Status::DiscoveryCompleted), ""),
    way(Event::Discovery, From::OpenBut(Status::EnquiryReceived), None, "only updates the form"),
    way(Event::VisitScheduled, From::Open, Some(Status::IvScheduled), "a visit"),
    way(Event::VisitEnrollNow, From::Only(Status::IvScheduled), Some(Status::IvCompleted), ""),
    way(Event::VisitEnrollLater, From::Only(Status::IvScheduled), Some(Status::FollowUpPending), ""),
    way(
        Event::VisitNotInterested,
        From::Only(Status::IvScheduled),
        Some(Status::FollowUpPending),
        "closing is proposed",
    ),
    way(Event::VisitNoShow, From::Only(Status::IvScheduled), Some(Status::IvNoShow), ""),
    way(Event::FollowUp, From::Open, Some(Status::FollowUpPending), ""),
    way(Event::FollowUpEnrolled, From::Open, None, "conversion is proposed"),
    way(Event::FollowUpPostponed, From::Open, Some(Status::FollowUpPending), "the next date"),
    way(Event::FollowUpScheduledVisit, From::Open, Some(Status::IvScheduled), "a visit"),
    way(Event::FollowUpLost, From::Open, Some(Status::ClosedLost), "a reason"),
    way(Event::Convert, From::Open, Some(Status::Converted), "the customer's reference"),
    way(Event::Close, From::Open, Some(Status::ClosedLost), "a reason"),
    way(Event::Reopen, From::Ended, Some(Status::FollowUpPending), "a reason, an administrator"),
];

/// What somebody should do now, as a lead shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proposal {
    /// Close it.
    Close,
    /// Convert it: the reference is wanting.
    Convert,
}

impl Proposal {
    /// Its name in columns and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Proposal::Close => "close",
            Proposal::Convert => "convert",
        }
    }
}

/// An event that may not happen to a lead now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is not possible for a lead that is {}", .event.as_str(), .status.as_str())]
pub struct NotAllowed {
    /// What was to happen.
    pub event: Event,
    /// What the lead stands at.
    pub status: Status,
}

impl Event {
    /// All of them.
    pub const ALL: [Event; 15] = [
        Event::Enquiry,
        Event::Discovery,
        Event::VisitScheduled,
        Event::VisitEnrollNow,
        Event::VisitEnrollLater,
        Event::VisitNotInterested,
        Event::VisitNoShow,
        Event::FollowUp,
        Event::FollowUpEnrolled,
        Event::FollowUpPostponed,
        Event::FollowUpScheduledVisit,
        Event::FollowUpLost,
        Event::Convert,
        Event::Close,
        Event::Reopen,
    ];

    /// Its name in the audit log.
    pub fn as_str(self) -> &'static str {
        match self {
            Event::Enquiry => "enquiry",
            Event::Discovery => "discovery",
            Event::VisitScheduled => "visit_scheduled",
            Event::VisitEnrollNow => "visit_enroll_now",
            Event::VisitEnrollLater => "visit_enroll_later",
            Event::VisitNotInterested => "visit_not_interested",
            Event::VisitNoShow => "visit_no_show",
            Event::FollowUp => "follow_up",
            Event::FollowUpEnrolled => "follow_up_enrolled",
            Event::FollowUpPostponed => "follow_up_postponed",
            Event::FollowUpScheduledVisit => "follow_up_scheduled_visit",
            Event::FollowUpLost => "follow_up_lost",
            Event::Convert => "convert",
            Event::Close => "close",
            Event::Reopen => "reopen",
        }
    }

    /// What it leaves somebody to do.
    pub fn proposes(self) -> Option<Proposal> {
        match self {
            Event::VisitNotInterested => Some(Proposal::Close),
            Event::FollowUpEnrolled => Some(Proposal::Convert),
            _ => None,
        }
    }
}

/// Where an event leads a lead that stands at `status`.
///
/// # Errors
/// Where it may not happen there.
pub fn step(status: Status, event: Event) -> Result<Status, NotAllowed> {
    let way = WAYS.iter().find(|way| way.event == event && way.from.allows(Some(status)));
    way.map(|way| way.to.unwrap_or(status)).ok_or(NotAllowed { event, status })
}

/// What may happen to a lead that stands at `status`.
pub fn allowed(status: Status) -> Vec<Event> {
    Event::ALL.into_iter().filter(|event| step(status, *event).is_ok()).collect()
}

impl From {
    fn words(self) -> String {
        match self {
            From::New => "(new)".to_owned(),
            From::Only(status) => status.as_str().to_owned(),
            From::Open => "every open status".to_owned(),
            From::OpenBut(status) => format!("every open status but {}", status.as_str()),
            From::Ended => "CONVERTED, CLOSED_LOST".to_owned(),
        }
    }
}

/// All ways as a table of Markdown.
pub fn reference() -> String {
    let mut table = "| event | from | to | with |\n|---|---|---|---|\n".to_owned();
    for Way { event, from, to, with } in &WAYS {
        let to = to.map_or("(stays)", Status::as_str);
        table.push_str(&format!("| `{}` | {} | {to} | {with} |\n", event.as_str(), from.words()));
    }
    table
}

/// All ways as a picture in the words of Mermaid (<https://mermaid.js.org/syntax/stateDiagram.html>). Open statuses stand in one box, so that
/// what is possible from each of them is one arrow.
pub fn picture() -> String {
    let mut lines = vec!["stateDiagram-v2".to_owned(), "    state \"open\" as OPEN {".to_owned()];
    let arrow = |from: &str, to: &str, event: Event| format!("{from} --> {to}: {}", event.as_str());
    let opens: Vec<&str> =
        Status::ALL.iter().filter(|status| status.is_open()).map(|status| status.as_str()).collect();
    lines.extend(opens.iter().map(|status| format!("        {status}")));
    let (mut inner, mut outer) = (Vec::new(), Vec::new());
    for Way { event, from, to, .. } in &WAYS {
        let Some(to) = to else { continue };
        match from {
            From::New => outer.push(arrow("[*]", to.as_str(), *event)),
            From::Only(status) => inner.push(arrow(status.as_str(), to.as_str(), *event)),
            From::Open | From::OpenBut(_) => outer.push(arrow("OPEN", to.as_str(), *event)),
            From::Ended => {
                let ended = Status::ALL.into_iter().filter(|status| !status.is_open());
                outer.extend(ended.map(|status| arrow(status.as_str(), to.as_str(), *event)));
            }
        }
    }
    lines.extend(inner.iter().map(|line| format!("        {line}")));
    lines.push("    }".to_owned());
    lines.extend(outer.iter().map(|line| format!("    {line}")));
    lines.join("\n") + "\n"
}

/// What came of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitOutcome {
    /// They enroll now.
    EnrollNow,
    /// They enroll later.
    EnrollLater,
    /// They do not want it.
    NotInterested,
    /// They did not come.
    NoShow,
}

impl VisitOutcome {
    /// All of them.
    pub const ALL: [VisitOutcome; 4] = [
        VisitOutcome::EnrollNow,
        VisitOutcome::EnrollLater,
        VisitOutcome::NotInterested,
        VisitOutcome::NoShow,
    ];

    /// Its name in columns and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            VisitOutcome::EnrollNow => "INTERESTED_ENROLL_NOW",
            VisitOutcome::EnrollLater => "INTERESTED_ENROLL_LATER",
            VisitOutcome::NotInterested => "NOT_INTERESTED",
            VisitOutcome::NoShow => "NO_SHOW",
        }
    }

    /// The outcome of that name.
    pub fn parse(name: &str) -> Option<VisitOutcome> {
        VisitOutcome::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }

    /// What it is for the lead.
    pub fn event(self) -> Event {
        match self {
            VisitOutcome::EnrollNow => Event::VisitEnrollNow,
            VisitOutcome::EnrollLater => Event::VisitEnrollLater,
            VisitOutcome::NotInterested => Event::VisitNotInterested,
            VisitOutcome::NoShow => Event::VisitNoShow,
        }
    }
}

/// What came of a follow-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowUpOutcome {
    /// They enrolled.
    Enrolled,
    /// Another time.
    Postponed,
    /// They do not want it.
    Lost,
    /// They are going to come.
    ScheduledIv,
}

impl FollowUpOutcome {
    /// All of them.
    pub const ALL: [FollowUpOutcome; 4] = [
        FollowUpOutcome::Enrolled,
        FollowUpOutcome::Postponed,
        FollowUpOutcome::Lost,
        FollowUpOutcome::ScheduledIv,
    ];

    /// Its name in columns and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            FollowUpOutcome::Enrolled => "ENROLLED",
            FollowUpOutcome::Postponed => "POSTPONED",
            FollowUpOutcome::Lost => "LOST",
            FollowUpOutcome::ScheduledIv => "SCHEDULED_IV",
        }
    }

    /// The outcome of that name.
    pub fn parse(name: &str) -> Option<FollowUpOutcome> {
        FollowUpOutcome::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }

    /// What it is for the lead.
    pub fn event(self) -> Event {
        match self {
            FollowUpOutcome::Enrolled => Event::FollowUpEnrolled,
            FollowUpOutcome::Postponed => Event::FollowUpPostponed,
            FollowUpOutcome::Lost => Event::FollowUpLost,
            FollowUpOutcome::ScheduledIv => Event::FollowUpScheduledVisit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The requirement's table, said another way: for each event the statuses it may happen in, and where each leads.
    #[test]
    fn every_status_and_event() {
        use Status::{
            ClosedLost, Converted, DiscoveryCompleted, EnquiryReceived, FollowUpPending, IvCompleted,
            IvNoShow, IvScheduled,
        };
        let open = [EnquiryReceived, DiscoveryCompleted, IvScheduled, IvCompleted, IvNoShow, FollowUpPending];
        for status in Status::ALL {
            for event in Event::ALL {
                let is_open = open.contains(&status);
                let expected = match event {
                    Event::Enquiry => None,
                    Event::Discovery if status == EnquiryReceived => Some(DiscoveryCompleted),
                    Event::Discovery | Event::FollowUpEnrolled => is_open.then_some(status),
                    Event::VisitScheduled | Event::FollowUpScheduledVisit => is_open.then_some(IvScheduled),
                    Event::VisitEnrollNow => (status == IvScheduled).then_some(IvCompleted),
                    Event::VisitEnrollLater | Event::VisitNotInterested => {
                        (status == IvScheduled).then_some(FollowUpPending)
                    }
                    Event::VisitNoShow => (status == IvScheduled).then_some(IvNoShow),
                    Event::FollowUp | Event::FollowUpPostponed => is_open.then_some(FollowUpPending),
                    Event::FollowUpLost | Event::Close => is_open.then_some(ClosedLost),
                    Event::Convert => is_open.then_some(Converted),
                    Event::Reopen => (!is_open).then_some(FollowUpPending),
                };
                assert_eq!(step(status, event).ok(), expected, "{event:?} at {status:?}");
            }
        }
        assert_eq!(allowed(Converted), [Event::Reopen]);
        assert_eq!(allowed(ClosedLost), [Event::Reopen]);
        let refused = step(ClosedLost, Event::Convert).unwrap_err();
        assert_eq!(refused.to_string(), "convert is not possible for a lead that is CLOSED_LOST");
    }

    #[test]
    fn outcomes_are_events_of_the_table() {
        for outcome in VisitOutcome::ALL {
            assert_eq!(VisitOutcome::parse(outcome.as_str()), Some(outcome));
            assert!(WAYS.iter().any(|way| way.event == outcome.event()));
        }
        for outcome in FollowUpOutcome::ALL {
            assert_eq!(FollowUpOutcome::parse(outcome.as_str()), Some(outcome));
            assert!(WAYS.iter().any(|way| way.event == outcome.event()));
        }
        assert_eq!(Event::VisitNotInterested.proposes(), Some(Proposal::Close));
        assert_eq!(Event::FollowUpEnrolled.proposes(), Some(Proposal::Convert));
    }
}
