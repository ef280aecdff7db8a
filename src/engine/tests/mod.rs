//! The engine's behaviour, by topic.

mod absence;
mod commands;
mod experiments;
mod path;
mod reading;
mod scoring;
mod silence;

/// A flow with one of everything the tests speak of.
pub(super) const SHOP: &str = include_str!("shop.toml");
