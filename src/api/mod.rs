//! HTTP for programs and for browsers: one file per resource.

pub mod pages;
