//! `stack-differs`

use super::prelude::*;
use crate::render::write::State;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("stack-differs"),
    group: Group::Stack,
    level: Some(Level::Error),
    summary: "The rendered folder is not what would be rendered now.",
    why: "The stack that runs is then not the one that the requirements ask for: a change was never rendered, a file \
          or a secret was lost, or a run was interrupted half-way. Whoever renders next changes more than they mean \
          to.",
    bad: examples! {
        "deploy/compose.yaml": r"
            name: shop
            services: {}
        ",
        "polyglot.yaml": r"
            version: 1
            name: shop
            data:
              orders: { kind: user_profile }
        ";
        "deploy/compose.yaml": r#"
            # our own
            name: "shop"
        "#,
        "deploy/README.md": "my own notes\n",
        "polyglot.yaml": r"
            version: 1
            name: shop
            data:
              orders: { kind: user_profile }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            name: shop
            data:
              orders: { kind: user_profile, backup: { every: 1d, keep: 30d }, encryption: { at_rest: true, in_transit: true } } # polyglot: allow(disk-encryption) the volumes are on LUKS
        ";
        "deploy/compose.yaml": r"
            name: another
            services: {}
        ",
        "polyglot.yaml": r"
            version: 1
            name: shop
            data:
              orders: { kind: user_profile }
        ";
    },
    check: Check::Stack(check),
    ..Rule::EMPTY
};

fn check(_: &System<'_>, folder: &StackFolder, violations: &mut Vec<Violation>) {
    if folder.interrupted {
        let violation = Violation::new("stack", folder.location(), "a run was interrupted half-way");
        violations.push(violation.help("`polyglot render` finishes it, or discards what it had begun"));
    }
    for file in &folder.differing {
        let path = folder.join(&file.path);
        let (message, text, help) = match file.state {
            Some(State::Missing) => (format!("{path} is missing"), "", "render it again with `polyglot render`"),
            Some(State::Outdated) => (
                format!("{path} is not what would be rendered now"),
                "outdated",
                "see what changes with `polyglot render --diff`, then `polyglot render`",
            ),
            None => (format!("{path} is no longer wanted"), "not part of the stack", "`polyglot render` removes it"),
            Some(State::Same | State::Edited | State::Foreign) => continue,
        };
        let violation = Violation::new(format!("stack.{}", file.path), file.location(folder, text), message);
        violations.push(violation.help(help));
    }
    for path in &folder.missing_secrets {
        let message = format!("the secret {} is missing", folder.join(path));
        let violation = Violation::new(format!("stack.{path}"), folder.location(), message);
        violations.push(
            violation
                .help("put back the one that the data was made with")
                .help("where nothing runs yet, `polyglot render` makes a new one"),
        );
    }
}
