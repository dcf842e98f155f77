//! `small-wide-column`

use catalog::Category;
use catalog::units::Bytes;
use catalog::vocabulary::Scale;

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("small-wide-column"),
    group: Group::Architecture,
    level: Some(Level::Warning),
    summary: "A wide-column store is run for data that one server holds.",
    why: "Wide-column stores pay from about a terabyte, or from more writes than one server takes: below, a \
          table per query, no joins and repairs over nodes are a price for nothing. Of Bigtable, the model of \
          them all, architects say so for less than 1 TB.",
    source: "https://www.oreilly.com/library/view/google-cloud-platform/9781788834308/575dd490-d437-413c-85a6-05226530aa22.xhtml",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              messages:
                key_lookup: true
                write_heavy: true
                durability: primary
                backup: { every: 1d, keep: 30d }
                data_size: 40GB
                database: cassandra
                justification: messages grow
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              events: { kind: conversation, data_size: 300GB, growth: 20GB/month, database: cassandra, justification: fast }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              messages:
                key_lookup: true
                write_heavy: true
                durability: primary
                backup: { every: 1d, keep: 30d }
                data_size: 40GB
                scale: multi_node
                database: cassandra
                justification: messages grow
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              events: { kind: conversation, data_size: 300GB, growth: 80GB/month, database: cassandra, justification: fast }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              messages: { key_lookup: true, records: 200M, data_size: 60GB }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

/// From here on a wide-column store pays.
const PAYS: Bytes = Bytes(1 << 40);
/// The records from which the decision tree spreads look-ups over nodes, whatever their size.
const SPREAD_RECORDS: u64 = 100_000_000;

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in &system.kinds {
        let Some(database) = kind.database().filter(|one| one.category == Category::WideColumn) else { continue };
        let Some(size) = &kind.data.data_size else { continue };
        let Some(all) = system.beside(kind).map(small).collect::<Option<Vec<_>>>() else { continue };
        let sum = all.iter().fold(0u64, |sum, size| sum.saturating_add(size.0));
        if Bytes(sum) >= PAYS {
            continue;
        }
        let message = format!("`{}` is {}, which one server holds, in {}", kind.name, size.value, database.name);
        let violation = Violation::new(kind.about(), system.at(size.place, "below 1TB"), message);
        violations.push(violation.also(system.decided(kind, "a wide-column store")).help(
            "keep it in one server's database, `database: postgresql`; or say what one server does not bear: \
             `scale: multi_node`, or its `growth`",
        ));
    }
}

/// The size that data comes to that nothing spreads over nodes; nothing where that is not known.
fn small(kind: &Kind<'_>) -> Option<Bytes> {
    let spreads = kind.profile.scale.is_some_and(Scale::spreads);
    let many = kind.data.records.as_ref().is_some_and(|records| records.value.0 >= SPREAD_RECORDS);
    kind.future_size().filter(|_| !spreads && !many && kind.data.data_size.is_some())
}
