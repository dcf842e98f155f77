//! The portfolio in Markdown.

use std::fmt::Write as _;

use super::{Shown, said};
use crate::report::markdown::escaped;
use crate::report::{chosen, names};

pub(super) fn portfolio(shown: Shown<'_>) -> String {
    let portfolio = shown.portfolio;
    let mut page = Page { text: format!("# {}\n", escaped(shown.name)) };
    let placements = portfolio.kinds.iter().map(|placement| {
        let selected = shown.selected(placement.data);
        let together = escaped(&selected.map_or_else(|| names(&placement.together), chosen));
        [
            escaped(placement.data),
            escaped(&names(&placement.alone)),
            if placement.moved() { format!("**{together}**") } else { together },
            selected.map(|selected| selected.verdict.to_string()).unwrap_or_default(),
            escaped(&said::loss(placement)),
        ]
    });
    page.table(["data", "alone", "together", "fit", "what is lost"], placements);
    let carries = portfolio.kinds.iter().flat_map(|placement| {
        let name = escaped(placement.data);
        let merged = said::merged(placement, shown.selected(placement.data));
        let carries = placement.until.iter().map(|until| said::carries(placement, until));
        let said: Vec<_> = merged.into_iter().chain(carries).collect();
        said.into_iter().map(move |said| format!("**{name}** {}", escaped(&said)))
    });
    page.list(carries);
    page.heading("What is saved");
    page.table(["", "each alone", "together", "difference"], said::compared(shown).into_iter());
    page.list(std::iter::once(escaped(&format!("host {}", shown.together.summary()))));
    page.heading("What each database costs and buys");
    let prices = portfolio.prices.iter().map(|price| {
        let name = escaped(&price.database.name);
        [name, price.costs.to_string(), said::worth(price), escaped(&said::buys(price))]
    });
    page.table(["database", "costs", "saves", "and buys"], prices);
    page.heading("The best for so many databases");
    let before = std::iter::once(None).chain(portfolio.frontier.iter().map(Some));
    let points = portfolio
        .frontier
        .iter()
        .zip(before)
        .map(|(point, before)| said::point(point, before).map(|cell| escaped(&cell)));
    page.table(["at most", "cost", "gain", "databases"], points);
    if shown.explain {
        for (title, account) in
            [("The cost together", &portfolio.together), ("The cost of each alone", &portfolio.alone)]
        {
            page.heading(title);
            let terms = account.terms.iter().map(|term| {
                let data = escaped(term.data.unwrap_or_default());
                [
                    term.points.to_string(),
                    term.charge.name().to_owned(),
                    data,
                    escaped(&term.databases),
                    escaped(&term.how),
                ]
            });
            let all = [account.cost.to_string(), String::from("in all"), String::new(), String::new(), String::new()];
            page.table(["points", "for", "data", "database", "how"], terms.chain([all]));
        }
    }
    page.list(said::caveats(portfolio).into_iter().chain([said::weights(shown.overridden)]).map(|line| escaped(&line)));
    page.text
}

struct Page {
    text: String,
}

impl Page {
    fn heading(&mut self, title: &str) {
        let _ = write!(self.text, "\n## {title}\n");
    }

    fn table<const N: usize>(&mut self, header: [&str; N], rows: impl Iterator<Item = [String; N]>) {
        let _ = write!(self.text, "\n| {} |\n|{}\n", header.join(" | "), " --- |".repeat(N));
        for row in rows {
            let _ = writeln!(self.text, "| {} |", row.join(" | "));
        }
    }

    fn list(&mut self, lines: impl Iterator<Item = String>) {
        for (index, line) in lines.enumerate() {
            let _ = writeln!(self.text, "{}- {line}", if index == 0 { "\n" } else { "" });
        }
    }
}
