//! `unqueryable-retention`

use catalog::units::Retention;
use catalog::vocabulary::Quantity;

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("unqueryable-retention"),
    group: Group::Requirements,
    level: Some(Level::Error),
    summary: "Data is kept for longer than its database can query.",
    why: "The data is there, the disk is paid for, and a query over it fails or returns only the newest part. InfluxDB 3 \
          Core for one reads 432 files a query, which is 72 hours of them; that shows on the fourth day.",
    source: "https://docs.influxdata.com/influxdb3/core/reference/config-options/",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              metrics:
                kind: time_series
                retention: 90d
                database: influxdb@3
                justification: the team knows it
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              metrics: { kind: time_series, retention: forever, database: influxdb, justification: it is there already }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              metrics:
                kind: time_series
                retention: 3d
                database: influxdb@3
                justification: the team knows it
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              metrics: { kind: time_series, retention: 90d }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in &system.kinds {
        let Some((retention, trouble)) = kind.data.retention.as_ref().zip(kind.trouble_of(Quantity::Retention)) else {
            continue;
        };
        let Some(bound) = trouble.figure().map(|(_, figure)| figure.bound()) else { continue };
        let reach = Quantity::Retention.show(bound);
        let name = &trouble.database.name;
        let kept = match retention.value {
            Retention::Forever => String::from("forever"),
            Retention::For(span) => format!("for {span}"),
        };
        let message = format!("`{}` is kept {kept}, and {name} queries the last {reach} of it", kind.name);
        let violation = Violation::new(kind.about(), system.at(retention.place, "cannot all be queried"), message);
        let violation = match &kind.data.database {
            Some(pin) => violation
                .also(system.at(pin.place, "pinned here"))
                .help("take the pin away, and the tree finds a database that queries all of it"),
            None => violation,
        };
        violations.push(
            violation.help(format!("or keep what can be queried: `retention: {}`", Quantity::Retention.print(bound))),
        );
    }
}
