//! The data flow between stores: which kind of data is fed from which, how, and what stands in front of a database. A
//! kind has one source at most, so the flow is a forest, and one that is drawn in layers has no crossing lines.

use std::collections::BTreeMap;

use catalog::Purpose;
use indexmap::IndexMap;
use serde::Serialize;

use super::Sight;
use crate::decide::Selected;
use crate::plan::Plan;
use crate::report::names;

/// The picture, and the same in words.
#[derive(Serialize)]
pub(super) struct Flow<'a> {
    width: usize,
    height: usize,
    boxes: Vec<Box>,
    lines: Vec<Line>,
    /// Each copy with what feeds it.
    copies: Vec<Copied<'a>>,
    /// What stands in front of databases.
    fronts: Vec<Front<'a>>,
    /// The kinds of data that nothing flows between.
    apart: Vec<&'a str>,
}

/// Something that data comes from or goes to.
#[derive(Serialize)]
struct Box {
    x: usize,
    y: usize,
    width: usize,
    title: String,
    below: String,
    role: String,
}

/// A way that data goes.
#[derive(Serialize)]
struct Line {
    from: Point,
    to: Point,
    /// Where the curve bends.
    middle: usize,
    label: String,
}

#[derive(Serialize, Clone, Copy)]
struct Point {
    x: usize,
    y: usize,
}

/// A copy and what feeds it.
#[derive(Serialize)]
struct Copied<'a> {
    data: &'a str,
    database: String,
    source: &'a str,
    how: String,
}

/// A service in front of a database.
#[derive(Serialize)]
struct Front<'a> {
    service: String,
    instance: &'a str,
    why: &'a str,
    serves: String,
}

const APPLICATIONS: &str = "applications";
const MARGIN: usize = 8;
const HEIGHT: usize = 46;
/// From the top of a box to the top of the one below it.
const PITCH: usize = 66;
/// Between two layers at the least.
const GAP: usize = 80;
/// Beside a text.
const ROOM: usize = 24;
/// The most characters of a name that are drawn.
const LONGEST: usize = 30;

impl<'a> Flow<'a> {
    pub(super) fn of(sight: Sight<'a>) -> Self {
        let kinds = &sight.shown.selection.kinds;
        let fronts = fronts(sight.plan);
        let chart = Chart::of(kinds, sight.plan);
        let drawing = chart.draw();
        Self {
            width: drawing.width,
            height: drawing.height,
            boxes: drawing.boxes,
            lines: drawing.lines,
            copies: kinds.iter().filter_map(Copied::of).collect(),
            fronts,
            apart: kinds.iter().filter(|kind| !chart.has(kind.name)).map(|kind| kind.name).collect(),
        }
    }
}

/// The services that stand between the clients and a database.
fn fronts<'a>(plan: &'a Plan<'_>) -> Vec<Front<'a>> {
    let fronts = plan.services.iter().flat_map(|planned| {
        let proxies = planned.jobs.iter().filter(|job| job.job.purpose == Purpose::Proxy);
        proxies.map(|job| Front {
            service: job.service(&planned.instance),
            instance: &planned.instance,
            why: &job.job.why,
            serves: planned.serves.join(", "),
        })
    });
    fronts.collect()
}

/// The source of a kind of data.
fn source<'a>(selected: &Selected<'a>) -> Option<&'a str> {
    selected.data.source.as_ref().map(|source| source.value.as_str())
}

/// How a copy is fed, as far as the file says: `cdc, within 5s`.
fn how(selected: &Selected<'_>) -> String {
    let sync = selected.data.sync.as_ref().map_or("not said how", |sync| sync.value.name());
    let lag = selected.data.max_lag.as_ref().map(|lag| format!(", within {}", lag.value));
    format!("{sync}{}", lag.unwrap_or_default())
}

impl<'a> Copied<'a> {
    fn of(selected: &'a Selected<'a>) -> Option<Self> {
        let source = source(selected)?;
        Some(Self { data: selected.name, database: names(&selected.databases), source, how: how(selected) })
    }
}

