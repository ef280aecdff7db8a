//! Leads as people work on them. Turns write other columns of the same rows (`store::turns`): see the migration.

mod audit;
mod enquiries;
mod follow_ups;
mod imported;
mod listed;
mod told;
mod visits;
mod words;

pub use audit::{AuditRow, Entry, audit, since, write};
pub use enquiries::{
    ChildRow, FieldsRow, GuardianRow, KnownPerson, NewLead, about, add_child, add_guardian, add_identity,
    add_lead, add_person, add_words, captured_by, child, fields, guardians, lock_person, lock_person_by_id,
    lock_tenant, next_enquiry, save_child, save_guardian, set_contact, without_child,
};
pub use follow_ups::{
    FollowUpRow, add_follow_up, add_reminder, agenda, cancel_pending, follow_up, follow_ups_of, pending,
    save_follow_up,
};
pub use imported::{KnownRow, children, of_addresses, of_persons, owners, set_created};
pub use listed::{Filter, StatusCount, count, list, list_ids, page, stats, tally};
pub use told::{
    AttemptRow, DeliveredRow, LedgerRow, SaidRow, SumsRow, TalkRow, attempts, deliveries, messages,
    score_ledger, score_sums, talks,
};
pub use visits::{VisitFilter, VisitRow, add_visit, cancel_visits, save_visit, visit, visits, visits_of};
pub use words::{settle, settle_due};

use super::db::{Db, Exec, Sql, StoreError, Within};
use crate::args;
use crate::domain::access::Tenant;
use sqlx::FromRow;

/// A lead.
#[derive(Clone, Debug, PartialEq, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct LeadRow {
    pub tenant_id: i64,
    pub id: i64,
    pub person_id: i64,
    pub status: String,
    pub status_at: Option<i64>,
    pub proposal: Option<String>,
    pub channel: String,
    pub source: Option<String>,
    pub sender_name: Option<String>,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub first_message: Option<String>,
    pub last_message: Option<String>,
    pub message_count: i64,
    pub last_message_at: Option<i64>,
    pub score: i64,
    pub class: String,
    pub is_active: bool,
    pub child_id: Option<i64>,
    pub child_name: Option<String>,
    pub enquiry_id: Option<String>,
    pub school: Option<String>,
    pub preferred_schedule: Option<String>,
    pub parent_expectations: Option<String>,
    pub discovery_notes: Option<String>,
    pub discovery_completed_at: Option<i64>,
    pub closed_reason: Option<String>,
    pub closed_at: Option<i64>,
    pub customer_ref: Option<String>,
    pub converted_at: Option<i64>,
    pub assigned_to: Option<i64>,
    pub created_by: Option<i64>,
    pub updated_by: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
    pub erased_at: Option<i64>,
    pub merged_into: Option<i64>,
    pub dial_status: Option<String>,
    pub last_status_change: Option<i64>,
    pub dial_result: Option<String>,
    pub last_dial_attempt: Option<i64>,
    pub dial_attempts: i64,
    pub answered_count: i64,
    pub callback_at: Option<i64>,
}

/// The columns of [`LeadRow`].
macro_rules! lead_columns {
    () => {
        "l.tenant_id, l.id, l.person_id, l.status, l.status_at, l.proposal, l.channel, l.source, l.sender_name, l.name, l.phone, l.email,
           l.first_message, l.last_message, l.message_count, l.last_message_at, l.score, l.class, l.is_active, l.child_id, l.child_name,
           l.enquiry_id, l.school, l.preferred_schedule, l.parent_expectations, l.discovery_notes, l.discovery_completed_at,
           l.closed_reason, l.closed_at, l.customer_ref, l.converted_at, l.assigned_to, l.created_by, l.updated_by, l.created_at,
           l.updated_at, l.version, l.erased_at, l.merged_into, l.dial_status, l.last_status_change, l.dial_result, l.last_dial_attempt,
           l.dial_attempts, l.answered_count, l.callback_at"
    };
}
pub(in crate::store) use lead_columns;

