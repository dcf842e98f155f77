//! `outgrows-disk`

use catalog::Hosting;
use catalog::units::{Bytes, Retention};
use catalog::vocabulary::Scale;

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("outgrows-disk"),
    group: Group::Operations,
    level: Some(Level::Error),
    summary: "The data outgrows the disk while it is still to be kept.",
    why: "A full disk stops every write, and some databases cannot even delete then. The sum is of stated \
          figures only: what is held today, what is added until the first of it is old enough to be removed, \
          and a year of growth where nothing says how long it is kept, which is polyglot's judgement.",
    source: "",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            target: { disk: 100GB }
            data:
              orders:
                kind: user_profile
                data_size: 40GB
                growth: 6GB/month
        ";
        "polyglot.yaml": r"
            version: 1
            target: { disk: 500GB }
            data:
              readings: { kind: time_series, data_size: 10GB, growth: 2GB/day, retention: 365d }
        ";
        "polyglot.yaml": r"
            version: 1
            target: { disk: 20GB }
            data:
              orders: { kind: user_profile, data_size: 10GB, growth: 100k/day, record_size: 1kB }
        ";
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            target: { disk: 100GB }
            data:
              orders:
                kind: user_profile
                data_size: 20GB
                growth: 6GB/month
        ";
        "polyglot.yaml": r"
            version: 1
            target: { disk: 500GB }
            data:
              readings: { kind: time_series, data_size: 10GB, growth: 2GB/day, retention: 90d }
        ";
        "polyglot.yaml": r"
            version: 1
            data:
              orders: { kind: user_profile, data_size: 40GB, growth: 6GB/month }
        ";
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    let Some(disk) = &system.requirements.target.disk else { return };
    let here = system.kinds.iter().filter(|kind| is_on_this_disk(kind));
    let sizes: Vec<_> = here.filter_map(|kind| Some((kind, kind.future_size()?))).collect();
    let sum = Bytes(sizes.iter().fold(0u64, |sum, (_, size)| sum.saturating_add(size.0)));
    let Some((largest, size)) = sizes.iter().max_by_key(|(_, size)| size.0) else { return };
    // What does not fit today is said by the rules about limits.
    if sum <= disk.value || today(&sizes) > disk.value.0 {
        return;
    }
    let guessed = sizes.iter().any(|(kind, _)| kind.data.growth.is_some() && !has_end(kind));
    let when = if guessed { "within a year" } else { "before anything is old enough to be removed" };
    let message = format!("the data comes to {} {when}, and the disk has {}", sum.rounded(), disk.value);
    let stated = largest.data.growth.as_ref().map(|growth| growth.place);
    let place = stated.or_else(|| largest.data.data_size.as_ref().map(|size| size.place));
    let label = format!("`{}` alone comes to {}", largest.name, size.rounded());
    let violation = Violation::new("target.disk", system.at(disk.place, "too small"), message);
    let less = if has_end(largest) {
        format!("keep `{}` for less time", largest.name)
    } else {
        format!("say how long `{}` is kept: `retention: 90d`", largest.name)
    };
    let violation = violation.also(system.at(place.unwrap_or(largest.data.key), label));
    violations.push(violation.help(format!("give the host a larger `disk`, or {less}")));
}

/// Whether it lies on the host alone: not at a vendor, and not spread over other hosts too.
fn is_on_this_disk(kind: &Kind<'_>) -> bool {
    let is_here = kind.database().is_some_and(|database| database.hosting != Hosting::Managed);
    is_here && !kind.profile.scale.is_some_and(Scale::spreads)
}

fn today(sizes: &[(&Kind<'_>, Bytes)]) -> u64 {
    let sizes = sizes.iter().filter_map(|(kind, _)| kind.data.data_size.as_ref());
    sizes.fold(0u64, |sum, size| sum.saturating_add(size.value.0))
}

fn has_end(kind: &Kind<'_>) -> bool {
    kind.data.retention.as_ref().is_some_and(|kept| kept.value != Retention::Forever)
}
