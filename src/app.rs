//! The running server's parts, built once and handed to whoever needs them.

use crate::channels::{twilio, whatsapp};
use crate::clock::Clock;
use crate::config::Config;
use crate::delivery::Book;
use crate::domain::center::Center;
use crate::domain::outreach::regions::Regions;
use crate::domain::suppression::SuppressionKey;
use crate::flow::library::Library;
use crate::ids::Ids;
use crate::mail::Mailer;
use crate::notify::Lists;
use crate::store::db::Db;
use crate::store::replicas::Replica;
use crate::store::tenants::{AccountRow, TenantRow};
use crate::turns::{Alarm, Handover, Loops, Unread, Waiting};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// The running server's parts.
#[derive(Debug)]
pub struct App {
    /// What we were told from outside.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// Time.
    pub clock: Clock,
    /// This process's number among those that make ids.
    pub replica: Replica,
    /// Row ids.
    pub ids: Ids,
    /// Flows in force.
    pub flows: Library,
    /// Turns that wait.
    pub turns: Waiting,
    /// Where turns hand over what this process sends.
    pub handover: Handover,
    /// Where turns tell that something new was said.
    pub unread: Unread,
    /// How the loops that take them are doing.
    pub loops: Loops,
    /// When the next timer is due.
    pub alarm: Alarm,
    /// Tenants.
    pub tenants: Vec<TenantRow>,
    /// What they are set to.
    pub centers: BTreeMap<i64, Center>,
    /// When people may be called and written to, by the law and custom of where they live.
    pub regions: Arc<Regions>,
    /// Our own addresses at the providers.
    pub accounts: Vec<AccountRow>,
    /// Where leads are delivered to.
    pub sinks: Book,
    /// Who is told of leads.
    pub lists: Lists,
    /// What sends mail; `None`: no mail server is configured.
    pub mailer: Option<Arc<Mailer>>,
    /// Signs our own links.
    pub signing_key: String,
    /// Hashes addresses of erased people who had opted out.
    pub suppression_key: SuppressionKey,
    /// Checks Twilio's signatures, by the name of the secret.
    pub verifiers: BTreeMap<String, twilio::Verifier>,
    /// Checks Meta's signatures, by the name of the secret.
    pub whatsapp_verifiers: BTreeMap<String, whatsapp::Verifier>,
    /// The address webhooks are signed for and statuses are posted to.
    pub base_url: String,
}

/// What a tenant is taken for that nobody knows.
static NOWHERE: LazyLock<Center> = LazyLock::new(Center::default);

impl App {
    /// What a tenant is set to.
    pub fn center(&self, tenant_id: i64) -> &Center {
        self.centers.get(&tenant_id).unwrap_or(&NOWHERE)
    }
}
