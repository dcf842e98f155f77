//! The imports are a ladder, not a web; and only `commands` and the files that are named here touch the world.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::project;

/// The modules in the order of their imports: each uses only those before it.
const LADDER: [&str; 21] = [
    "units",
    "files",
    "source",
    "diagnostic",
    "yaml",
    "expression",
    "vocabulary",
    "catalog",
    "config",
    "requirements",
    "decide",
    "size",
    "plan",
    "render",
    "lock",
    "compose",
    "lint",
    "report",
    "cli",
    "commands",
    "main",
];

/// What touches the world: prints, exits, starts programs, or reads the clock, the environment or a file.
const EFFECTS: &[&str] = &[
    "println!",
    "print!",
    "eprintln!",
    "eprint!",
    "dbg!",
    "io::stdin",
    "io::stdout",
    "io::stderr",
    "process::exit",
    "process::abort",
    "Command::new",
    "std::env",
    "env::var",
    "env::args",
    "std::fs",
    "fs::",
    "File::",
    "OpenOptions",
    "SystemTime",
    "Instant",
    "thread_local!",
    "std::net",
];

/// Where that is allowed: the commands, the program, and the files whose one job it is.
const ALLOWED: &[(&str, &[&str])] = &[
    ("commands/", EFFECTS),
    ("main.rs", EFFECTS),
    ("files/", &["std::fs", "fs::", "File::", "OpenOptions"]),
    ("size/host.rs", &["std::fs", "fs::"]),
];

/// A file of `src/`, by its path there with `/`, and its text without comments and texts.
struct File {
    path: String,
    code: String,
}

/// A place where a file breaks a rule.
#[derive(Debug, PartialEq, Eq)]
struct Breach {
    file: String,
    line: usize,
    what: String,
}

impl File {
    fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), code: blank(text) }
    }

    /// The module that the file belongs to.
    fn module(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// The path from the file's own module to the root: `super::` for each module on the way.
    fn up_to_the_root(&self) -> String {
        let modules = self.path.split('/').filter(|part| *part != "mod.rs").count();
        "super::".repeat(modules)
    }

    /// Each module that the file names, and where: `crate::a`, `crate::{a, b::{c, d}}`, and the same by `super`.
    fn uses(&self) -> Vec<(usize, &str)> {
        let up = self.up_to_the_root();
        let mut uses = Vec::new();
        for root in ["crate::", &up] {
            for (at, _) in self.code.match_indices(root) {
                let inner = root == up && self.is_in_a_block(at);
                if inner || self.code[..at].ends_with(|c| is_word(c) || c == ':') {
                    continue;
                }
                let start = at + root.len();
                uses.extend(heads(&self.code[start..]).map(|(offset, name)| (start + offset, name)));
            }
        }
        uses
    }

    /// Whether a place stands inside braces, so that `super` there is this file's own module.
    fn is_in_a_block(&self, at: usize) -> bool {
        let before = &self.code[..at];
        before.matches('{').count() > before.matches('}').count()
    }

    fn upward(&self) -> Vec<Breach> {
        let Some(own) = rung(self.module()) else {
            return vec![self.breach(0, format!("`{}` has no place in the ladder", self.module()))];
        };
        let wrong = |name: &str| match rung(name) {
            None => Some(format!("uses `{name}`, which has no place in the ladder")),
            Some(other) if other > own => Some(format!("uses `{name}`, which stands after `{}`", self.module())),
            Some(_) => None,
        };
        self.uses().into_iter().filter_map(|(at, name)| Some(self.breach(at, wrong(name)?))).collect()
    }

    fn effects(&self) -> Vec<Breach> {
        let allowed =
            ALLOWED.iter().find(|(path, _)| self.path.starts_with(path)).map_or(&[][..], |(_, allowed)| allowed);
        let end = self.code.find("\n#[cfg(test)]\nmod tests").unwrap_or(self.code.len());
        let forbidden = EFFECTS.iter().filter(|effect| !allowed.contains(effect));
        let found = forbidden.flat_map(|effect| {
            let found = self.code[..end].match_indices(effect);
            let found = found.filter(|(at, _)| !self.code[..*at].ends_with(is_word));
            found.map(move |(at, _)| self.breach(at, format!("uses `{effect}`")))
        });
        found.collect()
    }

    fn breach(&self, at: usize, what: String) -> Breach {
        Breach { file: self.path.clone(), line: self.code[..at].matches('\n').count() + 1, what }
    }
}

