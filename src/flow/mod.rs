//! The flow language: one TOML file is one conversation.
//!
//! `read` turns a `Source` (a file with everything it uses) into a `model::Flow`, or into findings with place and cure.
//! `keys` is the one table of what may be written where; `check` are the rules beyond it.

pub mod check;
pub mod choose;
pub mod codes;
pub mod diagnostic;
pub mod duration;
pub mod graph;
mod inside;
pub mod keys;
mod keywords;
pub mod library;
pub mod model;
pub mod paths;
mod read;
pub mod reference;
pub mod render;
pub mod schema;
pub(crate) mod shape;
pub mod source;
mod suggest;
pub mod template;
pub mod texts;
pub(crate) mod tree;

pub use check::check_set;
pub use choose::{choose, keyword_language};
pub use diagnostic::{Diagnostic, Severity};
pub use read::{Report, read, read_stored};
pub use render::render;
pub use source::Source;
