//! polyglot: one requirements file in, a database for each kind of data out, with the reasons.
//!
//! Data flows one way: a requirements file becomes [`requirements::Requirements`], and with the
//! [`catalog::Catalog`] and the tree of [`decide`] a [`decide::Selection`], which [`report`] shows.

pub mod embedded;

pub mod files;

pub mod source;

pub mod diagnostic;

pub mod yaml;

pub mod expression;

pub mod extra;

pub mod config;

pub mod requirements;

pub mod decide;

pub mod size;

pub mod plan;

pub mod render;

pub mod lock;

pub mod compose;

pub mod lint;

pub mod report;

pub mod cli;

pub mod commands;
