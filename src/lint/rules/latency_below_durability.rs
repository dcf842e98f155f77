//! `latency-below-durability`

use catalog::Category;
use catalog::units::{Rate, Span};
use catalog::vocabulary::{Flag, Storage};

use super::prelude::*;
use crate::source::Placed;

/// One turn of a disk of 7,200 a minute, which a commit waits for: its log page has just passed under the head.
const TURN: Span = Span(8_333);

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("latency-below-durability"),
    group: Group::Requirements,
    level: Some(Level::Error),
    summary: "Answers are wanted sooner than the disk can make a write durable.",
    why: "A relational commit returns when its log is on the disk, and a spinning disk takes one or two turns for that: 8 \
          to 17 ms at 7,200 a minute. The target is then only met by switching durability off, which somebody will do. \
          Flash answers in well under a millisecond, or in several, so nothing is said of it.",
    source: "https://www.sqlite.org/faq.html#q19",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            target: { storage: hdd }
            data:
              orders:
                kind: user_profile
                durability: primary
                latency_p99: 5ms
                backup: { every: 1d, keep: 30d }
        ";
        "polyglot.yaml": r"
            version: 1
            target:
              storage: hdd
            data:
              ratings: { durability: primary, latency_p99: 8ms, reads: 100/s, writes: 20/s }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            target: { storage: hdd }
            data:
              orders:
                kind: user_profile
                durability: primary
                latency_p99: 50ms
                backup: { every: 1d, keep: 30d }
        ";
        "polyglot.yaml": r"
            version: 1
            target: { storage: nvme }
            data:
              orders:
                kind: user_profile
                durability: primary
                latency_p99: 5ms
                backup: { every: 1d, keep: 30d }
        ";
        "polyglot.yaml": r"
            version: 1
            target: { storage: hdd }
            data:
              ratings: { durability: primary, latency_p99: 8ms, reads: 5k/s, writes: 20/s }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    let storage = system.requirements.target.storage.as_ref().filter(|storage| storage.value == Storage::Hdd);
    let Some(storage) = storage else { return };
    for kind in system.kinds.iter().filter(|kind| kind.is_record() && waits_for_the_disk(kind)) {
        let Some(target) = kind.data.latency_p99.as_ref().filter(|target| target.value < TURN) else { continue };
        let message =
            format!("{} is less than one turn of a disk, and a commit of `{}` waits for it", target.value, kind.name);
        let violation = Violation::new(kind.about(), system.at(target.place, "a turn takes 8.3 ms"), message);
        let violation = violation.also(system.at(storage.place, "a spinning disk"));
        violations.push(
            violation.help("put it on flash, `storage: ssd`, or ask for what a disk can do: `latency_p99: 50ms`"),
        );
    }
}

/// Whether more than one request in a hundred is a commit, so that the 99th slowest is one. Only relational databases
/// are rendered so that each commit waits.
fn waits_for_the_disk(kind: &Kind<'_>) -> bool {
    let rate = |stated: &Option<Placed<Rate>>| stated.as_ref().map(|rate| rate.value.per_day);
    let many = match (rate(&kind.data.reads), rate(&kind.data.writes)) {
        (Some(reads), Some(writes)) => writes.saturating_mul(99) > reads,
        (None, Some(writes)) => writes > 0,
        (Some(_), None) => kind.flag(Flag::WriteHeavy),
        (None, None) => kind.flag(Flag::WriteHeavy) || kind.flag(Flag::NeedsTransactions),
    };
    many && kind.is_in(Category::Relational)
}
