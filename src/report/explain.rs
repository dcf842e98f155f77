//! Why a dataset is where it is: on one screen what decided, and all of it where that is asked for.

use catalog::State;
use textwrap::core::display_width;

use super::brief::{assumed, first_sentence, listed};
use super::markdown::escaped;
use super::nearest::{nearest_assumptions, nearest_flips};
use super::style::{FAINT, HEADING, Look, NAME, verdict as verdict_style};
use super::{Shown, chosen, names};
use crate::decide::{Alternative, Check, Flip, Selected, Step, Tree, Verdict, What};
use crate::plan::realised::{Outcome, Stated, stated};

/// How much is explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What decided.
    Screen,
    /// All that was looked at.
    Everything,
}

impl Extent {
    /// Everything where somebody asks for it.
    pub fn new(verbose: bool) -> Self {
        if verbose { Self::Everything } else { Self::Screen }
    }
}

/// How many changes of the answer fit on the screen.
const FLIPS: usize = 5;

/// How many needs are said to have decided.
const NEEDS: usize = 2;

/// How many assumptions fit on the screen.
const ASSUMPTIONS: usize = 4;

/// The explanation of a whole selection.
pub fn selection(shown: Shown<'_>, extent: Extent, look: Look) -> String {
    let explained = shown.selection.kinds.iter().map(|selected| {
        let stated = stated(selected, shown.selection, shown.catalog);
        dataset(selected, shown.tree, &stated, extent, look)
    });
    explained.collect::<Vec<_>>().join("\n")
}

/// The same as a section of Markdown for each dataset.
pub fn markdown(shown: Shown<'_>, extent: Extent) -> String {
    const WIDTH: u16 = 100;
    let sections = shown.selection.kinds.iter().map(|selected| {
        let stated = stated(selected, shown.selection, shown.catalog);
        let text = dataset(selected, shown.tree, &stated, extent, Look::plain(WIDTH));
        // A fence that is longer than any in the text.
        format!("\n## {}\n\n~~~~~text\n{}\n~~~~~\n", escaped(selected.name), text.trim_end().replace("~~~~~", "~ ~ ~"))
    });
    sections.collect()
}

/// The explanation of one dataset.
pub fn dataset(selected: &Selected<'_>, tree: &Tree, stated: &[Stated], extent: Extent, look: Look) -> String {
    let mut page = Page { text: String::new(), look, selected };
    page.head();
    page.path(tree, extent);
    match extent {
        Extent::Screen => page.what_decided(tree),
        Extent::Everything => page.checks(),
    }
    page.others(extent);
    page.flips(extent);
    page.assumptions(extent);
    page.stated(stated, extent);
    page.text
}

struct Page<'s, 'a> {
    text: String,
    look: Look,
    selected: &'s Selected<'a>,
}

impl<'s, 'a> Page<'s, 'a> {
    fn line(&mut self, indent: usize, line: &str) {
        self.hanging(indent, indent.saturating_add(2), line);
    }

    fn hanging(&mut self, indent: usize, hang: usize, line: &str) {
        let line = self.look.wrap(&format!("{:indent$}{line}", ""), hang);
        self.text.push_str(&line);
        self.text.push('\n');
    }

    fn heading(&mut self, title: &str) {
        self.line(2, &self.look.paint(HEADING, title));
    }

    fn head(&mut self) {
        let (selected, look) = (self.selected, self.look);
        let verdict = look.paint(verdict_style(selected.verdict), selected.verdict);
        let kind = selected.data.kind.as_ref().map_or_else(String::new, |kind| format!(" ({})", kind.value));
        let (name, database) = (look.paint(HEADING, selected.name), look.paint(HEADING, chosen(selected)));
        self.line(0, &format!("{name}{kind}: {database}, {verdict}"));
        if let Some(description) = &selected.data.description {
            self.line(2, &look.paint(FAINT, description.value.trim()));
        }
        self.line(2, &format!("why: {}", selected.reason));
        if let Some((walked, why)) = &selected.instead_of {
            let why = if selected.reason.contains(why.as_str()) { String::new() } else { format!(": {why}") };
            self.line(2, &format!("instead of {}{why}", names(walked)));
        }
        if !selected.together.is_empty() {
            self.line(2, &format!("in one database with {}", listed(&selected.together)));
        }
        if selected.needs_several_nodes {
            self.line(2, "needs more than one node");
        }
    }

