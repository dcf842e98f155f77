//! The report in a real browser: nothing asked of the network, nothing in the console, nothing wider than the window, and
//! nothing that axe finds wrong, in light and in dark, on a telephone and on a desk.

use std::path::PathBuf;
use std::process::Command;

use super::{Place, all, found, missing, needed, tools};
use crate::session::text;
use crate::support::{polyglot, project};

/// The examples that are looked at: the smallest, one as most are, and the largest.
const EXAMPLES: [&str; 3] = ["minimal", "web-shop", "all-stores"];

/// The names that a browser of the family goes by.
const BROWSERS: [&str; 4] = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];

fn browser() -> Option<PathBuf> {
    let browser = BROWSERS.iter().find_map(|name| found(name));
    if browser.is_none() {
        missing("chromium");
    }
    browser
}

#[test]
fn everybody_can_read_the_report() {
    let Some(browser) = browser() else { return };
    let Some(node) = needed("node") else { return };
    let axe = tools().join("node_modules/axe-core/axe.min.js");
    if !axe.is_file() {
        missing("axe-core");
        return;
    }
    let place = Place::new();
    let mut look = Command::new(node);
    look.arg(project("scripts/look-at-report.mjs")).arg(browser).arg(axe);
    for example in EXAMPLES {
        let folder = place.folder(example);
        let file = format!("requirements-examples/{example}.yaml");
        let out = folder.display().to_string();
        let output = polyglot(&project(""), &["render", &file, "--report", "--out", &out]);
        assert!(output.status.success(), "{example}: {}", all(&output));
        look.arg(folder.join("report.html"));
    }
    let output = look.output().expect("node runs");
    assert!(output.status.success(), "{}", all(&output));
    assert!(text(&output.stdout).contains("24 looks at 3 reports: 0 faults"), "{}", all(&output));
}
