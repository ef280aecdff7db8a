//! The engine's behaviour, by topic.

mod absence;
mod bounds;
mod commands;
mod experiments;
mod fading;
mod path;
mod reading;
mod rescoring;
mod scoring;
mod silence;

/// A flow with one of everything the tests speak of.
pub(super) const SHOP: &str = include_str!("shop.toml");

/// That flow with something more in `[scoring]`.
pub(super) fn shop(scoring: &str) -> crate::flow::model::Flow {
    let points = "[scoring.points]\ntasting = 7";
    assert_eq!(SHOP.matches(points).count(), 1);
    super::sample::flow(&SHOP.replace(points, &format!("[scoring]\npoints.tasting = 7\n{scoring}")))
}
