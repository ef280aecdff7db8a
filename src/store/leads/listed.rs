//! Lists of leads, the newest first, and how many there are.
//!
//! Ids are made of time, so "created between" is a range of ids, and the order of all lists is that of the key. Each list goes by the
//! index of its narrowest filter; the other filters are looked at on the way.

use super::super::db::{Arg, Sql, StoreError, Within};
use super::{LeadRow, lead_columns};
use crate::args;
use crate::domain::keywords::Sought;
use sqlx::FromRow;

/// Which leads.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// At this status.
    pub status: Option<String>,
    /// From there.
    pub source: Option<String>,
    /// Of this class.
    pub class: Option<String>,
    /// By this channel.
    pub channel: Option<String>,
    /// Given to this user.
    pub assigned_to: Option<i64>,
    /// Converted, or not.
    pub converted: Option<bool>,
    /// Active, or deactivated.
    pub active: Option<bool>,
    /// Whose words begin so.
    pub words: Option<Sought>,
    /// Who said words that begin so, in any conversation.
    pub said: Option<Sought>,
    /// Whose id is not below this: since when they came.
    pub from_id: i64,
    /// Whose id is below this: until when they came.
    pub to_id: i64,
}

/// Where a page begins, and how long it is.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// Behind the lead of this id: where the page before ended.
    pub before: i64,
    /// So many are passed over.
    pub skip: i64,
    /// At most so many.
    pub limit: i64,
}

/// Statements by their leading index; `$what` is what is selected, `$end` what stands behind the conditions.
macro_rules! leads_by {
    ($by:literal, $lead:literal, [$($what:tt)*], $end:literal) => {
        Sql {
            sqlite: leads_by!(@ concat!("leads l INDEXED BY ", $by), $lead, [$($what)*], $end),
            postgres: leads_by!(@ "leads l", $lead, [$($what)*], $end),
        }
    };
    (@ $from:expr, $lead:literal, [$($what:tt)*], $end:literal) => {
        concat!(
            "SELECT ", $($what)*, " FROM ", $from, " WHERE l.tenant_id = $1 AND ", $lead,
            " AND l.id >= $2 AND l.id < $3 AND ($4 = '' OR l.status = $4) AND ($5 = '' OR l.source = $5)
              AND ($6 = '' OR l.class = $6) AND ($7 = '' OR l.channel = $7) AND ($8 = 0 OR l.assigned_to = $8)
              AND ($9 = -1 OR CASE WHEN l.status = 'CONVERTED' THEN 1 ELSE 0 END = $9)
              AND ($10 = -1 OR CASE WHEN l.is_active THEN 1 ELSE 0 END = $10) ", $end
        )
    };
}

/// The same for each way to look: by key, by one filter, by words.
macro_rules! every_way {
    ($ways:ident, [$($what:tt)*], $end:literal) => {
        const $ways: Ways = Ways {
            all: Sql::same(leads_by!(@ "leads l", "$11 = '' AND $12 = ''", [$($what)*], $end)),
            status: leads_by!("leads_status", "l.status = $4 AND $11 = '' AND $12 = ''", [$($what)*], $end),
            class: leads_by!("leads_class", "l.class = $6 AND $11 = '' AND $12 = ''", [$($what)*], $end),
            source: leads_by!("leads_source", "l.source = $5 AND $11 = '' AND $12 = ''", [$($what)*], $end),
            channel: leads_by!("leads_channel", "l.channel = $7 AND $11 = '' AND $12 = ''", [$($what)*], $end),
            inactive: leads_by!("leads_inactive", "NOT l.is_active AND $11 = '' AND $12 = ''", [$($what)*], $end),
            assigned: leads_by!("leads_assignee", "l.assigned_to = $8 AND $11 = '' AND $12 = ''", [$($what)*], $end),
            words: Sql {
                // The words are looked at first, whatever SQLite thinks of it.
                sqlite: leads_by!(@ "lead_words w CROSS JOIN leads l",
                    "l.id = w.rowid AND w.rowid >= $2 AND w.rowid < $3 AND w.lead_words MATCH $11 AND $12 = ''", [$($what)*], $end),
                postgres: leads_by!(@ "leads l",
                    "array_to_tsvector(string_to_array(l.keywords || l.family_keywords, ' ')) @@ CAST($11 AS tsquery) AND $12 = ''",
                    [$($what)*], $end),
            },
            said: Sql {
                sqlite: leads_by!(@ "leads l",
                    "l.id IN (SELECT c.lead_id FROM message_words m CROSS JOIN conversations c ON c.tenant_id = $1 AND c.id = m.rowid
                       WHERE m.message_words MATCH $12) AND $11 = ''", [$($what)*], $end),
                postgres: leads_by!(@ "leads l",
                    "l.id IN (SELECT c.lead_id FROM message_index m JOIN conversations c ON c.tenant_id = m.tenant_id
                       AND c.id = m.conversation_id WHERE m.tenant_id = $1 AND m.words @@ CAST($12 AS tsquery)) AND $11 = ''",
                    [$($what)*], $end),
            },
            both: Sql {
                sqlite: leads_by!(@ "lead_words w CROSS JOIN leads l",
                    "l.id = w.rowid AND w.lead_words MATCH $11 AND l.id IN (SELECT c.lead_id FROM message_words m
                       CROSS JOIN conversations c ON c.tenant_id = $1 AND c.id = m.rowid WHERE m.message_words MATCH $12)",
                    [$($what)*], $end),
                postgres: leads_by!(@ "leads l",
                    "array_to_tsvector(string_to_array(l.keywords || l.family_keywords, ' ')) @@ CAST($11 AS tsquery)
                       AND l.id IN (SELECT c.lead_id FROM message_index m JOIN conversations c ON c.tenant_id = m.tenant_id
                       AND c.id = m.conversation_id WHERE m.tenant_id = $1 AND m.words @@ CAST($12 AS tsquery))",
                    [$($what)*], $end),
            },
        };
    };
}

