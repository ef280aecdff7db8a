//! What an enquiry is kept as: persons known by phone, the child, its parents, the lead about it.

use super::super::db::{Sql, StoreError, Tx, Within};
use super::super::erasure;
use super::settle;
use crate::args;
use crate::clock::Millis;
use crate::domain::access::Tenant;
use sqlx::FromRow;

/// Somebody who is known by a phone number.
#[derive(Clone, Debug, FromRow)]
pub struct KnownPerson {
    /// The person.
    pub id: i64,
    /// The turn they stand at.
    pub turn: i64,
    /// The lead their conversations go to; 0: none.
    pub lead_id: i64,
}

/// Who has this identity, with their lock: turns that have read them begin again, and nobody else changes them until the transaction
/// ends. `turn` is where they stand from now on. Whoever was erased while this waited for the lock is nobody any more, also where their
/// identity is seen as it was before.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock_person(
    tx: Within<'_>,
    (kind, value): (&str, &str),
    turn: i64,
) -> Result<Option<KnownPerson>, StoreError> {
    const LOCK: Sql = Sql::same(
        "UPDATE persons SET turn = $4 WHERE tenant_id = $1
           AND id = (SELECT person_id FROM identities WHERE tenant_id = $1 AND kind = $2 AND value = $3)
           AND ',' || opted_out || ',' NOT LIKE '%,erased,%' RETURNING id, turn, lead_id",
    );
    tx.fetch_optional(LOCK, args![kind, value, turn]).await
}

/// Who has this id, with their lock as [`lock_person`] takes it.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock_person_by_id(
    tx: Within<'_>,
    person_id: i64,
    turn: i64,
) -> Result<Option<KnownPerson>, StoreError> {
    const LOCK: Sql = Sql::same(
        "UPDATE persons SET turn = $3 WHERE tenant_id = $1 AND id = $2 RETURNING id, turn, lead_id",
    );
    tx.fetch_optional(LOCK, args![person_id, turn]).await
}

const CLAIM: Sql = Sql::same(
    "INSERT INTO identities (tenant_id, kind, value, raw, person_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT DO NOTHING",
);

/// Lets a person be known by this identity (kind, value, as it was written) as well; `false`: somebody has it already. Where whoever had
/// it before had opted out and was erased, so has this person.
///
/// # Errors
/// Where the database does not answer.
pub async fn add_identity(
    tx: &mut Tx,
    tenant: Tenant,
    person_id: i64,
    (kind, value, raw): (&str, &str, &str),
    now: Millis,
) -> Result<bool, StoreError> {
    if tx.within(tenant).execute(CLAIM, args![kind, value, raw, person_id, now]).await? == 0 {
        return Ok(false);
    }
    erasure::suppress(tx, tenant, person_id, (kind, value)).await?;
    Ok(true)
}

/// Adds a person who is known by one identity (kind, value, as it was written); `false`: somebody else has it.
///
/// # Errors
/// Where the database does not answer.
pub async fn add_person(
    tx: &mut Tx,
    tenant: Tenant,
    person: &KnownPerson,
    (kind, value, raw): (&str, &str, &str),
    now: Millis,
) -> Result<bool, StoreError> {
    const BORN: Sql = Sql::same(
        "INSERT INTO persons (tenant_id, id, turn, lead_id, variants, opted_out, pace, created_at)
         VALUES ($1, $2, $3, $4, '{}', '', '', $5)",
    );
    if tx.within(tenant).execute(CLAIM, args![kind, value, raw, person.id, now]).await? == 0 {
        return Ok(false);
    }
    tx.within(tenant).execute(BORN, args![person.id, person.turn, person.lead_id, now]).await?;
    erasure::suppress(tx, tenant, person.id, (kind, value)).await?;
    Ok(true)
}

#[derive(FromRow)]
struct LeadId {
    id: i64,
}

