//! Where applications connect: for each service its address, its user and the file of its password.

use schemars::JsonSchema;
use serde::Serialize;

use super::certificate::AUTHORITY;
use super::options::Options;
use super::ports::{address_names, published_port};
use super::service::door;
use super::templates::{Kitchen, RenderError};
use crate::plan::{Plan, secret_file};

/// `endpoints.json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "polyglot endpoints")]
pub struct Endpoints {
    /// The version of this shape.
    #[schemars(extend("const" = 1))]
    pub schema: u32,
    /// The system's name.
    pub name: String,
    /// One entry for each service that holds data.
    pub endpoints: Vec<Entry>,
}

/// Where a service is reached.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Entry {
    /// The service.
    pub instance: String,
    /// The database's id.
    pub database: String,
    /// Its version; `null` where it does not run here.
    pub version: Option<String>,
    /// The kinds of data in it.
    pub serves: Vec<String>,
    /// Its name in the stack's network; `null` where it does not run here.
    pub host: Option<String>,
    /// Its port there.
    pub port: Option<u16>,
    /// Its address without the password; `null` where only the vendor knows it.
    pub url: Option<String>,
    /// Who connects; `null` where there are no users.
    pub user: Option<String>,
    /// The file with the password, beside this one; `null` where there is none.
    pub password_file: Option<String>,
    /// The file with the certificate that clients verify the server with, beside this one; `null` where connections are
    /// not encrypted by what is rendered.
    pub ca_file: Option<String>,
    /// Where the host sees it; `null` where it does not.
    pub published: Option<Published>,
    /// The environment variables that clients of a managed service read.
    pub environment: Vec<String>,
}

/// Where the host sees a service.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Published {
    /// The address.
    pub host: String,
    /// The port, unless the variable says another.
    pub port: u16,
    /// The variable of `.env` that moves it.
    pub variable: String,
}

impl Endpoints {
    pub(super) fn of(plan: &Plan<'_>, kitchen: &Kitchen, options: Options) -> Result<Self, RenderError> {
        let mut endpoints = Vec::new();
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        for planned in &plan.services {
            let Some(door) = door(planned) else { continue };
            let names = address_names(&door.host, door.port);
            let text = |text: &str| kitchen.text_with(planned, text, &names);
            let url = door.endpoint.map(|endpoint| text(&endpoint.url)).transpose()?;
            let user = door.endpoint.map(|endpoint| text(&endpoint.user)).transpose()?;
            let secret = door.endpoint.and_then(|endpoint| endpoint.secret.as_deref());
            let published = published_port(plan, options, &door.host);
            endpoints.push(Entry {
                instance: planned.instance.clone(),
                database: planned.database.id.to_string(),
                version: Some(planned.version.major.to_string()),
                serves: owned(&planned.serves),
                host: Some(door.host),
                port: Some(door.port),
                url,
                user: user.filter(|user| !user.is_empty()),
                password_file: secret.map(|secret| format!("secrets/{}", secret_file(&planned.instance, secret))),
                ca_file: planned.tls.then(|| AUTHORITY.to_owned()),
                published: published.map(|(variable, port)| Published { host: "127.0.0.1".into(), port, variable }),
                environment: Vec::new(),
            });
        }
        for elsewhere in &plan.elsewhere {
            endpoints.push(Entry {
                instance: elsewhere.instance.clone(),
                database: elsewhere.database.id.to_string(),
                version: None,
                serves: owned(&elsewhere.serves),
                host: None,
                port: None,
                url: elsewhere.connect.url.as_ref().map(ToString::to_string),
                user: None,
                password_file: None,
                ca_file: None,
                published: None,
                environment: elsewhere.connect.environment.iter().map(ToString::to_string).collect(),
            });
        }
        Ok(Self { schema: 1, name: plan.name.to_owned(), endpoints })
    }

    pub(super) fn text(&self) -> Result<String, RenderError> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }
}
