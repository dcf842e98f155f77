//! `single-node-for-regions`

use catalog::vocabulary::Scale;

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("single-node-for-regions"),
    group: Group::Architecture,
    level: Some(Level::Warning),
    summary: "A system of record that spans regions is rendered onto one host.",
    why: "The compose stack is one host, and so one region: while it is cut off, no other region can write, \
          and whoever is far away waits for the distance. Several regions need a cluster, or a service of a \
          vendor, that is set up beside it.",
    source: "https://docs.docker.com/compose/intro/compose-application-model/",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              accounts:
                kind: user_profile
                durability: primary
                scale: multi_region
                backup: { every: 1d, keep: 30d }
        ";
        "polyglot.yaml": r"
            version: 1
            target: { environment: production }
            data:
              carts:
                key_lookup: true
                durability: primary
                scale: multi_region
                backup: { every: 1d, keep: 30d }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              accounts:
                kind: user_profile
                durability: primary
                scale: single_node
                backup: { every: 1d, keep: 30d }
        ";
        "polyglot.yaml": r"
            version: 1
            target: { environment: development }
            data:
              carts:
                key_lookup: true
                durability: primary
                scale: multi_region
                backup: { every: 1d, keep: 30d }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              photos:
                kind: file
                durability: primary
                scale: multi_region
                backup: { every: 1d, keep: 30d }
                database: s3
                justification: the vendor copies them between regions
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in system.kinds.iter().filter(|kind| kind.is_record() && system.relies_on_one_host(kind)) {
        let Some(scale) = kind.data.scale.as_ref().filter(|scale| scale.value == Scale::MultiRegion) else { continue };
        let name = kind.database_name();
        let message = format!("`{}` spans regions, and the stack runs {name} on one host", kind.name);
        let violation = Violation::new(kind.about(), system.at(scale.place, "more than one region"), message);
        violations.push(violation.help(format!(
            "set up {name} over the regions beside this stack and allow the finding with that reason, or say \
             `scale: single_node` where readers elsewhere are all there is"
        )));
    }
}
