//! polyglot.toml: what a whole organisation shares.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Component, PathBuf};

use catalog::{Catalog, Database, Overrides};
use serde::Deserialize;
use toml::Spanned;

use crate::diagnostic::{Diagnostic, Faults, did_you_mean, suggestion};
use crate::files::PathText;
use crate::source::{Place, Source};

/// The file's name, looked up from the requirements file's folder upwards.
pub const FILE: &str = "polyglot.toml";

/// The whole file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// What may be chosen.
    pub policy: Policy,
    /// The level of each lint rule.
    pub lint: BTreeMap<Spanned<String>, LintLevel>,
    /// Where further databases and another tree are.
    pub catalog: CatalogConfig,
    /// Where rendered files go.
    pub render: RenderConfig,
    /// What things cost in a portfolio.
    pub portfolio: Overrides,
}

/// What may be chosen.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// The only licences that are allowed, as SPDX ids; empty allows all.
    pub allowed_licences: Vec<Spanned<String>>,
    /// Licences that are not.
    pub denied_licences: Vec<Spanned<String>>,
    /// The only databases that are allowed; empty allows all.
    pub allowed_databases: Vec<Spanned<String>>,
    /// Databases that are not.
    pub denied_databases: Vec<Spanned<String>>,
    /// Databases that are taken before others of their category.
    pub preferred_databases: Vec<Spanned<String>>,
    /// The most databases that a system may run.
    pub max_databases: Option<Spanned<usize>>,
    /// Whether a database stays chosen that nobody maintains any more.
    pub allow_archived: bool,
}

/// What becomes of a rule's findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LintLevel {
    /// They are dropped.
    Allow,
    /// They are notes.
    Note,
    /// They are warnings.
    Warning,
    /// They are errors.
    Error,
}

/// Where further databases and another tree are; paths are relative to the file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CatalogConfig {
    /// Folders of further databases.
    pub extra: Vec<Spanned<PathBuf>>,
    /// A decision tree that takes the place of ours.
    pub tree: Option<Spanned<PathBuf>>,
}

/// Where rendered files go.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RenderConfig {
    /// The folder, relative to the file.
    pub out: Option<Spanned<PathBuf>>,
}

impl Config {
    /// Reads the file.
    ///
    /// # Errors
    /// The first fault of the text, or each path that leads out of the file's folder.
    pub fn parse(source: &Source) -> Result<Self, Faults> {
        let config: Self = toml::from_str(&source.text)
            .map_err(|error| Faults::new(source.clone(), vec![Diagnostic::from_toml(&error)]))?;
        let paths = config.catalog.extra.iter().chain(&config.catalog.tree).chain(&config.render.out);
        let outside: Vec<_> = paths.filter_map(leads_out).collect();
        if outside.is_empty() { Ok(config) } else { Err(Faults::new(source.clone(), outside)) }
    }

    /// Checks that the databases it names exist.
    ///
    /// # Errors
    /// Each name that does not.
    pub fn check(&self, source: &Source, catalog: &Catalog) -> Result<(), Faults> {
        let policy = &self.policy;
        let named = [&policy.allowed_databases, &policy.denied_databases, &policy.preferred_databases];
        let unknown = named.into_iter().flatten().filter(|id| catalog.get(id.get_ref()).is_none());
        let unknown = unknown.chain(self.portfolio.databases().filter(|id| catalog.get(id.get_ref()).is_none()));
        let databases = unknown.map(|id| unknown_database(id.get_ref(), id.span(), catalog));
        let licences = policy.allowed_licences.iter().chain(&policy.denied_licences);
        let misspelt = licences.filter_map(|licence| misspelt_licence(licence, catalog));
        let faults: Vec<_> = databases.chain(misspelt).collect();
        if faults.is_empty() { Ok(()) } else { Err(Faults::new(source.clone(), faults)) }
    }
}

/// A path that is absolute or has `..` in it: the file may be anybody's, and speaks of nothing outside of its folder.
fn leads_out(path: &Spanned<PathBuf>) -> Option<Diagnostic> {
    let stays = path.get_ref().components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let diagnostic = || Diagnostic::error(format!("`{}` is outside of the folder", path.get_ref().shown()));
    let place = Place::new(path.span().start, path.span().end);
    (!stays).then(|| diagnostic().at(place, format!("paths stay in the folder of {FILE}")))
}

/// A licence that matches nothing although it is near one that some database has. One that no database has is fine: a
/// policy may be older or newer than the catalog.
fn misspelt_licence(licence: &Spanned<String>, catalog: &Catalog) -> Option<Diagnostic> {
    let written = licence.get_ref();
    let known = || catalog.databases().flat_map(|database| database.licence.parts());
    if known().any(|part| part == written) {
        return None;
    }
    let near = known().find(|part| part.to_lowercase().starts_with(&written.to_lowercase()));
    let near = near.or_else(|| did_you_mean(written, known()))?;
    let place = Place::new(licence.span().start, licence.span().end);
    let diagnostic = Diagnostic::error(format!("no database has the licence `{written}`")).at(place, "matches nothing");
    Some(diagnostic.help(format!("did you mean `{near}`?")))
}

fn unknown_database(id: &str, span: Range<usize>, catalog: &Catalog) -> Diagnostic {
    let diagnostic = Diagnostic::error(format!("there is no database `{id}` in the catalog"));
    diagnostic.at(Place::new(span.start, span.end), "not known").help(suggestion(id, catalog.ids()))
}

/// Why a policy refuses a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The database is denied, or not among the allowed.
    Database,
    /// Its licence is denied, or not among the allowed.
    Licence,
}

impl Policy {
    /// Whether, and why, the policy refuses a database.
    pub fn refuses(&self, database: &Database) -> Option<Refusal> {
        let named = |list: &[Spanned<String>]| list.iter().any(|id| database.id == *id.get_ref());
        let unlisted = !self.allowed_databases.is_empty() && !named(&self.allowed_databases);
        if unlisted || named(&self.denied_databases) {
            return Some(Refusal::Database);
        }
        let listed = |list: &[Spanned<String>], part: &str| list.iter().any(|licence| licence.get_ref() == part);
        let acceptable = |part: &str| {
            let allowed = self.allowed_licences.is_empty() || listed(&self.allowed_licences, part);
            allowed && !listed(&self.denied_licences, part)
        };
        (!database.licence.is_acceptable(acceptable)).then_some(Refusal::Licence)
    }

    /// The most databases that a system may run.
    pub fn max_databases(&self) -> Option<usize> {
        self.max_databases.as_ref().map(|most| *most.get_ref())
    }

    /// The databases that are taken before others of their category, first choice first.
    pub fn preferred(&self) -> impl Iterator<Item = &str> {
        self.preferred_databases.iter().map(|id| id.get_ref().as_str())
    }
}
