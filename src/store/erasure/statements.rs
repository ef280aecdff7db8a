//! The statements that [`super::plan`] comes to, made once.

use super::plan::{Fate, Of, TABLES, Table};
use crate::clock::Millis;
use crate::store::db::{Arg, Sql};
use serde_json::json;
use std::sync::LazyLock;

/// The ids by which a person's rows are found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Persons.
    pub persons: Vec<i64>,
    /// Their leads.
    pub leads: Vec<i64>,
    /// Their conversations.
    pub conversations: Vec<i64>,
    /// The children their leads are about.
    pub children: Vec<i64>,
    /// What was delivered of them.
    pub deliveries: Vec<i64>,
    /// Our ids of their records at sinks.
    pub keys: Vec<String>,
}

impl Scope {
    fn list(&self, of: Of) -> String {
        match of {
            Of::Person(_) => json!(self.persons),
            Of::Lead(_) => json!(self.leads),
            Of::Conversation(_) => json!(self.conversations),
            Of::Child(_) => json!(self.children),
            Of::Delivery(_) => json!(self.deliveries),
            Of::Key(_) => json!(self.keys),
        }
        .to_string()
    }

    /// The arguments of a statement that finds a table's rows, from `$2` on.
    pub(super) fn args(&self, made: &Made, now: Millis) -> Vec<Arg> {
        let lists = made.table.of.iter().map(|of| Arg::from(self.list(*of)));
        lists.chain(made.has_now.then(|| Arg::from(now))).collect()
    }
}

/// A statement for a table's rows.
#[derive(Debug)]
pub(super) struct Made {
    pub table: &'static Table,
    pub sql: Sql,
    has_now: bool,
}

/// What empties or deletes a person's rows, table by table; tables of which nothing changes are counted.
pub(super) static EMPTYING: LazyLock<Vec<Made>> =
    LazyLock::new(|| TABLES.iter().filter_map(|table| made(table, emptying)).collect());

/// What tells them, a JSON object for each row.
pub(super) static TELLING: LazyLock<Vec<Made>> = LazyLock::new(|| {
    TABLES.iter().filter(|table| !table.told.is_empty()).filter_map(|table| made(table, telling)).collect()
});

fn made(table: &'static Table, write: fn(&Table, bool) -> String) -> Option<Made> {
    if matches!(table.fate, Fate::NotTheirs(_)) {
        return None;
    }
    let now = format!("${}", table.of.len() + 2);
    let text = |is_sqlite| write(table, is_sqlite);
    let has_now = text(true).contains("$now");
    // Made once of constants, so they may stay for good.
    let kept = |is_sqlite| -> &'static str { text(is_sqlite).replace("$now", &now).leak() };
    Some(Made { table, sql: Sql { sqlite: kept(true), postgres: kept(false) }, has_now })
}

fn emptying(table: &Table, is_sqlite: bool) -> String {
    let (name, found, index) = (table.name, found(table, is_sqlite), index(table, is_sqlite));
    match table.fate {
        Fate::Emptied([]) => {
            format!("SELECT COUNT(*) AS n FROM {name}{index} WHERE tenant_id = $1 AND {found}")
        }
        Fate::Emptied(columns) => {
            let set: Vec<String> = columns.iter().map(|(column, to)| format!("{column} = {to}")).collect();
            let set = set.join(", ").replace("$now", if is_sqlite { "$now" } else { "CAST($now AS BIGINT)" });
            format!("UPDATE {name}{index} SET {set} WHERE tenant_id = $1 AND {found}")
        }
        Fate::Deleted | Fate::NotTheirs(_) => {
            format!("DELETE FROM {name}{index} WHERE tenant_id = $1 AND {found}")
        }
    }
}

fn telling(table: &Table, is_sqlite: bool) -> String {
    let (name, found, index, order) =
        (table.name, found(table, is_sqlite), index(table, is_sqlite), table.order);
    let columns = table.tells();
    if is_sqlite {
        let pairs: Vec<String> = columns.iter().map(|column| format!("'{column}', {column}")).collect();
        let pairs = pairs.join(", ");
        format!(
            "SELECT json_object({pairs}) AS told FROM {name}{index} WHERE tenant_id = $1 AND {found} ORDER BY {order}"
        )
    } else {
        let columns = columns.join(", ");
        format!(
            "SELECT CAST(row_to_json(r) AS TEXT) AS told
             FROM (SELECT {columns} FROM {name} WHERE tenant_id = $1 AND {found} ORDER BY {order}) r"
        )
    }
}

fn index(table: &Table, is_sqlite: bool) -> String {
    if is_sqlite && !table.index.is_empty() { format!(" INDEXED BY {}", table.index) } else { String::new() }
}

/// The condition for a person's rows; lists are JSON, from `$2` on.
fn found(table: &Table, is_sqlite: bool) -> String {
    let any = table.of.iter().zip(2..).map(|(of, n)| {
        let (column, is_text) = match of {
            Of::Person(column)
            | Of::Lead(column)
            | Of::Conversation(column)
            | Of::Child(column)
            | Of::Delivery(column) => (column, false),
            Of::Key(column) => (column, true),
        };
        match (is_sqlite, is_text) {
            (true, _) => format!("{column} IN (SELECT value FROM json_each(${n}))"),
            (false, true) => format!("{column} = ANY (ARRAY(SELECT json_array_elements_text(${n}::json)))"),
            (false, false) => {
                format!("{column} = ANY (ARRAY(SELECT CAST(json_array_elements_text(${n}::json) AS BIGINT)))")
            }
        }
    });
    format!("({})", any.collect::<Vec<_>>().join(" OR "))
}
