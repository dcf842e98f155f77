//! What belongs to a service: its files, its secrets, its containers.

use catalog::{CertificateFile, Container, Endpoint, Family, FileTemplate, Purpose, Secret, Volume};

use super::templates::{Kitchen, RenderError, job_of};
use crate::plan::{Planned, PlannedJob};

/// A file of a service.
pub(super) struct File<'a> {
    /// The row that it comes from.
    pub(super) row: &'a FileTemplate,
    /// Its path in the instance's folder.
    pub(super) path: String,
}

/// The files that there are for a service: those of its version, whose condition holds, and whose job there is.
pub(super) fn files<'a>(kitchen: &Kitchen, planned: &Planned<'a>) -> Result<Vec<File<'a>>, RenderError> {
    let mut files = Vec::new();
    for row in &planned.recipe.files {
        let known = planned.has(row.versions());
        let served = row.service.as_deref().is_none_or(|job| job_of(planned, job).is_some());
        if known && served && kitchen.holds(planned, &row.path, row.when.as_deref())? {
            files.push(File { row, path: kitchen.text(planned, &row.path)? });
        }
    }
    Ok(files)
}

impl Kitchen {
    /// The files that hold settings, and what stands in each.
    ///
    /// # Errors
    /// [`RenderError`] where a template cannot be filled in.
    pub fn configurations(&self, planned: &Planned<'_>) -> Result<Vec<(String, String)>, RenderError> {
        let files = files(self, planned)?;
        let files = files.into_iter().filter(|file| file.row.family == Family::Tuning);
        files.map(|file| Ok((file.path.clone(), self.file(planned, file.row)?))).collect()
    }
}

/// The secrets that are made for a service, its jobs' own among them.
pub(super) fn secrets<'a>(planned: &Planned<'a>) -> Vec<&'a Secret> {
    let jobs = planned.jobs.iter().flat_map(|planned| &planned.job.container.secrets);
    let all = planned.container.secrets.iter().chain(jobs);
    all.filter(|row| planned.has(row.versions())).collect()
}

/// What of the certificates a container of a service mounts: a job, unless it says more, what it verifies the server with.
pub(super) fn certificates<'p>(planned: &Planned<'_>, container: &'p Container) -> &'p [CertificateFile] {
    match container.certificates.as_slice() {
        _ if !planned.tls => &[],
        [] => &[CertificateFile::Authority],
        files => files,
    }
}

/// The volumes of a container.
pub(super) fn volumes<'p>(planned: &'p Planned<'_>, container: &'p Container) -> impl Iterator<Item = &'p Volume> {
    let known = |row: &&Volume| planned.has(row.versions());
    container.volumes.iter().filter(known)
}

/// Where clients go: the pooler, if there is one, else the database itself.
pub(super) struct Door<'p> {
    /// The service's name.
    pub(super) host: String,
    /// Its port.
    pub(super) port: u16,
    /// How its address is written.
    pub(super) endpoint: Option<&'p Endpoint>,
}

/// The service that clients connect to.
pub(super) fn door<'p>(planned: &'p Planned<'_>) -> Option<Door<'p>> {
    let own = planned.container.endpoint.as_ref();
    let proxy = planned.jobs.iter().find(|job| job.job.purpose == Purpose::Proxy);
    if let Some((proxy, port)) = proxy.and_then(|proxy| Some((proxy, proxy.job.container.port?))) {
        let host = PlannedJob::service(proxy, &planned.instance);
        return Some(Door { host, port, endpoint: proxy.job.container.endpoint.as_ref().or(own) });
    }
    Some(Door { host: planned.instance.clone(), port: planned.container.port?, endpoint: own })
}
