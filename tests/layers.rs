//! No file imports itself over others, modules import only what stands before them, and only `commands` and the files
//! that are named here touch the world.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, Macro, UseTree, Visibility};

use crate::support::project;

/// What touches the world: prints, exits, starts programs, or reads the clock, the environment or a file.
const EFFECTS: &[&str] = &[
    "println!",
    "print!",
    "eprintln!",
    "eprint!",
    "dbg!",
    "thread_local!",
    "std::env",
    "std::fs",
    "std::io::stdin",
    "std::io::stdout",
    "std::io::stderr",
    "std::net",
    "std::process::Command",
    "std::process::abort",
    "std::process::exit",
    "std::time::Instant",
    "std::time::SystemTime",
];

/// Where that is allowed: the commands, the program, and the files whose one job it is.
const ALLOWED: &[(&str, &[&str])] = &[
    ("src/commands/", EFFECTS),
    ("src/main.rs", EFFECTS),
    ("src/files/", &["std::fs"]),
    ("src/size/host.rs", &["std::fs"]),
    ("src/render/write/", &["std::env", "std::process::Command", "std::process::abort"]),
];

/// A path as it is written: its names, and the line of the first.
#[derive(Clone)]
struct Named {
    names: Vec<String>,
    line: usize,
}

/// A module with the names that it defines, imports and uses outside its tests.
#[derive(Default)]
struct Module {
    file: usize,
    /// The module that it stands in; that of a crate stands in itself.
    parent: usize,
    children: BTreeMap<String, usize>,
    items: BTreeSet<String>,
    /// What it has under which name, its re-exports among it.
    imports: Vec<(String, Named)>,
    globs: Vec<Named>,
    /// What it takes for itself: a file that only passes a name on does not depend on it.
    uses: Vec<Named>,
    macros: Vec<Named>,
}

/// What a path leads to.
#[derive(Clone)]
enum Target {
    Module(usize),
    /// A thing that a module defines, by its name.
    Item(usize, String),
    /// A path of no crate of ours.
    Foreign(String),
}

/// What one file takes from another.
type Arrows = BTreeMap<(usize, usize), BTreeSet<String>>;

/// All modules of some crates.
#[derive(Default)]
struct Code {
    files: Vec<String>,
    modules: Vec<Module>,
    /// The root modules, by the names of the crates.
    crates: BTreeMap<String, usize>,
}

static PROJECT: LazyLock<Code> = LazyLock::new(Code::of_the_project);

/// The longest chain of re-exports that is followed.
const CHAIN: usize = 16;

impl Code {
    /// The program, its library and every crate under `crates/`.
    fn of_the_project() -> Self {
        let mut code = Self::default();
        code.read_crate("polyglot", Path::new("src/lib.rs"));
        code.read_crate("the program", Path::new("src/main.rs"));
        for entry in fs::read_dir(project("crates")).into_iter().flatten() {
            let folder = Path::new("crates").join(entry.expect("a crate").file_name());
            let manifest = fs::read_to_string(project("").join(&folder).join("Cargo.toml")).expect("a manifest");
            let manifest: toml::Table = toml::from_str(&manifest).expect("TOML");
            let name_in = |table: &str| manifest.get(table).and_then(|table| table.get("name"));
            let name = name_in("lib").or_else(|| name_in("package")).and_then(toml::Value::as_str).expect("a name");
            code.read_crate(&name.replace('-', "_"), &folder.join("src/lib.rs"));
        }
        code
    }

    fn read_crate(&mut self, name: &str, root: &Path) {
        let text = |path: &Path| fs::read_to_string(project("").join(path)).ok();
        let module = self.read_file(root, self.modules.len(), &text).expect("the root of a crate");
        self.crates.insert(name.to_owned(), module);
    }

    /// Reads a file and the files of its modules, where there is such a file.
    fn read_file(&mut self, path: &Path, parent: usize, text: &impl Fn(&Path) -> Option<String>) -> Option<usize> {
        let shown = path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
        let parsed = syn::parse_file(&text(path)?).unwrap_or_else(|error| panic!("{shown}: {error}"));
        self.files.push(shown);
        let module = Module { file: self.files.len() - 1, parent, ..Module::default() };
        let is_folder = matches!(path.file_stem().and_then(|stem| stem.to_str()), Some("mod" | "lib" | "main"));
        let folder = if is_folder { path.with_file_name("") } else { path.with_extension("") };
        Some(self.read_module(module, &parsed.items, &folder, text))
    }

