#![allow(clippy::arithmetic_side_effects, reason = "an overflow in a test fails it, as it should")]

use proptest::prelude::*;

use super::*;

/// A reproducible source of numbers (`SplitMix64`).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn index(&mut self, end: usize) -> usize {
        usize::try_from(self.below(end as u64)).unwrap()
    }
}

/// A small problem with all that a problem can have; few different costs, so that there are ties.
fn small(seed: u64) -> Problem {
    let numbers = &mut Numbers(seed);
    let facility_count = numbers.index(6) + 1;
    let item_count = numbers.index(7);
    let costs = [1, 2, 3, 10, 1000][numbers.index(5)];
    let facilities = (0..facility_count)
        .map(|_| Facility { cost: numbers.below(costs * 3), counts: numbers.below(4) > 0 })
        .collect();
    let resources = if numbers.below(2) == 0 { 0 } else { numbers.index(3) };
    let mut order: Vec<usize> = (0..item_count).collect();
    for place in (1..item_count).rev() {
        order.swap(place, numbers.index(place + 1));
    }
    let syncs = [0, 1, 3][numbers.index(3)];
    let mut items = Vec::new();
    for item in 0..item_count {
        let choices = (0..=numbers.index(4))
            .map(|_| {
                let home = numbers.index(facility_count);
                let mut needs = 1 << home;
                if numbers.below(3) == 0 {
                    needs |= 1 << numbers.index(facility_count);
                }
                if numbers.below(12) == 0 {
                    needs = 0;
                }
                let load = (0..resources).filter(|_| numbers.below(2) == 0);
                let load: Vec<usize> = load.collect();
                let load = load.into_iter().map(|which| (which, numbers.below(5))).collect();
                Choice { needs, home, cost: numbers.below(costs * 2), load }
            })
            .collect();
        let before = order.iter().position(|other| *other == item).unwrap();
        let source = (before > 0 && numbers.below(3) > 0).then(|| order[numbers.index(before)]);
        items.push(Item { source, sync: numbers.below(costs * syncs + 1), choices });
    }
    let capacities = (0..resources).map(|_| numbers.below(4 * item_count as u64 + 1)).collect();
    let most = (numbers.below(3) == 0).then(|| numbers.index(4));
    let without = if numbers.below(4) == 0 { u128::from(numbers.below(1 << facility_count)) & 0b101 } else { 0 };
    Problem { facilities, items, capacities, most, without }
}

/// What an assignment costs and how many counted facilities it uses, if it keeps all limits.
fn worth(problem: &Problem, choices: &[usize]) -> Option<(u64, usize, u128)> {
    let chosen: Vec<&Choice> = problem.items.iter().zip(choices).map(|(item, index)| &item.choices[*index]).collect();
    if chosen.iter().any(|choice| choice.cost == NEVER) {
        return None;
    }
    let used = chosen.iter().fold(0, |mask, choice| mask | choice.needs);
    let mut cost = chosen.iter().map(|choice| choice.cost).sum::<u64>();
    let mut counted = 0;
    for (index, facility) in problem.facilities.iter().enumerate() {
        if used >> index & 1 == 1 {
            cost += facility.cost;
            counted += usize::from(facility.counts);
        }
    }
    for (item, choice) in problem.items.iter().zip(&chosen) {
        if item.source.is_some_and(|source| chosen[source].home != choice.home) {
            cost += item.sync;
        }
    }
    let taken = |which| {
        chosen
            .iter()
            .flat_map(|choice| &choice.load)
            .filter(|(r, _)| *r == which)
            .map(|(_, amount)| amount)
            .sum::<u64>()
    };
    let fits = problem.capacities.iter().enumerate().all(|(which, capacity)| taken(which) <= *capacity);
    let allowed = used & problem.without == 0 && problem.most.is_none_or(|most| counted <= most);
    (fits && allowed).then_some((cost, counted, used))
}

/// The best assignment, by trying them all.
fn brute_force(problem: &Problem) -> Option<(u64, usize, Vec<usize>)> {
    let mut best = None;
    let mut choices = vec![0; problem.items.len()];
    loop {
        if let Some((cost, counted, _)) = worth(problem, &choices) {
            let plan = (cost, counted, choices.clone());
            if best.as_ref().is_none_or(|best| plan < *best) {
                best = Some(plan);
            }
        }
        let next = (0..choices.len()).rev().find(|item| choices[*item] + 1 < problem.items[*item].choices.len());
        let Some(item) = next else { return best };
        choices[item] += 1;
        choices[item + 1..].fill(0);
    }
}

fn exact(problem: &Problem) -> Option<Solution> {
    match solve(problem, &mut || false) {
        Answer::Best(solution) => Some(solution),
        Answer::Impossible => None,
        Answer::Stopped { .. } => panic!("nobody stopped it"),
    }
}