fn rung(module: &str) -> Option<usize> {
    LADDER.iter().position(|name| *name == module)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// The first names of what follows a `::`: one, or those of a group in braces; a name in capitals is the root's own.
fn heads(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut starts = vec![0];
    if code.starts_with('{') {
        starts = vec![1];
        let mut depth = 0usize;
        for (at, c) in code.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 1 => starts.push(at + 1),
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    let name = move |start: usize| {
        let start = start + (code[start..].len() - code[start..].trim_start().len());
        let length = code[start..].find(|c| !is_word(c)).unwrap_or(code.len() - start);
        (start, &code[start..start + length])
    };
    starts.into_iter().map(name).filter(|(_, name)| !name.is_empty() && *name != "self")
}

/// The code with its comments and texts blanked, line for line and byte for byte.
fn blank(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skipped = match c {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => comment(rest),
            'r' if !code.ends_with(is_word) && rest[1..].trim_start_matches('#').starts_with('"') => raw_text(rest),
            '"' => quoted(rest, '"'),
            '\'' if rest[1..].starts_with('\\') => quoted(rest, '\''),
            '\'' if rest[1..].chars().nth(1) == Some('\'') => {
                rest.char_indices().nth(3).map_or(rest.len(), |(end, _)| end)
            }
            _ => 0,
        };
        if skipped == 0 {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            code.extend(rest[..skipped].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
            rest = &rest[skipped..];
        }
    }
    code
}

/// The length of a comment in `/*` and `*/`, which may hold others.
fn comment(text: &str) -> usize {
    let (mut depth, mut at) = (0usize, 0);
    while at < text.len() {
        match text.as_bytes().get(at..at + 2) {
            Some(b"/*") => (depth, at) = (depth + 1, at + 2),
            Some(b"*/") => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// The length of a text in quotes, with its quotes.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == quote && !escaped {
            return at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

/// The length of a raw text, such as `r#"…"#`.
fn raw_text(text: &str) -> usize {
    let hashes = text[1..].len() - text[1..].trim_start_matches('#').len();
    let end = format!("\"{}", "#".repeat(hashes));
    let start = hashes + 2;
    text[start..].find(&end).map_or(text.len(), |at| start + at + end.len())
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// All files of `src/` but `lib.rs`, which only lists the modules.
fn sources() -> Vec<File> {
    let root = project("src");
    let files = rust_files(&root).into_iter().filter_map(|path| {
        let parts = path.strip_prefix(&root).expect("a file of src").iter().map(|part| part.to_string_lossy());
        let name = parts.collect::<Vec<_>>().join("/");
        (name != "lib.rs").then(|| File::new(&name, &fs::read_to_string(&path).expect("a file").replace("\r\n", "\n")))
    });
    files.collect()
}

fn listed(breaches: &[Breach]) -> String {
    let lines = breaches.iter().map(|Breach { file, line, what }| format!("src/{file}:{line} {what}\n"));
    lines.collect()
}

#[test]
fn each_module_uses_only_those_before_it() {
    let sources = sources();
    let breaches: Vec<_> = sources.iter().flat_map(File::upward).collect();
    assert!(breaches.is_empty(), "\n{}", listed(&breaches));
    assert!(sources.iter().map(|file| file.uses().len()).sum::<usize>() > 50, "the check finds the imports");
}

#[test]
fn only_the_commands_touch_the_world() {
    let breaches: Vec<_> = sources().iter().flat_map(File::effects).collect();
    assert!(breaches.is_empty(), "\n{}", listed(&breaches));
}

#[test]
fn an_upward_use_is_found() {
    let text = "//! See crate::cli.\nuse crate::{\n    source::{Place, Source},\n    report::{self, Format},\n    units,\n};\n\
                /* crate::commands /* crate::main */ crate::lint */\n\
                fn f() -> crate::decide::Tree { let _ = (\"crate::cli\", r#\"\"crate::cli\"#, '\"', b'\\''); crate::cli::x() }\n\
                use mycrate::commands;\nuse super::plan;\nmod tests { use super::super::x; }\n";
    let found = File::new("decide/mod.rs", text).upward();
    let at = |line, name: &str| Breach {
        file: String::from("decide/mod.rs"),
        line,
        what: format!("uses `{name}`, which stands after `decide`"),
    };
    assert_eq!(found, [at(4, "report"), at(8, "cli"), at(10, "plan")]);
    assert_eq!(
        File::new("decide/tree.rs", "use super::super::plan;\nuse super::cli;").upward().len(),
        1,
        "through `super`"
    );
    assert_eq!(File::new("helpers.rs", "").upward().len(), 1, "a module without a place in the ladder");
    assert_eq!(File::new("plan.rs", "use crate::utils::x;").upward().len(), 1, "nor may it be used");
}

#[test]
fn an_effect_is_found() {
    let text = "use std::fs;\n// println!\nfn f() { eprintln!(\"print!\"); my_fs::read(); let t = Instant::now(); }\n\
                \n#[cfg(test)]\nmod tests { use std::env; }\n";
    let found: Vec<_> =
        File::new("size/memory.rs", text).effects().into_iter().map(|breach| (breach.line, breach.what)).collect();
    let expected = [(3, "uses `eprintln!`"), (1, "uses `std::fs`"), (3, "uses `Instant`")];
    assert_eq!(found, expected.map(|(line, what)| (line, what.to_owned())));
    assert!(File::new("commands/init.rs", text).effects().is_empty());
    assert_eq!(File::new("files/save.rs", text).effects().len(), 2);
}