/// The latest open lead of a person that is about no child yet.
///
/// # Errors
/// Where the database does not answer.
pub async fn without_child(tx: Within<'_>, person_id: i64) -> Result<Option<i64>, StoreError> {
    const FIND: Sql = Sql {
        sqlite: "SELECT id FROM leads INDEXED BY leads_person WHERE tenant_id = $1 AND person_id = $2 AND child_id IS NULL AND is_active
                 AND status NOT IN ('CONVERTED', 'CLOSED_LOST') ORDER BY id DESC LIMIT 1",
        postgres: "SELECT id FROM leads WHERE tenant_id = $1 AND person_id = $2 AND child_id IS NULL AND is_active
                   AND status NOT IN ('CONVERTED', 'CLOSED_LOST') ORDER BY id DESC LIMIT 1",
    };
    let row: Option<LeadId> = tx.fetch_optional(FIND, args![person_id]).await?;
    Ok(row.map(|row| row.id))
}

/// A lead that no conversation made.
#[derive(Clone, Debug)]
pub struct NewLead<'a> {
    /// Its id.
    pub id: i64,
    /// Whose it is.
    pub person_id: i64,
    /// How they came.
    pub source: Option<&'a str>,
    /// Who entered it.
    pub created_by: Option<i64>,
}

/// Adds a lead that no conversation made; what it is about is written with [`super::save`] and [`set_contact`].
///
/// # Errors
/// Where the database does not answer.
pub async fn add_lead(tx: Within<'_>, lead: &NewLead<'_>, now: Millis) -> Result<(), StoreError> {
    const INSERT: Sql = Sql::same(
        "INSERT INTO leads (tenant_id, id, person_id, status, channel, source, fields, message_count, score, class, scored_in, is_active,
           created_by, updated_by, created_at, updated_at)
         VALUES ($1, $2, $3, 'ENQUIRY_RECEIVED', 'enquiry', $4, '{}', 0, 0, 'Unqualified', 0, TRUE, $5, $5, $6, $6)",
    );
    let NewLead { id, person_id, source, created_by } = lead;
    tx.execute(INSERT, args![*id, *person_id, *source, *created_by, now]).await.map(drop)
}

/// A lead's fields, JSON.
#[derive(Clone, Debug, FromRow)]
pub struct FieldsRow {
    /// The fields.
    pub fields: String,
    /// Its name.
    pub name: Option<String>,
    /// Its number.
    pub phone: Option<String>,
    /// Its address.
    pub email: Option<String>,
    /// What it calls itself at a provider.
    pub sender_name: Option<String>,
}

/// What turns know of a lead, to be changed under its person's lock.
///
/// # Errors
/// Where the database does not answer.
pub async fn fields(tx: Within<'_>, lead_id: i64) -> Result<Option<FieldsRow>, StoreError> {
    const FIND: Sql = Sql::same(
        "SELECT fields, name, phone, email, sender_name FROM leads WHERE tenant_id = $1 AND id = $2",
    );
    tx.fetch_optional(FIND, args![lead_id]).await
}

/// Changes what turns write as well; only under the person's lock.
///
/// # Errors
/// Where the database does not answer.
pub async fn set_contact(
    mut tx: Within<'_>,
    lead_id: i64,
    contact: &FieldsRow,
    keywords: &str,
) -> Result<(), StoreError> {
    const SET: Sql = Sql::same(
        "UPDATE leads SET fields = $3, name = $4, phone = $5, email = $6, keywords = $7 WHERE tenant_id = $1 AND id = $2",
    );
    let FieldsRow { fields, name, phone, email, .. } = contact;
    let args = args![lead_id, fields, name.clone(), phone.clone(), email.clone(), keywords];
    tx.again().execute(SET, args).await?;
    settle(tx, &[lead_id]).await
}