    fn read_module(
        &mut self,
        module: Module,
        items: &[Item],
        folder: &Path,
        text: &impl Fn(&Path) -> Option<String>,
    ) -> usize {
        let file = module.file;
        let mut reader = Reader(module);
        items.iter().for_each(|item| reader.visit_item(item));
        let index = self.modules.len();
        self.modules.push(reader.0);
        for item in items.iter().filter(|item| !is_test(attributes(item))) {
            let Item::Mod(inner) = item else { continue };
            let name = inner.ident.to_string();
            let child = if let Some((_, items)) = &inner.content {
                let module = Module { file, parent: index, ..Module::default() };
                Some(self.read_module(module, items, &folder.join(&name), text))
            } else {
                let files = [folder.join(format!("{name}.rs")), folder.join(&name).join("mod.rs")];
                files.iter().find_map(|path| self.read_file(path, index, text))
            };
            let child = child.unwrap_or_else(|| panic!("{}: no file of `{name}`", self.files[file]));
            self.modules[index].children.insert(name, child);
        }
        index
    }

    fn root(&self, module: usize) -> usize {
        let parent = self.modules[module].parent;
        if parent == module { module } else { self.root(parent) }
    }

    /// What a path of a module leads to. A name can be both a module's and a thing's: a module's where more follows.
    fn resolve(&self, module: usize, names: &[String], more: bool, depth: usize) -> Option<Target> {
        let (first, rest) = names.split_first().filter(|_| depth < CHAIN)?;
        let mut target = match first.as_str() {
            "crate" => Target::Module(self.root(module)),
            "self" => Target::Module(module),
            "super" => Target::Module(self.modules[module].parent),
            "Self" => return None,
            name => {
                let here = self.member(module, name, more || !rest.is_empty(), depth);
                let foreign = || Target::Foreign(name.to_owned());
                here.or_else(|| self.crates.get(name).copied().map(Target::Module)).unwrap_or_else(foreign)
            }
        };
        for (at, name) in rest.iter().enumerate() {
            target = match target {
                Target::Module(module) if name == "super" => Target::Module(self.modules[module].parent),
                Target::Module(module) if name == "self" => Target::Module(module),
                Target::Module(module) => {
                    let member = self.member(module, name, more || at + 1 < rest.len(), depth);
                    // What a macro defines is not seen; it is the module's own.
                    member.unwrap_or_else(|| Target::Item(module, name.clone()))
                }
                Target::Foreign(path) => Target::Foreign(format!("{path}::{name}")),
                Target::Item(..) => return Some(target),
            };
        }
        Some(target)
    }

    /// What a name is in a module: something of its own, or what it imports under that name.
    fn member(&self, module: usize, name: &str, more: bool, depth: usize) -> Option<Target> {
        let Module { children, items, imports, globs, .. } = &self.modules[module];
        let child = || children.get(name).copied().map(Target::Module);
        let item = || items.get(name).map(|name| Target::Item(module, name.clone()));
        let own = if more { child().or_else(item) } else { item() };
        let imported = || {
            let mut imports = imports.iter().filter(|(import, _)| import == name);
            imports.find_map(|(_, path)| self.resolve(module, &path.names, more, depth + 1))
        };
        let among = |glob: &Named| match self.resolve(module, &glob.names, true, depth + 1)? {
            Target::Module(other) if other != module => self.member(other, name, more, depth + 1),
            _ => None,
        };
        own.or_else(imported).or_else(child).or_else(|| globs.iter().find_map(among))
    }

    /// What a module uses, with what it leads to.
    fn targets(&self, module: usize) -> impl Iterator<Item = (&Named, Target)> {
        let uses = self.modules[module].uses.iter();
        uses.filter_map(move |path| Some((path, self.resolve(module, &path.names, false, 0)?)))
    }

    /// Which file takes what from which other.
    fn arrows(&self) -> Arrows {
        let mut arrows = Arrows::new();
        for (index, module) in self.modules.iter().enumerate() {
            for (_, target) in self.targets(index) {
                let Target::Item(other, name) = target else { continue };
                let other = self.modules[other].file;
                if other != module.file {
                    arrows.entry((module.file, other)).or_default().insert(name);
                }
            }
        }
        arrows
    }

