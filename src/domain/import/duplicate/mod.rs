//! What is to become of a row: whether the lead is there already, and what to do then.

use super::row::Row;
use crate::clock::Millis;
use crate::domain::lifecycle::{Event, Status, step};

/// What is done with a row whose lead is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Nothing.
    Skip,
    /// What the row says is written into it.
    Update,
    /// Another lead of the same person is made.
    Create,
}

impl Mode {
    /// All of them.
    pub const ALL: [Mode; 3] = [Mode::Skip, Mode::Update, Mode::Create];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Mode::Skip => "skip",
            Mode::Update => "update",
            Mode::Create => "create",
        }
    }

    /// What is called so.
    pub fn parse(name: &str) -> Option<Mode> {
        Mode::ALL.into_iter().find(|mode| mode.as_str() == name)
    }
}

/// What leads are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The number, all variants of it.
    Phone,
    /// The address.
    Email,
    /// The number and the name: the child's where the row has one, so that siblings are two.
    NamePhone,
}

impl By {
    /// All of them.
    pub const ALL: [By; 3] = [By::Phone, By::Email, By::NamePhone];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            By::Phone => "phone",
            By::Email => "email",
            By::NamePhone => "name-phone",
        }
    }

    /// What is called so.
    pub fn parse(name: &str) -> Option<By> {
        By::ALL.into_iter().find(|by| by.as_str() == name)
    }

    /// In words.
    fn words(self) -> &'static str {
        match self {
            By::Phone => "number",
            By::Email => "address",
            By::NamePhone => "name and number",
        }
    }
}

/// What is wanted of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What is done with duplicates.
    pub mode: Mode,
    /// What they are found by.
    pub by: By,
    /// Leads from before this are none.
    pub since: Option<Millis>,
}

/// A lead that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what the lead's column of its name is")]
pub struct Known {
    pub lead_id: i64,
    pub person_id: i64,
    pub name: Option<String>,
    pub child_name: Option<String>,
    pub status: String,
    pub created_at: Millis,
    /// The row of this file that made it.
    pub row: Option<u64>,
}

impl Known {
    /// Which it is, in words.
    fn words(&self) -> String {
        match self.row {
            Some(row) => format!("the lead of row {row}"),
            None => format!("lead {}", self.lead_id),
        }
    }

    fn status(&self) -> Option<Status> {
        Status::parse(&self.status)
    }
}

/// What is to be done with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Make a lead.
    New {
        /// The lead beside which it must be one of its own, and why.
        beside: Option<(Known, String)>,
    },
    /// Write it into this one.
    Update {
        /// The lead.
        into: Known,
        /// What happens to the lead by it.
        event: Option<Event>,
    },
    /// Nothing, and why.
    Skip {
        /// The lead.
        is: Known,
        /// In words.
        why: String,
    },
    /// Nothing, and what is wrong.
    Refuse {
        /// The lead.
        is: Known,
        /// In words.
        why: String,
    },
}

/// What is to be done with a row, where `known` are the leads, the newest first, of the same number or the same address, whichever the
/// comparison is by; `owner` is whose the row's number is.
pub fn decide(row: &Row, known: &[Known], owner: Option<i64>, wanted: &Wanted) -> Decision {
    let Some(same) = matching(row, known, wanted) else { return Decision::New { beside: None } };
    let first = same[0];
    let as_known = format!("{} has the same {}", first.words(), wanted.by.words());
    match wanted.mode {
        Mode::Skip => Decision::Skip { is: first.clone(), why: as_known },
        Mode::Create => Decision::New { beside: Some((first.clone(), as_known)) },
        Mode::Update => update(row, &same, owner),
    }
}

fn matching<'a>(row: &Row, known: &'a [Known], wanted: &Wanted) -> Option<Vec<&'a Known>> {
    let is_given = match wanted.by {
        By::Phone | By::NamePhone => row.phone.is_some(),
        By::Email => row.email.is_some(),
    };
    let is_same = |lead: &&Known| {
        wanted.since.is_none_or(|since| lead.created_at >= since)
            && (wanted.by != By::NamePhone || is_of_name(row, lead))
    };
    let same: Vec<&Known> = known.iter().filter(|_| is_given).filter(is_same).collect();
    (!same.is_empty()).then_some(same)
}

fn is_of_name(row: &Row, lead: &Known) -> bool {
    match &row.child {
        Some(child) => is_named(lead.child_name.as_deref(), Some(&child.name())),
        None => is_named(lead.name.as_deref(), row.name.as_deref()),
    }
}

/// Whether two names are one, whatever their capitals and blanks.
pub fn is_named(one: Option<&str>, other: Option<&str>) -> bool {
    let folded = |name: &str| name.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ");
    one.zip(other).is_some_and(|(one, other)| folded(one) == folded(other))
}

fn update(row: &Row, same: &[&Known], owner: Option<i64>) -> Decision {
    let is_open = |lead: &&&Known| lead.status().is_some_and(Status::is_open);
    let found = match &row.child {
        None => same.iter().find(is_open).or(same.first()),
        Some(child) => {
            let of_child = |lead: &&&Known| is_named(lead.child_name.as_deref(), Some(&child.name()));
            let of_none = |lead: &&&Known| lead.child_name.is_none() && is_open(lead);
            same.iter().find(of_child).or_else(|| same.iter().find(of_none))
        }
    };
    let refuse = |is: &Known, why: String| Decision::Refuse { is: is.clone(), why };
    let Some(into) = found.copied() else {
        let first = same[0];
        let why = match &first.child_name {
            Some(_) => "is about another child; by name-phone tells siblings apart",
            None => "has ended, and an enquiry needs one that is open",
        };
        return refuse(first, format!("{} {why}", first.words()));
    };
    if owner.is_some_and(|owner| owner != into.person_id) {
        return refuse(into, format!("the number is another person's than that of {}", into.words()));
    }
    match moves(into.status(), row.status) {
        Ok(event) => Decision::Update { into: into.clone(), event },
        Err(why) => refuse(into, format!("{} {why}", into.words())),
    }
}

/// What happens to a lead that stands at `from` where a file says `to`: what people may do by hand, no more.
///
/// # Errors
/// Why it does not become that, in words that follow the lead.
pub fn moves(from: Option<Status>, to: Option<Status>) -> Result<Option<Event>, String> {
    let Some(to) = to.filter(|to| Some(*to) != from) else { return Ok(None) };
    let Some(from) = from else { return Err("stands at nothing that is known".to_owned()) };
    let event = match to {
        Status::DiscoveryCompleted => Some(Event::Discovery),
        Status::FollowUpPending => Some(Event::FollowUp),
        _ => None,
    };
    let event = event.filter(|event| step(from, *event) == Ok(to));
    event
        .map(Some)
        .ok_or_else(|| format!("is {}, which does not become {} by a file", from.as_str(), to.as_str()))
}

#[cfg(test)]
mod tests;