/// By what else a lead is found: the words of its child and of all its parents.
///
/// # Errors
/// Where the database does not answer.
pub async fn add_words(mut tx: Within<'_>, lead_id: i64, words: &str) -> Result<(), StoreError> {
    const SET: Sql = Sql::same("UPDATE leads SET family_keywords = $3 WHERE tenant_id = $1 AND id = $2");
    tx.again().execute(SET, args![lead_id, words]).await?;
    settle(tx, &[lead_id]).await
}

/// A child.
#[derive(Clone, Debug, PartialEq, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct ChildRow {
    pub id: i64,
    pub enquiry_id: String,
    pub first_name: String,
    pub last_name: Option<String>,
    pub dob: Option<String>,
    pub age: Option<i64>,
    pub gender: Option<String>,
    pub conversation_id: Option<i64>,
}

/// Adds a child.
///
/// # Errors
/// Where the database does not answer.
pub async fn add_child(tx: Within<'_>, child: &ChildRow, now: Millis) -> Result<(), StoreError> {
    const INSERT: Sql = Sql::same(
        "INSERT INTO children (tenant_id, id, enquiry_id, first_name, last_name, dob, age, gender, conversation_id, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
    );
    let ChildRow { id, enquiry_id, first_name, last_name, dob, age, gender, conversation_id } = child;
    let args = args![
        *id,
        enquiry_id,
        first_name,
        last_name.clone(),
        dob.clone(),
        *age,
        gender.clone(),
        *conversation_id,
        now
    ];
    tx.execute(INSERT, args).await.map(drop)
}

/// Writes what is said of a child by now; its number stays.
///
/// # Errors
/// Where the database does not answer.
pub async fn save_child(tx: Within<'_>, child: &ChildRow, now: Millis) -> Result<(), StoreError> {
    const SAVE: Sql = Sql::same(
        "UPDATE children SET first_name = $3, last_name = $4, dob = $5, age = $6, gender = $7, updated_at = $8
         WHERE tenant_id = $1 AND id = $2",
    );
    let ChildRow { id, first_name, last_name, dob, age, gender, .. } = child;
    tx.execute(SAVE, args![*id, first_name, last_name.clone(), dob.clone(), *age, gender.clone(), now])
        .await
        .map(drop)
}

/// The lead and the child that a conversation of this person has made.
///
/// # Errors
/// Where the database does not answer.
pub async fn captured_by(
    tx: Within<'_>,
    person_id: i64,
    conversation_id: i64,
) -> Result<Option<(i64, i64)>, StoreError> {
    #[derive(FromRow)]
    struct Row {
        lead_id: i64,
        child_id: i64,
    }
    macro_rules! captured {
        ($children:literal, $leads:literal) => {
            concat!(
                "SELECT ",
                "l.id AS lead_id, c.id AS child_id FROM ",
                $children,
                " JOIN ",
                $leads,
                " ON l.tenant_id = c.tenant_id AND l.person_id = $2 AND l.child_id = c.id AND l.merged_into IS NULL
                 WHERE c.tenant_id = $1 AND c.conversation_id = $3 ORDER BY l.id LIMIT 1"
            )
        };
    }
    const FIND: Sql = Sql {
        sqlite: captured!("children c INDEXED BY children_captured", "leads l INDEXED BY leads_person"),
        postgres: captured!("children c", "leads l"),
    };
    let row: Option<Row> = tx.fetch_optional(FIND, args![person_id, conversation_id]).await?;
    Ok(row.map(|row| (row.lead_id, row.child_id)))
}

/// The lead a conversation is about by now: it may have been merged into another since.
///
/// # Errors
/// Where the database does not answer.
pub async fn about(db: Within<'_>, conversation_id: i64) -> Result<Option<i64>, StoreError> {
    const FIND: Sql = Sql::same("SELECT lead_id AS id FROM conversations WHERE tenant_id = $1 AND id = $2");
    let row: Option<LeadId> = db.fetch_optional(FIND, args![conversation_id]).await?;
    Ok(row.map(|row| row.id))
}

