//! The frontier: what the cheapest set of one database costs, of two, of three and so on, as a plot.

use serde::Serialize;

/// Sets of databases and what each costs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Frontier {
    /// The cheapest set of each size, the smallest first.
    pub(super) points: Vec<Set>,
    /// The one that is chosen, by its place.
    pub(super) chosen: Option<usize>,
    /// What it would be if every kind of data were decided alone.
    pub(super) alone: Option<Set>,
}

/// A set of databases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Set {
    /// How many there are in it.
    pub(super) databases: usize,
    /// What it costs.
    pub(super) cost: f64,
}

/// The plot.
#[derive(Debug, Serialize)]
pub(super) struct Plot {
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    bottom: f64,
    /// The line through the points.
    line: String,
    points: Vec<Point>,
    /// The sizes, under the plot.
    across: Vec<Tick>,
    /// The costs, beside it.
    up: Vec<Tick>,
}

/// A set in the plot.
#[derive(Debug, Serialize)]
struct Point {
    x: f64,
    y: f64,
    databases: usize,
    cost: String,
    /// `best`, `chosen` or `alone`.
    kind: &'static str,
    /// Whether there is room to say the cost beside it.
    told: bool,
}

/// A mark at an axis.
#[derive(Debug, Serialize)]
struct Tick {
    at: f64,
    label: String,
}

const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 48.0;
const RIGHT: f64 = 440.0;
const TOP: f64 = 32.0;
const BOTTOM: f64 = 212.0;
/// Between the axis and the first point, and the last point and the end.
const INSET: f64 = 28.0;
/// The least width between two points that both have their cost beside them.
const LABEL: f64 = 44.0;
/// About so many marks stand beside the plot.
const MARKS: f64 = 4.0;

impl Plot {
    /// The plot of a frontier; nothing where there is nothing to compare.
    pub(super) fn of(frontier: &Frontier) -> Option<Self> {
        let sets: Vec<Set> = frontier.points.iter().copied().chain(frontier.alone).collect();
        let (first, last) = (sets.iter().map(|set| set.databases).min()?, sets.iter().map(|set| set.databases).max()?);
        let highest = sets.iter().map(|set| set.cost).fold(0.0, f64::max);
        if first == last || highest <= 0.0 || !highest.is_finite() {
            return None;
        }
        let step = step(highest / MARKS);
        let top = (highest / step).ceil() * step;
        let scale = Scale { first: whole(first), last: whole(last), top };
        let kind = |place| if frontier.chosen == Some(place) { "chosen" } else { "best" };
        let best = frontier.points.iter().enumerate().map(|(place, set)| scale.point(*set, kind(place)));
        let points: Vec<Point> = best.chain(frontier.alone.map(|set| scale.point(set, "alone"))).collect();
        let line = points.iter().filter(|point| point.kind != "alone").map(|point| format!("{} {}", point.x, point.y));
        Some(Self {
            width: WIDTH,
            height: HEIGHT,
            left: LEFT,
            right: RIGHT,
            bottom: BOTTOM,
            line: format!("M{}", line.collect::<Vec<_>>().join("L")),
            points,
            across: (first..=last).map(|size| Tick { at: scale.x(whole(size)), label: size.to_string() }).collect(),
            up: marks(step, top).map(|cost| Tick { at: scale.y(cost), label: shown(cost) }).collect(),
        })
    }
}

/// Where sizes and costs stand in the plot.
struct Scale {
    first: f64,
    last: f64,
    top: f64,
}

impl Scale {
    fn x(&self, size: f64) -> f64 {
        tenth(LEFT + INSET + (RIGHT - LEFT - 2.0 * INSET) * (size - self.first) / (self.last - self.first))
    }

    fn y(&self, cost: f64) -> f64 {
        tenth(BOTTOM - (BOTTOM - TOP) * cost / self.top)
    }

