//! HTML for people who work here: one file per page, templates beside them.

mod account;
mod guard;
mod lead;
mod log_in;
mod page;
mod welcome;

use crate::api::Api;
use crate::api::limits::by_monitor;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

/// All pages.
pub fn pages(api: &Api) -> Router<Api> {
    let own = Router::new()
        .route("/login", get(log_in::show).post(log_in::enter))
        .route("/logout", post(log_in::leave))
        .route("/welcome/{secret}", get(welcome::show).post(welcome::accept))
        .route("/account", get(account::show))
        .route("/account/password", post(account::set_password))
        .route("/account/sessions/{id}/end", post(account::end_one))
        .route("/account/sessions/end-others", post(account::end_others))
        .layer(from_fn_with_state(api.clone(), guard::same_origin));
    Router::new()
        // One lead, for whoever was told of it: a signed link is their credential.
        .route("/leads/{pass}", get(lead::show))
        .route("/leads/{pass}/claim", get(lead::show).post(lead::claim))
        .route("/page.css", get(page::style))
        .merge(own)
        .layer(from_fn_with_state(api.limits(), by_monitor))
}
