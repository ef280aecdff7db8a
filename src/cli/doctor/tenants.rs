//! Tenants: their time zones, and whether those that leadwire.toml names are there.

use super::finding::Finding;
use crate::config::Config;
use crate::config::flow_files::DEFAULT_TENANT;
use crate::store::db::Db;
use crate::store::tenants;
use std::collections::BTreeSet;

/// Looks at all of them.
pub async fn check(config: &Config, db: &Db) -> Vec<Finding> {
    let known = match tenants::list(db).await {
        Ok(known) => known,
        Err(error) => {
            let what = format!("cannot be read: {}", error.chain());
            return vec![Finding::fault("tenants", what, "check the database")];
        }
    };
    let mut found: Vec<Finding> = known
        .iter()
        // The first start writes the default tenant's zone down anew; the configuration's has been checked.
        .filter(|tenant| tenant.slug != DEFAULT_TENANT)
        .filter(|tenant| jiff::tz::TimeZone::get(&tenant.time_zone).is_err())
        .map(|tenant| {
            let what =
                format!("{:?} of the tenant {} is not known: UTC is used", tenant.time_zone, tenant.slug);
            Finding::fault("time zone", what, "install the system's time zone data (the package tzdata)")
        })
        .collect();
    if found.is_empty() {
        found.push(Finding::ok("time zone", config.server.time_zone.clone()));
    }
    let accounts = config.file.accounts.iter().map(|account| (&account.tenant, &account.place));
    let sinks = config.sinks.iter().map(|sink| (&sink.tenant, &sink.place));
    let lists = config.notify.lists.iter().map(|list| (&list.tenant, &list.place));
    let mut told = BTreeSet::new();
    for (slug, place) in accounts.chain(sinks).chain(lists) {
        let is_known = slug == DEFAULT_TENANT || known.iter().any(|tenant| tenant.slug == *slug);
        if !is_known && told.insert(slug.clone()) {
            found.push(Finding::fault(
                "tenants",
                format!("there is no tenant \"{slug}\" ({place}): the server does not start"),
                format!("add it with `leadwire tenant add {slug}`, or mend the name"),
            ));
        }
    }
    found
}
