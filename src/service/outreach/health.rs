//! Which channels work for a tenant: there is an account of its own, and what it sends by is configured.

use crate::app::App;
use crate::domain::access::Tenant;
use crate::domain::channel::Channel;
use crate::service::outbox;
use std::collections::BTreeSet;

/// Channels a tenant cannot send by at this moment.
pub fn unwell(app: &App, tenant: Tenant) -> BTreeSet<Channel> {
    Channel::ALL.into_iter().filter(|channel| outbox::account(app, tenant, *channel).is_none()).collect()
}
