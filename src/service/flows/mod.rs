//! The flows in force: heads for new conversations, older versions for those begun on them.
//!
//! The head in the database is the truth. Files publish themselves when they change, by compare-and-set on the head; a
//! file that is broken changes nothing and is shown as a problem.

mod files;
mod survey;

use crate::clock::Millis;
use crate::flow::library::{Library, Version};
use crate::store::db::{Db, StoreError};
use crate::store::flows::{self, HeadRow, Move};
use std::collections::BTreeMap;
use std::sync::Arc;

pub use files::Files;

/// Flows cannot be published or loaded.
#[derive(Debug, thiserror::Error)]
pub enum FlowsError {
    /// The folder cannot be read.
    #[error("the flow files cannot be read: {0}")]
    Files(#[from] std::io::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such flow or version.
    #[error("{0}")]
    Missing(String),
}

/// Sees that a version is in memory.
///
/// # Errors
/// Where the database does not answer. A version that is not there or cannot be read is logged and stays absent.
pub async fn ensure(library: &Library, db: &Db, tenant_id: i64, hash: &str) -> Result<(), StoreError> {
    if library.version(tenant_id, hash).is_some() {
        return Ok(());
    }
    if let Some(row) = flows::version(db, tenant_id, hash).await?
        && let Err(error) = library.keep(tenant_id, hash, &row.source)
    {
        tracing::error!(flow.hash = hash, "a stored flow version cannot be used: {error}");
    }
    Ok(())
}

/// Puts in force what others published, without looking at files.
///
/// # Errors
/// Where the database does not answer.
pub async fn take_over(library: &Library, db: &Db) -> Result<(), StoreError> {
    enforce(library, db, &flows::heads(db).await?).await
}

/// Puts these heads in force.
///
/// # Errors
/// Where the database does not answer.
async fn enforce(library: &Library, db: &Db, rows: &[HeadRow]) -> Result<(), StoreError> {
    let mut heads: BTreeMap<i64, Vec<Arc<Version>>> = BTreeMap::new();
    for row in rows {
        ensure(library, db, row.tenant_id, &row.hash).await?;
        if let Some(version) = library.version(row.tenant_id, &row.hash) {
            heads.entry(row.tenant_id).or_default().push(version);
        }
    }
    library.set_heads(heads);
    Ok(())
}

/// Makes an earlier version the head again. The file's own version is set aside, so that a restart does not bring it
/// back; an edit of the file does.
///
/// # Errors
/// Where there is no such flow or version, or somebody else moved the head meanwhile.
pub async fn roll_back(
    db: &Db,
    tenant_id: i64,
    flow_id: &str,
    to: &str,
    now: Millis,
) -> Result<(), FlowsError> {
    let heads = flows::heads(db).await?;
    let head = find(&heads, tenant_id, flow_id)
        .ok_or_else(|| FlowsError::Missing(format!("there is no flow {flow_id:?}")))?;
    let version = flows::version(db, tenant_id, to)
        .await?
        .filter(|version| version.flow_id == flow_id)
        .ok_or_else(|| FlowsError::Missing(format!("flow {flow_id:?} has no version {to}")))?;
    let mut tx = db.begin().await?;
    let step = Move {
        tenant_id,
        flow_id,
        from: Some(&head.hash),
        to: &version.hash,
        // Rolling back twice still sets the file's version aside.
        overrides: Some(head.overrides.as_deref().unwrap_or(&head.hash)),
        at: now,
    };
    if !flows::move_head(&mut tx, &step).await? {
        return Err(StoreError::Stale { what: "flow's head" }.into());
    }
    tx.commit().await?;
    Ok(())
}

/// Takes a flow out of force: it gets no new conversations, those that run finish on their versions.
///
/// # Errors
/// Where there is no such flow, or somebody else moved its head meanwhile.
pub async fn retire(db: &Db, tenant_id: i64, flow_id: &str, now: Millis) -> Result<(), FlowsError> {
    let heads = flows::heads(db).await?;
    let head = find(&heads, tenant_id, flow_id)
        .ok_or_else(|| FlowsError::Missing(format!("there is no flow {flow_id:?}")))?;
    if !take_down(db, head, now).await? {
        return Err(StoreError::Stale { what: "flow's head" }.into());
    }
    Ok(())
}

/// Takes a head away if it still is what was read.
async fn take_down(db: &Db, head: &HeadRow, now: Millis) -> Result<bool, StoreError> {
    let mut tx = db.begin().await?;
    let retired = flows::retire_head(&mut tx, head, now).await?;
    tx.commit().await?;
    if retired {
        tracing::info!(flow.id = head.flow_id, flow.hash = head.hash, "a flow was retired");
    }
    Ok(retired)
}

fn find<'a>(heads: &'a [HeadRow], tenant_id: i64, flow_id: &str) -> Option<&'a HeadRow> {
    heads.iter().find(|head| head.tenant_id == tenant_id && head.flow_id == flow_id)
}
