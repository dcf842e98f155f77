//! The portfolio: what it answers to published decisions, what it promises of its costs, and how it is recorded.

mod large;
mod promises;
mod weights;

use std::sync::LazyLock;

use catalog::{Catalog, Overrides};

use polyglot::config::Policy;
use polyglot::decide::portfolio::{Portfolio, PortfolioError, Question};
use polyglot::decide::{DecisionContext, Depth, Held, Holder, Knowledge, Selection, Tree};
use polyglot::report::portfolio::{Shown, document::Document};

use crate::support::{capacity, parse};

/// What a portfolio is asked with besides the file.
#[derive(Default)]
struct Asked {
    policy: Policy,
    overrides: Overrides,
    most: Option<usize>,
}

fn known() -> &'static (Catalog, Tree) {
    static KNOWN: LazyLock<(Catalog, Tree)> = LazyLock::new(|| {
        let catalog = polyglot::embedded::catalog();
        let tree = Tree::embedded(&catalog).unwrap();
        (catalog, tree)
    });
    &KNOWN
}

/// The portfolio of a requirements text, as programs read it.
pub(crate) fn portfolio(text: &str) -> Document {
    ask(text, &Asked::default()).unwrap_or_else(|error| panic!("{text}\n{error}"))
}

fn ask(text: &str, asked: &Asked) -> Result<Document, PortfolioError> {
    ask_until(text, asked, &mut || false)
}

/// The same, as far as it comes until it is stopped.
fn ask_until(text: &str, asked: &Asked, stop: &mut dyn FnMut() -> bool) -> Result<Document, PortfolioError> {
    let (catalog, tree) = known();
    let requirements = parse(text, catalog).unwrap_or_else(|faults| panic!("{text}\n{:?}", faults.diagnostics));
    let weights = polyglot::embedded::weights().with(&asked.overrides);
    let knowledge = Knowledge { catalog, tree, policy: &asked.policy, weights: &weights };
    let facts = DecisionContext::new(knowledge, &requirements);
    let alone = Selection::of(&requirements, &facts, Depth::Answer);
    let question = Question { requirements: &requirements, most: asked.most };
    let portfolio = Portfolio::of(question, &facts, stop)?;
    let held = Held::new(Holder::Portfolio, portfolio.held());
    let selection = Selection::holding(&requirements, &facts, Depth::Answer, &held);
    let shown = Shown {
        name: requirements.name(),
        portfolio: &portfolio,
        selection: &selection,
        alone: &capacity(&requirements, &alone, catalog),
        together: &capacity(&requirements, &selection, catalog),
        overridden: &asked.overrides.named(),
        explain: true,
    };
    Ok(Document::of(shown))
}
