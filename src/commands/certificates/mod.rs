//! The certificates of a stack, made beside its secrets. What is there is kept, whatever it is; what is missing is made,
//! and signed by the stack's own authority, which is made with the first of them.

mod der;
mod key;

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow, bail};
use catalog::units::Bytes;
use catalog::{CertificateFile, Date};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyUsagePurpose, SerialNumber, date_time_ymd,
};

use key::Key;

use crate::files::{self, Folder, PathText};
use crate::render::write::Secret;
use crate::render::{AUTHORITY, AUTHORITY_KEY, Certificate};

const DAY: u64 = 86_400;
/// How long the authority stands: whoever trusts it has to be told of another one.
const AUTHORITY_DAYS: u64 = 3_650;
/// How long a server's certificate holds; some clients take none that is made for more than 825 days.
const SERVER_DAYS: u64 = 730;
/// So long before its end the person is told.
const WARNING_DAYS: i64 = 60;
/// A clock that is behind by less than this takes a new certificate too.
const SKEW: u64 = 3_600;
/// No file of a certificate is larger.
const LARGEST: Bytes = Bytes(1 << 20);

/// What is in a rendered folder.
struct Standing<'a> {
    root: &'a Path,
    folder: Option<Folder>,
}

impl<'a> Standing<'a> {
    fn of(root: &'a Path) -> Self {
        Self { root, folder: Folder::named(root).ok() }
    }

    /// Whether something is there; where `secrets/` is a link, what it leads to counts.
    fn has(&self, path: &str) -> bool {
        let Some(folder) = &self.folder else { return false };
        let path = Path::new(path);
        folder.standing(path).is_ok_and(|found| found.is_some()) || files::standing(&self.root.join(path)).is_some()
    }

    fn read(&self, path: &str) -> Result<String> {
        let shown = || format!("cannot read {}", self.root.join(path).shown());
        let folder = self.folder.as_ref().with_context(shown)?;
        let bytes = folder.read(Path::new(path), LARGEST).with_context(shown)?;
        String::from_utf8(bytes).map_err(|_| anyhow!("{} is no PEM file", self.root.join(path).shown()))
    }
}

/// A file of the certificates. No container mounts the authority's key.
fn secret(path: &str, content: String) -> Secret {
    Secret { path: path.to_owned(), content, private: path == AUTHORITY_KEY }
}

/// The files, empty: what they hold is made when they are written.
pub(super) fn empty(wanted: &[Certificate]) -> Vec<Secret> {
    Certificate::paths(wanted).map(|path| secret(&path, String::new())).collect()
}

/// Makes what a folder lacks of its certificates.
///
/// # Errors
/// Where a certificate is missing and what it has to go with is missing too, or cannot be read.
pub(super) fn make(root: &Path, name: &str, wanted: &[Certificate]) -> Result<Vec<Secret>> {
    let standing = Standing::of(root);
    let is_whole = |one: &&Certificate| one.files().all(|file| standing.has(&one.path(file)));
    let missing: Vec<&Certificate> = wanted.iter().filter(|one| !is_whole(one)).collect();
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    let (authority, mut made) = Authority::of(&standing, name, wanted)?;
    for one in missing {
        made.extend(authority.complete(&standing, one)?);
    }
    Ok(made)
}

/// Who signs the certificates of a stack.
struct Authority {
    issuer: Issuer<'static, Key>,
    /// Whose certificates they are, as that is encoded.
    subject: Vec<u8>,
    now: u64,
}

impl Authority {
    /// The authority of a folder, or a new one with its files.
    fn of(standing: &Standing<'_>, name: &str, wanted: &[Certificate]) -> Result<(Self, Vec<Secret>)> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970")?.as_secs();
        match (standing.has(AUTHORITY), standing.has(AUTHORITY_KEY)) {
            (true, true) => Ok((Self::read(standing, now)?, Vec::new())),
            (false, false) => {
                let mut signed = wanted.iter().map(|one| one.path(CertificateFile::Certificate));
                if let Some(path) = signed.find(|path| standing.has(path)) {
                    bail!(
                        "{} is there, and the authority that signed it is not\n  put {AUTHORITY} and {AUTHORITY_KEY} \
                         back, or delete every secrets/*_tls.* to have all made anew",
                        standing.root.join(path).shown()
                    );
                }
                Self::create(name, now)
            }
            (has_certificate, _) => {
                let missing = if has_certificate { AUTHORITY_KEY } else { AUTHORITY };
                bail!(
                    "a certificate has to be signed, and {} is not there\n  put it back; or delete {AUTHORITY}, \
                     {AUTHORITY_KEY} and every secrets/*_tls.*, and give clients the new {AUTHORITY}",
                    standing.root.join(missing).shown()
                )
            }
        }
    }

