//! `unencrypted-personal-data`

use catalog::vocabulary::Sensitivity;

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("unencrypted-personal-data"),
    group: Group::Operations,
    level: Some(Level::Error),
    summary: "Personal data or secrets are not encrypted on disk and on the wire.",
    why: "A disk that is sold, a backup that is copied or a network that is listened to is then a leak of \
          everything, which the law wants told to everybody concerned. Once the file says so, `render` sets up TLS \
          with certificates of the stack's own; the disk is up to whoever runs the host.",
    source: "https://gdpr-info.eu/art-32-gdpr/",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              customers:
                kind: user_profile
                sensitivity: pii
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              tokens:
                key_lookup: true
                sensitivity: secret
                encryption: { at_rest: true }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              customers:
                kind: user_profile
                sensitivity: pii
                encryption: { at_rest: true, in_transit: false }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              customers:
                kind: user_profile
                sensitivity: pii
                encryption: { at_rest: true, in_transit: true } # polyglot: allow(disk-encryption) the volumes are on LUKS
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              tokens:
                key_lookup: true
                sensitivity: internal
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in &system.kinds {
        let Some(sensitivity) = kind.data.sensitivity.as_ref().filter(|placed| is_guarded(placed.value)) else {
            continue;
        };
        let encryption = kind.data.encryption.as_ref();
        let at_rest = encryption.and_then(|encryption| encryption.value.at_rest.as_ref());
        let in_transit = encryption.and_then(|encryption| encryption.value.in_transit.as_ref());
        let open = [(at_rest, "on disk"), (in_transit, "on the wire")];
        let open: Vec<_> = open.into_iter().filter(|(stated, _)| !stated.is_some_and(|stated| stated.value)).collect();
        if open.is_empty() {
            continue;
        }
        let denied = open.iter().find_map(|(stated, _)| *stated).map(|stated| stated.place);
        let place = denied.or(encryption.map(|encryption| encryption.place)).unwrap_or(sensitivity.place);
        let wheres: Vec<&str> = open.iter().map(|(_, place)| *place).collect();
        let what = if sensitivity.value == Sensitivity::Secret { "secret" } else { "personal" };
        let message = format!("`{}` is {what}, and not encrypted {}", kind.name, wheres.join(" and "));
        let mut violation = Violation::new(kind.about(), system.at(place, "in the clear"), message);
        if place != sensitivity.place {
            violation = violation.also(system.at(sensitivity.place, "must not be seen"));
        }
        violations.push(
            violation
                .help("say `encryption: { at_rest: true, in_transit: true }`: TLS is then rendered")
                .help("and see to what only the host can do: an encrypted disk under the volumes and the backups"),
        );
    }
}

fn is_guarded(sensitivity: Sensitivity) -> bool {
    matches!(sensitivity, Sensitivity::Pii | Sensitivity::Secret)
}