/// A lead.
///
/// # Errors
/// Where the database does not answer.
pub async fn find(db: Within<'_>, id: i64) -> Result<Option<LeadRow>, StoreError> {
    const FIND: Sql =
        Sql::same(concat!("SELECT ", lead_columns!(), " FROM leads l WHERE l.tenant_id = $1 AND l.id = $2"));
    db.fetch_optional(FIND, args![id]).await
}

/// A lead that nobody else changes until the transaction ends.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock(tx: Within<'_>, id: i64) -> Result<Option<LeadRow>, StoreError> {
    const LOCK: Sql = Sql {
        sqlite: concat!("SELECT ", lead_columns!(), " FROM leads l WHERE l.tenant_id = $1 AND l.id = $2"),
        postgres: concat!(
            "SELECT ",
            lead_columns!(),
            " FROM leads l WHERE l.tenant_id = $1 AND l.id = $2 FOR UPDATE"
        ),
    };
    tx.fetch_optional(LOCK, args![id]).await
}

/// Writes what people change of a lead that this transaction has locked, as its next version.
///
/// # Errors
/// Where the database does not answer.
pub async fn save(tx: Within<'_>, lead: &LeadRow) -> Result<(), StoreError> {
    const SAVE: Sql = Sql::same(
        "UPDATE leads SET status = $3, status_at = $4, proposal = $5, is_active = $6, child_id = $7, child_name = $8, enquiry_id = $9,
           school = $10, preferred_schedule = $11, parent_expectations = $12, discovery_notes = $13, discovery_completed_at = $14,
           closed_reason = $15, closed_at = $16, customer_ref = $17, converted_at = $18, assigned_to = $19, updated_by = $20,
           updated_at = $21, version = $22, source = COALESCE(source, $23), merged_into = $24
         WHERE tenant_id = $1 AND id = $2",
    );
    let args = args![
        lead.id,
        &lead.status,
        lead.status_at,
        lead.proposal.clone(),
        lead.is_active,
        lead.child_id,
        lead.child_name.clone(),
        lead.enquiry_id.clone(),
        lead.school.clone(),
        lead.preferred_schedule.clone(),
        lead.parent_expectations.clone(),
        lead.discovery_notes.clone(),
        lead.discovery_completed_at,
        lead.closed_reason.clone(),
        lead.closed_at,
        lead.customer_ref.clone(),
        lead.converted_at,
        lead.assigned_to,
        lead.updated_by,
        lead.updated_at,
        lead.version,
        lead.source.clone(),
        lead.merged_into
    ];
    tx.execute(SAVE, args).await.map(drop)
}

/// Which tenant has a lead, a visit, a follow-up or a merge: for those who may see all tenants. A probe for each tenant.
///
/// # Errors
/// Where the database does not answer.
pub async fn whose(db: &Db, thing: Thing, id: i64) -> Result<Option<Tenant>, StoreError> {
    #[derive(FromRow)]
    struct Row {
        tenant_id: i64,
    }
    let find = match thing {
        Thing::Lead => "SELECT tenant_id FROM leads WHERE tenant_id IN (SELECT id FROM tenants) AND id = $1",
        Thing::Visit => {
            "SELECT tenant_id FROM intro_visits WHERE tenant_id IN (SELECT id FROM tenants) AND id = $1"
        }
        Thing::FollowUp => {
            "SELECT tenant_id FROM follow_ups WHERE tenant_id IN (SELECT id FROM tenants) AND id = $1"
        }
        Thing::Merge => {
            "SELECT tenant_id FROM merges WHERE tenant_id IN (SELECT id FROM tenants) AND id = $1"
        }
    };
    let row: Option<Row> = db.fetch_optional(Sql::same(find), args![id]).await?;
    Ok(row.map(|row| Tenant(row.tenant_id)))
}

/// What has an id that somebody may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A lead.
    Lead,
    /// A visit.
    Visit,
    /// A follow-up.
    FollowUp,
    /// That a lead was merged into another.
    Merge,
}
