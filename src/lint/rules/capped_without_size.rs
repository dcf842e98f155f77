//! `capped-without-size`

use super::prelude::*;
use crate::requirements::Capped;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("capped-without-size"),
    group: Group::Requirements,
    level: Some(Level::Warning),
    summary: "A collection is capped, and nothing says at what size.",
    why: "The size decides how long a record lives, and MongoDB wants it when the collection is created. What is rendered \
          without it is a hundredth of the disk and no more than 1 GB, which is a guess.",
    source: "https://www.mongodb.com/docs/manual/core/capped-collections/",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              chats:
                kind: conversation
                collections:
                  latest: { capped: true }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              chats:
                kind: conversation
                collections:
                  messages: { indexes: [user_id] }
                  events:
                    capped: true
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              chats:
                kind: conversation
                collections:
                  latest: { capped: 1GB }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              chats:
                kind: conversation
                collections:
                  latest: { capped: false }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in &system.kinds {
        for (name, collection) in kind.collections() {
            let open = collection.capped.as_ref().filter(|capped| capped.value == Capped::SizeToBeSaid);
            let Some(capped) = open else { continue };
            let message = format!("`{name}` is capped at a size that nobody has said");
            let violation =
                Violation::new(kind.about_collection(name), system.at(capped.place, "at what size?"), message);
            violations.push(violation.help("say it: `capped: 1GB`"));
        }
    }
}