/// A kind of data in the picture.
struct Store<'a> {
    selected: &'a Selected<'a>,
    /// How many sources stand before it.
    layer: usize,
    /// Its place among the boxes of all layers, from above, in halves of a row.
    row: usize,
    /// What stands in front of its database.
    front: Option<String>,
}

/// The kinds of data between which something flows, in the order in which they are drawn.
struct Chart<'a> {
    stores: IndexMap<&'a str, Store<'a>>,
}

impl<'a> Chart<'a> {
    fn of(kinds: &'a [Selected<'a>], plan: &Plan<'_>) -> Self {
        let mut copies: BTreeMap<&str, Vec<&Selected<'_>>> = BTreeMap::new();
        for selected in kinds {
            if let Some(source) = source(selected) {
                copies.entry(source).or_default().push(selected);
            }
        }
        let front = |selected: &Selected<'_>| {
            let planned = plan.services.iter().filter(|planned| planned.serves.contains(&selected.name));
            let mut jobs = planned.flat_map(|planned| planned.jobs.iter().map(move |job| (planned, job)));
            let proxy = jobs.find(|(_, job)| job.job.purpose == Purpose::Proxy);
            proxy.map(|(planned, job)| job.service(&planned.instance))
        };
        let flows = |selected: &Selected<'_>| copies.contains_key(selected.name) || front(selected).is_some();
        let mut roots: Vec<_> = kinds.iter().filter(|kind| source(kind).is_none() && flows(kind)).collect();
        roots.sort_by_key(|root| front(root).is_none());
        let mut chart = Self { stores: IndexMap::new() };
        let mut open: Vec<_> = roots.into_iter().rev().map(|root| (root, 0usize)).collect();
        while let Some((selected, layer)) = open.pop() {
            let store = Store { selected, layer, row: 0, front: front(selected).filter(|_| layer == 0) };
            chart.stores.insert(selected.name, store);
            let copies = copies.get(selected.name).into_iter().flatten().rev();
            open.extend(copies.map(|copy| (*copy, layer.saturating_add(1))));
        }
        chart.set_rows();
        chart
    }

    fn has(&self, name: &str) -> bool {
        self.stores.contains_key(name)
    }

    /// Gives a row of its own to each kind of data that feeds nothing, and sets every other in the middle of its copies.
    fn set_rows(&mut self) {
        let feeding: Vec<&str> = self.stores.values().filter_map(|store| source(store.selected)).collect();
        let mut next = 0usize;
        for (name, store) in &mut self.stores {
            if !feeding.contains(name) {
                store.row = next;
                next = next.saturating_add(2);
            }
        }
        let mut spans: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for (name, store) in self.stores.iter_mut().rev() {
            if let Some((first, last)) = spans.get(name) {
                store.row = first.saturating_add(*last).div_euclid(2);
            }
            if let Some(source) = source(store.selected) {
                let row = store.row;
                let span = spans.entry(source).or_insert((row, row));
                *span = (span.0.min(row), span.1.max(row));
            }
        }
    }

    fn draw(&self) -> Drawing {
        let mut drawing = Drawing::default();
        if self.stores.is_empty() {
            return drawing;
        }
        let fronts = self.fronts();
        let before = if fronts.is_empty() { 1 } else { 2 };
        drawing.box_width = self.width(&fronts);
        let copies = self.stores.values().filter(|store| store.layer > 0);
        drawing.gap = copies.map(|copy| narrow(&how(copy.selected)).saturating_add(ROOM)).max().unwrap_or(0).max(GAP);
        for store in self.stores.values() {
            drawing.add(store.layer.saturating_add(before), store.row, Label::of(store));
        }
        for (name, row) in &fronts {
            let label = Label { title: short(name), below: String::from("in front"), role: String::from("front") };
            drawing.add(1, *row, label);
        }
        let middle = self.roots().map(|store| store.row).max().unwrap_or(0).div_euclid(2);
        let label = Label { title: APPLICATIONS.into(), below: "write and read".into(), role: "outside".into() };
        drawing.add(0, middle, label);
        for (name, row) in &fronts {
            drawing.join((0, middle), (1, *row), String::new());
            for store in self.roots().filter(|store| store.front.as_ref() == Some(name)) {
                drawing.join((1, *row), (before, store.row), String::new());
            }
        }
        for store in self.roots().filter(|store| store.front.is_none()) {
            drawing.join((0, middle), (before, store.row), String::new());
        }
        for store in self.stores.values() {
            if let Some(from) = source(store.selected).and_then(|source| self.stores.get(source)) {
                let layer = store.layer.saturating_add(before);
                drawing.join((layer.saturating_sub(1), from.row), (layer, store.row), how(store.selected));
            }
        }
        drawing
    }

    fn roots(&self) -> impl Iterator<Item = &Store<'a>> {
        self.stores.values().filter(|store| store.layer == 0)
    }

    /// What stands in front, each in the middle of what is behind it, and no two on one row.
    fn fronts(&self) -> Vec<(String, usize)> {
        let mut spans: IndexMap<String, (usize, usize)> = IndexMap::new();
        for (front, store) in self.roots().filter_map(|store| Some((store.front.clone()?, store))) {
            let span = spans.entry(front).or_insert((store.row, store.row));
            *span = (span.0.min(store.row), span.1.max(store.row));
        }
        let mut free = 0usize;
        let placed = spans.into_iter().map(|(name, (first, last))| {
            let row = first.saturating_add(last).div_euclid(2).max(free);
            free = row.saturating_add(2);
            (name, row)
        });
        placed.collect()
    }

    /// The width of every box: the longest text that is drawn in one.
    fn width(&self, fronts: &[(String, usize)]) -> usize {
        let labels = self.stores.values().map(Label::of).map(|label| wide(&label.title).max(narrow(&label.below)));
        let others = fronts.iter().map(|(name, _)| wide(&short(name))).chain([wide(APPLICATIONS)]);
        labels.chain(others).max().unwrap_or(0).saturating_add(ROOM)
    }
}

