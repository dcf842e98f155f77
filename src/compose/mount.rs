//! Mounts.

use std::path::Path;

use super::text::{Variables, split_last_colon};
use crate::source::Place;
use crate::yaml::Node;

/// A mount.
#[derive(Debug)]
pub struct Mount {
    /// Where it stands.
    pub place: Place,
    /// What is mounted: the name of a volume, or a path; absent for an anonymous volume and for memory.
    pub source: Option<String>,
    /// Where it appears in the container.
    pub target: String,
    /// Whether it is kept in memory.
    pub is_memory: bool,
}

impl Mount {
    /// Reads `data:/var/lib/data`, `./conf:/etc/conf:ro,z`, `/anonymous` or the long form.
    pub(super) fn read(node: &Node, variables: &Variables) -> Option<Self> {
        let known = |text: String| variables.fill(&text).text;
        if !node.entries().is_empty() {
            let text = |key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
            let is_memory = text("type").as_deref() == Some("tmpfs");
            let (source, target) = (text("source").map(known), known(text("target")?));
            return Some(Self { place: node.place, source, target, is_memory });
        }
        let text = node.text()?;
        // Options hold no slash; a path and a variable that stands for one do, or may.
        let is_options = |(_, last): &(&str, &str)| !last.contains(['/', '$', '\\']);
        let text = split_last_colon(text).filter(is_options).map_or(text, |(mount, _)| mount);
        let (source, target) = split_last_colon(text).map_or((None, text), |(source, target)| (Some(source), target));
        let (source, target) = (source.map(|source| known(source.to_owned())), known(target.to_owned()));
        Some(Self { place: node.place, source, target, is_memory: false })
    }

    /// Reads `/tmp` or `/tmp:size=64m`.
    pub(super) fn memory(node: &Node) -> Option<Self> {
        let text = node.text()?;
        let target = text.split(':').next().unwrap_or(text).to_owned();
        Some(Self { place: node.place, source: None, target, is_memory: true })
    }

    /// Where it appears in the container, without a slash at the end.
    pub fn folder(&self) -> String {
        let target = self.target.as_str();
        if target.len() > 1 { target.trim_end_matches('/').to_owned() } else { target.to_owned() }
    }

    /// Whether it mounts one file, as far as its name tells.
    pub fn is_file(&self) -> bool {
        const ENDS: [&str; 14] =
            ["conf", "cnf", "ini", "yaml", "yml", "toml", "json", "xml", "sql", "sh", "js", "pem", "key", "crt"];
        let end = Path::new(&self.target).extension();
        end.is_some_and(|end| ENDS.iter().any(|known| end == *known)) || self.target.ends_with("/docker.sock")
    }
}