struct Ways {
    all: Sql,
    status: Sql,
    class: Sql,
    source: Sql,
    channel: Sql,
    inactive: Sql,
    assigned: Sql,
    words: Sql,
    said: Sql,
    both: Sql,
}

impl Ways {
    /// By what narrows most.
    fn of(self, filter: &Filter) -> Sql {
        if filter.words.is_some() && filter.said.is_some() {
            self.both
        } else if filter.words.is_some() {
            self.words
        } else if filter.said.is_some() {
            self.said
        } else if filter.assigned_to.is_some() {
            self.assigned
        } else if filter.active == Some(false) {
            self.inactive
        } else if filter.status.is_some() {
            self.status
        } else if filter.source.is_some() {
            self.source
        } else if filter.class.is_some() {
            self.class
        } else if filter.channel.is_some() {
            self.channel
        } else {
            self.all
        }
    }
}

impl Filter {
    /// The arguments from `$2` to `$12`, with `before` as the upper end.
    fn args(&self, before: i64, is_sqlite: bool) -> Vec<Arg> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let flag = |flag: Option<bool>| flag.map_or(-1, i64::from);
        let asked = |words: &Option<Sought>| {
            words
                .as_ref()
                .map(|words| if is_sqlite { words.fts5() } else { words.tsquery() })
                .unwrap_or_default()
        };
        args![
            self.from_id,
            before.min(self.to_id),
            text(&self.status),
            text(&self.source),
            text(&self.class),
            text(&self.channel),
            self.assigned_to.unwrap_or(0),
            flag(self.converted),
            flag(self.active),
            asked(&self.words),
            asked(&self.said)
        ]
    }
}

/// A page of leads, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn list(db: Within<'_>, filter: &Filter, order: Order) -> Result<Vec<LeadRow>, StoreError> {
    every_way!(WAYS, [lead_columns!()], "ORDER BY l.id DESC LIMIT $13 OFFSET $14");
    let mut args = filter.args(order.before, db.is_sqlite());
    args.extend(args![order.limit, order.skip]);
    db.fetch_all(WAYS.of(filter), args).await
}

/// How many leads there are, counted up to `most`.
///
/// # Errors
/// Where the database does not answer.
pub async fn count(db: Within<'_>, filter: &Filter, most: i64) -> Result<i64, StoreError> {
    #[derive(FromRow)]
    struct Row {
        n: i64,
    }
    every_way!(WAYS, ["COUNT(*) AS n FROM (SELECT l.id"], "LIMIT $13) AS counted");
    let mut args = filter.args(i64::MAX, db.is_sqlite());
    args.extend(args![most]);
    let row: Option<Row> = db.fetch_optional(WAYS.of(filter), args).await?;
    Ok(row.map_or(0, |row| row.n))
}

/// How many leads stand at a status.
#[derive(Clone, Debug, FromRow)]
pub struct StatusCount {
    /// The status.
    pub status: String,
    /// All of them.
    pub n: i64,
    /// Those that were deactivated.
    pub inactive: i64,
}

/// How many leads stand at each status.
///
/// # Errors
/// Where the database does not answer.
pub async fn stats(db: Within<'_>) -> Result<Vec<StatusCount>, StoreError> {
    macro_rules! stats {
        ($by_status:literal, $by_inactive:literal) => {
            concat!(
                "SELECT a.status, a.n, COALESCE(i.n, 0) AS inactive FROM
                   (SELECT tenant_id, status, COUNT(*) AS n FROM leads ",
                $by_status,
                " WHERE tenant_id = $1 GROUP BY tenant_id, status) a LEFT JOIN
                   (SELECT status, COUNT(*) AS n FROM leads ",
                $by_inactive,
                " WHERE tenant_id = $1 AND NOT is_active GROUP BY status) i ON i.status = a.status ORDER BY a.status"
            )
        };
    }
    const STATS: Sql = Sql {
        sqlite: stats!("INDEXED BY leads_status", "INDEXED BY leads_inactive"),
        postgres: stats!("", ""),
    };
    db.fetch_all(STATS, args![]).await
}
