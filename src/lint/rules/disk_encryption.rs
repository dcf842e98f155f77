//! `disk-encryption`

use catalog::Protection;

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("disk-encryption"),
    group: Group::Operations,
    level: Some(Level::Note),
    summary: "Data must be encrypted on disk, which only the host can do.",
    why: "The open editions of most databases write their files as they are, so that `encryption.at_rest` is kept by \
          the disk under Docker's volumes and the backups, or by nothing. polyglot cannot see that disk: whoever \
          runs the host has to know that it counts on them.",
    source: "https://gdpr-info.eu/art-32-gdpr/",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              customers:
                kind: user_profile
                encryption: { at_rest: true }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              sessions:
                kind: realtime_state
                durability: cache
                sensitivity: pii
                encryption: { at_rest: true, in_transit: true }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              customers:
                kind: user_profile
                # polyglot: allow(disk-encryption) the volumes are on LUKS, the backups too
                encryption: { at_rest: true }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              images:
                kind: file
                encryption: { at_rest: true }
                database: s3
                justification: it is there
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    let mut told: Vec<&str> = Vec::new();
    for kind in system.kinds.iter().filter(|kind| kind.data.is_encrypted_at_rest()) {
        // One finding for all that shares a service.
        if told.contains(&kind.name) {
            continue;
        }
        let Some(encryption) = &kind.data.encryption else { continue };
        let place = encryption.value.at_rest.as_ref().map_or(encryption.place, |stated| stated.place);
        let by_the_host =
            |id: &str| system.catalog.recipe(id).is_some_and(|recipe| recipe.at_rest() == Protection::Host);
        let Some(database) = kind.selected.databases.iter().find(|database| by_the_host(&database.id)) else {
            continue;
        };
        told.extend(system.beside(kind).filter(|other| other.data.is_encrypted_at_rest()).map(|other| other.name));
        let message = format!("`{}` must be encrypted on disk, which {} leaves to the host", kind.name, database.name);
        let violation = Violation::new(kind.about(), system.at(place, "kept by the host alone"), message);
        violations.push(violation.help(
            "encrypt the disk that holds Docker's volumes and the one that the backups go to (LUKS, or the provider's \
             encrypted disks), and allow the finding with that reason",
        ));
    }
}
