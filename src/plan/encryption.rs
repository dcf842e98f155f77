//! What the file asks of the encryption of each service, and what does it.

use catalog::{Protection, Recipe};

use super::Plan;
use super::planned::Encrypted;

/// Where something is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// On the wire: `encryption.in_transit`.
    Wire,
    /// On disk: `encryption.at_rest`.
    Disk,
}

/// What is asked of a service, and what does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encryption<'p> {
    /// The service.
    pub instance: &'p str,
    /// The datasets in it.
    pub serves: &'p [&'p str],
    /// Where its data must be encrypted.
    pub medium: Medium,
    /// What does that.
    pub by: Protection<'p>,
}

impl Medium {
    /// The field of a requirements file that asks for it.
    pub fn field(self) -> &'static str {
        match self {
            Self::Wire => "encryption.in_transit",
            Self::Disk => "encryption.at_rest",
        }
    }

    /// What does it in a database.
    pub fn protection(self, recipe: &Recipe) -> Protection<'_> {
        match self {
            Self::Wire => recipe.in_transit(),
            Self::Disk => recipe.at_rest(),
        }
    }

    fn is_asked(self, encrypted: Encrypted) -> bool {
        match self {
            Self::Wire => encrypted.in_transit,
            Self::Disk => encrypted.at_rest,
        }
    }
}

impl Plan<'_> {
    /// What is asked of each service's encryption, and what does it.
    pub fn encryption(&self) -> Vec<Encryption<'_>> {
        let here = self.services.iter().map(|one| (&*one.instance, &*one.serves, one.recipe, one.encrypted));
        let elsewhere = self.elsewhere.iter().map(|one| (&*one.instance, &*one.serves, one.recipe, one.encrypted));
        let mut asked = Vec::new();
        for (instance, serves, recipe, encrypted) in here.chain(elsewhere) {
            let media = [Medium::Wire, Medium::Disk].into_iter().filter(|medium| medium.is_asked(encrypted));
            asked.extend(media.map(|medium| Encryption { instance, serves, medium, by: medium.protection(recipe) }));
        }
        asked
    }
}
