//! No column comes without a decision what erasing does to it.

use crate::harness::{Place, execute, texts};
use leadwire::store::db::Db;
use leadwire::store::erasure::{Fate, TABLES};
use std::collections::{BTreeMap, BTreeSet};

on_both!(every_column_has_its_fate,);

/// All tables with their columns, but for the migrations' own and those of the search indexes, which are made of others and go with them.
pub async fn columns(db: &Db, only_texts: bool) -> BTreeMap<String, BTreeSet<String>> {
    let (column, rest) = match db {
        Db::Sqlite { .. } => (
            "m.name || ' ' || c.name",
            format!(
                "sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' {}",
                if only_texts { "AND c.type = 'TEXT'" } else { "" }
            ),
        ),
        Db::Postgres { .. } => (
            "c.table_name || ' ' || c.column_name",
            format!(
                "information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
                 WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' {}",
                if only_texts { "AND c.data_type IN ('text', 'tsvector')" } else { "" }
            ),
        ),
    };
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in texts(db, column, &rest).await {
        let (table, column) = line.split_once(' ').unwrap();
        let is_ours = !["_sqlx_migrations", "sqlite_sequence"].contains(&table)
            && (!table.starts_with("lead_words") || table == "lead_words_due")
            && !table.starts_with("message_words");
        if is_ours {
            all.entry(table.to_owned()).or_default().insert(column.to_owned());
        }
    }
    all
}

/// What the plan and the schema do not agree on.
async fn undecided(db: &Db) -> Vec<String> {
    let schema = columns(db, false).await;
    assert!(schema.len() > 40, "{schema:?}");
    let mut planned: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for table in TABLES {
        let columns = table.columns();
        let distinct: BTreeSet<String> = columns.iter().map(|column| (*column).to_owned()).collect();
        assert_eq!(distinct.len(), columns.len(), "{}: a column is named twice", table.name);
        assert!(planned.insert(table.name.to_owned(), distinct).is_none(), "{} is named twice", table.name);
    }
    // On SQLite the words are in an index of their own.
    if let Db::Sqlite { .. } = db {
        planned.get_mut("message_index").unwrap().remove("words");
    }
    let all = |tables: &BTreeMap<String, BTreeSet<String>>| -> BTreeSet<String> {
        let names = tables
            .iter()
            .flat_map(|(table, columns)| columns.iter().map(move |column| format!("{table}.{column}")));
        names.collect()
    };
    all(&schema).symmetric_difference(&all(&planned)).cloned().collect()
}

async fn every_column_has_its_fate(place: Place) {
    let app = place.app().await;
    let db = &app.app.db;
    let found = undecided(db).await;
    assert!(found.is_empty(), "say in store/erasure/plan.rs what erasing does to {found:?}");
    for table in TABLES {
        let is_theirs = !matches!(table.fate, Fate::NotTheirs(_));
        assert_eq!(is_theirs, !table.of.is_empty(), "{}", table.name);
    }
    execute(db, "ALTER TABLE leads ADD COLUMN nickname TEXT").await;
    execute(db, "CREATE TABLE pets (tenant_id BIGINT NOT NULL)").await;
    assert_eq!(undecided(db).await, ["leads.nickname", "pets.tenant_id"], "what nobody decided is found out");
}
