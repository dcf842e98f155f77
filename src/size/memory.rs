//! The host's memory, shared once for all services together.

use catalog::units::Bytes;
use catalog::vocabulary::Environment;

/// What a service asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The service.
    pub name: String,
    /// What it needs to run at all.
    pub minimum: u64,
    /// What has to be in memory, in bytes; zero where nothing has to.
    pub must_fit: u64,
    /// What it runs well with, caches and working set included. It is advice: what a service gets follows from the rest.
    pub recommended: u64,
    /// Its part of what is left; zero where it takes its minimum only.
    pub weight: u32,
    /// What it can use at most.
    pub cap: Option<u64>,
}

/// What a service gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The service.
    pub name: String,
    /// Its memory, a whole number of megabytes.
    pub memory: Bytes,
}

/// The host's memory, divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shares {
    /// What the operating system keeps.
    pub system: Bytes,
    /// What each service gets, in the order of the claims.
    pub services: Vec<Share>,
}

/// The host is too small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooSmall;

const MB: u64 = 1 << 20;
const GB: u64 = 1 << 30;

/// What the operating system keeps: a tenth, or up to 1 GB of a quarter where that is more.
pub fn for_system(host: Bytes) -> Bytes {
    let part = |of: u64| host.0.div_ceil(of);
    Bytes(part(10).max(part(4).min(GB)))
}

impl Claim {
    /// What it must get.
    pub fn floor(&self) -> u64 {
        round_up(self.minimum.max(self.must_fit))
    }

    /// What it may get at most: on a developer's machine, which does other things beside, twice what it must have.
    fn ceiling(&self, environment: Environment) -> u64 {
        let (floor, cap) = (self.floor(), self.cap.unwrap_or(u64::MAX));
        match environment {
            _ if self.weight == 0 => floor,
            Environment::Development => cap.min(floor.saturating_mul(2)).max(floor),
            Environment::Staging | Environment::Production => cap.max(floor),
        }
    }
}

fn round_up(bytes: u64) -> u64 {
    bytes.div_ceil(MB).saturating_mul(MB)
}

/// Divides the host's memory: the system's part, then what each must have, then the rest by weight and up to each
/// one's cap. The sum never exceeds the host, and on a larger host nobody gets less.
///
/// # Errors
/// [`TooSmall`] where the least that everybody needs does not fit.
pub fn share(host: Bytes, environment: Environment, claims: &[Claim]) -> Result<Shares, TooSmall> {
    let system = for_system(host);
    let available = u128::from(host.0.saturating_sub(system.0));
    let floors = claims.iter().fold(0u128, |sum, claim| sum.saturating_add(u128::from(claim.floor())));
    let Some(rest) = available.checked_sub(floors) else {
        return Err(TooSmall);
    };
    let level = Level::of(rest, claims, environment);
    let services = claims.iter().map(|claim| {
        let memory = u128::from(claim.floor()).saturating_add(level.extra(claim));
        let memory = u64::try_from(memory).unwrap_or(u64::MAX);
        Share { name: claim.name.clone(), memory: Bytes(memory.saturating_sub(memory.checked_rem(MB).unwrap_or(0))) }
    });
    Ok(Shares { system, services: services.collect() })
}

/// How high the rest fills everybody up, per weight: an exact fraction, so that the shares grow with the host without a
/// step back by rounding. Endless where everybody reaches the cap.
struct Level {
    rest: u128,
    weights: u128,
    environment: Environment,
}

impl Level {
    /// Fills up those that reach their cap first, and divides what is left among the others.
    fn of(rest: u128, claims: &[Claim], environment: Environment) -> Self {
        let mut open: Vec<&Claim> = claims.iter().filter(|claim| claim.weight > 0).collect();
        let mut level = Self { rest, weights: 0, environment };
        level.weights = open.iter().map(|claim| u128::from(claim.weight)).sum();
        loop {
            let full = open.iter().position(|claim| level.reaches(claim));
            let Some(full) = full else { return level };
            let claim = open.swap_remove(full);
            level.rest = level.rest.saturating_sub(level.room(claim));
            level.weights = level.weights.saturating_sub(u128::from(claim.weight));
        }
    }

    /// Whether a claim is full at this level.
    fn reaches(&self, claim: &Claim) -> bool {
        let weight = u128::from(claim.weight);
        self.room(claim).saturating_mul(self.weights) <= self.rest.saturating_mul(weight)
    }

    /// How much more than the floor a claim can use.
    fn room(&self, claim: &Claim) -> u128 {
        u128::from(claim.ceiling(self.environment).saturating_sub(claim.floor()))
    }

