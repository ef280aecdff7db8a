//! Leads to a file.

use super::super::super::openapi::Refusals;
use super::super::super::problem::Problem;
use super::super::access::Caller;
use super::super::named::{FileKindName, SheetBytes};
use super::super::refused::Guarded;
use super::super::sieve::{Sieve, Sifted};
use super::{CSV, InHand, XLSX, failed, spool};
use crate::app::App;
use crate::service::export::{COLUMNS, Export};
use crate::service::sheet::{Kind, Sheet, lines};
use crate::store::db::StoreError;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderName, header};
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use std::fs::File;
use std::sync::Arc;
use tokio::sync::mpsc;

/// As what leads are written, beside the [`Sieve`].
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// `csv`, unless it is said, or `xlsx`.
    #[param(example = "csv", inline, value_type = Option<FileKindName>)]
    format: Option<String>,
    /// Only of this segment; what is asked beside it takes the place of what the segment says of that.
    #[param(example = json!(null))]
    segment: Option<i64>,
    /// Only of this center, for those who see several.
    #[param(example = 1)]
    center_id: Option<i64>,
}

/// Leads as a file, the newest first, as `leadwire leads export` writes them: the leads that the list shows with these filters, all of them,
/// with the fields of a lead as columns and times in UTC. No cell is a formula to a spreadsheet, whatever people wrote. A CSV comes as it is
/// read from the database; where that breaks off, so does the answer.
#[utoipa::path(
    get, path = "/api/v1/leads/export", tag = "leads at work", security(("token" = [])), params(Chosen, Sieve),
    responses(
        (status = 200, description = "The file.",
         content(
            (String = "text/csv", example = "id,center_id,version,status,…\n210453397504,1,1,ENQUIRY_RECEIVED,…\n"),
            (SheetBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
         ),
         headers(("Content-Disposition" = String, description = "The file's name, such as `leads-20260208-103000.csv`."))),
        Guarded, Refusals
    )
)]
pub async fn export(
    State(app): State<Arc<App>>,
    State(files): State<InHand>,
    caller: Caller,
    Sifted(sieve, chosen): Sifted<Chosen>,
) -> Result<([(HeaderName, String); 2], Body), Problem> {
    let format = chosen.format.as_deref().unwrap_or(Kind::Csv.as_str());
    let kind = Kind::parse(format).ok_or_else(|| {
        Problem::malformed(format!("format is one of {}", Kind::ALL.map(Kind::as_str).join(", ")))
    })?;
    let about = (chosen.segment, chosen.center_id);
    let (sieve, tenants) = sieve.over_segment(&app, &caller, about).await?;
    let mut wanted = Vec::new();
    for tenant in tenants {
        wanted.extend(sieve.filter_in(&app, &caller, tenant)?.map(|filter| (tenant, filter)));
    }
    tracing::info!(
        centers = wanted.len(),
        user.id = caller.actor.user_id,
        format = kind.as_str(),
        "leads are exported"
    );
    let export = Export::new(&app.db, wanted);
    let (is, body) = match kind {
        Kind::Csv => (CSV, csv(export).await?),
        Kind::Xlsx => {
            let _room = files.room()?;
            (XLSX, spool::given(book(export).await?).map_err(|error| failed(&error))?)
        }
    };
    let at = jiff::Timestamp::from_millisecond(app.clock.now()).unwrap_or_default();
    let name = format!("leads-{}.{}", at.strftime("%Y%m%d-%H%M%S"), kind.as_str());
    let named = format!("attachment; filename=\"{name}\"");
    Ok(([(header::CONTENT_TYPE, is.to_owned()), (header::CONTENT_DISPOSITION, named)], body))
}

/// A CSV, page by page. What goes wrong with the first one can still be said.
async fn csv(mut export: Export) -> Result<Body, Problem> {
    let first = export.next().await?;
    let begins = [lines([COLUMNS]), lines(&first)].concat();
    let begins = stream::iter([Ok(Bytes::from(begins))]);
    Ok(Body::from_stream(begins.chain(stream::try_unfold(export, page))))
}

async fn page(mut export: Export) -> Result<Option<(Bytes, Export)>, StoreError> {
    let page = export.next().await;
    let page = page.inspect_err(|error| tracing::error!("an export broke off: {}", error.chain()))?;
    Ok((!page.is_empty()).then(|| (Bytes::from(lines(&page)), export)))
}

/// A spreadsheet, which is one only once it is whole.
async fn book(mut export: Export) -> Result<File, Problem> {
    let (sender, mut pages) = mpsc::channel::<Vec<[String; 54]>>(2);
    let written = tokio::task::spawn_blocking(move || {
        let mut sheet = Sheet::begin(Kind::Xlsx, tempfile::tempfile()?, &COLUMNS)?;
        while let Some(page) = pages.blocking_recv() {
            for cells in &page {
                sheet.add(cells)?;
            }
        }
        sheet.finish()
    });
    loop {
        let page = export.next().await?;
        // Where nobody takes it, the writer says why.
        if page.is_empty() || sender.send(page).await.is_err() {
            break;
        }
    }
    drop(sender);
    let file = written.await.map_err(|error| failed(&error.into()))?;
    file.map_err(|error| failed(&error))
}