    /// Each circle of files, with the names that tie it.
    fn circles(&self) -> Vec<String> {
        let arrows = self.arrows();
        let mut ways = vec![[Vec::new(), Vec::new()]; self.files.len()];
        for (from, to) in arrows.keys() {
            ways[*from][0].push(*to);
            ways[*to][1].push(*from);
        }
        let round: Vec<BTreeSet<usize>> = (0..self.files.len()).map(|file| round(file, &ways)).collect();
        let mut circles: BTreeMap<&BTreeSet<usize>, Vec<String>> = BTreeMap::new();
        for ((from, to), names) in &arrows {
            if round[*to].contains(from) {
                let names = names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                let tie = format!("  {} takes {names} from {}", self.files[*from], self.files[*to]);
                circles.entry(&round[*from]).or_default().push(tie);
            }
        }
        circles.into_values().map(|ties| ties.join("\n")).collect()
    }

    /// The module of the crate's root that a module stands in, as a rung of the ladder that the root lists.
    fn rung(&self, module: usize) -> Option<usize> {
        let Module { parent, file, .. } = &self.modules[module];
        if *parent == self.root(module) { (*parent != module).then_some(*file) } else { self.rung(*parent) }
    }

    /// The uses of what stands after the own module in the root of the crate. The files were read in its order.
    fn upward(&self) -> Vec<String> {
        let mut breaches = BTreeSet::new();
        for (index, module) in self.modules.iter().enumerate() {
            let passed_on = module.imports.iter().map(|(_, path)| path);
            for path in module.uses.iter().chain(passed_on) {
                let target = self.resolve(index, &path.names, false, 0);
                // The first name counts too: what it leads to may be defined further down.
                let first = path.names.iter().take_while(|name| matches!(name.as_str(), "crate" | "super")).count() + 1;
                let facade = self.resolve(index, &path.names[..first.min(path.names.len())], true, 0);
                for target in [target, facade].into_iter().flatten() {
                    let (Target::Module(other) | Target::Item(other, _)) = target else { continue };
                    let is_upward = self.root(other) == self.root(index)
                        && self.rung(index).zip(self.rung(other)).is_some_and(|(own, other)| own < other);
                    if is_upward {
                        let (file, used) = (&self.files[module.file], path.names.join("::"));
                        breaches.insert(format!("{file}:{} uses `{used}`, which stands after it", path.line));
                        break;
                    }
                }
            }
        }
        breaches.into_iter().collect()
    }

    /// What touches the world where that is not allowed.
    fn effects(&self) -> Vec<String> {
        let mut breaches = BTreeSet::new();
        for (index, module) in self.modules.iter().enumerate() {
            let file = &self.files[module.file];
            let allowed =
                ALLOWED.iter().find(|(path, _)| file.starts_with(path)).map_or(&[][..], |(_, effects)| effects);
            let forbidden: Vec<&str> = EFFECTS.iter().copied().filter(|effect| !allowed.contains(effect)).collect();
            let called = module.macros.iter().map(|path| (path, format!("{}!", path.names.join("::"))));
            let named = self.targets(index).filter_map(|(path, target)| match target {
                Target::Foreign(foreign) => Some((path, foreign)),
                _ => None,
            });
            for (path, used) in called.chain(named) {
                let is_in = |effect: &&&str| {
                    used.strip_prefix(**effect).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
                };
                if let Some(effect) = forbidden.iter().find(is_in) {
                    breaches.insert((file, path.line, *effect));
                }
            }
        }
        breaches.into_iter().map(|(file, line, effect)| format!("{file}:{line} uses `{effect}`")).collect()
    }
}

/// The files that a file goes round in a circle with, itself among them: those that it reaches and that reach it, by
/// the ways forwards and backwards from each file.
fn round(file: usize, ways: &[[Vec<usize>; 2]]) -> BTreeSet<usize> {
    let [forwards, backwards] = [0, 1].map(|direction| {
        let mut seen = BTreeSet::new();
        let mut open = vec![file];
        while let Some(file) = open.pop() {
            open.extend(ways[file][direction].iter().filter(|to| seen.insert(**to)));
        }
        seen
    });
    forwards.intersection(&backwards).copied().collect()
}