    /// What a claim gets above its floor.
    fn extra(&self, claim: &Claim) -> u128 {
        let weight = u128::from(claim.weight);
        self.rest
            .saturating_mul(weight)
            .checked_div(self.weights)
            .map_or(self.room(claim), |part| part.min(self.room(claim)))
    }
}

/// The smallest host, in whole megabytes, whose system leaves so much.
pub fn smallest_host(needed: u64) -> Bytes {
    let leaves = |megabytes: u64| {
        let host = Bytes(megabytes.saturating_mul(MB));
        host.0.saturating_sub(for_system(host).0) >= needed
    };
    let (mut low, mut high) = (0u64, u64::MAX / MB);
    while low < high {
        let middle = low.midpoint(high);
        if leaves(middle) { high = middle } else { low = middle.saturating_add(1) }
    }
    Bytes(low.saturating_mul(MB))
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test fails by panicking")]
mod tests {
    use proptest::prelude::{Strategy, any, prop_assert, proptest};

    use super::{Claim, Environment, MB, TooSmall, share, smallest_host};
    use catalog::units::Bytes;

    fn claim() -> impl Strategy<Value = Claim> {
        let size = || (0u64..1 << 20).prop_map(|megabytes| megabytes * MB / 7);
        (size(), size(), 0u32..9, any::<Option<u32>>()).prop_map(|(minimum, must_fit, weight, cap)| Claim {
            name: String::from("x"),
            minimum,
            must_fit: must_fit / 50,
            recommended: 0,
            weight,
            cap: cap.map(|cap| u64::from(cap) << 8),
        })
    }

    fn environment() -> impl Strategy<Value = Environment> {
        (0..Environment::ALL.len()).prop_map(|index| Environment::ALL[index])
    }

    proptest! {
        #[test]
        fn the_sum_never_exceeds_the_host_and_everybody_has_what_it_must(
            claims in proptest::collection::vec(claim(), 0..24), megabytes in 1024u64..4 << 20, e in environment(),
        ) {
            let host = Bytes(megabytes * MB);
            match share(host, e, &claims) {
                Ok(shares) => {
                    let sum: u64 = shares.services.iter().map(|share| share.memory.0).sum();
                    prop_assert!(sum + shares.system.0 <= host.0);
                    for (claim, share) in claims.iter().zip(&shares.services) {
                        prop_assert!(share.memory.0 >= claim.floor() && share.memory.0 <= claim.ceiling(e));
                    }
                }
                Err(TooSmall) => {
                    let smallest = smallest_host(claims.iter().map(Claim::floor).sum());
                    prop_assert!(smallest > host);
                    prop_assert!(share(smallest, e, &claims).is_ok());
                    prop_assert!(share(Bytes(smallest.0 - MB), e, &claims).is_err());
                }
            }
        }

        #[test]
        fn more_memory_never_gives_a_service_less(
            claims in proptest::collection::vec(claim(), 0..24), megabytes in 1024u64..4 << 20, more in 1u64..1 << 34,
            e in environment(),
        ) {
            let host = Bytes(megabytes * MB);
            if let Ok(before) = share(host, e, &claims) {
                let after = share(Bytes(host.0 + more), e, &claims).unwrap();
                for (before, after) in before.services.iter().zip(&after.services) {
                    prop_assert!(after.memory >= before.memory);
                }
            }
        }
    }

    #[test]
    fn what_is_left_goes_by_weight_up_to_the_cap() {
        let claim =
            |weight, cap| Claim { name: "x".into(), minimum: 256 * MB, must_fit: 0, recommended: 0, weight, cap };
        let claims = [claim(1, None), claim(3, None), claim(4, Some(1024 * MB)), claim(0, None)];
        let shares = share(Bytes(8192 * MB), Environment::Production, &claims).unwrap();
        let megabytes: Vec<u64> = shares.services.iter().map(|share| share.memory.0 / MB).collect();
        assert_eq!(shares.system, Bytes(1024 * MB));
        assert_eq!(megabytes, [256 + 5376 / 4, 256 + 5376 * 3 / 4, 1024, 256]);
    }

    #[test]
    fn the_smallest_host_has_the_part_of_the_system_too() {
        let claims =
            [Claim { name: "redis".into(), minimum: 64 * MB, must_fit: 9 << 30, recommended: 0, weight: 1, cap: None }];
        assert_eq!(share(Bytes(8 << 30), Environment::Production, &claims), Err(TooSmall));
        assert_eq!(smallest_host(9 << 30), Bytes(10 << 30));
    }
}
