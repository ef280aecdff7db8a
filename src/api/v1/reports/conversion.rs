//! How many leads convert, and how soon.

use super::super::super::openapi::Refusals;
use super::super::super::problem::Problem;
use super::super::access::Caller;
use super::super::form::Params;
use super::super::named::{DayOrInstant, ReportBy};
use super::super::refused::Guarded;
use super::{Days, Lasted, Rate, about, mean};
use crate::app::App;
use crate::store::reports::{self, By, ConversionRow};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The most groups that are told apart: a source is anybody's word.
const MOST: i64 = 100;

/// What leads are told apart by, which center, and which days.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// `source` (unless it is said), `channel`, `flow` (that of the lead's first conversation) or `variant`.
    #[param(example = "source", inline, value_type = Option<ReportBy>)]
    by: Option<String>,
    /// Leads that came from this day or instant on, by the center's clock; the last 90 days unless it is said.
    #[param(example = "2026-02-01", inline, value_type = Option<DayOrInstant>)]
    from: Option<String>,
    /// Leads that came before this day or instant; until now unless it is said.
    #[param(example = "2026-03-01", inline, value_type = Option<DayOrInstant>)]
    to: Option<String>,
    /// The center, for those who see several.
    #[param(example = 1)]
    center_id: Option<i64>,
}

/// How many leads convert, and how soon.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConversionReport)]
pub struct Conversion {
    /// When the leads came.
    period: Days,
    /// What they are told apart by.
    #[schema(example = "source")]
    by: &'static str,
    /// All of them, each once.
    total: Converted,
    /// The groups with the most leads, at most 100.
    groups: Vec<Group>,
    /// All other groups together; null: there are no others.
    other: Option<Converted>,
}

/// Leads that have something in common. By variants a lead counts once for each experiment it was in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Group {
    /// The source, channel, flow or variant; null: none.
    #[schema(example = "WALK_IN")]
    name: Option<String>,
    /// The experiment a variant is of.
    #[schema(example = json!(null))]
    experiment: Option<String>,
    #[serde(flatten)]
    converted: Converted,
}

/// How many leads are converted.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = ConvertedLeads)]
pub struct Converted {
    /// How many leads came.
    #[schema(example = 120)]
    leads: i64,
    /// How many of them are converted by now.
    #[schema(example = 30)]
    converted: i64,
    /// Their share; null where no lead came.
    rate: Option<Rate>,
    /// The mean time from coming to conversion.
    average_time: Option<Lasted>,
    /// The time of the one in the middle.
    median_time: Option<Lasted>,
}

impl From<&ConversionRow> for Converted {
    fn from(row: &ConversionRow) -> Converted {
        Converted {
            leads: row.leads,
            converted: row.converted,
            rate: Rate::of(row.converted, row.leads),
            average_time: mean(row.took, row.timed),
            median_time: row.median.map(Lasted::from),
        }
    }
}

/// How many of the leads that came in a period convert, by source, channel, flow or variant, with Wilson's 95 % interval, and how long
/// it takes them. Leads of the last days have had less time.
#[utoipa::path(
    get, path = "/api/v1/reports/conversion", tag = "reports", security(("token" = [])), params(Wanted),
    responses((status = 200, description = "The numbers.", body = Conversion), Guarded, Refusals)
)]
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Conversion>, Problem> {
    let by = match wanted.by.as_deref() {
        None => By::Source,
        Some(name) => By::parse(name).ok_or_else(|| {
            Problem::malformed(format!("by must be one of {}", By::ALL.map(By::as_str).join(", ")))
        })?,
    };
    let (tenant, period, days) =
        about(&app, &caller, wanted.center_id, wanted.from.as_deref(), wanted.to.as_deref())?;
    let total = reports::overall(app.db.within(tenant), period).await?;
    let rows = reports::conversion(app.db.within(tenant), by, period, MOST).await?;
    let (other, groups): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.place > MOST);
    let named = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
    Ok(Json(Conversion {
        period: days,
        by: by.as_str(),
        total: total.as_ref().map(Converted::from).unwrap_or_default(),
        groups: groups
            .iter()
            .map(|row| Group {
                name: named(&row.name),
                experiment: named(&row.part),
                converted: Converted::from(row),
            })
            .collect(),
        other: other.first().map(Converted::from),
    }))
}
