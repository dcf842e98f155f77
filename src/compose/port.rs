//! Published ports.

use core::net::IpAddr;
use std::ops::RangeInclusive;

use super::text::{Filled, Variables, split_last_colon};
use crate::source::Place;
use crate::yaml::Node;

/// A published port.
#[derive(Debug)]
pub struct Port {
    /// Where it stands.
    pub place: Place,
    /// The address of the host, where one is given.
    pub address: Option<String>,
    /// The port of the host, as it is written; absent where the engine picks one.
    pub published: Option<String>,
    /// The port of the container.
    pub target: String,
    /// `tcp` or `udp`.
    pub protocol: String,
    /// Whether it is written as a map.
    pub is_long: bool,
    /// The port of the host, as far as it is known.
    filled: Option<Filled>,
}

impl Port {
    /// Reads `8080`, `"5432:5432"`, `"127.0.0.1:5432:5432/tcp"`, `"[::1]:5432:5432"` or the long form.
    pub(super) fn read(node: &Node, variables: &Variables) -> Option<Self> {
        let tcp = || String::from("tcp");
        let known = |text: &str| variables.fill(text).text;
        let some = |text: &str| (!text.is_empty()).then(|| text.trim_matches(['[', ']']).to_owned());
        if !node.entries().is_empty() {
            let text = |key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
            let published = text("published").filter(|text| !text.is_empty());
            return Some(Self {
                place: node.place,
                address: text("host_ip").and_then(|address| some(&known(&address))),
                filled: published.as_deref().map(|text| variables.fill(text)),
                published,
                target: known(&text("target")?),
                protocol: text("protocol").unwrap_or_else(tcp),
                is_long: true,
            });
        }
        let text = node.text()?;
        // One variable may stand for all of it.
        let is_one = text.starts_with("${") && text.ends_with('}') && split_last_colon(text).is_none();
        let whole = variables.fill(text);
        let text = if is_one && !whole.is_open { whole.text.as_str() } else { text };
        let is_protocol = |(_, protocol): &(&str, &str)| matches!(*protocol, "tcp" | "udp" | "sctp");
        let (text, protocol) = match text.rsplit_once('/').filter(is_protocol) {
            Some((text, protocol)) => (text, protocol.to_owned()),
            None => (text, tcp()),
        };
        let (before, target) = split_last_colon(text).unwrap_or(("", text));
        let (address, published) = split_last_colon(before).unwrap_or(("", before));
        let (address, published) = (some(&known(address)), some(published));
        Some(Self {
            place: node.place,
            address,
            filled: published.as_deref().map(|text| variables.fill(text)),
            published,
            target: known(target),
            protocol,
            is_long: false,
        })
    }

    /// What tells it from the other ports of its service.
    pub(super) fn key(&self) -> String {
        let published = self.filled.as_ref().map_or("", |published| &published.text);
        let address = self.address.as_deref().unwrap_or("0.0.0.0");
        format!("{address}:{published}:{}/{}", self.target, self.protocol)
    }

    /// Whether the world reaches it: it is published on every address of the host, or on a public one.
    pub fn is_open(&self) -> bool {
        let Some(address) = &self.address else {
            // A variable that stands for address and port at once may hold any address.
            let is_variable = self.filled.as_ref().is_some_and(|published| published.is_open);
            return !(self.target.starts_with('$') || is_variable && self.target.contains('}'));
        };
        match address.parse() {
            Ok(IpAddr::V4(address)) => {
                let [first, second, ..] = address.octets();
                let is_shared = first == 100 && (64..128).contains(&second);
                !address.is_loopback() && !address.is_private() && !address.is_link_local() && !is_shared
            }
            Ok(IpAddr::V6(address)) => {
                !address.is_loopback() && !address.is_unique_local() && !address.is_unicast_link_local()
            }
            Err(_) => false,
        }
    }

    /// The ports of the host that it takes for certain; nothing where only the environment or the engine knows.
    pub fn taken(&self) -> Option<RangeInclusive<u16>> {
        let published = self.filled.as_ref()?;
        let range = |text: &str| -> Option<RangeInclusive<u16>> {
            let (first, last) = text.split_once('-').unwrap_or((text, text));
            Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
        };
        let taken = range(&published.text).filter(|_| !published.is_open)?;
        // A range for a single port of the container means any one of them.
        let is_whole = taken.start() == taken.end() || self.target.contains('-');
        is_whole.then_some(taken)
    }

    /// Whether the addresses of two ports share one; not where only the environment knows.
    pub fn shares_address(&self, other: &Self) -> bool {
        let address = |port: &Self| -> Result<Option<IpAddr>, ()> {
            let Some(address) = &port.address else { return Ok(None) };
            let text = if address == "localhost" { "127.0.0.1" } else { address };
            text.parse().map(Some).map_err(|_| ())
        };
        match (address(self), address(other)) {
            (Ok(None), Ok(_)) | (Ok(_), Ok(None)) => true,
            (Ok(Some(a)), Ok(Some(b))) => {
                a == b || (a.is_ipv4() == b.is_ipv4() && (a.is_unspecified() || b.is_unspecified()))
            }
            _ => false,
        }
    }
}
