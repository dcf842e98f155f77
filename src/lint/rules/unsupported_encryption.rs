//! `unsupported-encryption`

use catalog::Protection;

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("unsupported-encryption"),
    group: Group::Operations,
    level: Some(Level::Error),
    summary: "Data must be encrypted on the wire, and its database cannot do that.",
    why: "The file promises what nothing keeps: passwords and data cross the network in the clear, and whoever \
          reads the file takes them for safe. TLS is rendered for every database that can refuse whoever comes \
          without it.",
    source: "https://gdpr-info.eu/art-32-gdpr/",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              notes:
                vector_search: true
                vectors: 10_000
                dimension: 384
                encryption: { in_transit: true }
                database: chromadb
                justification: the team knows it
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              drafts:
                flexible_schema: true
                encryption: { at_rest: true, in_transit: true }
                database: couchdb
                justification: it follows phones that are offline
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              notes:
                vector_search: true
                vectors: 10_000
                dimension: 384
                encryption: { in_transit: true }
                database: postgresql
                justification: the team knows it
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              notes:
                vector_search: true
                vectors: 10_000
                dimension: 384
                database: chromadb
                justification: the team knows it
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in system.kinds.iter().filter(|kind| kind.data.is_encrypted_in_transit()) {
        let Some(encryption) = &kind.data.encryption else { continue };
        let place = encryption.value.in_transit.as_ref().map_or(encryption.place, |stated| stated.place);
        for database in &kind.selected.databases {
            let protection = system.catalog.recipe(&database.id).map(catalog::Recipe::in_transit);
            let Some(Protection::Nothing(why)) = protection else { continue };
            let message =
                format!("`{}` must be encrypted on the wire, and {} cannot do that", kind.name, database.name);
            let violation = Violation::new(kind.about(), system.at(place, "kept by nothing"), message);
            violations.push(violation.also(system.decided(kind, "decided here")).help(why.to_string()).help(
                "or take a database that can; `polyglot explain DATABASE` says which, and allow the finding with a \
                 reason where a proxy does it",
            ));
        }
    }
}
