//! Lists of leads, the newest first, and how many there are.
//!
//! Ids are made of time, so "created between" is a range of ids, and the order of all lists is that of the key. Each list goes by the
//! index of its narrowest filter; the other filters are looked at on the way. Leads that were merged into others are there for whoever looks
//! for words, or for what is put aside: they are found by the number that only they had.

use super::super::db::{Arg, Db, Exec, Sql, StoreError, Within, list as list_of};
use super::{LeadRow, lead_columns};
use crate::args;
use crate::domain::access::Tenant;
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

/// Ids of leads, by the index that the way there goes.
macro_rules! leads_by {
    ($by:literal, $lead:literal) => {
        Sql {
            sqlite: leads_by!(@ concat!("leads l INDEXED BY ", $by), $lead, "l.id"),
            postgres: leads_by!(@ "leads l", $lead, "l.id"),
        }
    };
    (@ $from:expr, $lead:literal, $id:literal) => {
        concat!(
            "SELECT ",
            "l.id FROM ", $from, " WHERE l.tenant_id = $1 AND ", $lead,
            " AND l.id >= $2 AND l.id < $3 AND ($4 = '' OR l.status = $4) AND ($5 = '' OR l.source = $5)
              AND ($6 = '' OR l.class = $6) AND ($7 = '' OR l.channel = $7) AND ($8 = 0 OR l.assigned_to = $8)
              AND ($9 = -1 OR CASE WHEN l.status = 'CONVERTED' THEN 1 ELSE 0 END = $9)
              AND ($10 = -1 OR CASE WHEN l.is_active THEN 1 ELSE 0 END = $10)
              AND (l.merged_into IS NULL OR $10 = 0 OR $11 <> '' OR $12 <> '') ORDER BY ", $id, " DESC LIMIT $13"
        )
    };
}

/// Each way to look: by key, by one filter, by words.
const WAYS: Ways = Ways {
    all: Sql::same(leads_by!(@ "leads l", "$11 = '' AND $12 = ''", "l.id")),
    status: leads_by!("leads_status", "l.status = $4 AND $11 = '' AND $12 = ''"),
    class: leads_by!("leads_class", "l.class = $6 AND $11 = '' AND $12 = ''"),
    source: leads_by!("leads_source", "l.source = $5 AND $11 = '' AND $12 = ''"),
    channel: leads_by!("leads_channel", "l.channel = $7 AND $11 = '' AND $12 = ''"),
    inactive: leads_by!("leads_inactive", "NOT l.is_active AND $11 = '' AND $12 = ''"),
    assigned: leads_by!("leads_assignee", "l.assigned_to = $8 AND $11 = '' AND $12 = ''"),
    words: Sql {
        // The words are looked at first, whatever SQLite thinks of it, and in their own order: it does not know that it is that of
        // the leads.
        sqlite: leads_by!(@ "lead_words w CROSS JOIN leads l",
            "l.id = w.rowid AND w.rowid >= $2 AND w.rowid < $3 AND w.lead_words MATCH $11 AND $12 = ''", "w.rowid"),
        postgres: leads_by!(@ "lead_words w JOIN leads l ON l.id = w.id",
            "w.tenant_id = $1 AND w.id >= $2 AND w.id < $3 AND w.words @@ CAST($11 AS tsquery) AND $12 = ''", "w.id"),
    },
    said: Sql {
        sqlite: leads_by!(@ "leads l",
            "l.id IN (SELECT i.lead_id FROM message_words m CROSS JOIN message_index i ON i.tenant_id = $1 AND i.conversation_id = m.rowid
               WHERE m.message_words MATCH $12) AND $11 = ''", "l.id"),
        postgres: leads_by!(@ "leads l",
            "l.id IN (SELECT m.lead_id FROM message_index m WHERE m.tenant_id = $1 AND m.words @@ CAST($12 AS tsquery)) AND $11 = ''",
            "l.id"),
    },
    both: Sql {
        sqlite: leads_by!(@ "lead_words w CROSS JOIN leads l",
            "l.id = w.rowid AND w.lead_words MATCH $11 AND l.id IN (SELECT i.lead_id FROM message_words m
               CROSS JOIN message_index i ON i.tenant_id = $1 AND i.conversation_id = m.rowid WHERE m.message_words MATCH $12)", "w.rowid"),
        postgres: leads_by!(@ "lead_words w JOIN leads l ON l.id = w.id",
            "w.tenant_id = $1 AND w.words @@ CAST($11 AS tsquery)
               AND l.id IN (SELECT m.lead_id FROM message_index m WHERE m.tenant_id = $1 AND m.words @@ CAST($12 AS tsquery))", "l.id"),
    },
};

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
    /// What is looked for, where nothing else is.
    fn words_alone(&self) -> Option<&Sought> {
        let Filter { status, source, class, channel, assigned_to, converted, active, words, said, .. } = self;
        let is_narrower = [status, source, class, channel].iter().any(|filter| filter.is_some())
            || assigned_to.is_some()
            || converted.is_some()
            || active.is_some()
            || said.is_some();
        words.as_ref().filter(|_| !is_narrower)
    }

    /// The arguments from `$2` to `$12`, with `before` as the upper end.
    fn args(&self, before: i64, is_sqlite: bool) -> Vec<Arg> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let flag = |flag: Option<bool>| flag.map_or(-1, i64::from);
        let asked = |words: &Option<Sought>, on_postgres: fn(&Sought) -> String| {
            let ask = if is_sqlite { Sought::fts5 } else { on_postgres };
            words.as_ref().map(ask).unwrap_or_default()
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
            asked(&self.words, Sought::own_among_beginnings),
            asked(&self.said, Sought::tsquery)
        ]
    }
}

