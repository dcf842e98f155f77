//! `ttl-on-record`

use catalog::units::{Retention, Span};

use super::prelude::*;
use crate::requirements::Ttl;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("ttl-on-record"),
    group: Group::Requirements,
    level: Some(Level::Warning),
    summary: "Records of which there is no other copy remove themselves, earlier than they are to be kept.",
    why: "A time to live deletes without a trace and without asking, and replicas follow. On the only copy of something \
          it has to be a decision, so the `retention` says it too; where it says longer, or nothing, the ttl was mostly \
          copied from a cache.",
    source: "https://www.mongodb.com/docs/manual/core/index-ttl/",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                flexible_schema: true
                durability: primary
                backup: { every: 1d, keep: 30d }
                collections:
                  orders: { ttl: 30d }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                flexible_schema: true
                durability: primary
                retention: 3650d
                backup: { every: 1d, keep: 30d }
                collections:
                  orders: { ttl: { field: placed_at, after: 365d } }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              orders:
                flexible_schema: true
                durability: primary
                retention: 365d
                backup: { every: 1d, keep: 30d }
                collections:
                  orders: { ttl: 365d }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              order_pages:
                flexible_schema: true
                durability: cache
                collections:
                  orders: { ttl: 30d }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in system.kinds.iter().filter(|kind| kind.is_record()) {
        for (name, collection) in kind.collections() {
            let Some(ttl) = collection.ttl.as_ref().filter(|ttl| !is_meant(kind, &ttl.value)) else { continue };
            let after = ttl.value.after;
            let message = format!("the only copy of `{name}` removes itself after {after}");
            let violation =
                Violation::new(kind.about_collection(name), system.at(ttl.place, "removed by itself"), message);
            let violation = match &kind.data.retention {
                Some(retention) => violation.also(system.at(retention.place, "to be kept for this long")),
                None => match &kind.data.durability {
                    Some(durability) => violation.also(system.at(durability.place, "there is no other copy")),
                    None => violation,
                },
            };
            violations
                .push(violation.help(format!("take the `ttl` away, or say that it is meant: `retention: {after}`")));
        }
    }
}

/// Whether the file says that the data need not be kept for longer: by its retention, or because each record carries
/// the moment at which it ends.
fn is_meant(kind: &Kind<'_>, ttl: &Ttl) -> bool {
    if ttl.field.is_some() && ttl.after == Span(0) {
        return true;
    }
    match kind.data.retention.as_ref().map(|retention| retention.value) {
        Some(Retention::For(span)) => span <= ttl.after,
        Some(Retention::Forever) | None => false,
    }
}
