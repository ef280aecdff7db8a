//! Which channels work for a tenant: there is an account of its own, and what it sends by is configured.

use crate::app::App;
use crate::domain::access::Tenant;
use crate::domain::channel::Channel;
use crate::service::outbox;
use crate::service::whatsapp::PROVIDER;
use std::collections::BTreeSet;

/// Channels a tenant cannot send by at this moment.
pub fn unwell(app: &App, tenant: Tenant) -> BTreeSet<Channel> {
    let by_twilio = outbox::twilio_account(app, tenant).is_some();
    let by_meta = app.accounts.iter().any(|row| row.tenant_id == tenant.0 && row.provider == PROVIDER);
    let works = |channel: Channel| match channel {
        Channel::Voice | Channel::Sms => by_twilio,
        Channel::Whatsapp => by_meta || by_twilio,
        Channel::Web => false,
    };
    Channel::ALL.into_iter().filter(|channel| !works(*channel)).collect()
}
