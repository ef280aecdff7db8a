//! Do-not-contact lists: numbers by a keyed hash, and patterns such as `+1900*`.

use crate::app::App;
use crate::domain::outreach::matches;
use crate::domain::suppression::SuppressionKey;
use crate::store::db::{StoreError, Within};
use crate::store::outreach::do_not_contact;
use std::collections::{HashMap, HashSet};

/// Which of some numbers are on a list.
#[derive(Debug)]
pub struct Listed {
    hashes: HashMap<String, String>,
    found: HashSet<String>,
    wild: Vec<String>,
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
        let found = do_not_contact::listed(db.again(), campaign, &all).await?.into_iter().collect();
        let wild = do_not_contact::wild(db, campaign).await?;
        Ok(Listed { hashes, found, wild })
    }

    /// The entry that names one of these numbers.
    pub fn names(&self, numbers: &[String]) -> Option<String> {
        let is_found =
            |number: &&String| self.hashes.get(*number).is_some_and(|hash| self.found.contains(hash));
        if numbers.iter().any(|number| is_found(&number)) {
            return Some("the number itself".to_owned());
        }
        self.wild.iter().find(|pattern| numbers.iter().any(|number| matches(pattern, number))).cloned()
    }
}

/// By what a number (its key) is kept on lists.
pub(super) fn hash(key: &SuppressionKey, tenant: i64, number: &str) -> Option<String> {
    // Apart from those of opt-outs, which are hashes of the same numbers.
    key.hash(tenant, ("do_not_contact", number))
}
