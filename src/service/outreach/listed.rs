//! Do-not-contact lists: numbers by a keyed hash, and patterns such as `+1900*`.

use crate::app::App;
use crate::domain::outreach::{NamedBy, matches};
use crate::domain::suppression::SuppressionKey;
use crate::store::db::{StoreError, Within};
use crate::store::outreach::do_not_contact::{self, EVERY, ListedRow};
use std::collections::HashMap;

/// Which of some numbers are on a list.
#[derive(Debug)]
pub struct Listed {
    hashes: HashMap<String, String>,
    found: HashMap<String, ListedRow>,
    wild: Vec<ListedRow>,
}

impl Listed {
    /// Looks for these numbers (their keys) on the tenant's list and a campaign's.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn among(
        app: &App,
        mut db: Within<'_>,
        campaign: i64,
        numbers: &[String],
    ) -> Result<Listed, StoreError> {
        let tenant = db.tenant().0;
        let hash = |number: &String| Some((number.clone(), hash(&app.suppression_key, tenant, number)?));
        let hashes: HashMap<String, String> = numbers.iter().filter_map(hash).collect();
        let all: Vec<String> = hashes.values().cloned().collect();
        let found = do_not_contact::listed(db.again(), campaign, &all).await?;
        let found = found.into_iter().map(|row| (row.pattern.clone(), row)).collect();
        let wild = do_not_contact::wild(db, campaign).await?;
        Ok(Listed { hashes, found, wild })
    }

    /// The entry that names one of these numbers.
    pub fn names(&self, numbers: &[String]) -> Option<NamedBy> {
        let found = numbers.iter().find_map(|number| self.found.get(self.hashes.get(number)?));
        let is_meant = |row: &&ListedRow| numbers.iter().any(|number| matches(&row.pattern, number));
        let (row, entry) = match found {
            Some(row) => (row, "the number itself"),
            None => self.wild.iter().find(is_meant).map(|row| (row, &*row.pattern))?,
        };
        Some(NamedBy { is_campaigns: row.campaign_id != EVERY, entry: entry.to_owned() })
    }
}

/// By what a number (its key) is kept on lists.
pub(super) fn hash(key: &SuppressionKey, tenant: i64, number: &str) -> Option<String> {
    // Apart from those of opt-outs, which are hashes of the same numbers.
    key.hash(tenant, ("do_not_contact", number))
}
