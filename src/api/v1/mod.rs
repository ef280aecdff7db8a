//! Leads at work: what people and their programs do with leads, each within their own center and rights.

pub mod access;
pub mod agenda;
pub mod detail;
pub mod enquiry;
pub mod erasure;
pub mod experiments;
pub mod files;
pub mod follow_ups;
pub mod form;
pub mod leads;
pub mod merges;
pub mod moves;
pub mod named;
pub mod outreach;
pub mod paging;
pub mod refused;
pub mod reports;
pub mod segments;
pub mod shape;
pub mod sieve;
pub mod users;
pub mod visits;

use super::{Api, analytics, jobs};
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, patch, post, put};

/// All routes that need a token, but those of files.
pub(super) fn router(api: &Api) -> Router<Api> {
    Router::new()
        .route("/api/v1/leads", get(leads::list).post(enquiry::enter_as_lead))
        .route("/api/v1/leads/stats", get(leads::stats))
        .route("/api/v1/leads/enquiry", post(enquiry::enter))
        .route("/api/v1/leads/follow-ups/pending", get(follow_ups::pending))
        .route("/api/v1/leads/{id}", get(detail::show).patch(moves::edit).delete(moves::deactivate))
        .route("/api/v1/leads/{id}/details", get(detail::details))
        .route("/api/v1/leads/{id}/timeline", get(detail::timeline))
        .route("/api/v1/leads/{id}/score", get(detail::score))
        .route("/api/v1/leads/{id}/export", get(erasure::export))
        .route("/api/v1/leads/{id}/erase", post(erasure::erase))
        .route("/api/v1/leads/{id}/duplicates", get(merges::duplicates))
        .route("/api/v1/leads/{id}/merge", post(merges::merge))
        .route("/api/v1/merges/{id}", get(merges::show))
        .route("/api/v1/merges/{id}/undo", post(merges::undo))
        .route("/api/v1/leads/{id}/discovery", patch(moves::discovery))
        .route("/api/v1/leads/{id}/status", patch(moves::status))
        .route("/api/v1/leads/{id}/convert", post(moves::convert))
        .route("/api/v1/leads/{id}/close", post(moves::close))
        .route("/api/v1/leads/{id}/mark-dead", post(moves::close))
        .route("/api/v1/leads/{id}/reopen", post(moves::reopen))
        .route("/api/v1/leads/{id}/activate", post(moves::activate))
        .route("/api/v1/leads/{id}/assign", post(moves::assign))
        .route("/api/v1/leads/{id}/intro-visit", post(visits::plan))
        .route("/api/v1/leads/{id}/follow-up", post(follow_ups::plan))
        .route("/api/v1/leads/{id}/follow-ups", get(follow_ups::of_lead))
        .route("/api/v1/intro-visits", get(visits::list))
        .route("/api/v1/intro-visits/{id}", get(visits::show).patch(visits::change))
        .route("/api/v1/follow-ups/{id}", get(follow_ups::show).patch(follow_ups::change))
        .route("/api/v1/agenda", get(agenda::show))
        .route("/api/v1/leads/{id}/explain", get(outreach::explaining::explain))
        .route("/api/v1/campaigns", get(outreach::campaigns::list).post(outreach::campaigns::create))
        .route("/api/v1/campaigns/{id}", get(outreach::campaigns::show).patch(outreach::campaigns::change))
        .route("/api/v1/campaigns/{id}/start", post(outreach::steering::start))
        .route("/api/v1/campaigns/{id}/pause", post(outreach::steering::pause))
        .route("/api/v1/campaigns/{id}/resume", post(outreach::steering::resume))
        .route("/api/v1/campaigns/{id}/end", post(outreach::steering::end))
        .route("/api/v1/campaigns/{id}/preview", get(outreach::outlook::preview))
        .route("/api/v1/campaigns/{id}/explain", get(outreach::outlook::explain))
        .route("/api/v1/campaigns/{id}/leads", post(outreach::members::add))
        .route("/api/v1/campaigns/{id}/leads/{lead_id}", delete(outreach::members::remove))
        .route("/api/v1/hopper", get(outreach::hopper::show))
        .route("/api/v1/schedules", get(outreach::schedules::list))
        .route(
            "/api/v1/do-not-contact",
            get(outreach::do_not_contact::show)
                .post(outreach::do_not_contact::add)
                .delete(outreach::do_not_contact::remove),
        )
        .route("/api/v1/outreach/statuses", get(outreach::statuses::show))
        .route("/api/v1/outreach/recycle", post(outreach::recycling::recycle))
        .route("/api/v1/outreach/fix-status", post(outreach::fixing::fix))
        .route("/api/v1/segments", get(segments::list).post(segments::add))
        .route("/api/v1/segments/{id}", get(segments::show).patch(segments::change).delete(segments::remove))
        .route("/api/v1/me", get(users::me))
        .route("/api/v1/users", get(users::list).post(users::add))
        .route("/api/v1/users/{id}", get(users::show).patch(users::change))
        .route("/api/v1/users/{id}/password", put(users::set_password))
        .route("/api/v1/tenants", get(users::tenants))
        .route("/api/v1/reports/conversion", get(reports::conversion::show))
        .route("/api/v1/reports/stages", get(reports::stages::show))
        .route("/api/v1/reports/follow-ups", get(reports::follow_ups::show))
        .route("/api/v1/reports/closures", get(reports::closures::show))
        .route("/api/v1/experiments", get(experiments::list))
        .route("/api/v1/experiments/{name}", get(experiments::show))
        .route("/api/v1/jobs", get(jobs::list))
        .route("/api/v1/jobs/{id}", get(jobs::show))
        .route("/api/v1/jobs/{id}/retry", post(jobs::retry))
        .route("/api/analytics/leads", get(analytics::leads))
        // The lead log's own paths.
        .route("/api/admin/leads", get(leads::list))
        .route("/api/admin/leads/stats", get(leads::stats))
        .route("/api/admin/leads/{id}", get(detail::show).delete(moves::deactivate))
        .route("/api/admin/leads/{id}/convert", post(moves::convert))
        .layer(from_fn_with_state(api.clone(), access::guard))
}

/// Routes that need a token and take their time.
pub(super) fn files(api: &Api) -> Router<Api> {
    Router::new()
        .route("/api/v1/leads/import", post(files::import::import))
        .route("/api/v1/leads/export", get(files::export::export))
        .layer(from_fn_with_state(api.clone(), access::guard))
}