/// Reads the names of a module from its items, leaving out its tests and the modules in it.
struct Reader(Module);

impl Reader {
    fn import(&mut self, mut names: Vec<String>, tree: &UseTree, is_passed_on: bool) {
        let (original, name) = match tree {
            UseTree::Path(path) => {
                names.push(path.ident.to_string());
                return self.import(names, &path.tree, is_passed_on);
            }
            UseTree::Group(group) => {
                return group.items.iter().for_each(|tree| self.import(names.clone(), tree, is_passed_on));
            }
            UseTree::Glob(glob) => {
                return self.0.globs.push(Named { names, line: glob.star_token.spans[0].start().line });
            }
            UseTree::Name(last) => (&last.ident, &last.ident),
            UseTree::Rename(last) => (&last.ident, &last.rename),
        };
        if original != "self" {
            names.push(original.to_string());
        }
        let name = if name == "self" { names.last().cloned().unwrap_or_default() } else { name.to_string() };
        let path = Named { names, line: original.span().start().line };
        self.0.uses.extend((!is_passed_on).then(|| path.clone()));
        self.0.imports.push((name, path));
    }

    /// The paths in what a macro is given, which need not be Rust.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Option<Named> = None;
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => match &mut path {
                    Some(path) if colons == 2 => path.names.push(ident.to_string()),
                    _ => {
                        let start = Named { names: vec![ident.to_string()], line: ident.span().start().line };
                        self.0.uses.extend(path.replace(start));
                    }
                },
                TokenTree::Punct(punct) if punct.as_char() == ':' && path.is_some() => {
                    colons += 1;
                    continue;
                }
                TokenTree::Group(group) => {
                    self.0.uses.extend(path.take());
                    self.tokens(group.stream());
                }
                _ => self.0.uses.extend(path.take()),
            }
            colons = 0;
        }
        self.0.uses.extend(path);
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        if is_test(attributes(item)) {
            return;
        }
        let name = match item {
            Item::Const(item) => Some(&item.ident),
            Item::Enum(item) => Some(&item.ident),
            Item::Fn(item) => Some(&item.sig.ident),
            Item::Macro(item) => item.ident.as_ref(),
            Item::Static(item) => Some(&item.ident),
            Item::Struct(item) => Some(&item.ident),
            Item::Trait(item) => Some(&item.ident),
            Item::Type(item) => Some(&item.ident),
            Item::Union(item) => Some(&item.ident),
            _ => None,
        };
        self.0.items.extend(name.map(ToString::to_string));
        match item {
            Item::Mod(_) => {}
            Item::Use(item) => self.import(Vec::new(), &item.tree, !matches!(item.vis, Visibility::Inherited)),
            item => visit::visit_item(self, item),
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes = if let ImplItem::Fn(item) = item { &item.attrs[..] } else { &[] };
        if !is_test(attributes) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let line = path.segments.first().map_or(0, |first| first.ident.span().start().line);
        self.0.uses.push(Named { names, line });
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast Macro) {
        self.visit_path(&called.path);
        self.0.macros.extend(self.0.uses.last().cloned());
        self.tokens(called.tokens.clone());
    }

    fn visit_attribute(&mut self, _: &'ast Attribute) {}
}

/// Whether something is there for tests only.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let condition = attribute.path().is_ident("cfg").then(|| attribute.parse_args::<syn::Path>().ok()).flatten();
        condition.is_some_and(|condition| condition.is_ident("test"))
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn every_file_is_read() {
    let mut files = Vec::new();
    rust_files(&project("src"), &mut files);
    for entry in fs::read_dir(project("crates")).into_iter().flatten() {
        rust_files(&entry.expect("a crate").path().join("src"), &mut files);
    }
    let read: BTreeSet<PathBuf> = PROJECT.files.iter().map(|file| project("").join(file)).collect();
    let unread: Vec<_> = files.iter().filter(|file| !read.contains(*file) && !file.ends_with("tests.rs")).collect();
    assert!(unread.is_empty(), "{unread:?}");
    assert!(PROJECT.arrows().len() > 500, "{} imports are found", PROJECT.arrows().len());
}

#[test]
fn no_file_imports_itself_over_others() {
    let circles = PROJECT.circles();
    assert!(circles.is_empty(), "{} circles:\n\n{}", circles.len(), circles.join("\n\n"));
}

