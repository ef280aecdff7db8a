//! Telling operations: an alert is told once when it begins to hold, and again only after it was cleared.

use crate::app::App;
use crate::notify::{List, Notice};
use crate::store::db::StoreError;
use crate::store::{alerts, notices};

/// How an alert is called among events.
const EVENT: &str = "alert";

/// Raises an alert and tells operations, unless it stands already. What goes wrong here is logged: it must not stop what it is about.
pub async fn raise(app: &App, tenant_id: i64, name: &str, message: &str) {
    match try_raise(app, tenant_id, name, message).await {
        Ok(true) => {
            metrics::counter!("leadwire_alerts_total", "name" => kind(name).to_owned()).increment(1);
            // Its words may be another program's, and quote people: operations get them, the log does not.
            tracing::warn!(alert.name = name, "an alert is raised; leadwire doctor has its words");
            app.handover.wake();
        }
        Ok(false) => {}
        Err(error) => tracing::error!(alert.name = name, "an alert could not be raised: {}", error.chain()),
    }
}

async fn try_raise(app: &App, tenant_id: i64, name: &str, message: &str) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    if !alerts::raise(&mut tx, tenant_id, name, message, now).await? {
        return Ok(false);
    }
    // A list that fails is not told that it fails.
    let told = watching(app, tenant_id).filter(|list| name != failing(&list.name));
    for list in told {
        tell(app, &mut tx, tenant_id, list, message).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// Tells operations something that is no alert: the daily summary.
///
/// # Errors
/// Where the database does not answer.
pub async fn report(app: &App, tenant_id: i64, notice: &Notice) -> Result<(), StoreError> {
    let mut tx = app.db.begin().await?;
    for list in watching(app, tenant_id) {
        write(app, &mut tx, tenant_id, list, notice).await?;
    }
    tx.commit().await?;
    app.handover.wake();
    Ok(())
}

/// Clears an alert.
pub async fn clear(app: &App, tenant_id: i64, name: &str) {
    match alerts::clear(&app.db, tenant_id, name, app.clock.now()).await {
        Ok(true) => tracing::info!(alert.name = name, "an alert is over"),
        Ok(false) => {}
        Err(error) => tracing::error!(alert.name = name, "an alert could not be cleared: {}", error.chain()),
    }
}

/// The alert that a list cannot be told.
pub fn failing(list: &str) -> String {
    format!("list-fails:{list}")
}

fn kind(name: &str) -> &str {
    name.split(':').next().unwrap_or_default()
}

/// The lists of operations.
fn watching(app: &App, tenant_id: i64) -> impl Iterator<Item = &List> {
    let via = &app.config.file.alerts.via;
    via.iter().filter_map(move |name| app.lists.get(tenant_id, name))
}

async fn tell(
    app: &App,
    tx: &mut crate::store::db::Tx,
    tenant_id: i64,
    list: &List,
    message: &str,
) -> Result<(), StoreError> {
    let notice = Notice { headline: message.to_owned(), happened_at: app.clock.now(), ..Notice::default() };
    write(app, tx, tenant_id, list, &notice).await
}

async fn write(
    app: &App,
    tx: &mut crate::store::db::Tx,
    tenant_id: i64,
    list: &List,
    notice: &Notice,
) -> Result<(), StoreError> {
    let now = app.clock.now();
    let content = serde_json::to_string(notice).expect("plain values always serialise");
    let new = notices::New {
        id: app.ids.next(now),
        job_id: app.ids.next(now),
        list: &list.name,
        event: EVENT,
        lead_id: 0,
        conversation_id: 0,
        content: &content,
        level: 0,
        // What is wrong at night is told at night, but to those who said when they sleep.
        at: list.quiet.as_ref().and_then(|quiet| quiet.until(now)).unwrap_or(now),
    };
    notices::tell(tx, tenant_id, &new, now).await.map(drop)
}
