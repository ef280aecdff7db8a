//! Whose rows are a person's.

use super::super::db::{Sql, StoreError, Tx};
use super::statements::Scope;
use crate::args;
use crate::domain::access::Tenant;
use serde_json::json;
use sqlx::FromRow;
use std::collections::BTreeSet;

#[derive(FromRow)]
struct Id {
    id: i64,
}

/// `IN` a list of ids that is `$2`, or another argument, as JSON.
macro_rules! ids_of {
    (sqlite, $n:literal) => {
        concat!(" IN (SELECT value FROM json_each($", $n, "))")
    };
    (postgres, $n:literal) => {
        concat!(" = ANY (ARRAY(SELECT CAST(json_array_elements_text($", $n, "::json) AS BIGINT)))")
    };
}

async fn ids(
    tx: &mut Tx,
    tenant: Tenant,
    sql: Sql,
    args: Vec<crate::store::db::Arg>,
) -> Result<Vec<i64>, StoreError> {
    let rows: Vec<Id> = tx.within(tenant).fetch_all(sql, args).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Whose rows go with a person: their leads, all of them; whoever turned out to be them; the children these are about; of the children's
/// other parents those who are known through these children alone.
///
/// # Errors
/// Where the database does not answer.
pub async fn scope(tx: &mut Tx, tenant: Tenant, person_id: i64) -> Result<Scope, StoreError> {
    const LEADS: Sql = Sql {
        sqlite: "SELECT id FROM leads INDEXED BY leads_person WHERE tenant_id = $1 AND person_id = $2 ORDER BY id",
        postgres: "SELECT id FROM leads WHERE tenant_id = $1 AND person_id = $2 ORDER BY id",
    };
    const CONVERSATIONS: Sql = Sql {
        sqlite: concat!(
            "SELECT id, tenant_id FROM conversations INDEXED BY conversations_person WHERE tenant_id = $1 AND person_id",
            ids_of!(sqlite, "2"),
            " ORDER BY id"
        ),
        postgres: concat!(
            "SELECT id, tenant_id FROM conversations WHERE tenant_id = $1 AND person_id",
            ids_of!(postgres, "2"),
            " ORDER BY id"
        ),
    };
    let leads = ids(tx, tenant, LEADS, args![person_id]).await?;
    let children = children(tx, tenant, &leads, person_id).await?;
    let mut persons = merged(tx, tenant, person_id).await?;
    persons.extend(known_through(tx, tenant, person_id, &children).await?);
    let persons: Vec<i64> = persons.into_iter().collect();
    let conversations = ids(tx, tenant, CONVERSATIONS, args![json!(persons).to_string()]).await?;
    let mut scope = Scope { persons, leads, conversations, children, ..Scope::default() };
    for record in elsewhere(tx, tenant, &scope.leads).await? {
        scope.deliveries.push(record.id);
    }
    // As `delivery::key` makes them; of deliveries that were forgotten nothing else is left.
    for lead in &scope.leads {
        scope.keys.push(format!("lw-{lead}"));
        scope.keys.extend(scope.conversations.iter().map(|conversation| format!("lw-{lead}-{conversation}")));
    }
    Ok(scope)
}

/// A person and all who turned out to be them.
async fn merged(tx: &mut Tx, tenant: Tenant, person_id: i64) -> Result<BTreeSet<i64>, StoreError> {
    const MERGED: Sql = Sql {
        sqlite: "SELECT other_person_id AS id FROM merges INDEXED BY merges_person
                 WHERE tenant_id = $1 AND person_id = $2 AND undone_at IS NULL ORDER BY id",
        postgres: "SELECT other_person_id AS id FROM merges WHERE tenant_id = $1 AND person_id = $2 AND undone_at IS NULL ORDER BY id",
    };
    let (mut all, mut ahead) = (BTreeSet::new(), vec![person_id]);
    while let Some(person_id) = ahead.pop() {
        if all.insert(person_id) {
            ahead.extend(ids(tx, tenant, MERGED, args![person_id]).await?);
        }
    }
    Ok(all)
}

/// The children of these leads, but for those that a lead of another parent is about.
async fn children(
    tx: &mut Tx,
    tenant: Tenant,
    leads: &[i64],
    person_id: i64,
) -> Result<Vec<i64>, StoreError> {
    macro_rules! children {
        ($leads:expr, $index:literal) => {
            concat!(
                "SELECT DISTINCT own.child_id AS id FROM leads own WHERE own.tenant_id = $1 AND own.id",
                $leads,
                " AND own.child_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM guardians g JOIN leads l ",
                $index,
                " ON l.tenant_id = g.tenant_id AND l.person_id = g.person_id
                    WHERE g.tenant_id = $1 AND g.child_id = own.child_id AND g.person_id <> $3 AND l.child_id = own.child_id) ORDER BY id"
            )
        };
    }
    const CHILDREN: Sql = Sql {
        sqlite: children!(ids_of!(sqlite, "2"), "INDEXED BY leads_person"),
        postgres: children!(ids_of!(postgres, "2"), ""),
    };
    ids(tx, tenant, CHILDREN, args![json!(leads).to_string(), person_id]).await
}

