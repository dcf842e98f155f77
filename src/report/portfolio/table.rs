//! The portfolio for a terminal.

use std::fmt::Write as _;

use comfy_table::{Attribute, Cell};

use super::{Shown, said};
use crate::decide::portfolio::Account;
use crate::report::style::{FAINT, HEADING, Look};
use crate::report::{chosen, names, table};

pub(super) fn portfolio(shown: Shown<'_>, look: Look) -> String {
    let portfolio = shown.portfolio;
    let mut text = String::new();
    let mut line = |line: &str| {
        let _ = writeln!(text, "{line}");
    };
    line(&placements(shown, look));
    for placement in &portfolio.kinds {
        if let Some(merged) = said::merged(placement, shown.selected(placement.data)) {
            line(&look.wrap(&format!("{}: {merged}", look.paint(HEADING, placement.data)), 2));
        }
        for until in &placement.until {
            let name = look.paint(HEADING, placement.data);
            line(&look.wrap(&format!("{name}: {}", said::carries(placement, until)), 2));
        }
    }
    line("");
    line(&compared(shown, look));
    line("");
    line(&prices(shown, look));
    line("");
    line(&frontier(shown, look));
    line(&table::capacity(shown.together, look));
    for caveat in said::caveats(portfolio) {
        line(&look.wrap(&caveat, 2));
    }
    line(&look.paint(FAINT, look.wrap(&said::weights(shown.overridden), 2)));
    if shown.explain {
        line("");
        line(&account("together", &portfolio.together, look));
        line("");
        line(&account("each alone", &portfolio.alone, look));
    }
    text
}

fn placements(shown: Shown<'_>, look: Look) -> String {
    let mut table = look.table(&["data", "alone", "together", "fit", "what is lost"]);
    for placement in &shown.portfolio.kinds {
        let selected = shown.selected(placement.data);
        let together = selected.map_or_else(|| names(&placement.together), chosen);
        let together = Cell::new(together);
        table.add_row([
            Cell::new(placement.data),
            Cell::new(names(&placement.alone)),
            if placement.moved() { together.add_attribute(Attribute::Bold) } else { together },
            Cell::new(selected.map(|selected| selected.verdict.to_string()).unwrap_or_default()),
            Cell::new(said::loss(placement)),
        ]);
    }
    Look::finish(&mut table)
}

fn compared(shown: Shown<'_>, look: Look) -> String {
    let mut table = look.table(&["", "each alone", "together", "difference"]);
    for row in said::compared(shown) {
        table.add_row(row);
    }
    Look::finish(&mut table)
}

fn prices(shown: Shown<'_>, look: Look) -> String {
    let mut table = look.table(&["database", "costs", "saves", "and buys"]);
    for price in &shown.portfolio.prices {
        table.add_row([
            Cell::new(&price.database.name).add_attribute(Attribute::Bold),
            Cell::new(price.costs),
            Cell::new(said::worth(price)),
            Cell::new(said::buys(price)),
        ]);
    }
    Look::finish(&mut table)
}

fn frontier(shown: Shown<'_>, look: Look) -> String {
    let mut table = look.table(&["at most", "cost", "gain", "databases"]);
    let mut before = None;
    for point in &shown.portfolio.frontier {
        table.add_row(said::point(point, before));
        before = Some(point);
    }
    Look::finish(&mut table)
}

/// Every term of an account, and what they add up to.
fn account(title: &str, account: &Account<'_>, look: Look) -> String {
    let mut table = look.table(&["points", "for", "data", "database", "how"]);
    for term in &account.terms {
        let points = format!("{:>6}", term.points);
        table.add_row([&points, term.charge.name(), term.data.unwrap_or_default(), &term.databases, &term.how]);
    }
    let total = format!("{:>6}", account.cost);
    format!("{}\n{}\n{total} in all", look.paint(HEADING, title), Look::finish(&mut table))
}
