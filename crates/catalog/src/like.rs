//! A folder that is `like` another one says only what differs.
//!
//! Tables are merged key by key. The rows of a list are merged by their name, in the order of the other folder: a row of a
//! name that is there changes that row, and a new one comes after the row before it in its own list, or at the end. Where
//! several rows have one name, the first changes the first, the second the second. What is not wanted is dropped by name:
//! `drop = ["key"]` in a table, `drop = true` in a row.
//!
//! A need and a bound are replaced whole, because half of one says nothing. A bound is the same as another where quantity,
//! use and versions are. The bounds of a use that the folder does not serve fall away.

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// What names a row of a list: the first of these keys that it has.
const NAMES: [&str; 3] = ["name", "path", "setting"];

/// The table whose entries are replaced whole.
const WHOLE: &str = "serves";

/// Takes what a folder says over into what the other one says.
///
/// # Errors
/// What is dropped and is not there.
pub(super) fn merge(base: &mut DeTable<'static>, own: DeTable<'static>) -> Result<(), String> {
    drop_unserved(base, &own);
    merge_tables(base, own)
}

/// Drops the bounds of the other folder that are for a use which this one does not serve.
fn drop_unserved(base: &mut DeTable<'static>, own: &DeTable<'static>) {
    let level = |need: &str| own.get(WHOLE)?.get_ref().as_table()?.get(need)?.get_ref().as_table()?.get("level");
    let is_unserved = |need: &str| level(need).is_some_and(|level| level.get_ref().as_str() == Some("no"));
    if let Some(DeValue::Array(bounds)) = base.get_mut("bounds").map(Spanned::get_mut) {
        let is_served = |row: &Spanned<DeValue<'static>>| !texts(row, "when").any(is_unserved);
        *bounds = std::mem::take(bounds).into_iter().filter(is_served).collect();
    }
}

/// The texts of a row's list.
fn texts<'r>(row: &'r Spanned<DeValue<'static>>, key: &str) -> impl Iterator<Item = &'r str> {
    let list = row.get_ref().as_table().and_then(|row| row.get(key)?.get_ref().as_array());
    list.into_iter().flat_map(|list| list.iter()).filter_map(|text| text.get_ref().as_str())
}

fn merge_tables(base: &mut DeTable<'static>, own: DeTable<'static>) -> Result<(), String> {
    for (key, mut value) in own {
        if key.get_ref() == "drop" {
            drop_keys(base, value.get_ref())?;
            continue;
        }
        let known = base.get_mut(key.get_ref().as_ref()).map(Spanned::get_mut);
        match (known, value.get_mut()) {
            (Some(DeValue::Table(known)), DeValue::Table(own)) if key.get_ref() == WHOLE => {
                known.extend(std::mem::take(own));
            }
            (Some(DeValue::Table(known)), DeValue::Table(own)) => merge_tables(known, std::mem::take(own))?,
            (Some(DeValue::Array(known)), DeValue::Array(own)) if is_named(known) && is_named(own) => {
                merge_rows(known, std::mem::take(own))?;
            }
            _ => {
                base.insert(key, value);
            }
        }
    }
    Ok(())
}

fn drop_keys(base: &mut DeTable<'static>, keys: &DeValue<'static>) -> Result<(), String> {
    let keys = keys.as_array().ok_or("`drop` is a list of keys in a table, and `true` in a row")?;
    for key in keys {
        let key = key.get_ref().as_str().unwrap_or_default();
        base.remove(key).ok_or_else(|| format!("`drop` names `{key}`, which is not there"))?;
    }
    Ok(())
}

/// Whether a list is one of rows with names. An empty one is not: it takes the place of the other.
fn is_named(rows: &DeArray<'static>) -> bool {
    !rows.is_empty() && rows.iter().all(|row| name(row).is_some())
}

/// What a row is called: its name, or what a bound is of.
fn name(row: &Spanned<DeValue<'static>>) -> Option<String> {
    let table = row.get_ref().as_table()?;
    let text = |key: &str| table.get(key)?.get_ref().as_str();
    let Some(of) = text("of") else { return NAMES.iter().find_map(|key| text(key)).map(str::to_owned) };
    let mut when: Vec<&str> = texts(row, "when").collect();
    when.sort_unstable();
    let versions =
        ["since", "until"].map(|key| text(key).map(|version| format!(" {key} {version}")).unwrap_or_default());
    Some(format!("{of} when [{}]{}", when.join(", "), versions.concat()))
}

/// A row of the result, and whether a row of the own list has met it.
struct Row {
    value: Spanned<DeValue<'static>>,
    is_met: bool,
}

