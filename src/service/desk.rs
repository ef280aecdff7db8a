//! What whoever does something with many leads has at hand.

use super::lifecycle::Actor;
use crate::clock::Clock;
use crate::domain::access::Tenant;
use crate::ids::Ids;
use crate::store::db::Db;

/// What is needed for it.
#[derive(Debug)]
pub struct Desk<'a> {
    /// The database.
    pub db: &'a Db,
    /// Makes ids.
    pub ids: &'a Ids,
    /// Time.
    pub clock: &'a Clock,
    /// Whose leads they are.
    pub tenant: Tenant,
    /// Who does it.
    pub actor: &'a Actor,
}