/// Compares the answer with all assignments.
fn check(problem: &Problem) {
    let expected = brute_force(problem);
    let found = exact(problem);
    assert_eq!(
        found.as_ref().map(|found| (found.cost, found.choices.clone())),
        expected.map(|(cost, _, choices)| (cost, choices)),
        "{problem:?}"
    );
    if let Some(found) = found {
        assert!(found.exact && found.bound == found.cost);
        assert_eq!(worth(problem, &found.choices).map(|(.., used)| used), Some(found.used));
    }
}

#[test]
fn the_answer_is_the_best_of_all_assignments() {
    for seed in 0..6000 {
        check(&small(seed));
    }
}

/// A problem that differs from another in a few places, as the variations of a portfolio do.
fn varied(problem: &Problem, seed: u64) -> Problem {
    let numbers = &mut Numbers(seed);
    let mut varied = problem.clone();
    let facility_count = problem.facilities.len();
    if numbers.below(2) == 0 {
        varied.without ^= 1 << numbers.index(facility_count);
    }
    if numbers.below(2) == 0 {
        varied.most = Some(numbers.index(5));
    }
    if !problem.items.is_empty() {
        let item = numbers.index(problem.items.len());
        for choice in &mut varied.items[item].choices {
            choice.cost = numbers.below(choice.cost * 3 + 3);
        }
        varied.items[item].sync = numbers.below(4);
        if numbers.below(2) == 0 {
            let barred = numbers.index(varied.items[item].choices.len());
            varied.items[item].choices[barred].bar();
        }
    }
    varied
}

/// The largest costs that count are those of an even share of all; sums of them still compare as they should.
#[test]
fn the_largest_costs_are_no_trouble() {
    for (seed, most) in (0..2000).zip((0..4).cycle()) {
        let mut problem = small(seed);
        problem.most = Some(most);
        let parts = (problem.facilities.len() + 2 * problem.items.len()) as u64;
        let choices = problem.items.iter_mut().flat_map(|item| {
            let choices = item.choices.iter_mut().map(|choice| &mut choice.cost);
            choices.chain([&mut item.sync])
        });
        let costs: Vec<&mut u64> = problem.facilities.iter_mut().map(|one| &mut one.cost).chain(choices).collect();
        let factor = (1 << 52) / parts / costs.iter().map(|cost| **cost).max().unwrap_or(0).max(1);
        costs.into_iter().for_each(|cost| *cost *= factor);
        check(&problem);
    }
}

#[test]
fn a_start_from_another_solution_does_not_show_in_the_answer() {
    let mut compared = 0;
    for seed in 0..6000 {
        let problem = small(seed);
        let Some(start) = exact(&problem) else { continue };
        let varied = varied(&problem, seed);
        let found = match solve_from(Some(&start), &varied, &mut || false) {
            Answer::Best(found) => Some((found.cost, found.choices)),
            Answer::Impossible => None,
            Answer::Stopped { .. } => panic!("nobody stopped it"),
        };
        assert_eq!(found, brute_force(&varied).map(|(cost, _, choices)| (cost, choices)), "{varied:?} from {start:?}");
        compared += 1;
    }
    assert!(compared > 2000, "only {compared}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_small_problem_is_solved_exactly(seed: u64) {
        check(&small(seed));
    }

    #[test]
    fn the_order_of_facilities_does_not_show(seed: u64) {
        let problem = small(seed);
        let last = problem.facilities.len() - 1;
        let mut turned = problem.clone();
        turned.facilities.reverse();
        let turn = |mask: u128| (0..=last).filter(|i| mask >> i & 1 == 1).fold(0, |turned, i| turned | 1 << (last - i));
        turned.without = turn(problem.without & ((1 << (last + 1)) - 1));
        for choice in turned.items.iter_mut().flat_map(|item| &mut item.choices) {
            choice.needs = turn(choice.needs);
            choice.home = last - choice.home;
        }
        let (plain, turned) = (exact(&problem), exact(&turned));
        prop_assert_eq!(plain.map(|plain| (plain.cost, plain.choices)), turned.map(|plain| (plain.cost, plain.choices)));
    }

    #[test]
    fn a_stopped_search_says_what_it_knows(seed: u64, patience in 0..3) {
        let problem = small(seed);
        let optimum = brute_force(&problem).map(|(cost, ..)| cost);
        let mut asked = 0;
        let mut stop = || { asked += 1; asked > patience };
        match solve(&problem, &mut stop) {
            Answer::Best(found) => {
                prop_assert_eq!(worth(&problem, &found.choices).map(|(cost, ..)| cost), Some(found.cost));
                prop_assert!(found.bound <= optimum.unwrap() && optimum.unwrap() <= found.cost);
            }
            Answer::Stopped { bound } => prop_assert!(optimum.is_none_or(|optimum| bound <= optimum)),
            Answer::Impossible => prop_assert!(optimum.is_none()),
        }
    }
}