    /// The questions that were answered with yes, and the last one; or all of them.
    fn path(&mut self, tree: &Tree, extent: Extent) {
        let path = &self.selected.path;
        let last_no = path.iter().rposition(|step| !step.yes);
        let shown: Vec<&Step> = path
            .iter()
            .enumerate()
            .filter(|(index, step)| extent == Extent::Everything || step.yes || Some(*index) == last_no)
            .map(|(_, step)| step)
            .collect();
        let more = path.len().saturating_sub(shown.len());
        self.heading("path");
        for step in shown {
            if let Some(question) = tree.questions().get(step.question) {
                let answer = if step.yes { "yes" } else { "no" };
                let ask = self.look.paint(FAINT, &question.ask);
                self.hanging(4, 9, &format!("{answer:>3}  {}  {ask}", question.label()));
            }
        }
        if more > 0 {
            self.hanging(4, 9, &self.look.paint(FAINT, format!("     {more} more answered no")));
        }
    }

    /// What the file promises and nothing keeps; all that it promises where everything is asked for.
    fn stated(&mut self, statements: &[Stated], extent: Extent) {
        let shown = |stated: &&Stated| extent == Extent::Everything || stated.outcome.is_open();
        let mut statements = statements.iter().filter(shown).peekable();
        if statements.peek().is_some() {
            self.heading(if extent == Extent::Everything { "stated" } else { "stated, and not realised here" });
        }
        for Stated { field, value, outcome, .. } in statements {
            let by = match outcome {
                Outcome::Realised(_) => "realised by ",
                Outcome::Open(_) if extent == Extent::Everything => "not realised: ",
                Outcome::Open(_) => "",
            };
            self.line(4, &format!("{field} {value}: {by}{}", outcome.text()));
        }
    }

    /// The needs that decided, and the bound that is nearest.
    fn what_decided(&mut self, tree: &Tree) {
        let needs = self.deciding_needs(tree);
        if !needs.is_empty() {
            self.heading("decided by");
        }
        for check in needs {
            let via = check.via().map_or_else(String::new, |via| format!(" via {via}"));
            let why = check.why();
            self.line(
                4,
                &format!(
                    "{}: {}{via} on {}: {}",
                    what(check),
                    check.limit(),
                    check.database.name,
                    first_sentence(&why)
                ),
            );
        }
        match self.selected.tightest() {
            Some(check) => {
                self.heading("tightest bound");
                self.bound(check);
            }
            None => self.line(2, "no amount is stated that a bound could be held against"),
        }
    }

    fn bound(&mut self, check: &Check<'_>) {
        let verdict = self.look.paint(verdict_style(check.verdict), check.verdict);
        let figure = check.figure_in_words().unwrap_or_default();
        let headroom = match check.verdict {
            Verdict::Fits => check.used_in_words().map_or_else(String::new, |used| format!(", {used} used")),
            _ => String::new(),
        };
        let (why, database) = (check.why(), &check.database.name);
        self.line(4, &format!("{verdict}: {figure}{headroom} on {database} ({})", check.limit()));
        self.line(4, &format!("past it: {}", first_sentence(&why)));
        if let Some(evidence) = check.evidence() {
            self.line(
                4,
                &self.look.paint(FAINT, format!("{}, {}: {}", evidence.evidence, evidence.date, evidence.address)),
            );
        }
    }