    fn create(name: &str, now: u64) -> Result<(Self, Vec<Secret>)> {
        let key = Key::generate()?;
        let mut params = params(&format!("polyglot authority of {name}"), &key, now, AUTHORITY_DAYS)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key).context("the authority's certificate could not be made")?;
        let subject = der::read(certificate.der()).map(|read| read.subject.to_vec()).unwrap_or_default();
        let made = vec![secret(AUTHORITY, certificate.pem()), secret(AUTHORITY_KEY, key.text()?)];
        Ok((Self { issuer: Issuer::new(params, key), subject, now }, made))
    }

    fn read(standing: &Standing<'_>, now: u64) -> Result<Self> {
        let shown = |path: &str| standing.root.join(path).shown();
        let foreign = || format!("{} is no authority that polyglot made", shown(AUTHORITY));
        let key = Key::read(&standing.read(AUTHORITY_KEY)?).with_context(|| shown(AUTHORITY_KEY))?;
        let certificate = pem::parse(standing.read(AUTHORITY)?).with_context(foreign)?;
        let read = der::read(certificate.contents()).with_context(foreign)?;
        let name = der::only_common_name(read.subject).with_context(foreign)?;
        let params = params(name, &key, now, 0)?;
        Ok(Self { issuer: Issuer::new(params, key), subject: read.subject.to_vec(), now })
    }

    /// What is missing of a service's certificate. One that lacks only its certificate keeps its key.
    fn complete(&self, standing: &Standing<'_>, wanted: &Certificate) -> Result<Vec<Secret>> {
        let path = |file| wanted.path(file);
        let (certificate, key) = (path(CertificateFile::Certificate), path(CertificateFile::Key));
        let combined = path(CertificateFile::Combined);
        let stale = [&certificate, &combined].into_iter().find(|path| standing.has(path));
        if let Some(stale) = stale.filter(|_| !standing.has(&key) || !standing.has(&certificate)) {
            bail!(
                "{} is there, and {} is not\n  put it back, or delete secrets/{}* to have a new one",
                standing.root.join(stale).shown(),
                if standing.has(&key) { &certificate } else { &key },
                certificate.trim_start_matches("secrets/").trim_end_matches("crt")
            );
        }
        let mut made = Vec::new();
        let key_text = if standing.has(&key) {
            standing.read(&key)?
        } else {
            let text = Key::generate()?.text()?;
            made.push(secret(&key, text.clone()));
            text
        };
        let certificate_text = if standing.has(&certificate) {
            standing.read(&certificate)?
        } else {
            let text = self.sign(wanted, &key_text)?;
            made.push(secret(&certificate, text.clone()));
            text
        };
        if wanted.is_combined {
            made.push(secret(&combined, [key_text, certificate_text].concat()));
        }
        Ok(made)
    }

    fn sign(&self, wanted: &Certificate, key: &str) -> Result<String> {
        let failed = || format!("no certificate could be made for {}", wanted.instance);
        let key = Key::read(key).with_context(failed)?;
        let mut params = params(&wanted.instance, &key, self.now, SERVER_DAYS)?;
        params.subject_alt_names = CertificateParams::new(wanted.names.clone()).with_context(failed)?.subject_alt_names;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        // Some servers open connections to themselves, and check that they may.
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        let certificate = params.signed_by(&key, &self.issuer).with_context(failed)?;
        if der::read(certificate.der()).is_none_or(|read| read.issuer != self.subject) {
            bail!("{AUTHORITY} is no authority that polyglot made: its name would be written otherwise");
        }
        Ok(certificate.pem())
    }
}

/// A certificate of a key and a name, which holds from now for some days.
fn params(name: &str, key: &Key, now: u64, days: u64) -> Result<CertificateParams> {
    let at = |seconds: u64| date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds);
    let mut serial = [0u8; 16];
    getrandom::fill(&mut serial).map_err(|error| anyhow!("the system gives no random numbers: {error}"))?;
    // A serial number is positive, and none may be used twice.
    serial[0] = serial[0] & 0x7f | 0x40;
    let mut params = CertificateParams::default();
    params.not_before = at(now.saturating_sub(SKEW));
    params.not_after = at(now.saturating_add(days.saturating_mul(DAY)));
    params.key_identifier_method = key.identifier();
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    Ok(params)
}

/// The certificates of a folder that end soon, or have ended, with the day.
pub(super) fn ending(root: &Path, wanted: &[Certificate]) -> Vec<(String, Date)> {
    let Ok(now) = SystemTime::now().duration_since(UNIX_EPOCH) else { return Vec::new() };
    let standing = Standing::of(root);
    let servers = wanted.iter().map(|one| one.path(CertificateFile::Certificate));
    let authority = (!wanted.is_empty()).then(|| String::from(AUTHORITY));
    let ends = |path: String| {
        let certificate = pem::parse(standing.read(&path).ok()?).ok()?;
        Some((path, der::read(certificate.contents())?.ends))
    };
    let first = "1970-01-01".parse::<Date>().map_or(0, Date::days);
    let warned = i64::try_from(now.as_secs() / DAY).unwrap_or(0).saturating_add(first).saturating_add(WARNING_DAYS);
    let soon = |end: &Date| end.days() < warned;
    authority.into_iter().chain(servers).filter_map(ends).filter(|(_, end)| soon(end)).collect()
}
