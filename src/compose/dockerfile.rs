//! What a Dockerfile builds on, as far as it tells what runs: the image of its last stage, and the program.

use super::text::Variables;
use crate::source::{Place, Placed};

/// The stage that is built.
#[derive(Debug, Default, Clone)]
pub(super) struct Built {
    /// The image that it builds on.
    pub(super) image: Option<Placed<String>>,
    /// What its container runs, where it says so itself.
    pub(super) entrypoint: Option<Vec<Placed<String>>>,
    pub(super) command: Option<Vec<Placed<String>>>,
    /// Variables that it sets.
    pub(super) environment: Vec<(String, String, Place)>,
    /// Whether it brings a healthcheck.
    pub(super) has_healthcheck: bool,
}

/// A stage with its name.
struct Stage {
    name: Option<String>,
    built: Built,
}

/// An instruction: its word, and what follows with where that stands.
struct Instruction<'t> {
    word: String,
    rest: &'t str,
    start: usize,
}

/// Reads a Dockerfile: the last stage, or the one that is asked for. `arguments` are those of the build.
pub(super) fn read(text: &str, arguments: &[(String, String)], target: Option<&str>) -> Option<Built> {
    let mut variables = Variables::default();
    let mut stages: Vec<Stage> = Vec::new();
    for instruction in instructions(text) {
        let Instruction { word, rest, start } = instruction;
        match (word.as_str(), stages.last_mut()) {
            ("ARG", None) => {
                let (name, default) = rest.split_once('=').map_or((rest, None), |(name, value)| (name, Some(value)));
                let given = arguments.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
                let default = || default.map(|value| variables.fill(unquoted(value)).text);
                let value = given.or_else(default);
                variables.set(name, value);
            }
            ("FROM", _) => stages.push(stage(rest, start, &variables, &stages)?),
            (_, Some(stage)) => stage.built.take(&word, rest, Place::new(start, start.saturating_add(rest.len()))),
            _ => {}
        }
    }
    let wanted = |stage: &Stage| target.is_none_or(|target| stage.name.as_deref() == Some(target));
    stages.into_iter().rev().find(wanted).map(|stage| stage.built)
}

/// The stage that a `FROM` begins.
fn stage(rest: &str, start: usize, variables: &Variables, before: &[Stage]) -> Option<Stage> {
    let words = rest.split_whitespace().filter(|word| !word.starts_with("--"));
    let words: Vec<&str> = words.collect();
    let (image, name) = match words.as_slice() {
        [image, word, name, ..] if word.eq_ignore_ascii_case("as") => (*image, Some((*name).to_owned())),
        [image, ..] => (*image, None),
        [] => return None,
    };
    let filled = variables.fill(unquoted(image)).text;
    let other = before.iter().rev().find(|stage| stage.name.as_deref() == Some(filled.as_str()));
    let built = other.map_or_else(
        || {
            let at = start.saturating_add(rest.find(image).unwrap_or_default());
            let place = Place::new(at, at.saturating_add(image.len()));
            Built { image: Some(Placed { value: filled.clone(), place }), ..Built::default() }
        },
        |stage| stage.built.clone(),
    );
    Some(Stage { name, built })
}

impl Built {
    /// Moves all its places.
    pub(super) fn place(&mut self, moved: impl Fn(Place) -> Place) {
        let words = self.entrypoint.iter_mut().chain(&mut self.command).flatten();
        words.chain(&mut self.image).for_each(|word| word.place = moved(word.place));
        self.environment.iter_mut().for_each(|(_, _, place)| *place = moved(*place));
    }

    fn take(&mut self, word: &str, rest: &str, place: Place) {
        match word {
            "ENTRYPOINT" => {
                self.entrypoint = Some(words(rest, place));
                self.command = self.command.take().map(|_| Vec::new());
            }
            "CMD" => self.command = Some(words(rest, place)),
            "HEALTHCHECK" => self.has_healthcheck = !rest.eq_ignore_ascii_case("none"),
            "ENV" => {
                let pairs = || rest.split_whitespace().filter_map(|pair| pair.split_once('='));
                let (name, value) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                if name.contains('=') {
                    let pairs = pairs().map(|(name, value)| (name.to_owned(), unquoted(value).to_owned(), place));
                    self.environment.extend(pairs);
                } else {
                    self.environment.push((name.to_owned(), unquoted(value.trim()).to_owned(), place));
                }
            }
            _ => {}
        }
    }
}