/// What stands in a box.
struct Label {
    title: String,
    below: String,
    role: String,
}

impl Label {
    fn of(store: &Store<'_>) -> Self {
        let selected = store.selected;
        Self {
            title: short(selected.name),
            below: short(&format!("{}, {}", names(&selected.databases), selected.role)),
            role: selected.role.to_string(),
        }
    }
}

/// The width of a title, a little more than it has.
fn wide(text: &str) -> usize {
    text.chars().count().saturating_mul(8)
}

/// The width of any other text.
fn narrow(text: &str) -> usize {
    text.chars().count().saturating_mul(66).div_ceil(10)
}

/// A text that is not wider than a box.
fn short(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let start: String = text.chars().take(LONGEST.saturating_sub(1)).collect();
    format!("{start}…")
}

/// The boxes and lines by their places.
#[derive(Default)]
struct Drawing {
    width: usize,
    height: usize,
    box_width: usize,
    gap: usize,
    boxes: Vec<Box>,
    lines: Vec<Line>,
}

impl Drawing {
    /// The upper left corner of a place.
    fn corner(&self, layer: usize, row: usize) -> Point {
        let step = self.box_width.saturating_add(self.gap);
        Point {
            x: layer.saturating_mul(step).saturating_add(MARGIN),
            y: row.saturating_mul(PITCH).div_euclid(2).saturating_add(MARGIN),
        }
    }

    fn add(&mut self, layer: usize, row: usize, label: Label) {
        let Point { x, y } = self.corner(layer, row);
        self.width = self.width.max(x.saturating_add(self.box_width).saturating_add(MARGIN));
        self.height = self.height.max(y.saturating_add(HEIGHT).saturating_add(MARGIN));
        let Label { title, below, role } = label;
        self.boxes.push(Box { x, y, width: self.box_width, title, below, role });
    }

    fn join(&mut self, from: (usize, usize), to: (usize, usize), label: String) {
        let half = HEIGHT.div_euclid(2);
        let (start, end) = (self.corner(from.0, from.1), self.corner(to.0, to.1));
        let from = Point { x: start.x.saturating_add(self.box_width), y: start.y.saturating_add(half) };
        let to = Point { x: end.x, y: end.y.saturating_add(half) };
        let middle = to.x.saturating_sub(self.gap.div_euclid(2));
        self.lines.push(Line { from, to, middle, label });
    }
}
