//! Commands beside a server that need its parts: flows, accounts, rules of regions, keys.

use super::tenant;
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::access::Tenant;
use crate::domain::outreach::mistakes::Mistake;
use crate::service::lifecycle::Actor;
use crate::service::outreach::Unfit;
use crate::service::startup;
use crate::store::outreach::campaigns::{self, CampaignRow};
use anyhow::{Context, anyhow};

/// The parts of a server, for a tenant.
pub(super) struct Beside {
    pub app: App,
    pub tenant: Tenant,
    slug: String,
}

impl Beside {
    /// # Errors
    /// Where the database cannot be used, or there is no tenant of this name.
    pub async fn open(config: Config, slug: &str) -> anyhow::Result<Beside> {
        let app = startup::beside(config, Clock::System).await?;
        match tenant::named(&app.db, slug).await {
            Ok(row) => Ok(Beside { app, tenant: Tenant(row.id), slug: slug.to_owned() }),
            Err(error) => {
                startup::leave(app).await;
                Err(error)
            }
        }
    }

    /// Gives everything back.
    pub async fn closing<T>(self, done: anyhow::Result<T>) -> anyhow::Result<T> {
        startup::leave(self.app).await;
        done
    }

    /// Whoever sits at the terminal.
    pub fn actor() -> Actor {
        Actor { user_id: None, program: "command line".to_owned() }
    }

    /// A campaign of the tenant.
    ///
    /// # Errors
    /// Where there is none of this id.
    pub async fn campaign(&self, id: i64) -> anyhow::Result<CampaignRow> {
        let found = campaigns::find(self.app.db.within(self.tenant), id).await?;
        found.with_context(|| self.none(id))
    }

    fn none(&self, id: i64) -> String {
        format!(
            "there is no campaign {id} in the tenant {:?}; leadwire campaign list shows those there are, --tenant names another",
            self.slug
        )
    }

    /// What became of a campaign, or why nothing did, for whoever sits at the terminal.
    ///
    /// # Errors
    /// Why nothing did.
    pub fn told<T>(&self, id: i64, done: Result<T, Unfit>) -> anyhow::Result<T> {
        done.map_err(|unfit| match unfit {
            Unfit::Missing => anyhow!(self.none(id)),
            Unfit::Wrong(mistakes) => {
                anyhow!("the settings cannot be used:{}", listed(&mistakes))
            }
            Unfit::Blocked(blockers) => {
                let lines: String = blockers.iter().map(|blocker| format!("\n  {blocker}")).collect();
                anyhow!("it cannot be started:{lines}")
            }
            unfit => anyhow!(unfit),
        })
    }
}

/// Mistakes of settings, a line each: by their keys, as a file has them.
pub(super) fn listed(mistakes: &[Mistake]) -> String {
    let line = |Mistake { pointer, words, .. }: &Mistake| {
        let place = pointer.trim_start_matches('/').replace('/', ".");
        if place.is_empty() { format!("\n  {words}") } else { format!("\n  {place}: {words}") }
    };
    mistakes.iter().map(line).collect()
}
