//! What the types of an entry cannot hold: that its sources resolve, its needs are all answered, its amounts readable.

use super::database::{Bound, Database, Limit};
use crate::vocabulary::{Need, Quantity};

impl Database {
    /// Checks what the types cannot: that sources resolve, that every need is answered, that amounts can be read.
    ///
    /// # Errors
    /// What is wrong, in one sentence.
    pub fn check(&self) -> Result<(), String> {
        self.source_of("licence", &self.licence.source)?;
        self.source_of("upstream", &self.upstream.source)?;
        self.versions.iter().try_for_each(|version| self.source_of("a version", &version.source))?;
        self.optimisation.iter().try_for_each(|technique| self.source_of("an optimisation", &technique.source))?;
        if self.versions.iter().filter(|version| version.default).count() != 1 {
            return Err(format!("{}: exactly one version must be the default", self.id));
        }
        Need::ALL.iter().try_for_each(|need| self.check_need(*need))?;
        self.limits.iter().try_for_each(|limit| self.check_limit(limit))
    }

    fn source_of(&self, what: &str, source: &str) -> Result<(), String> {
        if self.sources.contains_key(source) {
            return Ok(());
        }
        Err(format!("{}: {what} names the source `{source}`, which `[sources]` does not have", self.id))
    }

    fn check_need(&self, need: Need) -> Result<(), String> {
        let service = self.serves.get(&need).ok_or_else(|| format!("{}: `[serves.{need}]` is missing", self.id))?;
        self.source_of(need.name(), &service.source)?;
        service.up_to.iter().try_for_each(|(quantity, amount)| readable(&self.id, *quantity, amount))
    }

    fn check_limit(&self, limit: &Limit) -> Result<(), String> {
        self.source_of("a limit", &limit.source)?;
        if limit.strained.is_none() && limit.exceeds.is_none() {
            return Err(format!("{}: the limit of {} bounds nothing", self.id, limit.what));
        }
        limit.strained.iter().chain(&limit.exceeds).try_for_each(|bound| match bound {
            Bound::Fixed(amount) => readable(&self.id, limit.what, amount),
            Bound::Formula(_) => Ok(()),
        })
    }
}

fn readable(id: &str, quantity: Quantity, amount: &str) -> Result<(), String> {
    match quantity.parse(amount) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("{id}: `{amount}` is no {quantity}: {error}")),
    }
}
