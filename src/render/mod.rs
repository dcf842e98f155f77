//! From a plan to the files of a stack. One file a family; nothing here touches the disk but [`mod@write`].

mod block;
mod certificate;
mod compose;
mod container;
mod endpoints;
mod filters;
mod hash;
mod host;
mod limits;
mod markdown;
mod model;
mod offsite;
mod options;
mod ports;
mod readme;
pub mod record;
mod service;
mod templates;
pub mod upgrade;
pub mod write;

pub use certificate::{AUTHORITY, AUTHORITY_KEY, Certificate};
pub use endpoints::Endpoints;
pub use host::{Preparation, preparations};
pub use options::{Options, Wish};
pub use templates::{Kitchen, RenderError};

use catalog::Protection;

use crate::plan::{Plan, Planned};
use write::{Artifact, seal};

/// What was made for a stack.
#[derive(Default)]
pub struct Stack {
    /// The files, sealed, in the order of their paths.
    pub artifacts: Vec<Artifact>,
    /// The secrets that it needs.
    pub secrets: Vec<Wanted>,
    /// The certificates of its services.
    pub certificates: Vec<Certificate>,
    /// What the host has to be prepared with.
    pub host: Vec<Preparation>,
    /// The services that the file wants encrypted on the wire, and that cannot be, each with why.
    pub unencrypted: Vec<(String, String)>,
}

/// A secret that the stack needs: its path, and what becomes of a random text in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Where it lies, in the folder.
    pub path: String,
    before: String,
    after: String,
}

impl Wanted {
    /// What the file holds for a random text.
    pub fn content(&self, random: &str) -> String {
        [self.before.as_str(), random, self.after.as_str()].concat()
    }
}

impl Stack {
    /// Makes every wanted file of a plan.
    ///
    /// # Errors
    /// [`RenderError`] where a template of the catalog cannot be filled in.
    pub fn of(plan: &Plan<'_>, options: Options) -> Result<Self, RenderError> {
        Self::with(plan, options, &Kitchen::default())
    }

    /// The same with templates that are filled in in another way.
    #[doc(hidden)]
    pub fn with(plan: &Plan<'_>, options: Options, kitchen: &Kitchen) -> Result<Self, RenderError> {
        let mut artifacts = Vec::new();
        let mut dishes = Vec::new();
        for planned in &plan.services {
            let files = service::files(kitchen, planned)?;
            artifacts.extend(written(kitchen, planned, &files, options)?);
            dishes.push((planned, files));
        }
        let secrets = secrets(kitchen, plan)?;
        let host = preparations(kitchen, plan)?;
        if options.wish.compose {
            let compose = compose::Compose::of(plan, &dishes, kitchen, &artifacts, options)?;
            let endpoints = Endpoints::of(plan, kitchen, options)?;
            for (path, body) in offsite::scripts(plan, kitchen)? {
                artifacts.push(sealed(path, &body, true, options));
            }
            let mut add = |path: &str, body: String| artifacts.push(sealed(path, &body, false, options));
            add("README.md", readme::readme(plan, kitchen, &host, &endpoints)?);
            add("compose.yaml", compose.text()?);
            add("endpoints.json", endpoints.text()?);
            add(".env.example", ports::example_environment(plan, options));
            add(".gitignore", String::from("/secrets/\n/.env\n*.orig\n*.orig.*\n"));
        }
        artifacts.sort_by(|one, other| one.path.cmp(&other.path));
        let (secrets, certificates) =
            if options.wish.compose { (secrets, Certificate::all(plan)) } else { (Vec::new(), Vec::new()) };
        Ok(Self { artifacts, secrets, certificates, host, unencrypted: unencrypted(plan) })
    }

    /// Adds a file that goes with the stack.
    pub fn add(&mut self, artifact: Artifact) {
        let place = self.artifacts.partition_point(|known| known.path < artifact.path);
        self.artifacts.insert(place, artifact);
    }
}

/// The services whose data must be encrypted on the wire and cannot be, each with why.
fn unencrypted(plan: &Plan<'_>) -> Vec<(String, String)> {
    let asked = plan.services.iter().filter(|planned| planned.encrypted.in_transit);
    let open = asked.filter_map(|planned| match planned.recipe.in_transit() {
        Protection::Nothing(why) => Some((planned.instance.clone(), why.to_owned())),
        Protection::Rendered(_) | Protection::Elsewhere(_) | Protection::Host => None,
    });
    open.collect()
}

fn sealed(path: &str, body: &str, executable: bool, options: Options) -> Artifact {
    Artifact { path: path.to_owned(), content: seal(path, body, options.version), executable }
}

/// The files of a service that are wanted.
fn written(
    kitchen: &Kitchen,
    planned: &Planned<'_>,
    files: &[service::File<'_>],
    options: Options,
) -> Result<Vec<Artifact>, RenderError> {
    let mut artifacts = Vec::new();
    for file in files {
        if !options.wish.holds(file.row.family) {
            continue;
        }
        let body = kitchen.file(planned, file.row)?;
        artifacts.push(sealed(&format!("{}/{}", planned.instance, file.path), &body, file.row.executable, options));
    }
    Ok(artifacts)
}

fn secrets(kitchen: &Kitchen, plan: &Plan<'_>) -> Result<Vec<Wanted>, RenderError> {
    let mut wanted = Vec::new();
    for planned in &plan.services {
        for secret in service::secrets(planned) {
            // The random text is cut out again, so that what is made at the edge is all that is random.
            const RANDOM: &str = "\u{1}";
            let content = secret.content.as_deref().unwrap_or("{{ secret }}");
            let content = kitchen.with_secret(planned, content, RANDOM)?;
            let (before, after) = content.split_once(RANDOM).unwrap_or((content.as_str(), ""));
            let path = format!("secrets/{}", crate::plan::secret_file(&planned.instance, &secret.name));
            wanted.push(Wanted { path, before: before.to_owned(), after: after.to_owned() });
        }
    }
    Ok(wanted)
}