#[derive(FromRow)]
struct Id {
    id: i64,
}

/// Ids of leads behind a place, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn list_ids(
    db: &Db,
    tenant: Tenant,
    filter: &Filter,
    before: i64,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    // Where only words are looked for, the leads themselves say nothing more, and PostgreSQL sees how common the words are in this tenant.
    const WORDS: &str = "SELECT id FROM lead_words WHERE tenant_id = $1 AND id >= $2 AND id < $3 AND words @@ CAST($4 AS tsquery) ORDER BY id DESC LIMIT $5";
    let within = db.within(tenant);
    let rows: Vec<Id> = match filter.words_alone().filter(|_| !within.is_sqlite()) {
        Some(words) => {
            let args = args![filter.from_id, before.min(filter.to_id), words.among_beginnings(), limit];
            within.fetch_all(Sql::same(WORDS), args).await?
        }
        None => {
            let mut args = filter.args(before, within.is_sqlite());
            args.extend(args![limit]);
            within.fetch_all(WAYS.of(filter), args).await?
        }
    };
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// These leads whole, the newest first.
async fn whole(db: &Db, tenant: Tenant, ids: &[i64]) -> Result<Vec<LeadRow>, StoreError> {
    const WHOLE: Sql = Sql {
        sqlite: concat!(
            "SELECT ",
            lead_columns!(),
            " FROM json_each($2) w CROSS JOIN leads l WHERE l.tenant_id = $1 AND l.id = w.value ORDER BY w.key"
        ),
        postgres: concat!(
            "SELECT ",
            lead_columns!(),
            " FROM leads l WHERE l.tenant_id = $1 AND l.id = ANY (ARRAY(SELECT CAST(json_array_elements_text($2::json) AS BIGINT)))
              ORDER BY l.id DESC"
        ),
    };
    if ids.is_empty() {
        return Ok(vec![]);
    }
    db.within(tenant).fetch_all(WHOLE, args![list_of(ids)]).await
}

/// Leads behind a place, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn list(
    db: &Db,
    tenant: Tenant,
    filter: &Filter,
    before: i64,
    limit: i64,
) -> Result<Vec<LeadRow>, StoreError> {
    whole(db, tenant, &list_ids(db, tenant, filter, before, limit).await?).await
}

/// A page of leads, the newest first, of those that stand behind `skip` others; and how many there are, counted up to `counted` and the
/// page's end. Both come of one look at the filter: the leads of the page alone are read whole.
///
/// # Errors
/// Where the database does not answer.
pub async fn page(
    db: &Db,
    tenant: Tenant,
    filter: &Filter,
    (skip, limit): (i64, i64),
    counted: i64,
) -> Result<(Vec<LeadRow>, i64), StoreError> {
    let ids = list_ids(db, tenant, filter, i64::MAX, counted.max(skip + limit)).await?;
    let rows = |n: i64| usize::try_from(n).unwrap_or(usize::MAX).min(ids.len());
    let page = &ids[rows(skip)..rows(skip + limit)];
    Ok((whole(db, tenant, page).await?, ids.len() as i64))
}

/// How many leads there are, counted up to `most`.
///
/// # Errors
/// Where the database does not answer.
pub async fn count(db: &Db, tenant: Tenant, filter: &Filter, most: i64) -> Result<i64, StoreError> {
    Ok(list_ids(db, tenant, filter, i64::MAX, most).await?.len() as i64)
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

/// How many leads stand at each status, without those that were merged into others: as triggers keep it beside the leads.
///
/// # Errors
/// Where the database does not answer.
pub async fn stats(db: Within<'_>) -> Result<Vec<StatusCount>, StoreError> {
    const STATS: Sql = Sql::same(
        "SELECT status, CAST(SUM(n) AS BIGINT) AS n, CAST(SUM(CASE standing WHEN 'inactive' THEN n ELSE 0 END) AS BIGINT) AS inactive
         FROM lead_counts WHERE tenant_id = $1 AND standing <> 'merged' GROUP BY status ORDER BY status",
    );
    db.fetch_all(STATS, args![]).await
}

/// Sums up how many leads stand where, of all tenants; on SQLite they are one number each at any time. Whoever counts meanwhile counts the
/// same.
///
/// # Errors
/// Where the database does not answer.
pub async fn tally(db: &Db) -> Result<(), StoreError> {
    const TALLY: Sql = Sql::same(
        "WITH gone AS (DELETE FROM lead_counts WHERE (tenant_id, status, standing) IN (
             SELECT tenant_id, status, standing FROM lead_counts GROUP BY tenant_id, status, standing HAVING COUNT(*) > 1 OR SUM(n) = 0)
           RETURNING tenant_id, status, standing, n)
         INSERT INTO lead_counts (tenant_id, status, standing, n)
         SELECT tenant_id, status, standing, SUM(n) FROM gone GROUP BY tenant_id, status, standing HAVING SUM(n) <> 0",
    );
    match db {
        Db::Sqlite { .. } => Ok(()),
        Db::Postgres { .. } => db.execute(TALLY, args![]).await.map(drop),
    }
}