fn merge_rows(base: &mut DeArray<'static>, own: DeArray<'static>) -> Result<(), String> {
    let mut rows: Vec<Row> = std::mem::take(base).into_iter().map(|value| Row { value, is_met: false }).collect();
    let mut next = rows.len();
    for row in own {
        let same = |known: &Row| !known.is_met && name(&known.value) == name(&row);
        let at = rows.iter().position(same);
        match (at, is_dropped(&row)) {
            (Some(at), true) => {
                rows.remove(at);
                next = at;
            }
            (Some(at), false) => {
                change(&mut rows[at], row)?;
                next = at + 1;
            }
            (None, true) => {
                return Err(format!("`drop` names `{}`, which is not there", name(&row).unwrap_or_default()));
            }
            (None, false) => {
                rows.insert(next, Row { value: row, is_met: true });
                next += 1;
            }
        }
    }
    *base = rows.into_iter().map(|row| row.value).collect();
    Ok(())
}

fn is_dropped(row: &Spanned<DeValue<'static>>) -> bool {
    let drop = row.get_ref().as_table().and_then(|row| row.get("drop"));
    drop.is_some_and(|drop| drop.get_ref().as_bool() == Some(true))
}

fn change(known: &mut Row, own: Spanned<DeValue<'static>>) -> Result<(), String> {
    known.is_met = true;
    match (known.value.get_mut(), own.into_inner()) {
        (DeValue::Table(known), DeValue::Table(own)) if own.contains_key("of") => *known = own,
        (DeValue::Table(known), DeValue::Table(own)) => merge_tables(known, own)?,
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use toml::de::DeTable;

    use super::merge;

    fn merged(base: &'static str, own: &'static str) -> Result<String, String> {
        let mut base = DeTable::parse(base).unwrap();
        merge(base.get_mut(), DeTable::parse(own).unwrap().into_inner())?;
        let table: toml::Table = serde::Deserialize::deserialize(toml::de::Deserializer::from(base)).unwrap();
        Ok(table.to_string())
    }

    #[test]
    fn what_differs_takes_the_place_of_what_is_there() {
        let base = "[memory]\nminimum = '1'\nweight = 2\ncarries = '3'\n[container]\nuser = 'a'\n";
        let own = "[memory]\nminimum = '4'\ndrop = ['carries']\n";
        assert_eq!(merged(base, own).unwrap(), "[memory]\nminimum = \"4\"\nweight = 2\n\n[container]\nuser = \"a\"\n");
    }

    #[test]
    fn rows_meet_by_name_and_stay_in_order() {
        let row = |name: &str, value: u8| format!("[[tuning]]\nname = \"{name}\"\nvalue = {value}\n");
        let base =
            "[[tuning]]\nname = 'a'\nvalue = 1\n[[tuning]]\nname = 'b'\nvalue = 2\n[[tuning]]\nname = 'b'\nvalue = 3\n";
        let own = "[[tuning]]\nname = 'a'\n[[tuning]]\nname = 'new'\nvalue = 9\n[[tuning]]\nname = 'b'\ndrop = true\n\
                   [[tuning]]\nname = 'b'\nvalue = 4\n";
        let wanted = [row("a", 1), row("new", 9), row("b", 4)].join("\n");
        assert_eq!(merged(base, own).unwrap(), wanted);
    }

    #[test]
    fn an_empty_list_takes_the_place_of_another() {
        assert_eq!(merged("[[jobs]]\nname = 'a'\n", "jobs = []\n").unwrap(), "jobs = []\n");
    }

    #[test]
    fn bounds_meet_by_quantity_use_and_version_and_are_replaced() {
        let row = |when: &str, more: &str| format!("[[bounds]]\nof = \"writes\"\nwhen = [{when}]\n{more}");
        let base = [row("'queue', 'ranking'", "why = 'a'\n"), row("", "why = 'b'\n"), row("'queue'", "since = '2'\n")];
        let own = [row("'ranking', 'queue'", "unbounded = 'c'\n"), row("'queue'", "since = '2'\ndrop = true\n")];
        let wanted = [row("\"ranking\", \"queue\"", "unbounded = \"c\"\n"), row("", "why = \"b\"\n")].join("\n");
        assert_eq!(merged(base.concat().leak(), own.concat().leak()).unwrap(), wanted);
    }

    #[test]
    fn a_need_is_replaced_whole_and_the_bounds_of_one_that_is_not_served_fall_away() {
        let base = "[serves.queue]\nlevel = 'native'\nvia = 'x'\n[[bounds]]\nof = 'writes'\nwhen = ['queue']\n\
                    [[bounds]]\nof = 'reads'\nwhen = []\n";
        let wanted = "[[bounds]]\nof = \"reads\"\nwhen = []\n\n[serves.queue]\nlevel = \"no\"\n";
        let merged = merged(base, "[serves.queue]\nlevel = 'no'\n").unwrap();
        assert_eq!(toml::from_str::<toml::Table>(&merged), toml::from_str(wanted));
    }

    #[test]
    fn what_is_dropped_has_to_be_there() {
        assert!(merged("[memory]\nweight = 1\n", "[memory]\ndrop = ['cap']\n").is_err());
        assert!(merged("[[files]]\npath = 'a'\n", "[[files]]\npath = 'b'\ndrop = true\n").is_err());
    }
}
