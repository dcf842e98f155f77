//! Where a report goes, and the edits that mend what was found.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, bail};

use super::super::Outcome;
use super::super::terminal::Terminal;
use super::super::text;
use crate::cli::{Lint, LintOutput};
use crate::files::{self, PathText, Place};
use crate::lint::{Edit, apply};
use crate::render::write::diff;
use crate::report::findings::{LintFormat, Report, statistics};
use crate::report::style::Look;
use crate::source::Source;

/// Refuses two reports on one stream or in one file, and counts where a program reads.
pub(super) fn check(outputs: &[LintOutput], statistics: bool) -> Result<()> {
    let is_read_by_programs = |output: &&LintOutput| !matches!(output.format, LintFormat::Human | LintFormat::Concise);
    if statistics && outputs.iter().filter(|output| output.file.is_none()).any(|output| is_read_by_programs(&output)) {
        bail!("`--statistics` are for a person; give the other format a file: `--format sarif=out.sarif`");
    }
    for (index, output) in outputs.iter().enumerate() {
        if outputs.iter().skip(index.saturating_add(1)).any(|other| other.file == output.file) {
            match &output.file {
                None => {
                    bail!("two formats would be mixed on standard output; give one a file: `--format sarif=out.sarif`")
                }
                Some(file) => bail!("two formats would be written to {}", file.shown()),
            }
        }
    }
    Ok(())
}

/// Writes the report in every format that is asked for.
pub(super) fn write(report: &Report, arguments: &Lint, terminal: &Terminal) -> Result<()> {
    const PLAIN: Look = Look { columns: 100, colour: false };
    for output in &arguments.format {
        match &output.file {
            None if arguments.statistics => terminal.result(&statistics(report))?,
            None => terminal.result(&output.format.render(report, terminal.look())?)?,
            Some(file) => {
                let text = output.format.render(report, PLAIN)?;
                files::save(file, &anstream::adapter::strip_str(&text).to_string(), Place::FreeOrFile)?;
            }
        }
    }
    Ok(())
}

/// Saves a mended file, where what was looked at still stands: what was saved since, or has a name that is no text, stays.
fn save_mended(name: &str, source: &Source, mended: &str) -> Result<()> {
    let path = Path::new(name);
    if text::source(path).ok().is_none_or(|now| now.text != source.text) {
        bail!("{} is not what was looked at any more, and was not mended; run again", path.shown());
    }
    Ok(files::save(path, mended, Place::FreeOrFile)?)
}

/// Makes the edits that change no meaning, or shows them; what they mend is no finding any more.
pub(super) fn fix(report: &mut Report, dry_run: bool, terminal: &Terminal) -> Result<Outcome> {
    let mut files: BTreeMap<String, (Arc<Source>, Vec<Edit>)> = BTreeMap::new();
    for finding in &report.findings {
        let (Some(fix), source) = (&finding.violation.fix, &finding.violation.location.source) else { continue };
        let entry = files.entry(source.name.clone()).or_insert_with(|| (Arc::clone(source), Vec::new()));
        entry.1.extend(fix.edits.iter().cloned());
    }
    let mut outcome = Outcome::Done;
    for (name, (source, edits)) in &files {
        let mended = apply(&source.text, edits);
        if dry_run {
            outcome = Outcome::Found;
            terminal.result(&diff::of(name, Some(&source.text), Some(&mended)))?;
        } else {
            save_mended(name, source, &mended)?;
        }
    }
    if !dry_run {
        let before = report.findings.len();
        report.findings.retain(|finding| finding.violation.fix.is_none());
        let mended = before.saturating_sub(report.findings.len());
        terminal.message(&format!("mended {mended} of {before} findings in {} files", files.len()));
    }
    Ok(outcome)
}