/// Parents of these children of whom nothing else is here: no lead, no conversation, no other child.
async fn known_through(
    tx: &mut Tx,
    tenant: Tenant,
    person_id: i64,
    children: &[i64],
) -> Result<Vec<i64>, StoreError> {
    macro_rules! known {
        ($children:expr, $conversations:literal, $leads:literal, $guardians:literal) => {
            concat!(
                "SELECT DISTINCT g.person_id AS id FROM guardians g WHERE g.tenant_id = $1 AND g.child_id",
                $children,
                " AND g.person_id <> $3
                 AND NOT EXISTS (SELECT 1 FROM conversations c ",
                $conversations,
                " WHERE c.tenant_id = $1 AND c.person_id = g.person_id)
                 AND NOT EXISTS (SELECT 1 FROM leads l ",
                $leads,
                " WHERE l.tenant_id = $1 AND l.person_id = g.person_id)
                 AND NOT EXISTS (SELECT 1 FROM guardians o ",
                $guardians,
                " WHERE o.tenant_id = $1 AND o.person_id = g.person_id AND NOT (o.child_id",
                $children,
                ")) ORDER BY id"
            )
        };
    }
    const KNOWN: Sql = Sql {
        sqlite: known!(
            ids_of!(sqlite, "2"),
            "INDEXED BY conversations_person",
            "INDEXED BY leads_person",
            "INDEXED BY guardians_person"
        ),
        postgres: known!(ids_of!(postgres, "2"), "", "", ""),
    };
    ids(tx, tenant, KNOWN, args![json!(children).to_string(), person_id]).await
}

/// A record at a sink.
#[derive(Clone, Debug, FromRow)]
pub struct Elsewhere {
    /// The delivery; 0: it was forgotten.
    pub id: i64,
    /// The sink.
    pub sink: String,
    /// Our id of it there.
    pub key: String,
    /// The sink's; `None`: it has said none.
    pub sink_id: Option<String>,
    /// Whether the sink has, or may have, something of it.
    pub may_be_there: bool,
}

/// What sinks have of these leads.
///
/// # Errors
/// Where the database does not answer.
pub async fn elsewhere(tx: &mut Tx, tenant: Tenant, leads: &[i64]) -> Result<Vec<Elsewhere>, StoreError> {
    macro_rules! records {
        ($index:literal, $leads:expr) => {
            concat!(
                "SELECT tenant_id, id, sink, key, sink_id, (submitted_at IS NOT NULL OR attempts > 0) AS may_be_there FROM deliveries ",
                $index,
                " WHERE tenant_id = $1 AND lead_id",
                $leads,
                " ORDER BY id"
            )
        };
    }
    const RECORDS: Sql = Sql {
        sqlite: records!("INDEXED BY deliveries_lead", ids_of!(sqlite, "2")),
        postgres: records!("", ids_of!(postgres, "2")),
    };
    tx.within(tenant).fetch_all(RECORDS, args![json!(leads).to_string()]).await
}

/// What sinks have of records whose deliveries were forgotten.
///
/// # Errors
/// Where the database does not answer.
pub async fn forgotten(tx: &mut Tx, tenant: Tenant, keys: &[String]) -> Result<Vec<Elsewhere>, StoreError> {
    const RECORDS: Sql = Sql {
        sqlite: "SELECT CAST(0 AS BIGINT) AS id, sink, key, sink_id, TRUE AS may_be_there FROM sink_records
                 WHERE tenant_id = $1 AND key IN (SELECT value FROM json_each($2)) ORDER BY sink, key",
        postgres: "SELECT CAST(0 AS BIGINT) AS id, sink, key, sink_id, TRUE AS may_be_there FROM sink_records
                   WHERE tenant_id = $1 AND key = ANY (ARRAY(SELECT json_array_elements_text($2::json))) ORDER BY sink, key",
    };
    tx.within(tenant).fetch_all(RECORDS, args![json!(keys).to_string()]).await
}

/// Recordings of these conversations, by the provider's ids.
///
/// # Errors
/// Where the database does not answer.
pub async fn recordings(
    tx: &mut Tx,
    tenant: Tenant,
    conversations: &[i64],
) -> Result<Vec<String>, StoreError> {
    #[derive(FromRow)]
    struct Row {
        sid: String,
    }
    const SIDS: Sql = Sql {
        sqlite: "SELECT sid FROM recordings WHERE tenant_id = $1 AND url IS NOT NULL
                 AND conversation_id IN (SELECT value FROM json_each($2)) ORDER BY sid",
        postgres: "SELECT sid FROM recordings WHERE tenant_id = $1 AND url IS NOT NULL
                   AND conversation_id = ANY (ARRAY(SELECT CAST(json_array_elements_text($2::json) AS BIGINT))) ORDER BY sid",
    };
    let rows: Vec<Row> = tx.within(tenant).fetch_all(SIDS, args![json!(conversations).to_string()]).await?;
    Ok(rows.into_iter().map(|row| row.sid).collect())
}

/// Leads of other people whose child has one of these persons as a parent as well; lead and child.
///
/// # Errors
/// Where the database does not answer.
pub async fn named_beside(tx: &mut Tx, tenant: Tenant, scope: &Scope) -> Result<Vec<(i64, i64)>, StoreError> {
    #[derive(FromRow)]
    struct Row {
        id: i64,
        child_id: i64,
    }
    macro_rules! beside {
        ($guardians:literal, $leads:literal, $persons:expr, $children:expr) => {
            concat!(
                "SELECT ",
                "DISTINCT l.id, g.child_id FROM guardians g ",
                $guardians,
                " JOIN guardians o ON o.tenant_id = g.tenant_id AND o.child_id = g.child_id JOIN leads l ",
                $leads,
                " ON l.tenant_id = o.tenant_id AND l.person_id = o.person_id AND l.child_id = g.child_id
                 WHERE g.tenant_id = $1 AND g.person_id",
                $persons,
                " AND NOT (g.child_id",
                $children,
                ") AND l.erased_at IS NULL AND NOT (l.person_id",
                $persons,
                ") ORDER BY l.id"
            )
        };
    }
    const BESIDE: Sql = Sql {
        sqlite: beside!(
            "INDEXED BY guardians_person",
            "INDEXED BY leads_person",
            ids_of!(sqlite, "2"),
            ids_of!(sqlite, "3")
        ),
        postgres: beside!("", "", ids_of!(postgres, "2"), ids_of!(postgres, "3")),
    };
    let args = args![json!(scope.persons).to_string(), json!(scope.children).to_string()];
    let rows: Vec<Row> = tx.within(tenant).fetch_all(BESIDE, args).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.child_id)).collect())
}
