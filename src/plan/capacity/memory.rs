//! The memory that the services of a host need: the claims that it is shared by, added up.

use catalog::units::Bytes;
use catalog::vocabulary::Environment;

use super::{Available, Line, Resource};
use crate::size::{Claim, for_system, smallest_host};

const SYSTEM: &str = "operating system";

impl Resource {
    /// The memory for all claims and for the operating system. The part of the system is that of the host, or of the
    /// smallest that would do where the host is too small: so what is needed is more than there is exactly where the
    /// memory cannot be shared.
    pub(in crate::plan) fn memory(claims: &[Claim], available: Available, environment: Environment) -> Self {
        let mut lines: Vec<Line> = claims.iter().map(|claim| line(claim, environment)).collect();
        let sum = |of: fn(&Line) -> Bytes| lines.iter().fold(0u64, |sum, line| sum.saturating_add(of(line).0));
        let (needed, recommended) = (sum(|line| line.needed), sum(|line| line.recommended));
        let system = |sum| for_system(available.bytes.max(smallest_host(sum)));
        let part = Line {
            instance: String::from(SYSTEM),
            needed: system(needed),
            recommended: system(recommended),
            why: String::from("what the host keeps for itself"),
        };
        let plus = |sum: u64, part: Bytes| Bytes(sum.saturating_add(part.0));
        let (needed_in_all, recommended_in_all) = (plus(needed, part.needed), plus(recommended, part.recommended));
        lines.push(part);
        Self {
            needed: needed_in_all,
            recommended: recommended_in_all,
            available: available.bytes,
            assumed: available.assumed,
            smallest: smallest_host(needed),
            lines,
        }
    }
}

impl Resource {
    /// On the smallest host no service has more than it needs, and some get a pooler that they do without on this one.
    #[must_use]
    pub(in crate::plan) fn with_poolers(self, bytes: u64) -> Self {
        let lines = self.lines.iter().filter(|line| line.instance != SYSTEM);
        let needed = lines.fold(bytes, |sum, line| sum.saturating_add(line.needed.0));
        Self { smallest: smallest_host(needed), ..self }
    }
}

/// What a service asks for. A developer's machine holds little data, which needs no room to run well.
fn line(claim: &Claim, environment: Environment) -> Line {
    let needed = claim.floor();
    let recommended = if environment == Environment::Development { needed } else { claim.recommended.max(needed) };
    let why = if claim.must_fit > claim.minimum { "what has to be in memory" } else { "the minimum that it runs with" };
    Line {
        instance: claim.name.clone(),
        needed: Bytes(needed),
        recommended: Bytes(recommended),
        why: String::from(why),
    }
}
