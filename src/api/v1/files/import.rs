//! Leads from a file.

use super::super::super::Api;
use super::super::super::openapi::Refusals;
use super::super::super::problem::Problem;
use super::super::access::Caller;
use super::super::form::{of_pairs, parted};
use super::super::named::{DuplicatesName, KeyName, MappingText, PlainFlag, SheetBytes};
use super::super::refused::Guarded;
use super::refused::{FileRefusals, too_large};
use super::report::{Heard, ImportReport};
use super::{CSV, InHand, LARGEST, XLSX, failed, spool};
use crate::app::App;
use crate::domain::import::{By, Mode, columns, mapping};
use crate::domain::text::clean;
use crate::service::desk::Desk;
use crate::service::import::{self, Begun, Bounds, Options, Table, Work};
use crate::service::segments::flag;
use axum::Json;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::Deserialize;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// How much is taken from one file.
const BOUNDS: Bounds = Bounds { rows: 20_000, csv: LARGEST, sheet: LARGEST, unpacked: Some(128 << 20) };

/// What is wanted of a file: the options of `leadwire leads import`.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Only tell what would become of each row (`true`); nothing is written.
    #[param(example = "true", inline, value_type = Option<PlainFlag>)]
    preview: Option<String>,
    /// What to do with a row whose lead is there: `skip` it, unless it is said; `update` the lead; `create` another one of the same person.
    #[param(example = "skip", inline, value_type = Option<DuplicatesName>)]
    duplicates: Option<String>,
    /// What a lead is known by: `phone`, unless it is said; `email`; `name-phone`, where the name is the child's if the row has one.
    #[param(example = "phone", inline, value_type = Option<KeyName>)]
    by: Option<String>,
    /// Leads that came so many days ago are no duplicates.
    #[param(example = json!(null), minimum = 1, maximum = 36_500)]
    within: Option<u32>,
    /// What a column is that is called otherwise: `Telefon=phone`; `Junk=-` leaves it out. As often as there are such columns.
    #[serde(default)]
    #[param(example = json!([]), inline, value_type = Vec<MappingText>)]
    map: Vec<String>,
    /// Where leads come from of which the file does not say it.
    #[param(example = "FAIR", max_length = 100)]
    source: Option<String>,
    /// Take the file once more (`true`), though it was taken with the same options before.
    #[param(example = "false", inline, value_type = Option<PlainFlag>)]
    again: Option<String>,
    /// The center whose leads they become, for those who see several.
    #[param(example = 1)]
    center_id: Option<i64>,
}

impl Wanted {
    fn options(&self) -> Result<Options, Problem> {
        let none =
            |name: &str, all: [&str; 3]| Problem::malformed(format!("{name} is one of {}", all.join(", ")));
        let duplicates = self.duplicates.as_deref().unwrap_or(Mode::Skip.as_str());
        let duplicates =
            Mode::parse(duplicates).ok_or_else(|| none("duplicates", Mode::ALL.map(Mode::as_str)))?;
        let by = self.by.as_deref().unwrap_or(By::Phone.as_str());
        let by = By::parse(by).ok_or_else(|| none("by", By::ALL.map(By::as_str)))?;
        if self.within.is_some_and(|days| !(1..=36_500).contains(&days)) {
            return Err(Problem::malformed("within must be 1 to 36500 days"));
        }
        let map: Result<_, String> = self.map.iter().map(|said| mapping(said)).collect();
        let map = map.map_err(|why| Problem::malformed(format!("map: {why}")))?;
        if self.source.as_ref().is_some_and(|source| source.chars().count() > 100) {
            return Err(Problem::malformed("source may have 100 characters"));
        }
        let source = self.source.as_deref().map(|source| clean(source).trim().to_owned());
        let source = source.filter(|source| !source.is_empty());
        Ok(Options { duplicates, by, within: self.within, map, source })
    }
}

impl FromRequestParts<Api> for Wanted {
    type Rejection = Problem;

    /// Of the parameters one may come several times.
    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Problem> {
        let [map, others] = parted(parts, |name| name == "map");
        let wanted: Wanted = of_pairs(&others)?;
        Ok(Wanted { map: map.into_iter().map(|(_, said)| said.into_owned()).collect(), ..wanted })
    }
}