    /// Of the needs those that are served worst, then those that the path asked about.
    fn deciding_needs(&self, tree: &Tree) -> Vec<&'s Check<'a>> {
        let asked = |check: &Check<'_>| {
            let yes = self.selected.path.iter().filter(|step| step.yes);
            let mut labels = yes.filter_map(|step| Some(tree.questions().get(step.question)?.label()));
            labels.any(|label| label.contains(check.name()))
        };
        let needs = self.selected.checks.iter().filter(|check| matches!(check.what, What::Need(..)));
        let mut needs: Vec<_> = needs.map(|check| (check, asked(check))).collect();
        needs.sort_by(|(one, asked), (other, also)| other.verdict.cmp(&one.verdict).then(also.cmp(asked)));
        needs.into_iter().map(|(check, _)| check).take(NEEDS).collect()
    }

    /// Every comparison, with where it is from.
    fn checks(&mut self) {
        self.heading("fit");
        if self.selected.checks.is_empty() {
            self.line(4, "the file says nothing that could be compared");
        }
        for check in &self.selected.checks {
            let verdict = self.look.paint(verdict_style(check.verdict), format!("{:<8}", check.verdict.to_string()));
            let compared = match check.figure() {
                Some((quantity, figure)) => {
                    format!("{quantity} {} ({})", quantity.show(figure.value), check.limit())
                }
                None => format!("{}: {}", what(check), check.limit()),
            };
            let used = check.used_in_words().map_or_else(String::new, |used| format!(", {used} of it used"));
            let via = check.via().map_or_else(String::new, |via| format!(" via {via}"));
            let evidence = check.evidence().map_or_else(String::new, |evidence| {
                self.look.paint(FAINT, format!("[{}, {}: {}]", evidence.evidence, evidence.date, evidence.address))
            });
            let database = &check.database.name;
            self.line(4, &format!("{verdict} {compared}{used}{via} on {database}: {} {evidence}", check.why()));
        }
    }

    /// The database that comes next and why it was not chosen; or all that were looked at.
    fn others(&mut self, extent: Extent) {
        let selected = self.selected;
        if selected.close.is_none() && selected.alternatives.is_empty() {
            return;
        }
        match extent {
            Extent::Screen => self.heading("runner-up"),
            Extent::Everything => self.heading("alternatives"),
        }
        if let Some(close) = &selected.close {
            let name = self.look.paint(NAME, &close.to.name);
            self.line(4, &format!("{name} would do nearly as well; `{}` would settle it", close.settled_by));
            if extent == Extent::Screen {
                return;
            }
        }
        let best = selected.alternatives.iter().min_by_key(|other| (other.verdict, is_neglected(other)));
        match extent {
            Extent::Screen => best.into_iter().for_each(|other| self.alternative(other)),
            Extent::Everything => selected.alternatives.iter().for_each(|other| self.alternative(other)),
        }
    }

    fn alternative(&mut self, other: &Alternative<'_>) {
        let verdict = match other.verdict {
            Verdict::Fits => String::from("fits too"),
            verdict => verdict.to_string(),
        };
        let verdict = self.look.paint(verdict_style(other.verdict), verdict);
        let name = self.look.paint(NAME, &other.database.name);
        let state = if is_neglected(other) { format!(" ({})", other.database.upstream.state) } else { String::new() };
        self.line(4, &format!("{name}{state}: {verdict}; {}", other.why_not));
    }

    fn flips(&mut self, extent: Extent) {
        let selected = self.selected;
        let nearest = nearest_flips(&selected.flips, selected.data);
        if nearest.is_empty() {
            return;
        }
        let most = if extent == Extent::Screen { FLIPS } else { usize::MAX };
        self.heading("what would change this");
        let shown: Vec<&Flip> = nearest.iter().copied().take(most).collect();
        let widest = shown.iter().map(|flip| display_width(&flip.change.show())).max().unwrap_or(0);
        for flip in shown {
            let change = flip.change.show();
            let warning = match flip.verdict {
                Verdict::Exceeds | Verdict::Unproven => {
                    format!(", which {} too", self.look.paint(verdict_style(flip.verdict), flip.verdict))
                }
                Verdict::Fits | Verdict::Strained => String::new(),
            };
            let databases = self.look.paint(NAME, flip.databases.join(" + "));
            self.line(4, &format!("{change:<widest$} ▶ {databases}{warning}"));
        }
        self.rest(nearest.len(), most);
    }

    fn assumptions(&mut self, extent: Extent) {
        let assumptions = &self.selected.assumptions;
        if assumptions.is_empty() {
            return;
        }
        self.heading("assumed, because the file does not say");
        match extent {
            Extent::Screen => self.line(4, &assumed(assumptions, ASSUMPTIONS)),
            Extent::Everything => {
                for assumption in nearest_assumptions(assumptions) {
                    self.line(4, &assumption.show());
                }
            }
        }
    }

    /// How many more there are than are shown.
    fn rest(&mut self, count: usize, most: usize) {
        if let Some(more) = count.checked_sub(most).filter(|more| *more > 0) {
            self.line(4, &self.look.paint(FAINT, format!("{more} more with -v")));
        }
    }
}

/// A need as a file writes it.
fn what(check: &Check<'_>) -> String {
    match check.what {
        What::Need(need, _) if need.value() != "true" => format!("{} = {}", need.field(), need.value()),
        _ => check.name().to_owned(),
    }
}

fn is_neglected(other: &Alternative<'_>) -> bool {
    other.database.upstream.state != State::Active
}
