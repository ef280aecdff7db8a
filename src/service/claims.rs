//! A lead as whoever was told of it sees it, and claiming it: for those who hold a pass.

use crate::app::App;
use crate::domain::pass::Pass;
use crate::domain::text::clean;
use crate::store::conversations::{self, MessageRow};
use crate::store::db::StoreError;
use crate::store::notices::{self, Claimable};

/// The longest name somebody claims by, in characters.
const LONGEST_NAME: usize = 80;

/// The most messages that are shown.
const MESSAGES: i64 = 200;

/// What a pass shows.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The lead.
    pub lead: Claimable,
    /// What happened when it was told of.
    pub event: String,
    /// What was said, the oldest first.
    pub transcript: Vec<MessageRow>,
}

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// It is theirs.
    Now,
    /// Somebody has it already.
    Before,
    /// They did not say who they are.
    Nameless,
}

/// The pass of a link; `None`: it is none of ours, or no longer holds.
pub fn pass(app: &App, text: &str) -> Option<Pass> {
    Pass::verify(text, app.signing_key.as_bytes(), app.clock.now())
}

/// What a pass shows; `None`: the lead is gone.
///
/// # Errors
/// Where the database does not answer.
pub async fn show(app: &App, pass: Pass) -> Result<Option<Shown>, StoreError> {
    let Some(mut lead) = notices::claimable(&app.db, pass.tenant_id, pass.lead_id).await? else {
        return Ok(None);
    };
    if !notices::is_claimed(lead.claimed_at, app.clock.now()) {
        (lead.claimed_by, lead.claimed_at) = (None, None);
    }
    let told = notices::find(&app.db, pass.tenant_id, pass.notice_id).await?;
    let told = told.filter(|told| told.lead_id == pass.lead_id);
    let transcript = match &told {
        Some(told) => {
            conversations::transcript(&app.db, pass.tenant_id, told.conversation_id, MESSAGES).await?
        }
        None => Vec::new(),
    };
    Ok(Some(Shown { lead, event: told.map(|told| told.event).unwrap_or_default(), transcript }))
}

/// Claims the lead of a pass for whoever says who they are: once, whoever comes first.
///
/// # Errors
/// Where the database does not answer.
pub async fn claim(app: &App, pass: Pass, by: &str) -> Result<Claimed, StoreError> {
    let by: String =
        clean(by).split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_NAME).collect();
    if by.is_empty() {
        return Ok(Claimed::Nameless);
    }
    let now = notices::claim(&app.db, pass.tenant_id, pass.lead_id, &by, app.clock.now()).await?;
    let outcome = if now { "claimed" } else { "taken" };
    metrics::counter!("leadwire_claims_total", "outcome" => outcome).increment(1);
    Ok(if now { Claimed::Now } else { Claimed::Before })
}
