//! How many leads convert, and how soon.

use super::super::db::{Sql, StoreError, Within};
use super::{Period, medians};
use crate::args;
use sqlx::FromRow;

/// What leads are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Where they came from.
    Source,
    /// By which channel they came.
    Channel,
    /// The flow of their first conversation.
    Flow,
    /// The variants their persons were shown; a lead counts once for each experiment.
    Variant,
}

impl By {
    /// All of them.
    pub const ALL: [By; 4] = [By::Source, By::Channel, By::Flow, By::Variant];

    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            By::Source => "source",
            By::Channel => "channel",
            By::Flow => "flow",
            By::Variant => "variant",
        }
    }

    /// What leads are told apart by under that name.
    pub fn parse(name: &str) -> Option<By> {
        By::ALL.into_iter().find(|by| by.as_str() == name)
    }
}

/// Leads that have something in common.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ConversionRow {
    /// Its place among the groups, from 1; one more than the most groups: all others together.
    pub place: i64,
    /// The experiment, where they are told apart by variants.
    pub part: String,
    /// The source, channel, flow or variant; empty: none.
    pub name: String,
    /// How many leads.
    pub leads: i64,
    /// How many of them are converted.
    pub converted: i64,
    /// Of how many it is known how long that took.
    pub timed: i64,
    /// How long it took them, in milliseconds, summed up.
    pub took: i64,
    /// How long it took the one in the middle.
    pub median: Option<i64>,
}

/// Statements by what leads are told apart by: `$part` and `$name` of leads `$from`. `$2` and `$3` are the period's ids, `$4` the most
/// groups.
macro_rules! conversions {
    ($part:literal, $name:expr, $from:expr) => {
        concat!(
            "WITH facts AS (SELECT ",
            $part,
            " AS part, ",
            $name,
            " AS name, CASE WHEN l.status = 'CONVERTED' THEN 1 ELSE 0 END AS converted,
               CASE WHEN l.status = 'CONVERTED' AND l.converted_at >= l.created_at THEN l.converted_at - l.created_at END AS took FROM ",
            $from,
            " WHERE l.tenant_id = $1 AND l.id >= $2 AND l.id < $3 AND l.merged_into IS NULL),
             sizes AS (SELECT part, name, ROW_NUMBER() OVER (ORDER BY COUNT(*) DESC, part, name) AS place FROM facts GROUP BY part, name),
             placed AS (SELECT CASE WHEN place <= $4 THEN place ELSE $4 + 1 END AS place, facts.part, facts.name, converted, took
               FROM sizes JOIN facts ON facts.part = sizes.part AND facts.name = sizes.name), ",
            medians!("place", "placed"),
            " SELECT ",
            "placed.place, MIN(part) AS part, MIN(name) AS name, COUNT(*) AS leads, CAST(SUM(converted) AS BIGINT) AS converted,
               COUNT(took) AS timed, CAST(COALESCE(SUM(took), 0) AS BIGINT) AS took, MAX(median) AS median
             FROM placed LEFT JOIN medians ON medians.place = placed.place GROUP BY placed.place ORDER BY placed.place"
        )
    };
}

/// The flow of a lead's first conversation.
macro_rules! first_flow {
    ($by:literal) => {
        concat!(
            "COALESCE((SELECT c.flow_id FROM conversations c ",
            $by,
            " WHERE c.tenant_id = $1 AND c.person_id = l.person_id AND c.lead_id = l.id ORDER BY c.id LIMIT 1), '')"
        )
    };
}

/// Leads with what their persons were shown.
macro_rules! shown {
    ($by:literal) => {
        concat!(
            "leads l LEFT JOIN exposures e ",
            $by,
            " ON e.tenant_id = l.tenant_id AND e.person_id = l.person_id"
        )
    };
}

/// Leads that came in a period, the largest groups first: at most `most`, and one more for all others.
///
/// # Errors
/// Where the database does not answer.
pub async fn conversion(
    db: Within<'_>,
    by: By,
    period: Period,
    most: i64,
) -> Result<Vec<ConversionRow>, StoreError> {
    const SOURCE: Sql = Sql::same(conversions!("''", "COALESCE(l.source, '')", "leads l"));
    const CHANNEL: Sql = Sql::same(conversions!("''", "l.channel", "leads l"));
    const FLOW: Sql = Sql {
        sqlite: conversions!("''", first_flow!("INDEXED BY conversations_person"), "leads l"),
        postgres: conversions!("''", first_flow!(""), "leads l"),
    };
    const VARIANT: Sql = Sql {
        sqlite: conversions!(
            "COALESCE(e.experiment, '')",
            "COALESCE(e.variant, '')",
            shown!("INDEXED BY exposures_person")
        ),
        postgres: conversions!("COALESCE(e.experiment, '')", "COALESCE(e.variant, '')", shown!("")),
    };
    let statement = match by {
        By::Source => SOURCE,
        By::Channel => CHANNEL,
        By::Flow => FLOW,
        By::Variant => VARIANT,
    };
    let (first, last) = period.ids();
    db.fetch_all(statement, args![first, last, most]).await
}

/// All leads that came in a period, each once; `None`: there is none.
///
/// # Errors
/// Where the database does not answer.
pub async fn overall(db: Within<'_>, period: Period) -> Result<Option<ConversionRow>, StoreError> {
    const ALL: Sql = Sql::same(conversions!("''", "''", "leads l"));
    let (first, last) = period.ids();
    db.fetch_optional(ALL, args![first, last, 1]).await
}