/// What is run: a JSON list of words, or a line for a shell.
fn words(rest: &str, place: Place) -> Vec<Placed<String>> {
    let placed = |value: String| Placed { value, place };
    match serde_json::from_str::<Vec<String>>(rest) {
        Ok(words) => words.into_iter().map(placed).collect(),
        Err(_) => ["sh", "-c", rest].into_iter().map(str::to_owned).map(placed).collect(),
    }
}

fn unquoted(text: &str) -> &str {
    let inside = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    inside('"').or_else(|| inside('\'')).unwrap_or(text)
}

/// The instructions of a Dockerfile, each up to the end of its first line; what a here-document holds is none.
fn instructions(text: &str) -> impl Iterator<Item = Instruction<'_>> {
    let mut start = 0usize;
    let mut is_continued = false;
    let mut document: Option<String> = None;
    text.split_inclusive('\n').filter_map(move |whole| {
        let at = start;
        start = start.saturating_add(whole.len());
        let line = whole.trim();
        if let Some(end) = &document {
            if line == end {
                document = None;
            }
            return None;
        }
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let is_first = !is_continued;
        is_continued = line.ends_with('\\');
        if !is_first {
            return None;
        }
        let (word, rest) = line.split_once(char::is_whitespace)?;
        let rest = rest.trim_end_matches('\\').trim();
        if matches!(word.to_ascii_uppercase().as_str(), "RUN" | "COPY" | "ADD") {
            document = rest.split_once("<<").map(|(_, end)| {
                let end = end.trim_start_matches('-').split_whitespace().next().unwrap_or_default();
                unquoted(end).to_owned()
            });
        }
        let offset = whole.find(rest).filter(|_| !rest.is_empty()).unwrap_or_default();
        Some(Instruction { word: word.to_ascii_uppercase(), rest, start: at.saturating_add(offset) })
    })
}

#[cfg(test)]
mod tests {
    use super::read;

    fn image(text: &str, arguments: &[(&str, &str)], target: Option<&str>) -> Option<String> {
        let arguments: Vec<_> =
            arguments.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        read(text, &arguments, target)?.image.map(|image| image.value)
    }

    #[test]
    fn the_image_of_the_stage_that_is_built_is_found() {
        let text = "# syntax=x\nARG PG=17.2\nARG ALPINE\nFROM node AS build\nRUN <<EOF\nFROM no\nEOF\nRUN a && \\\n  FROM b\n\
                    from --platform=$BUILDPLATFORM \"postgres:${PG}\" as db\nCMD [\"postgres\", \"-c\", \"fsync=off\"]\nFROM db\n";
        assert_eq!(image(text, &[], None).as_deref(), Some("postgres:17.2"));
        assert_eq!(image(text, &[("PG", "16")], None).as_deref(), Some("postgres:16"));
        assert_eq!(image(text, &[], Some("build")).as_deref(), Some("node"));
        assert_eq!(image(text, &[], Some("none")), None);
        assert_eq!(image("RUN x\n", &[], None), None);
        assert_eq!(read(text, &[], None).unwrap().command.unwrap().len(), 3);
    }

    #[test]
    fn the_program_and_the_variables_of_the_stage_are_read() {
        let built =
            read("FROM redis\nENV A=1 B=\"2\"\nENV C some text\nENTRYPOINT /run.sh x\nHEALTHCHECK CMD y\n", &[], None);
        let built = built.unwrap();
        let variables: Vec<_> =
            built.environment.iter().map(|(name, value, _)| (name.as_str(), value.as_str())).collect();
        assert_eq!(variables, [("A", "1"), ("B", "2"), ("C", "some text")]);
        assert!(built.has_healthcheck && built.entrypoint.unwrap().len() == 3);
    }
}
