//! The only SQL of the house: `db` is the layer over the two databases, beside it one file per table or resource.

pub mod db;
pub mod migrate;
pub mod turns;
