//! Standard output and standard error: widths, colours, a closed pipe, and how a failure looks.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anstream::AutoStream;
use anyhow::Result;
use clap::ColorChoice;
use indicatif::{ProgressBar, ProgressDrawTarget};

use crate::files::is_unseen;
use crate::report::style::Look;

/// Where results and messages go.
pub(super) struct Terminal {
    quiet: bool,
}

/// What begins a colour.
const ESCAPE: char = '\u{1b}';

/// What takes longer is shown.
const MOMENT: Duration = Duration::from_millis(400);

/// The width of what goes into a file or a pipe, so that it does not depend on where it was made.
const WIDTH_WITHOUT_TERMINAL: u16 = 100;

impl Terminal {
    pub(super) fn new(color: ColorChoice, quiet: bool) -> Self {
        choose_colour(color);
        Self { quiet }
    }

    /// What a result may look like.
    #[allow(clippy::unused_self, reason = "the colours were chosen when it was made")]
    pub(super) fn look(&self) -> Look {
        let colour = AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
        Look { columns: width_of(&io::stdout()), colour }
    }

    /// Prints a result.
    #[allow(clippy::unused_self, reason = "nothing is printed without it")]
    pub(super) fn result(&self, text: &str) -> Result<()> {
        let mut out = io::stdout().lock();
        // What another program reads stays as it is.
        let text = if out.is_terminal() { harmless(text) } else { Cow::Borrowed(text) };
        out.write_all(text.as_bytes())?;
        out.flush()?;
        Ok(())
    }

    /// Shows that something goes on, when it takes longer than a moment and somebody watches.
    pub(super) fn wait(&self, what: &'static str) -> Wait {
        let watched = !self.quiet && io::stderr().is_terminal();
        let done = Arc::new((Mutex::new(false), Condvar::new()));
        let seen = Arc::clone(&done);
        let shower = watched.then(|| {
            std::thread::spawn(move || {
                let (flag, bell) = &*seen;
                let flag = flag.lock().unwrap_or_else(PoisonError::into_inner);
                let waited = bell.wait_timeout_while(flag, MOMENT, |done| !*done);
                let (flag, _) = waited.unwrap_or_else(PoisonError::into_inner);
                if *flag {
                    return;
                }
                let bar = ProgressBar::new_spinner().with_message(what);
                bar.enable_steady_tick(Duration::from_millis(100));
                drop(bell.wait_while(flag, |done| !*done));
                bar.finish_and_clear();
            })
        });
        Wait { done, shower }
    }

    /// Counts what is done, when it takes longer than a moment and somebody watches.
    pub(super) fn progress(&self, what: &'static str, all: usize) -> Progress {
        let watched = !self.quiet && io::stderr().is_terminal();
        let bar = watched.then(|| {
            let all = u64::try_from(all).unwrap_or(u64::MAX);
            let bar = ProgressBar::with_draw_target(Some(all), ProgressDrawTarget::hidden()).with_message(what);
            let look = indicatif::ProgressStyle::with_template("{bar:30} {pos} of {len} {msg}");
            look.map(|look| bar.clone().with_style(look)).unwrap_or(bar)
        });
        Progress { bar, since: Instant::now() }
    }

    /// Prints a message to the person, unless they want quiet.
    pub(super) fn message(&self, text: &str) {
        if !self.quiet {
            complain(text);
        }
    }
}

/// How far something has come; what shows it disappears with this.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    since: Instant,
}

impl Progress {
    /// One more is done.
    pub(super) fn step(&self) {
        let Some(bar) = &self.bar else { return };
        bar.inc(1);
        if bar.is_hidden() && self.since.elapsed() > MOMENT {
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Something that goes on; what shows it disappears with this.
pub(super) struct Wait {
    done: Arc<(Mutex<bool>, Condvar)>,
    shower: Option<JoinHandle<()>>,
}

impl Drop for Wait {
    fn drop(&mut self) {
        let (flag, bell) = &*self.done;
        *flag.lock().unwrap_or_else(PoisonError::into_inner) = true;
        bell.notify_all();
        if let Some(shower) = self.shower.take() {
            // A shower that failed has shown nothing; the work itself is not concerned.
            let _ = shower.join();
        }
    }
}

/// The colours that the person asked for hold for everything that is printed from here on.
pub(super) fn choose_colour(color: ColorChoice) {
    // A terminal that says it is dumb has no colour, in CI neither, where the library would think so.
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    match color {
        ColorChoice::Auto if !dumb => anstream::ColorChoice::Auto.write_global(),
        ColorChoice::Always => anstream::ColorChoice::Always.write_global(),
        ColorChoice::Auto | ColorChoice::Never => anstream::ColorChoice::Never.write_global(),
    }
}

fn width_of(stream: &(impl IsTerminal + AsFdOrHandle)) -> u16 {
    const NARROWEST: u16 = 40;
    let size = stream.is_terminal().then(|| stream.columns()).flatten();
    size.map_or(WIDTH_WITHOUT_TERMINAL, |columns| columns.max(NARROWEST))
}

/// A stream whose width can be asked for.
trait AsFdOrHandle {
    fn columns(&self) -> Option<u16>;
}

impl AsFdOrHandle for io::Stdout {
    fn columns(&self) -> Option<u16> {
        terminal_size::terminal_size_of(self).map(|(terminal_size::Width(columns), _)| columns)
    }
}

impl AsFdOrHandle for io::Stderr {
    fn columns(&self) -> Option<u16> {
        terminal_size::terminal_size_of(self).map(|(terminal_size::Width(columns), _)| columns)
    }
}

/// The width of standard error.
pub(super) fn message_width() -> usize {
    usize::from(width_of(&io::stderr()))
}

/// Writes a line to standard error; that it may be closed is nobody's fault.
pub(super) fn complain(text: &str) {
    let _ = writeln!(AutoStream::auto(io::stderr().lock()), "{}", harmless(text));
}

/// A text in which nothing but our own colours speaks to the terminal: further databases and names of files can hold what
/// moves its cursor, rings its bell or turns the direction of writing.
fn harmless(text: &str) -> Cow<'_, str> {
    let is_odd = |c: char| is_unseen(c) && !matches!(c, '\n' | '\t');
    if !text.contains(is_odd) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(is_odd) {
        plain.push_str(before);
        let odd = rest.get(before.len()..).and_then(|rest| rest.chars().next()).unwrap_or_default();
        let colour = after.strip_prefix('[').and_then(|code| code.split_once('m'));
        match colour.filter(|(code, _)| odd == ESCAPE && code.bytes().all(|byte| byte.is_ascii_digit() || byte == b';'))
        {
            Some((code, after)) => {
                plain.extend([ESCAPE.to_string().as_str(), "[", code, "m"]);
                rest = after;
            }
            None => {
                plain.extend(odd.escape_unicode());
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn only_colours_speak_to_the_terminal() {
        let coloured = "\u{1b}[1;31merror\u{1b}[0m: a\tb\n이름";
        assert_eq!(harmless(coloured), coloured);
        assert_eq!(harmless("a\u{1b}]0;title\u{7}b\u{202e}c\r"), "a\\u{1b}]0;title\\u{7}b\\u{202e}c\\u{d}");
        assert_eq!(harmless("\u{1b}[2J\u{1b}[31mm"), "\\u{1b}[2J\u{1b}[31mm");
    }
}
