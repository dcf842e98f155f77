//! `redundant-flag`

use catalog::vocabulary::Flag;

use super::prelude::*;
use crate::source::{Place, Placed};

pub(crate) static RULE: Rule = Rule {
    id: RuleId::new("redundant-flag"),
    group: Group::Requirements,
    level: None,
    summary: "A flag says what would be so without it.",
    why: "A kind presets its flags, and a flag that is absent is false. Saying so once more is noise, and hides the flags \
          that do decide something. It is off because some like to see every answer written down; `--fix` removes the \
          lines.",
    bad: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              users:
                kind: user_profile
                needs_transactions: true
                owner: accounts
        ",
        "polyglot.toml": r#"
            [lint]
            redundant-flag = "note"
        "#;
        "polyglot.yaml": r"
            version: 1
            data:
              users: { complex_relations: true, real_time: false }
        ",
        "polyglot.toml": r#"
            [lint]
            redundant-flag = "warning"
        "#;
    },
    good: examples! {
        "polyglot.yaml": r"
            version: 1
            data:
              users:
                kind: user_profile
                owner: accounts
        ",
        "polyglot.toml": r#"
            [lint]
            redundant-flag = "note"
        "#;
        "polyglot.yaml": r"
            version: 1
            data:
              users:
                kind: user_profile
                complex_relations: false
                write_heavy: true
        ",
        "polyglot.toml": r#"
            [lint]
            redundant-flag = "note"
        "#;
    },
    check: Check::System(check),
    ..Rule::EMPTY
};

fn check(system: &System<'_>, violations: &mut Vec<Violation>) {
    for kind in &system.kinds {
        let row = kind.data.kind.as_ref().and_then(|stated| system.catalog.matrix().row(&stated.value));
        for (flag, stated) in Flag::ALL.iter().filter_map(|flag| Some((*flag, kind.data.stated(*flag)?))) {
            let preset = row.is_some_and(|row| row.sets.contains(&flag));
            if stated.value != preset {
                continue;
            }
            let message = match kind.data.kind.as_ref().filter(|_| preset) {
                Some(row) => format!("the kind `{}` sets `{flag}` already", row.value),
                None => format!("`{flag}` is false where nothing sets it"),
            };
            let violation = Violation::new(kind.about(), system.at(stated.place, "it would be so anyway"), message);
            let violation = violation.help("leave it out");
            violations.push(match line(system, kind, flag, stated) {
                Some(place) => violation.fix("remove the line", vec![Edit { place, text: String::new() }]),
                None => violation,
            });
        }
    }
}

/// The line of a flag, where it can go as a whole: in a block, with nothing else on it, and not the last entry.
fn line(system: &System<'_>, kind: &Kind<'_>, flag: Flag, stated: &Placed<bool>) -> Option<Place> {
    let text = system.source.text.as_str();
    let after_name = text.get(kind.data.key.end..)?.lines().next()?.trim_start_matches(['"', '\'']);
    let in_a_block = after_name.strip_prefix(':').is_some_and(|rest| rest.trim().is_empty());
    let before = text.get(..stated.place.start)?;
    let start = before.rfind('\n').map_or(0, |newline| newline.saturating_add(1));
    let key = text.get(start..stated.place.start)?.trim().strip_suffix(':')?;
    let rest = text.get(stated.place.end..)?;
    let (tail, ending) = rest.split_once('\n').map_or((rest, 0), |(tail, _)| (tail, 1));
    let alone = in_a_block && key == flag.name() && tail.trim().is_empty();
    let end = stated.place.end.saturating_add(tail.len()).saturating_add(ending);
    (alone && keeps_an_entry(kind)).then(|| Place::new(start, end))
}

/// Whether the kind of data says something that stays when every redundant flag is gone.
fn keeps_an_entry(kind: &Kind<'_>) -> bool {
    let data = kind.data;
    let decides = Flag::ALL.iter().any(|flag| data.stated(*flag).is_some_and(|stated| stated.value));
    data.kind.is_some() || decides || data.durability.is_some() || data.data_size.is_some() || data.owner.is_some()
}
