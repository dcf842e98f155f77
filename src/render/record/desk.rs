//! Which records are written, and under which number: the ones that stand there go on, the next ones follow.

use std::collections::BTreeMap;

use catalog::{Catalog, DatabaseRef, Date};

use super::front::{self, Front, Status};
use super::page::{self, Page};
use super::shelf::{File, Shelf, Standing};
use crate::decide::{Selected, Selection, Tree};
use crate::plan::Capacity;
use crate::render::markdown;
use crate::render::write::part::{Remark, exchange, merge, part};

/// What records are made of.
#[derive(Clone, Copy)]
pub struct Decided<'a> {
    /// The system's name.
    pub system: &'a str,
    /// The answers, with their flips.
    pub selection: &'a Selection<'a>,
    /// What they need of the host.
    pub capacity: &'a Capacity,
    /// The databases.
    pub catalog: &'a Catalog,
    /// The tree that led to them.
    pub tree: &'a Tree,
    /// The kinds of data whose decision was accepted, with the day, where there is one.
    pub accepted: &'a BTreeMap<&'a str, Option<Date>>,
    /// The day of what has none.
    pub date: Option<Date>,
    /// What stands in the folder of the records.
    pub standing: &'a [File],
}

/// The work on the records of a folder.
pub(super) struct Desk<'a> {
    decided: &'a Decided<'a>,
    shelf: Shelf<'a>,
    /// The next number that is free.
    next: u32,
    /// What was written, by name.
    written: BTreeMap<String, String>,
}

/// A record that is to be written: its number, and what it says to programs.
struct Draft {
    number: u32,
    front: Front,
}

impl<'a> Desk<'a> {
    /// The records that are ours to write, by the names of their files.
    pub(super) fn written(decided: &'a Decided<'a>) -> BTreeMap<String, String> {
        let shelf = Shelf::of(decided.standing);
        let mut desk = Self { decided, next: shelf.next_number(), shelf, written: BTreeMap::new() };
        for selected in &decided.selection.kinds {
            desk.record(selected);
        }
        desk.retire();
        desk.written
    }

    /// Writes the record of a kind of data: the one that stands there, or the next.
    fn record(&mut self, selected: &Selected<'_>) {
        let front = self.front(selected);
        let stays = |old: &Front| old.status == Status::Proposed || old.ids() == front.ids();
        let latest = self.shelf.latest(selected.name).filter(|(_, old)| stays(old));
        let (number, name, page) = match latest {
            Some((standing, old)) => {
                let page = self.again(selected, standing, old, &front);
                (standing.number, standing.file.name.clone(), page)
            }
            None => {
                let number = self.next;
                self.next = number.saturating_add(1);
                let front = Front { date: front.date.clone().or(self.day()), ..front };
                (number, file_name(number, selected.name), self.page(selected, &Draft { number, front }))
            }
        };
        self.written.insert(name, page);
        self.supersede(selected.name, number);
    }

    /// What the record of a kind of data says to programs, with the day that the lock gives it.
    fn front(&self, selected: &Selected<'_>) -> Front {
        let accepted = self.decided.accepted.get(selected.name);
        let versions = selected.databases.iter().zip(&selected.versions);
        Front {
            status: if accepted.is_some() { Status::Accepted } else { Status::Proposed },
            date: accepted.and_then(Option::as_ref).map(Date::to_string),
            data: selected.name.to_owned(),
            databases: versions
                .map(|(database, version)| DatabaseRef::new(&database.id, &version.major).to_string())
                .collect(),
        }
    }

    fn day(&self) -> Option<String> {
        self.decided.date.map(|date| date.to_string())
    }

