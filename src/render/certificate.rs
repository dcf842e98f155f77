//! The certificates of a stack: one authority of its own, and a certificate for each service that takes encrypted
//! connections. What they are is said here; they are made where the clock and chance are, at the edge.

use catalog::{CertificateFile, Purpose};

use super::service::certificates;
use crate::plan::{Plan, Planned, job_service, secret_file};

/// The certificate of the stack's authority, which clients verify with.
pub const AUTHORITY: &str = "secrets/ca.crt";
/// The authority's private key, which no container sees.
pub const AUTHORITY_KEY: &str = "secrets/ca.key";

/// A certificate that a service needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The service.
    pub instance: String,
    /// The names and addresses that clients reach it by.
    pub names: Vec<String>,
    /// Whether the key and the certificate are wanted in one file, too.
    pub is_combined: bool,
}

impl Certificate {
    /// The certificates of a stack.
    pub(super) fn all(plan: &Plan<'_>) -> Vec<Self> {
        plan.services.iter().filter(|planned| planned.tls).map(Self::of).collect()
    }

    fn of(planned: &Planned<'_>) -> Self {
        // A proxy that comes later is to need no other certificate.
        let proxies = planned.recipe.jobs.iter().filter(|job| job.purpose == Purpose::Proxy);
        let services = proxies.map(|job| job_service(&planned.instance, &job.name));
        let here = ["localhost", "127.0.0.1", "::1"].map(String::from);
        let containers = planned.jobs.iter().map(|job| &job.job.container);
        let mut mounted = containers.chain([planned.container]).flat_map(|container| certificates(planned, container));
        Self {
            instance: planned.instance.clone(),
            names: std::iter::once(planned.instance.clone()).chain(services).chain(here).collect(),
            is_combined: mounted.any(|file| *file == CertificateFile::Combined),
        }
    }

    /// The files that are its own.
    pub fn files(&self) -> impl Iterator<Item = CertificateFile> {
        let combined = self.is_combined.then_some(CertificateFile::Combined);
        [CertificateFile::Certificate, CertificateFile::Key].into_iter().chain(combined)
    }

    /// Where the files of some certificates are, in the folder: that of the authority and their own.
    pub fn paths(certificates: &[Self]) -> impl Iterator<Item = String> {
        let authority = (!certificates.is_empty()).then(|| String::from(AUTHORITY));
        authority.into_iter().chain(certificates.iter().flat_map(|one| one.files().map(|file| one.path(file))))
    }

    /// Where one of its files is, in the folder.
    pub fn path(&self, file: CertificateFile) -> String {
        format!("secrets/{}", file_name(&self.instance, file))
    }
}

/// What a file of a service's certificates is called in `secrets/`, which is the secret's name in the compose file too.
pub(super) fn file_name(instance: &str, file: CertificateFile) -> String {
    match file {
        CertificateFile::Authority => file.file().to_owned(),
        CertificateFile::Certificate | CertificateFile::Key | CertificateFile::Combined => {
            secret_file(instance, file.file())
        }
    }
}