    fn point(&self, set: Set, kind: &'static str) -> Point {
        let Set { databases, cost } = set;
        let told = kind != "best" || self.x(self.first + 1.0) - self.x(self.first) >= LABEL;
        Point { x: self.x(whole(databases)), y: self.y(cost), databases, cost: format!("{cost:.2}"), kind, told }
    }
}

/// The round number that is next above: one, two or five times a power of ten.
fn step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0].into_iter().map(|digit| digit * power).find(|round| *round >= least).unwrap_or(power * 10.0)
}

fn marks(step: f64, top: f64) -> impl Iterator<Item = f64> {
    std::iter::successors(Some(0.0), move |mark| Some(mark + step)).take_while(move |mark| *mark <= top + step / 2.0)
}

fn whole(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn tenth(length: f64) -> f64 {
    (length * 10.0).round() / 10.0
}

/// A cost for a person, without zeros at the end.
fn shown(cost: f64) -> String {
    let text = format!("{cost:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Frontier, Plot, Set, shown, step};

    fn set(databases: usize, cost: f64) -> Set {
        Set { databases, cost }
    }

    #[test]
    fn the_plot_falls_where_the_cost_falls() {
        let points = vec![set(1, 90.0), set(2, 40.0), set(3, 31.5), set(4, 33.0)];
        let frontier = Frontier { points, chosen: Some(2), alone: Some(set(6, 52.0)) };
        let plot = Plot::of(&frontier).unwrap();
        let heights: Vec<f64> = plot.points.iter().map(|point| point.y).collect();
        assert!(heights[0] < heights[1] && heights[1] < heights[2] && heights[2] > heights[3], "{heights:?}");
        assert!(plot.points.windows(2).all(|pair| pair[0].x < pair[1].x));
        let kinds: Vec<&str> = plot.points.iter().map(|point| point.kind).collect();
        assert_eq!(kinds, ["best", "best", "chosen", "best", "alone"]);
        let labels = |ticks: &[super::Tick]| ticks.iter().map(|tick| tick.label.clone()).collect::<Vec<_>>();
        assert_eq!(labels(&plot.across), ["1", "2", "3", "4", "5", "6"]);
        assert_eq!(labels(&plot.up), ["0", "50", "100"]);
        let inside = |point: &super::Point| (48.0..=440.0).contains(&point.x) && (32.0..=212.0).contains(&point.y);
        assert!(plot.points.iter().all(inside));
        assert!(plot.points.iter().all(|point| point.told), "there is room for five costs");
        assert_eq!(plot.points.iter().map(|point| point.cost.as_str()).collect::<Vec<_>>()[2], "31.50");
    }

    #[test]
    fn a_crowded_plot_tells_only_what_matters() {
        let points: Vec<Set> = (1..=20).map(|databases| set(databases, 40.0)).collect();
        let plot = Plot::of(&Frontier { points, chosen: Some(19), alone: Some(set(24, 50.0)) }).unwrap();
        let told: Vec<usize> = plot.points.iter().filter(|point| point.told).map(|point| point.databases).collect();
        assert_eq!(told, [20, 24]);
    }

    #[test]
    fn one_set_is_no_plot() {
        let alone = |cost| Frontier { points: vec![set(1, cost)], chosen: Some(0), alone: None };
        assert!(Plot::of(&alone(3.0)).is_none());
        let free = Frontier { points: vec![set(1, 0.0), set(2, 0.0)], chosen: None, alone: None };
        assert!(Plot::of(&free).is_none());
        assert!(Plot::of(&Frontier { points: vec![], chosen: None, alone: None }).is_none());
    }

    #[test]
    fn marks_are_round() {
        for (least, round) in [(0.9, 1.0), (1.0, 1.0), (1.1, 2.0), (2.3, 5.0), (51.0, 100.0), (0.03, 0.05)] {
            assert!((step(least) - round).abs() < 1e-9, "{least}");
        }
        assert_eq!([shown(2.0), shown(31.5), shown(0.25)], ["2", "31.5", "0.25"]);
    }
}