    /// The page of a record that stands there. What was accepted stays accepted. It keeps its day unless the lock has
    /// another, or something else changes and a day is given.
    fn again(&self, selected: &Selected<'_>, standing: &Standing<'_>, old: &Front, front: &Front) -> String {
        let was_accepted = old.status == Status::Accepted;
        let status = if was_accepted { Status::Accepted } else { front.status.clone() };
        let text = &standing.file.text;
        let on = |date| {
            let front = Front { status: status.clone(), date, ..front.clone() };
            merge(text, &self.page(selected, &Draft { number: standing.number, front }))
        };
        let kept = on(front.date.clone().or(old.date.clone()));
        match (&front.date, self.day()) {
            (None, Some(day)) if kept != *text => on(Some(day)),
            _ => kept,
        }
    }

    /// Notes in the other records of a kind of data that one has taken their place.
    fn supersede(&mut self, data: &str, by: u32) {
        let others = self.shelf.of_data(data).filter(|(standing, old)| standing.number != by && !old.is_superseded());
        let retired: Vec<_> =
            others.map(|(standing, old)| self.retired(standing, old, Status::Superseded(by))).collect();
        self.written.extend(retired);
    }

    /// Notes in the records of what is no longer asked for that they are history.
    fn retire(&mut self) {
        let is_asked_for = |data: &str| self.decided.selection.kinds.iter().any(|selected| selected.name == data);
        let gone = self.shelf.ours().filter(|(_, old)| !is_asked_for(&old.data) && old.status.is_in_force());
        let retired: Vec<_> = gone.map(|(standing, old)| self.retired(standing, old, Status::Deprecated)).collect();
        self.written.extend(retired);
    }

    /// A record that is history from now on: only its status and its links change.
    fn retired(&self, standing: &Standing<'_>, old: &Front, status: Status) -> (String, String) {
        let draft = Draft { number: standing.number, front: Front { status, ..old.clone() } };
        let some = [front_part(&draft), section(page::LINKS, &page::links(&self.links(&draft)))].concat();
        (standing.file.name.clone(), exchange(&standing.file.text, &some))
    }

    /// A record from nothing.
    fn page(&self, selected: &Selected<'_>, draft: &Draft) -> String {
        let Decided { system, selection, capacity, catalog, tree, .. } = *self.decided;
        let links = self.links(draft);
        let sections = Page { system, selection, selected, capacity, catalog, tree, links: &links }.sections();
        let sections = sections.iter().map(|(name, body)| format!("\n{}", section(name, body)));
        let sections: String = sections.collect();
        format!("---\n{}decision-makers:\nconsulted:\ninformed:\n---\n{sections}", front_part(draft))
    }

    /// How a record goes together with the others, in sentences.
    fn links(&self, Draft { number, front }: &Draft) -> String {
        let data = markdown::code(&front.data);
        let before = self.shelf.of_data(&front.data).filter(|(standing, old)| {
            let gives_way = front.status.is_in_force() && standing.number < *number && !old.is_superseded();
            gives_way || old.status == Status::Superseded(*number)
        });
        let link = |number: u32, name: &str| format!("[ADR-{number:04}]({name})");
        let before: Vec<String> = before.map(|(standing, _)| link(standing.number, &standing.file.name)).collect();
        let first = match before.as_slice() {
            [] => format!("This is the first decision about {data}."),
            some => format!("Supersedes {}.", markdown::row(some)),
        };
        match &front.status {
            Status::Superseded(by) => {
                let named = self.shelf.all().find(|standing| standing.number == *by);
                let name = named.map_or_else(|| file_name(*by, &front.data), |found| found.file.name.clone());
                format!("{first}\nSuperseded by {}.", link(*by, &name))
            }
            Status::Deprecated => format!("{first}\nThe requirements no longer have {data}."),
            _ => first,
        }
    }
}

fn file_name(number: u32, data: &str) -> String {
    format!("{number:04}-{data}.md")
}

/// A section between its markers.
fn section(name: &str, body: &str) -> String {
    part(name, Remark::Markup, &format!("\n{body}\n"))
}

fn front_part(draft: &Draft) -> String {
    part(front::PART, Remark::Line, &draft.front.body())
}