/// A child.
///
/// # Errors
/// Where the database does not answer.
pub async fn child(db: Within<'_>, id: i64) -> Result<Option<ChildRow>, StoreError> {
    const FIND: Sql = Sql::same(
        "SELECT id, enquiry_id, first_name, last_name, dob, age, gender, conversation_id FROM children WHERE tenant_id = $1 AND id = $2",
    );
    db.fetch_optional(FIND, args![id]).await
}

/// A parent of a child, as the enquiry names them.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct GuardianRow {
    pub person_id: i64,
    pub name: String,
    pub phone: String,
    pub email: Option<String>,
    pub relationship: Option<String>,
    pub is_primary: bool,
}

/// Makes a person a child's parent; one who is named twice is one.
///
/// # Errors
/// Where the database does not answer.
pub async fn add_guardian(
    tx: Within<'_>,
    child_id: i64,
    guardian: &GuardianRow,
    now: Millis,
) -> Result<(), StoreError> {
    const INSERT: Sql = Sql::same(
        "INSERT INTO guardians (tenant_id, child_id, person_id, name, phone, email, relationship, is_primary, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
    );
    let GuardianRow { person_id, name, phone, email, relationship, is_primary } = guardian;
    let args =
        args![child_id, *person_id, name, phone, email.clone(), relationship.clone(), *is_primary, now];
    tx.execute(INSERT, args).await.map(drop)
}

/// Writes what a parent is called and reached by, where that is other than before; whether it was.
///
/// # Errors
/// Where the database does not answer.
pub async fn save_guardian(
    tx: Within<'_>,
    child_id: i64,
    guardian: &GuardianRow,
) -> Result<bool, StoreError> {
    const SAVE: Sql = Sql::same(
        "UPDATE guardians SET name = $4, phone = $5, email = $6 WHERE tenant_id = $1 AND child_id = $2 AND person_id = $3
           AND (name <> $4 OR phone <> $5 OR COALESCE(email, '') <> COALESCE($6, ''))",
    );
    let GuardianRow { person_id, name, phone, email, .. } = guardian;
    Ok(tx.execute(SAVE, args![child_id, *person_id, name, phone, email.clone()]).await? > 0)
}

/// The parents of a child, the one to speak with first.
///
/// # Errors
/// Where the database does not answer.
pub async fn guardians(db: Within<'_>, child_id: i64) -> Result<Vec<GuardianRow>, StoreError> {
    const LIST: Sql = Sql::same(
        "SELECT person_id, name, phone, email, relationship, is_primary FROM guardians WHERE tenant_id = $1 AND child_id = $2
         ORDER BY is_primary DESC, created_at, person_id",
    );
    db.fetch_all(LIST, args![child_id]).await
}

/// Takes the tenant's lock, as [`next_enquiry`] does.
///
/// # Errors
/// Where the database does not answer.
pub async fn lock_tenant(tx: Within<'_>) -> Result<(), StoreError> {
    const LOCK: Sql = Sql::same("UPDATE tenants SET enquiries = enquiries WHERE id = $1");
    tx.execute(LOCK, args![]).await.map(drop)
}

/// The next enquiry's prefix and number. Whoever takes it holds the tenant's row until the transaction ends: no number comes twice, and
/// none is left out.
///
/// # Errors
/// Where the database does not answer.
pub async fn next_enquiry(tx: Within<'_>) -> Result<Option<(String, i64)>, StoreError> {
    #[derive(FromRow)]
    struct Row {
        enquiry_prefix: String,
        enquiries: i64,
    }
    const NEXT: Sql = Sql::same(
        "UPDATE tenants SET enquiries = enquiries + 1 WHERE id = $1 RETURNING enquiry_prefix, enquiries",
    );
    let row: Option<Row> = tx.fetch_optional(NEXT, args![]).await?;
    Ok(row.map(|row| (row.enquiry_prefix, row.enquiries)))
}
