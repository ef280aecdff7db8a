//! How many leads stand where, and how many of them may be tried again: every one is in one line, whatever it says or does not say.

use crate::domain::lifecycle::Status;
use crate::domain::outreach::{Kind, Standing};
use crate::store::db::{StoreError, Within};
use crate::store::outreach::{self as store, StandingRow};
use std::collections::BTreeMap;

/// Leads that say the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Their `dial_status`; `None`: they say nothing.
    pub dial_status: Option<String>,
    /// What may be done with leads that say so.
    pub kind: Kind,
    /// How many.
    pub leads: i64,
    /// How many of them may be tried again: their lives and their person's word allow it.
    pub recyclable: i64,
}

/// Where leads stand.
#[derive(Clone, Debug, Default)]
pub struct Standings {
    /// By what they say.
    pub lines: Vec<Line>,
    /// Why the others are not tried again, with how many. These and the recyclable ones are all.
    pub over: BTreeMap<&'static str, i64>,
}

impl Standings {
    /// All leads.
    pub fn leads(&self) -> i64 {
        self.lines.iter().map(|line| line.leads).sum()
    }

    /// Those that may be tried again.
    pub fn recyclable(&self) -> i64 {
        self.lines.iter().map(|line| line.recyclable).sum()
    }
}

/// What may be done with leads that say so; what nobody knows is to be put right.
fn kind(dial_status: Option<&str>) -> Kind {
    dial_status.and_then(Standing::parse).map_or(Kind::Problematic, Standing::kind)
}

/// Why these leads are not tried again; `None`: they may be.
fn over(row: &StandingRow) -> Option<&'static str> {
    let by_word = row.dial_status.as_deref().and_then(Standing::parse).and_then(Standing::over);
    let by_life = match (row.standing.as_str(), Status::parse(&row.status)) {
        ("merged", _) => Some("they were merged into others"),
        ("inactive", _) => Some("they were put aside"),
        (_, Some(Status::Converted)) => Some("they are CONVERTED"),
        (_, Some(Status::ClosedLost)) => Some("they are CLOSED_LOST"),
        _ => None,
    };
    by_word.or(by_life)
}

/// Where the leads of a tenant stand.
///
/// # Errors
/// Where the database does not answer.
pub async fn standings(db: Within<'_>) -> Result<Standings, StoreError> {
    Ok(of(&store::standings(db).await?))
}

fn of(rows: &[StandingRow]) -> Standings {
    let mut all = Standings::default();
    let mut lines: BTreeMap<Option<String>, (i64, i64)> = BTreeMap::new();
    for row in rows {
        let said = row.dial_status.clone().filter(|status| !status.is_empty());
        let (leads, recyclable) = lines.entry(said).or_default();
        *leads += row.n;
        match over(row) {
            Some(why) => *all.over.entry(why).or_default() += row.n,
            None => *recyclable += row.n,
        }
    }
    all.lines = lines
        .into_iter()
        .map(|(dial_status, (leads, recyclable))| Line {
            kind: kind(dial_status.as_deref()),
            dial_status,
            leads,
            recyclable,
        })
        .collect();
    // The most first.
    all.lines.sort_by_key(|line| std::cmp::Reverse(line.leads));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lead_is_in_a_line_and_may_be_tried_or_says_why_not() {
        let row = |dial_status: Option<&str>, status: &str, standing: &str, n| StandingRow {
            dial_status: dial_status.map(str::to_owned),
            status: status.to_owned(),
            standing: standing.to_owned(),
            n,
        };
        let all = of(&[
            row(Some("new"), "ENQUIRY_RECEIVED", "active", 100),
            row(Some("new"), "CONVERTED", "active", 5),
            row(Some("busy"), "FOLLOW_UP_PENDING", "active", 30),
            row(Some("busy"), "FOLLOW_UP_PENDING", "merged", 2),
            row(Some("do_not_call"), "CONVERTED", "active", 3),
            row(None, "ENQUIRY_RECEIVED", "active", 4),
            row(Some(""), "ENQUIRY_RECEIVED", "inactive", 1),
            row(Some("from_an_import"), "CLOSED_LOST", "active", 6),
        ]);
        assert_eq!((all.leads(), all.recyclable()), (151, 134));
        assert_eq!(all.over.values().sum::<i64>(), 151 - 134);
        assert_eq!(all.over["they want no more calls"], 3);
        let told: Vec<_> = all
            .lines
            .iter()
            .map(|line| (line.dial_status.as_deref(), line.kind, line.leads, line.recyclable))
            .collect();
        assert_eq!(
            told,
            [
                (Some("new"), Kind::Recyclable, 105, 100),
                (Some("busy"), Kind::Recyclable, 32, 30),
                (Some("from_an_import"), Kind::Problematic, 6, 0),
                (None, Kind::Problematic, 5, 4),
                (Some("do_not_call"), Kind::Final, 3, 0),
            ]
        );
    }
}
