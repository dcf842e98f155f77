//! The certificates of a rendered folder: made once, kept, renewed by the same authority, and never guessed at.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const SHOP: &str = "version: 1\nname: shop\ntarget: { memory: 16GB, disk: 500GB, cpus: 4 }\ndata:\n  accounts: { kind: user_profile, \
                    encryption: { in_transit: true } }\n  events: { event_stream: true, database: kafka, justification: \
                    it is there, encryption: { in_transit: true } }\n  plain: { kind: realtime_state, durability: cache }\n";

fn render(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_polyglot"));
    command.arg("render").args(arguments).current_dir(folder).env_clear().output().expect("the program runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

/// A folder that was rendered once.
fn rendered() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("polyglot.yaml"), SHOP).expect("a file");
    let output = render(folder.path(), &[]);
    assert!(output.status.success(), "{}", said(&output));
    folder
}

fn secret(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join("deploy/secrets").join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The names of the certificates' files, in order.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("deploy/secrets")).expect("secrets");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"));
    let mut names: Vec<String> = names.filter(|name| name.starts_with("ca.") || name.contains("_tls.")).collect();
    names.sort();
    names
}

const ALL: [&str; 7] =
    ["ca.crt", "ca.key", "kafka_tls.crt", "kafka_tls.key", "kafka_tls.pem", "postgresql_tls.crt", "postgresql_tls.key"];

#[test]
fn they_are_made_for_who_needs_them_and_kept() {
    let folder = rendered();
    let folder = folder.path();
    assert_eq!(names(folder), ALL);
    let before: Vec<String> = ALL.iter().map(|name| secret(folder, name)).collect();
    assert_eq!(before[4], format!("{}{}", before[3], before[2]), "the key and the certificate in one file");
    let output = render(folder, &[]);
    assert!(said(&output).contains("is up to date"), "{}", said(&output));
    assert_eq!(ALL.iter().map(|name| secret(folder, name)).collect::<Vec<_>>(), before);
    // Nothing else holds a key.
    for name in ["compose.yaml", "README.md", "endpoints.json"] {
        let text = fs::read_to_string(folder.join("deploy").join(name)).expect("a file");
        assert!(!text.contains("PRIVATE KEY"), "{name}");
    }
    assert!(!said(&render(folder, &["--stdout"])).contains("PRIVATE KEY"));
}

#[cfg(unix)]
#[test]
fn the_authoritys_key_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = rendered();
    let mode = |name: &str| {
        let found = fs::metadata(folder.path().join("deploy/secrets").join(name)).expect("a secret");
        found.permissions().mode() & 0o777
    };
    assert_eq!((mode("ca.key"), mode("ca.crt")), (0o600, 0o644));
    let compose = fs::read_to_string(folder.path().join("deploy/compose.yaml")).expect("the compose file");
    assert!(compose.contains("ca.crt") && !compose.contains("ca.key"));
}

#[test]
fn what_was_deleted_is_made_anew_by_the_same_authority() {
    let folder = rendered();
    let folder = folder.path();
    let (authority, key, other) =
        (secret(folder, "ca.crt"), secret(folder, "postgresql_tls.key"), secret(folder, "kafka_tls.crt"));
    let old = secret(folder, "postgresql_tls.crt");
    fs::remove_file(folder.join("deploy/secrets/postgresql_tls.crt")).expect("it goes");
    let output = render(folder, &["--check"]);
    assert!(said(&output).contains("postgresql_tls.crt: missing"), "{}", said(&output));
    assert_eq!(names(folder).len(), ALL.len() - 1, "a check makes nothing");
    let output = render(folder, &[]);
    assert!(said(&output).contains("1 secrets made"), "{}", said(&output));
    assert_ne!(secret(folder, "postgresql_tls.crt"), old);
    assert_eq!(secret(folder, "postgresql_tls.key"), key, "the key is kept");
    assert_eq!((secret(folder, "ca.crt"), secret(folder, "kafka_tls.crt")), (authority, other));
}

#[test]
fn an_authority_that_is_kept_elsewhere_is_asked_for_only_when_it_has_to_sign() {
    let folder = rendered();
    let folder = folder.path();
    fs::remove_file(folder.join("deploy/secrets/ca.key")).expect("it goes");
    let output = render(folder, &[]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(!folder.join("deploy/secrets/ca.key").exists(), "no other authority takes its place");
    assert_eq!(render(folder, &["--check"]).status.code(), Some(0));
    fs::remove_file(folder.join("deploy/secrets/postgresql_tls.crt")).expect("it goes");
    let output = render(folder, &[]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("ca.key is not there"), "{}", said(&output));
}

#[test]
fn parts_that_do_not_fit_are_refused() {
    for (removed, expected) in [
        (&["ca.crt", "ca.key", "postgresql_tls.crt"][..], "the authority that signed it is not"),
        (&["postgresql_tls.key"], "postgresql_tls.key is not"),
        (&["kafka_tls.crt"], "kafka_tls.crt is not"),
    ] {
        let folder = rendered();
        for name in removed {
            fs::remove_file(folder.path().join("deploy/secrets").join(name)).expect("it goes");
        }
        let output = render(folder.path(), &[]);
        assert_eq!(output.status.code(), Some(2), "{removed:?}: {}", said(&output));
        assert!(said(&output).contains(expected), "{removed:?}: {}", said(&output));
    }
    let folder = rendered();
    let secrets = folder.path().join("deploy/secrets");
    fs::remove_file(secrets.join("postgresql_tls.crt")).expect("it goes");
    for (name, text) in
        [("ca.key", "not a key\n"), ("ca.crt", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n")]
    {
        let kept = fs::read_to_string(secrets.join(name)).expect("a file");
        fs::write(secrets.join(name), text).expect("a file");
        let output = render(folder.path(), &[]);
        assert_eq!(output.status.code(), Some(2), "{name}: {}", said(&output));
        fs::write(secrets.join(name), kept).expect("a file");
    }
    assert!(render(folder.path(), &[]).status.success());
}

/// As strict a reader as there is, where the machine has one.
#[test]
fn openssl_verifies_them_by_each_name() {
    let folder = rendered();
    let secrets = folder.path().join("deploy/secrets");
    let openssl = |arguments: &[&str]| Command::new("openssl").args(arguments).current_dir(&secrets).output();
    if openssl(&["version"]).is_err() {
        crate::session::skipped("no openssl");
        return;
    }
    for name in ["postgresql", "postgresql-pgbouncer", "localhost"] {
        let arguments = [
            "verify",
            "-x509_strict",
            "-purpose",
            "sslserver",
            "-CAfile",
            "ca.crt",
            "-verify_hostname",
            name,
            "postgresql_tls.crt",
        ];
        let output = openssl(&arguments).expect("it runs");
        assert!(output.status.success(), "{name}: {}", said(&output));
    }
    for arguments in [
        &["verify", "-x509_strict", "-CAfile", "ca.crt", "-verify_ip", "127.0.0.1", "kafka_tls.crt"][..],
        &["verify", "-x509_strict", "-CAfile", "ca.crt", "-verify_ip", "::1", "kafka_tls.crt"],
    ] {
        let output = openssl(arguments).expect("it runs");
        assert!(output.status.success(), "{}", said(&output));
    }
    let output =
        openssl(&["verify", "-CAfile", "ca.crt", "-verify_hostname", "kafka", "postgresql_tls.crt"]).expect("it runs");
    assert!(!output.status.success(), "a certificate is for its service alone");
}
