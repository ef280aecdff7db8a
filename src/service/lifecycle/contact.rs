//! Whom a lead is with: what turns write as well, under the person's lock.

use super::Refused;
use crate::domain::access::Tenant;
use crate::domain::keywords;
use crate::store::db::{StoreError, Tx};
use crate::store::leads::{self, FieldsRow};
use serde_json::{Map, Value as Json, json};

/// What is said of whom a lead is with.
#[derive(Clone, Copy, Debug)]
pub(in crate::service) struct Contact<'a> {
    /// Their name.
    pub name: Option<&'a str>,
    /// Their number, E.164.
    pub phone: Option<&'a str>,
    /// Their address.
    pub email: Option<&'a str>,
    /// What else is known of them, by field.
    pub further: &'a Map<String, Json>,
    /// Whether it stands in the place of what was known before.
    pub wins: bool,
}

/// Writes what a lead is called and found by, under its person's lock; the names of what is other than before. Unless it wins, what the
/// person said of themselves stays.
pub(in crate::service) async fn call(
    tx: &mut Tx,
    tenant: Tenant,
    lead_id: i64,
    contact: Contact<'_>,
) -> Result<Vec<&'static str>, Refused> {
    let Some(known) = leads::fields(tx.within(tenant), lead_id).await? else {
        return Err(Refused::Missing("lead"));
    };
    let mut fields = read(&known)?;
    let before = fields.clone();
    let mut changed = Vec::new();
    let mut keep = |name: &'static str, known: Option<String>, said: Option<&str>| {
        let said = said.map(str::to_owned);
        let value = if contact.wins { said.or_else(|| known.clone()) } else { known.clone().or(said) };
        if let Some(text) = &value {
            if contact.wins && value != known {
                fields.insert(name.to_owned(), json!(text));
            } else {
                fields.entry(name).or_insert_with(|| json!(text));
            }
        }
        if value != known {
            changed.push(name);
        }
        value
    };
    let now_known = FieldsRow {
        name: keep("name", known.name, contact.name),
        phone: keep("phone", known.phone, contact.phone),
        email: keep("email", known.email, contact.email),
        sender_name: known.sender_name,
        fields: String::new(),
    };
    for (name, value) in contact.further {
        match (fields.get_mut(name), value) {
            // What a file says of further columns is added to what another said.
            (Some(Json::Object(known)), Json::Object(said)) => known.extend(said.clone()),
            _ => drop(fields.insert(name.clone(), value.clone())),
        }
    }
    if fields == before && changed.is_empty() {
        return Ok(changed);
    }
    if contact.further.keys().any(|name| fields.get(name) != before.get(name)) {
        changed.push("fields");
    }
    write(tx, tenant, lead_id, now_known, fields).await?;
    Ok(changed)
}

/// What is known of a lead by field.
pub(super) fn read(row: &FieldsRow) -> Result<Map<String, Json>, StoreError> {
    serde_json::from_str(&row.fields)
        .map_err(|source| StoreError::Corrupt { column: "leads.fields", source: source.into() })
}

/// Writes what a lead is called, its fields, and what it is found by.
pub(super) async fn write(
    tx: &mut Tx,
    tenant: Tenant,
    lead_id: i64,
    row: FieldsRow,
    fields: Map<String, Json>,
) -> Result<(), StoreError> {
    let row = FieldsRow { fields: Json::Object(fields).to_string(), ..row };
    let texts = [row.name.as_deref(), row.sender_name.as_deref(), row.email.as_deref()];
    let words = keywords::of_lead(tenant.0, texts.into_iter().flatten(), row.phone.as_deref());
    leads::set_contact(tx.within(tenant), lead_id, &row, &words).await
}
