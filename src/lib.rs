//! Leadwire: a conversational lead-capture server.
//!
//! The floors of the house, bottom up; a module uses only what stands before it (a test enforces it).

pub mod clock;
pub mod ids;

pub mod domain;

pub mod understand;

pub mod flow;

pub mod engine;

pub mod channels;
pub mod delivery;
pub mod notify;

pub mod mail;

pub mod config;
pub mod http;

pub mod telemetry;

pub mod store;

pub mod turns;

pub mod app;

pub mod service;

pub mod jobs;

pub mod api;

pub mod console;

pub mod cli;