/// A problem as large as they get: 24 counted facilities, ten others.
fn large(seed: u64, item_count: usize, capacity: Option<u64>, most: Option<usize>) -> Problem {
    let numbers = &mut Numbers(seed);
    let mut facilities = Vec::new();
    for _ in 0..24 {
        facilities.push(Facility { cost: 300_000 + numbers.below(1_700_000), counts: true });
    }
    for _ in 0..10 {
        facilities.push(Facility { cost: 50_000 + numbers.below(250_000), counts: false });
    }
    let mut items = Vec::new();
    for item in 0..item_count {
        let choices = (0..3 + numbers.index(13))
            .map(|_| {
                let home = numbers.index(24);
                let service = if numbers.below(4) == 0 { 1 << (24 + numbers.index(10)) } else { 0 };
                let cost = if numbers.below(2) == 0 { 0 } else { numbers.below(3_000_000) };
                let load = if capacity.is_some() { vec![(home, 1 + numbers.below(100))] } else { Vec::new() };
                Choice { needs: 1 << home | service, home, cost, load }
            })
            .collect();
        let source = (item > 0 && numbers.below(3) == 0).then(|| numbers.index(item));
        items.push(Item { source, sync: 50_000 + numbers.below(950_000), choices });
    }
    let capacities = capacity.map_or_else(Vec::new, |capacity| vec![capacity; 24]);
    Problem { facilities, items, capacities, most, without: 0 }
}

#[test]
fn large_problems_come_to_an_end() {
    for (seed, item_count, capacity, most) in [
        (1, 200, None, None),
        (2, 100, None, None),
        (3, 60, Some(500), None),
        (4, 40, None, Some(8)),
        (5, 9, None, None),
    ] {
        let problem = large(seed, item_count, capacity, most);
        let found = exact(&problem).unwrap();
        assert_eq!(worth(&problem, &found.choices).map(|(cost, _, used)| (cost, used)), Some((found.cost, found.used)));
    }
}

fn choice(home: usize, cost: u64) -> Choice {
    Choice { needs: 1 << home, home, cost, load: Vec::new() }
}

fn plain(facilities: &[u64], items: Vec<Item>) -> Problem {
    let facilities = facilities.iter().map(|cost| Facility { cost: *cost, counts: true }).collect();
    Problem { facilities, items, capacities: Vec::new(), most: None, without: 0 }
}

#[test]
fn nothing_to_serve_costs_nothing() {
    let found = exact(&plain(&[5], Vec::new())).unwrap();
    assert_eq!((found.cost, found.used, found.choices), (0, 0, Vec::new()));
}

#[test]
fn of_equal_costs_the_fewer_facilities_win_and_then_the_preferred_choices() {
    let item = |choices| Item { source: None, sync: 0, choices };
    let problem =
        plain(&[2, 1, 1], vec![item(vec![choice(1, 0), choice(0, 0)]), item(vec![choice(2, 0), choice(0, 0)])]);
    assert_eq!(exact(&problem).unwrap().choices, [1, 1]);
    let problem = plain(&[1, 1], vec![item(vec![choice(1, 0), choice(0, 0)]), item(vec![choice(1, 0), choice(0, 0)])]);
    assert_eq!(exact(&problem).unwrap().choices, [0, 0]);
}

#[test]
fn all_facilities_alike_are_no_trouble() {
    let choices = || (0..24).map(|home| choice(home, 0)).collect();
    let item = |source| Item { source, sync: 1, choices: choices() };
    let mut items: Vec<Item> = (0..40).map(|index: usize| item(index.checked_sub(3))).collect();
    items.push(Item { source: None, sync: 0, choices: vec![choice(3, 0), choice(7, 0)] });
    let found = exact(&plain(&[1000; 24], items)).unwrap();
    assert_eq!(found.cost, 1000);
    assert_eq!((found.used, found.choices.last()), (1 << 3, Some(&0)));
}

#[test]
fn sources_that_go_round_or_are_missing_make_it_impossible() {
    let item = |source| Item { source: Some(source), sync: 0, choices: vec![choice(0, 0)] };
    for items in [vec![item(0)], vec![item(1), item(0)], vec![item(7)]] {
        assert_eq!(solve(&plain(&[1], items), &mut || false), Answer::Impossible);
    }
}

#[test]
fn what_does_not_exist_is_not_used() {
    let item = |choice| Item { source: None, sync: 0, choices: vec![choice] };
    let missing = plain(&[1], vec![item(choice(1, 0))]);
    assert_eq!(solve(&missing, &mut || false), Answer::Impossible);
    let starved = plain(&[1], vec![item(Choice { load: vec![(3, 1)], ..choice(0, 0) })]);
    assert_eq!(solve(&starved, &mut || false), Answer::Impossible);
}
