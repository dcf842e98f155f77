//! A selection in full: for each kind of data the way through the tree, the fit with its headroom, the alternatives
//! and the flips.

use super::style::{FAINT, HEADING, Look, NAME, verdict as verdict_style};
use super::{Shown, chosen, names};
use crate::decide::{Check, Selected, Tree, Verdict};

/// The explanation of a whole selection.
pub fn selection(shown: Shown<'_>, look: Look) -> String {
    let mut text = String::new();
    for (index, selected) in shown.selection.kinds.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        text.push_str(&kind(selected, shown.tree, look));
    }
    text
}

/// The explanation of one kind of data.
pub fn kind(selected: &Selected<'_>, tree: &Tree, look: Look) -> String {
    let mut page = Page { text: String::new(), look };
    let verdict = look.paint(verdict_style(selected.verdict), selected.verdict);
    let kind = selected.data.kind.as_ref().map_or_else(String::new, |kind| format!(" ({})", kind.value));
    page.line(
        0,
        &format!("{}{kind}: {}, {verdict}", look.paint(HEADING, selected.name), look.paint(HEADING, chosen(selected))),
    );
    if let Some(description) = &selected.data.description {
        page.line(2, &look.paint(FAINT, description.value.trim()));
    }
    page.line(2, &format!("why: {}", selected.reason));
    if let Some((walked, why)) = &selected.instead_of {
        page.line(2, &format!("instead of {}: {why}", names(walked)));
    }
    page.heading("path");
    for step in &selected.path {
        if let Some(question) = tree.questions().get(step.question) {
            let answer = if step.yes { "yes" } else { "no" };
            page.line(4, &format!("{answer:>3}  {}  {}", question.label(), look.paint(FAINT, &question.ask)));
        }
    }
    page.heading("fit");
    if selected.checks.is_empty() {
        page.line(4, "the file says nothing that could be compared");
    }
    for check in &selected.checks {
        page.check(check);
    }
    if !selected.alternatives.is_empty() {
        page.heading("alternatives");
    }
    for alternative in &selected.alternatives {
        let verdict = match alternative.verdict {
            Verdict::Fits => String::from("fits too"),
            other => other.to_string(),
        };
        let verdict = look.paint(verdict_style(alternative.verdict), verdict);
        page.line(4, &format!("{}: {verdict}; {}", look.paint(NAME, &alternative.database.name), alternative.why_not));
    }
    if !selected.flips.is_empty() {
        page.heading("flips");
    }
    for flip in &selected.flips {
        let change = flip.change.show();
        let warning = match flip.verdict {
            Verdict::Exceeds => format!(", which {} too", look.paint(verdict_style(flip.verdict), flip.verdict)),
            Verdict::Fits | Verdict::Strained => String::new(),
        };
        page.line(4, &format!("{change} ▶ {}{warning}", look.paint(NAME, flip.databases.join(" + "))));
    }
    page.text
}

struct Page {
    text: String,
    look: Look,
}

impl Page {
    fn line(&mut self, indent: usize, line: &str) {
        let line = self.look.wrap(&format!("{:indent$}{line}", ""), indent.saturating_add(4));
        self.text.push_str(&line);
        self.text.push('\n');
    }

    fn heading(&mut self, title: &str) {
        self.line(2, &self.look.paint(HEADING, title));
    }

    fn check(&mut self, check: &Check<'_>) {
        let verdict = self.look.paint(verdict_style(check.verdict), format!("{:<8}", check.verdict.to_string()));
        let compared = match check.figure() {
            Some((quantity, figure)) => format!("{quantity} {} ({})", quantity.show(figure.total), check.limit()),
            None => format!("{}: {}", check.name(), check.limit()),
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