#[test]
fn each_module_uses_only_those_before_it() {
    let breaches = PROJECT.upward();
    assert!(breaches.is_empty(), "\n{}", breaches.join("\n"));
}

#[test]
fn only_the_commands_touch_the_world() {
    let breaches = PROJECT.effects();
    assert!(breaches.is_empty(), "\n{}", breaches.join("\n"));
}

/// A crate of some files.
fn made(files: &[(&str, &str)]) -> Code {
    let mut code = Code::default();
    let text = |path: &Path| {
        let found = files.iter().find(|(name, _)| Path::new(name) == path);
        found.map(|(_, text)| (*text).to_owned())
    };
    let root = code.read_file(Path::new("src/lib.rs"), 0, &text).expect("a root");
    code.crates.insert(String::from("made"), root);
    code
}

#[test]
fn a_circle_is_found_whatever_way_it_is_written() {
    let through = |parent: &str, child: &str| {
        made(&[
            ("src/lib.rs", "mod a;"),
            ("src/a/mod.rs", parent),
            ("src/a/b.rs", child),
            ("src/a/c.rs", "pub struct C;"),
        ])
        .circles()
    };
    let tied = "  src/a/mod.rs takes B from src/a/b.rs\n  src/a/b.rs takes A from src/a/mod.rs";
    for child in ["use super::A; struct B(A);", "struct B(super::A);", "use crate::a; struct B; fn f() { x!(a::A) }"] {
        assert_eq!(through("mod b; mod c; use b::B; pub struct A(B);", child), [tied], "{child}");
    }
    assert_eq!(through("mod b; mod c; pub struct A { b: b::B }", "use super::{A as Other}; struct B;"), [tied]);
    for (parent, child) in [
        ("mod b; mod c; pub use b::B; pub use c::C;", "use super::C; struct B(C);"),
        ("mod b; mod c; pub use b::B; pub use c::*;", "pub struct B(super::C);"),
        ("mod b; mod c; pub struct A;", "use super::A; struct B(A);"),
        ("mod b; mod c; pub use b::B; pub struct A;", "use super::A; pub struct B(A);"),
        ("mod b; mod c; struct A(b::B);", "struct B; #[cfg(test)] mod tests { use crate::a::A; }"),
        ("mod b; mod c; struct A(b::B);", "struct B; // super::A\nconst TEXT: &str = \"super::A\";"),
    ] {
        assert!(through(parent, child).is_empty(), "{parent} {child}");
    }
}

#[test]
fn an_upward_use_is_found() {
    let upward = |text: &str| {
        made(&[
            ("src/lib.rs", "mod low; mod own; mod high;"),
            ("src/low.rs", "pub struct Low;"),
            ("src/own.rs", text),
            ("src/high.rs", "pub use crate::low::Low; pub struct High;"),
        ])
        .upward()
    };
    for text in
        ["use crate::high::High;", "use super::high;", "fn f() { x!(crate::high::High) }", "use crate::high::Low;"]
    {
        assert_eq!(upward(text).len(), 1, "{text}: {:?}", upward(text));
    }
    assert_eq!(
        upward("\nuse crate::{low::Low, high::High};"),
        ["src/own.rs:2 uses `crate::high::High`, which stands after it"]
    );
    for text in
        ["use crate::low::Low;", "use foreign::high::High;", "#[cfg(test)] mod tests { use crate::high::High; }"]
    {
        assert!(upward(text).is_empty(), "{text}");
    }
}

#[test]
fn an_effect_is_found() {
    let text = "use std::fs;\nuse std::time::{self as clock, Duration};\n// println!\nfn f() { eprintln!(\"print!\");\n\
                my_fs::read(); let t = clock::Instant::now(); }\n#[cfg(test)]\nmod tests { use std::env; }\n";
    let effects = |root: &str, file: &str| made(&[("src/lib.rs", root), (file, text)]).effects();
    let found = ["1 uses `std::fs`", "4 uses `eprintln!`", "5 uses `std::time::Instant`"];
    assert_eq!(effects("mod size;", "src/size.rs"), found.map(|breach| format!("src/size.rs:{breach}")));
    assert!(effects("mod commands { mod init; }", "src/commands/init.rs").is_empty());
    assert_eq!(effects("mod files;", "src/files/mod.rs").len(), 2);
}
