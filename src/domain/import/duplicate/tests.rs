//! Duplicates.

use super::*;
use crate::domain::enquiry::Child;

fn lead(lead_id: i64, child: Option<&str>, status: Status, created_at: Millis) -> Known {
    Known {
        lead_id,
        person_id: 1,
        name: Some("Anshu Goyal".to_owned()),
        child_name: child.map(str::to_owned),
        status: status.as_str().to_owned(),
        created_at,
        row: None,
    }
}

fn row(child: Option<&str>) -> Row {
    let child = child.map(|name| Child {
        first_name: name.to_owned(),
        last_name: None,
        dob: None,
        age: None,
        gender: None,
    });
    let (name, phone) = (Some("anshu  GOYAL".to_owned()), Some("+14155550123".to_owned()));
    Row { name, phone, email: Some("a@b".to_owned()), child, ..Row::default() }
}

fn short(decision: Decision) -> (&'static str, i64) {
    match decision {
        Decision::New { beside: None } => ("new", 0),
        Decision::New { beside: Some(_) } => ("beside", 0),
        Decision::Update { into, .. } => ("update", into.lead_id),
        Decision::Skip { is, .. } => ("skip", is.lead_id),
        Decision::Refuse { is, .. } => ("refuse", is.lead_id),
    }
}

#[test]
fn duplicates() {
    use Status::{ClosedLost, EnquiryReceived};
    let leads = [
        lead(3, Some("Veer"), EnquiryReceived, 300),
        lead(2, None, ClosedLost, 200),
        lead(1, None, EnquiryReceived, 100),
    ];
    let rows = [
        ("nobody", Mode::Skip, By::Phone, None, None, &leads[..0], ("new", 0)),
        ("the newest", Mode::Skip, By::Phone, None, None, &leads[..], ("skip", 3)),
        ("by address", Mode::Skip, By::Email, None, None, &leads[..], ("skip", 3)),
        ("of late", Mode::Skip, By::Phone, None, Some(301), &leads[..], ("new", 0)),
        ("of that day", Mode::Skip, By::Phone, None, Some(300), &leads[..], ("skip", 3)),
        ("another", Mode::Create, By::Phone, None, None, &leads[..], ("beside", 0)),
        ("no other", Mode::Create, By::Phone, None, Some(301), &leads[..], ("new", 0)),
        ("the child's", Mode::Update, By::Phone, Some("veer"), None, &leads[..], ("update", 3)),
        ("about no child yet", Mode::Update, By::Phone, Some("Mehr"), None, &leads[..], ("update", 1)),
        ("another child's", Mode::Update, By::Phone, Some("Mehr"), None, &leads[..1], ("refuse", 3)),
        ("ended", Mode::Update, By::Phone, Some("Mehr"), None, &leads[1..2], ("refuse", 2)),
        ("an open one first", Mode::Update, By::Phone, None, None, &leads[1..], ("update", 1)),
        ("an ended one", Mode::Update, By::Phone, None, None, &leads[1..2], ("update", 2)),
        ("a sibling", Mode::Skip, By::NamePhone, Some("Mehr"), None, &leads[..], ("new", 0)),
        ("the same child", Mode::Skip, By::NamePhone, Some("VEER"), None, &leads[..], ("skip", 3)),
        ("the parent", Mode::Skip, By::NamePhone, None, None, &leads[1..], ("skip", 2)),
    ];
    for (label, mode, by, child, since, known, expected) in rows {
        let wanted = Wanted { mode, by, since };
        assert_eq!(short(decide(&row(child), known, Some(1), &wanted)), expected, "{label}");
    }
    let wanted = Wanted { mode: Mode::Update, by: By::Email, since: None };
    assert_eq!(short(decide(&row(None), &leads, Some(9), &wanted)), ("refuse", 3), "another's number");
    let nobody = Row { phone: None, ..row(None) };
    let wanted = Wanted { mode: Mode::Skip, by: By::Phone, since: None };
    assert_eq!(short(decide(&nobody, &leads, None, &wanted)), ("new", 0), "nothing to compare by");
}

#[test]
fn a_file_moves_a_lead_as_people_may() {
    use Status::{ClosedLost, Converted, DiscoveryCompleted, EnquiryReceived, FollowUpPending, IvScheduled};
    let rows = [
        (EnquiryReceived, EnquiryReceived, Ok(None)),
        (EnquiryReceived, DiscoveryCompleted, Ok(Some(Event::Discovery))),
        (IvScheduled, FollowUpPending, Ok(Some(Event::FollowUp))),
        (EnquiryReceived, IvScheduled, Err(())),
        (IvScheduled, DiscoveryCompleted, Err(())),
        (ClosedLost, FollowUpPending, Err(())),
        (Converted, EnquiryReceived, Err(())),
    ];
    for (from, to, expected) in rows {
        assert_eq!(moves(Some(from), Some(to)).map_err(drop), expected, "{from:?} to {to:?}");
    }
}