/// A flag that may be left out. Whoever names it without a value wants something, and nobody guesses what: `?preview` is no import.
fn said(name: &str, given: Option<&str>) -> Result<bool, Problem> {
    match (given, flag(name, given)?) {
        (None, _) => Ok(false),
        (Some(_), Some(said)) => Ok(said),
        (Some(_), None) => Err(Problem::malformed(format!("{name} must be true or false"))),
    }
}

/// Whether a body says that it is a spreadsheet.
fn is_sheet(headers: &HeaderMap) -> Result<bool, Problem> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        CSV => Ok(false),
        XLSX => Ok(true),
        _ => Err(Problem::unsupported_type(&format!("{CSV}, or as {XLSX}"))),
    }
}

/// Takes in the leads of a file, as `leadwire leads import` does: the body is the file, CSV (UTF-8; comma, semicolon or tab between the
/// cells) or XLSX (its first sheet), with the columns' names on its first line, up to 10 MiB and 20,000 rows. Rows are written in batches of
/// 200, each whole or not at all. Where the request is cut off, send the same file with the same options again: it goes on behind the last
/// batch, and no row is taken twice. A file that was taken to its end does nothing the second time, unless `again` is `true`.
#[utoipa::path(
    post, path = "/api/v1/leads/import", tag = "leads at work", security(("token" = [])), params(Wanted),
    request_body(
        content(
            (String = "text/csv", example = "name,phone,email\nAnshu Goyal,+91 98765 43210,anshu@example.com\nRavi Rao,12,\n"),
            (SheetBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ),
        description = "The file.",
    ),
    responses(
        (status = 200, description = "What became of each row.", body = ImportReport), Guarded, Refusals, FileRefusals
    )
)]
pub async fn import(
    State(app): State<Arc<App>>,
    State(files): State<InHand>,
    caller: Caller,
    wanted: Wanted,
    request: Request,
) -> Result<Json<ImportReport>, Problem> {
    let tenant = caller.tenant(&app, wanted.center_id)?;
    let options = wanted.options()?;
    let is_preview = said("preview", wanted.preview.as_deref())?;
    let again = said("again", wanted.again.as_deref())?;
    let is_sheet = is_sheet(request.headers())?;
    let _room = files.room()?;
    let file = spool::taken(request.into_body(), LARGEST).await?.ok_or_else(too_large)?;
    let opened = tokio::task::spawn_blocking(move || Table::open(file, "the file", BOUNDS));
    let table = opened.await.map_err(|error| failed(&error.into()))??;
    if table.is_sheet() != is_sheet {
        return Err(Problem::unsupported_type(if is_sheet { CSV } else { XLSX }));
    }
    let columns =
        columns(&table.header, &options.map).map_err(|error| Problem::refused(error.to_string()))?;
    let desk = Desk { db: &app.db, ids: &app.ids, clock: &app.clock, tenant, actor: &caller.actor };
    let begun = if is_preview {
        None
    } else {
        match import::begin(&desk, (&table.hash, &options.key()), table.rows, again).await? {
            Begun::Open(import) => Some(import),
            Begun::Done(end) => {
                let report =
                    ImportReport::new("already_imported", &end, end.rows_total, &columns, Heard::default());
                return Ok(Json(report));
            }
        }
    };
    let before = begun.as_ref().map_or(0, |import| import.rows_done);
    let zone = &app.center(tenant.0).zone;
    let region =
        app.tenants.iter().find(|known| known.id == tenant.0).and_then(|known| known.region.as_deref());
    // Whoever asks stops it by going away.
    let stopped = CancellationToken::new();
    let work =
        Work { desk, table: &table, columns: &columns, options: &options, zone, region, stopped: &stopped };
    let mut heard = Heard::default();
    let end = work.run(begun, &mut heard).await?;
    let state = if is_preview { "preview" } else { "done" };
    tracing::info!(
        tenant.id = tenant.0,
        user.id = caller.actor.user_id,
        state,
        rows = end.rows_total,
        created = end.created,
        updated = end.updated,
        skipped = end.skipped,
        refused = end.refused,
        "a file of leads was sent"
    );
    Ok(Json(ImportReport::new(state, &end, before, &columns, heard)))
}
