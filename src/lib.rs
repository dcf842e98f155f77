//! polyglot: one requirements file in, a database for each kind of data out, with the reasons.
//!
//! Data flows one way: a requirements file becomes [`requirements::Requirements`], with the [`catalog::Catalog`] and the tree
//! of [`decide`] a [`decide::Selection`], with the host a [`plan::Plan`], and then the files of [`render`]. [`lock`] keeps what
//! was decided, [`lint`] looks at all of them, [`report`] shows them, and [`commands`] connects them. Each module uses only
//! those before it.

pub mod embedded;

pub mod files;

pub mod source;

pub mod diagnostic;

pub mod yaml;

pub use catalog::expression;

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
