//! The host: as the file says it, or as this machine is found to be.

use std::fs;
use std::num::NonZero;
use std::path::Path;

use catalog::units::Bytes;
use catalog::vocabulary::{Environment, Storage};

use crate::requirements::{Target, default};

/// The machine that services share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host {
    /// Its memory.
    pub memory: Bytes,
    /// Its processor cores.
    pub cores: Cores,
    /// What its disk is made of.
    pub storage: Storage,
    /// The size of its disk.
    pub disk: Bytes,
    /// What it is for.
    pub environment: Environment,
}

/// Processor cores, in hundredths: a container can have one and a half.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cores {
    /// Hundredths of a core.
    pub hundredths: u64,
}

impl Cores {
    /// Whole cores.
    pub fn whole(count: u64) -> Self {
        Self { hundredths: count.saturating_mul(100) }
    }

    /// The cores as a number, for formulas.
    pub fn number(self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "exact below 2^53 hundredths")]
        let hundredths = self.hundredths as f64;
        hundredths / 100.0
    }
}

impl std::fmt::Display for Cores {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.number().fmt(f)
    }
}

impl std::str::FromStr for Cores {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || String::from("expected a number of cores, such as `4` or `1.5`");
        let number: f64 = text.trim().parse().map_err(|_| wrong())?;
        if !(0.01..=100_000.0).contains(&number) {
            return Err(wrong());
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and ten million")]
        Ok(Self { hundredths: (number * 100.0).round() as u64 })
    }
}

impl Host {
    /// The host that a file describes, with the defaults for what it leaves open.
    pub fn of(target: &Target, environment: Option<Environment>) -> Self {
        Self {
            memory: target.memory(),
            cores: Cores::whole(target.cpus()),
            storage: target.storage.as_ref().map_or(default::STORAGE, |storage| storage.value),
            disk: target.disk(),
            environment: environment.unwrap_or_else(|| target.environment()),
        }
    }
}

/// What this machine has, as far as this process may use it, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its memory, or the limit of the control group; nothing where the system does not say.
    pub memory: Option<(Bytes, &'static str)>,
    /// The cores that this process may use.
    pub cores: Option<Cores>,
}

/// Looks at this machine: the memory of `/proc/meminfo`, or the limit of a control group (version 2 or 1) where that is
/// lower; the cores as the system allows them to this process, quota and affinity included.
pub fn detect() -> Found {
    Found {
        memory: memory_below(Path::new("/")),
        cores: std::thread::available_parallelism().ok().map(NonZero::get).and_then(|cores| {
            let cores = u64::try_from(cores).ok()?;
            Some(Cores::whole(cores))
        }),
    }
}

/// The memory as the files below a root say it: the least of the machine's and of every limit on the way.
fn memory_below(root: &Path) -> Option<(Bytes, &'static str)> {
    // These are the system's own, for us to find out, and nobody's file: they do not go through the door of `files`.
    let read = |path: &Path| fs::read_to_string(path).ok();
    let machine =
        read(&root.join("proc/meminfo")).and_then(|text| meminfo(&text)).map(|memory| (memory, "/proc/meminfo"));
    let groups = read(&root.join("proc/self/cgroup")).unwrap_or_default();
    let limits = limit_files(&groups).into_iter().filter_map(|(path, how)| {
        let limit = read(&root.join(path))?.trim().parse().ok()?;
        Some((Bytes(limit), how))
    });
    limits.chain(machine).min_by_key(|(memory, _)| *memory)
}

/// The memory of the machine: `MemTotal:  24576000 kB`.
fn meminfo(text: &str) -> Option<Bytes> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(Bytes(kilobytes.checked_mul(1024)?))
}

/// The files that may hold a limit for this process: those of its control group and of each one above it.
fn limit_files(groups: &str) -> Vec<(String, &'static str)> {
    const V1: &str = "memory.limit_in_bytes (cgroup v1)";
    const V2: &str = "memory.max (cgroup v2)";
    let mut files = Vec::new();
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(id), Some(controllers), Some(path)) = (parts.next(), parts.next(), parts.next()) else { continue };
        let (mount, file, how) = match (id, controllers) {
            ("0", "") => ("sys/fs/cgroup", "memory.max", V2),
            (_, controllers) if controllers.split(',').any(|name| name == "memory") => {
                ("sys/fs/cgroup/memory", "memory.limit_in_bytes", V1)
            }
            _ => continue,
        };
        let clean = path.split('/').all(|part| part != "..");
        for group in Path::new(path).ancestors().filter(|_| clean) {
            let group = group.to_string_lossy();
            let group = group.trim_matches('/');
            let between = if group.is_empty() { "" } else { "/" };
            files.push((format!("{mount}{between}{group}/{file}"), how));
        }
        if !clean {
            files.push((format!("{mount}/{file}"), how));
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Bytes, Cores, limit_files, meminfo, memory_below};

    #[test]
    fn the_least_of_the_machine_and_the_limits_counts() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        assert_eq!(memory_below(root.path()), None);
        write("proc/meminfo", "MemTotal:       8388608 kB\nMemFree: 1 kB\n");
        assert_eq!(memory_below(root.path()), Some((Bytes(8 << 30), "/proc/meminfo")));
        write("proc/self/cgroup", "0::/system.slice/app\n");
        write("sys/fs/cgroup/system.slice/app/memory.max", "max\n");
        assert_eq!(memory_below(root.path()).unwrap().0, Bytes(8 << 30), "no limit is no limit");
        write("sys/fs/cgroup/system.slice/memory.max", "1073741824\n");
        assert_eq!(
            memory_below(root.path()),
            Some((Bytes(1 << 30), "memory.max (cgroup v2)")),
            "a parent's limit holds"
        );
        write("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/docker/1\n");
        write("sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes", "536870912\n");
        assert_eq!(memory_below(root.path()).unwrap().0, Bytes(512 << 20));
        write("sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes", "9223372036854771712\n");
        assert_eq!(memory_below(root.path()).unwrap().0, Bytes(8 << 30), "version 1 writes no limit as a huge one");
    }

    #[test]
    fn what_is_odd_is_no_limit() {
        assert_eq!(meminfo("MemTotal: many kB"), None);
        assert!(limit_files("nonsense\n::\n").is_empty());
        assert_eq!(limit_files("0::/../x"), [(String::from("sys/fs/cgroup/memory.max"), "memory.max (cgroup v2)")]);
    }

    #[test]
    fn cores_can_be_parts() {
        assert_eq!("1.5".parse(), Ok(Cores { hundredths: 150 }));
        assert_eq!(Cores::whole(4).to_string(), "4");
        for wrong in ["0", "-1", "x", "1e9", "NaN"] {
            assert!(wrong.parse::<Cores>().is_err(), "{wrong}");
        }
    }
}
