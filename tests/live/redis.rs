//! Redis and Valkey start with what is rendered, take every setting as it is written, and give back what was deleted.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use polyglot::plan::{Installation, Planned};
use polyglot::render::Kitchen;

use super::{Place, Server, Stack, all, free_port, good, listens, missing, needed, refused, stranger, tools, wait_for};
use crate::hosts::{databases, grid};
use crate::session::text;

/// A server of the family, and what it is called where.
pub(super) struct Kind {
    id: &'static str,
    /// What starts it: the program, with what comes before its arguments.
    launch: Vec<PathBuf>,
    pub(super) server: PathBuf,
    pub(super) client: PathBuf,
    pub(super) said: String,
}

impl Kind {
    pub(super) fn found(id: &'static str) -> Option<Self> {
        let server = needed(&format!("{id}-server"))?;
        // Both speak the same protocol, so that one client will do.
        let client = super::found(&format!("{id}-cli")).or_else(|| needed("redis-cli"))?;
        let output = Command::new(&server).arg("--version").output().expect("the server runs");
        Some(Self { id, launch: vec![server.clone()], server, client, said: text(&output.stdout).to_owned() })
    }

    /// One that is built with TLS, which those of `PyPI` are not: of the suite that `.ci/tools` unpacks, where the server
    /// and the checker are one program under two names; else this machine's.
    fn with_tls(id: &'static str) -> Option<Self> {
        let suite = tools().join("servers/usr");
        let program = suite.join(format!("bin/{id}-check-rdb"));
        let own = PathBuf::from(format!("/usr/bin/{id}-server"));
        let (launch, server) = if program.is_file() {
            let (loader, libraries) = (suite.join("lib64/ld-linux-x86-64.so.2"), suite.join("lib/x86_64-linux-gnu"));
            let name = PathBuf::from(format!("{id}-server"));
            (vec![loader, "--argv0".into(), name, "--library-path".into(), libraries, program.clone()], program)
        } else if own.is_file() {
            (vec![own.clone()], own)
        } else {
            missing(&format!("{id} with TLS"));
            return None;
        };
        // Both speak the same protocol, so that one client will do.
        let client = needed("redis-cli")?;
        let output = Command::new(&launch[0]).args(&launch[1..]).arg("--version").output().expect("the server runs");
        Some(Self { id, launch, server, client, said: text(&output.stdout).to_owned() })
    }

    /// The settings that this build does not know, and the image's build does.
    fn unknown(&self) -> Vec<&'static str> {
        let mut unknown = Vec::new();
        // Only builds with their own jemalloc can give pages back.
        if !self.said.contains("malloc=jemalloc") {
            unknown.push("activedefrag");
        }
        // Debian has Redis 7.0 and 8.0, the catalog 8.2 and newer.
        if self.id == "redis" && ["v=7.0", "v=8.0"].iter().any(|version| self.said.contains(version)) {
            unknown.push("hide-user-data-from-log");
        }
        unknown
    }

    fn known(&self, conf: &str) -> String {
        let unknown = self.unknown();
        let lines = conf.lines().filter(|line| line.split(' ').next().is_none_or(|key| !unknown.contains(&key)));
        lines.collect::<Vec<_>>().join("\n") + "\n"
    }

    /// The same of commands.
    pub(super) fn known_commands(&self, commands: &str) -> String {
        let unknown = self.unknown();
        let lines = commands.lines().filter(|line| line.split(' ').nth(2).is_none_or(|key| !unknown.contains(&key)));
        lines.fold(String::new(), |text, line| text + line + "\n")
    }
}

/// The settings of a file, as the server names them.
fn written(conf: &str) -> BTreeMap<String, String> {
    let lines = conf.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| line.split_once(' ').expect("a value"))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

/// A value in plain numbers.
pub(super) fn plain(value: &str) -> String {
    let word = |word: &str| {
        let word = word.trim_matches('"').to_lowercase();
        let units = [("kb", 10), ("mb", 20), ("gb", 30)];
        let number =
            units.iter().find_map(|(unit, shift)| Some(word.strip_suffix(unit)?.parse::<u64>().ok()? << shift));
        number.map_or(word, |number| number.to_string())
    };
    // Older servers call a replica otherwise.
    value.split(' ').map(word).collect::<Vec<_>>().join(" ").replace("slave", "replica")
}

fn every_setting_is_taken(id: &'static str) {
    let Some(kind) = Kind::found(id) else { return };
    let catalog = polyglot::embedded::catalog();
    let (database, recipe) = databases(&catalog).into_iter().find(|(database, _)| database.id == id).unwrap();
    let version = database.default_version().unwrap();
    let place = Place::new();
    let acl = place.file("users.acl", "");
    let hosts: Vec<_> = grid().into_iter().step_by(17).collect();
    for (number, (host, demand)) in hosts.into_iter().enumerate() {
        let kitchen = Kitchen::default();
        let planned =
            Planned::alone(Installation { database, version, recipe }, &kitchen.reckoner, host, &demand).unwrap();
        let (_, conf) = kitchen.configurations(&planned).unwrap().remove(0);
        let folder = place.folder(&format!("data/{number}"));
        let socket = folder.join("socket");
        let conf = kind.known(&conf).replace("dir /data", &format!("dir {}", folder.display()));
        let conf = conf.replace("port 6379", &format!("port 0\nunixsocket {}", socket.display()));
        let conf = conf.replace(&format!("/run/{id}/users.acl"), &acl.display().to_string());
        let file = place.file(&format!("conf/{number}.conf"), &conf);
        let mut command = place.command(&kind.server, &[]);
        command.arg(file);
        let mut server = place.start(command, &format!("{number}.log"));
        let said = server.log.clone();
        server.until(|| {
            fs::read_to_string(&said).is_ok_and(|said| said.to_lowercase().contains("ready to accept connections"))
        });
        let ask = |parts: &[&str]| {
            let mut client = place.command(&kind.client, &[]);
            client.arg("-s").arg(&socket).args(parts);
            good(client)
        };
        let answer = ask(&["config", "get", "*"]);
        let lines: Vec<&str> = answer.lines().collect();
        let taken: BTreeMap<&str, &str> =
            lines.chunks(2).map(|pair| (pair[0], pair.get(1).copied().unwrap_or(""))).collect();
        for (key, value) in written(&conf) {
            // What the limit of open files of this machine allows decides how many clients there may be.
            if ["bind", "maxclients"].contains(&key.as_str()) {
                continue;
            }
            let taken = taken.get(key.as_str()).unwrap_or_else(|| panic!("{key} is not known"));
            assert_eq!(plain(taken), plain(&value), "{key} on {host:?}");
        }
        server.stop("-KILL");
    }
}

#[test]
fn redis_takes_every_setting() {
    every_setting_is_taken("redis");
}

#[test]
fn valkey_takes_every_setting() {
    every_setting_is_taken("valkey");
}

/// A server with the script and the configuration of a rendered stack.
struct Running<'p> {
    place: &'p Place,
    kind: &'p Kind,
    stack: Stack<'p>,
    port: u16,
    server: Option<Server>,
}

impl<'p> Running<'p> {
    fn start(place: &'p Place, kind: &'p Kind, requirements: &str, instance: &str) -> Self {
        let id = kind.id;
        let mut stack = Stack::render(place, requirements, instance);
        let port = free_port();
        let data = place.folder("data").display().to_string();
        let run = place.folder("run").display().to_string();
        // The network, the volumes and the paths of files are the container's; so is the number of its user.
        stack.replace(&format!("host='{instance}'"), "host=127.0.0.1");
        stack.replace("-p 6379", &format!("-p {port}"));
        stack.replace("port 6379", &format!("port {port}"));
        stack.replace("bind * -::*", "bind 127.0.0.1");
        stack.replace(&format!("/run/{id}/"), &format!("{run}/"));
        stack.replace(&format!("/usr/local/etc/{id}/"), &format!("{}/", place.join("fitted").display()));
        stack.replace("dir /data\n", &format!("dir {data}\n"));
        stack.replace("data=/data\n", &format!("data={data}\n"));
        stack.replace("/backup/", &format!("{}/", place.folder("backup").display()));
        stack.replace("find /backup", &format!("find {}", place.join("backup").display()));
        stack.replace("/tmp/check", &place.join("check").display().to_string());
        stack.replace("999:999", "\"$(id -u):$(id -g)\"");
        // What the image has beside the server.
        place.file("bin/docker-entrypoint.sh", "#!/bin/sh\nexec \"$@\"\n");
        let bin = place.folder("bin");
        if kind.launch.len() == 1 {
            for name in ["server", "check-rdb"] {
                symlink(&kind.server, bin.join(format!("{id}-{name}"))).expect("a link");
            }
        } else {
            // The suite's own libraries go with its program, which knows by its name what it is.
            let quoted: Vec<String> = kind.launch.iter().map(|word| format!("'{}'", word.display())).collect();
            for name in ["server", "check-rdb"] {
                let words = quoted.join(" ").replace(&format!("'{id}-server'"), &format!("'{id}-{name}'"));
                place.file(&format!("bin/{id}-{name}"), &format!("#!/bin/sh\nexec {words} \"$@\"\n"));
            }
        }
        symlink(&kind.client, bin.join(format!("{id}-cli"))).expect("a link");
        let mut running = Self { place, kind, stack, port, server: None };
        running.restart();
        running
    }

    fn restart(&mut self) {
        let conf = self.stack.fit(&format!("{}.conf", self.kind.id));
        let known = self.kind.known(&fs::read_to_string(&conf).expect("a configuration"));
        self.place.file(&format!("fitted/{}.conf", self.kind.id), &known);
        let mut server = self.place.start(self.script("start.sh", &[]), "server.log");
        let port = self.port;
        server.until(|| listens(port));
        self.server = Some(server);
        let health = self.health();
        wait_for("the healthcheck", || {
            let mut shell = self.place.command(Path::new("/bin/sh"), &[&self.place.join("bin")]);
            shell.args(["-c", &health]).status().expect("a shell").success()
        });
    }

    fn script(&self, name: &str, arguments: &[&str]) -> Command {
        let script = self.stack.fit(name);
        let mut command = self.place.command(Path::new("/bin/sh"), &[&self.place.join("bin")]);
        command.arg(script).args(arguments);
        command
    }

    /// The healthcheck of the compose file, with the test's port and paths.
    fn health(&self) -> String {
        let service = self.stack.service(&self.stack.instance);
        let test = service["healthcheck"]["test"][1].as_str().expect("a command").replace("$$", "$");
        let secrets = self.place.join("run/secrets").display().to_string();
        test.replace("/run/secrets", &secrets).replace("-h 127.0.0.1", &format!("-h 127.0.0.1 -p {}", self.port))
    }

    fn ask(&self, user: &str, secret: &str, parts: &[&str]) -> String {
        self.ask_with(&[], user, secret, parts)
    }

    fn ask_with(&self, options: &[&str], user: &str, secret: &str, parts: &[&str]) -> String {
        let mut client = self.place.command(&self.kind.client, &[]);
        client.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "--user", user]).args(options).args(parts);
        client.env("REDISCLI_AUTH", self.stack.secret(secret));
        all(&client.output().expect("the client runs")).trim_end().to_owned()
    }

    fn app(&self, parts: &[&str]) -> String {
        self.ask("web_shop", "app", parts)
    }
}

fn requirements(id: &str, durability: &str) -> String {
    format!(
        "version: 1\nname: web-shop\ntarget: {{ memory: 2GB, cpus: 2 }}\ndata:\n  baskets:\n    kind: realtime_state\n    \
         durability: {durability}\n    data_size: 100MB\n    backup: {{ every: 1d, keep: 7d }}\n    database: {id}\n    \
         justification: the team runs it\n"
    )
}

fn a_cache_forgets(id: &'static str) {
    let Some(kind) = Kind::found(id) else { return };
    let place = Place::new();
    let mut running = Running::start(&place, &kind, &requirements(id, "cache"), &format!("{id}-cache"));
    rights(&running);
    assert_eq!(running.app(&["flushdb"]), "OK", "emptying a cache loses nothing");
    // More than it holds: the oldest go, and no write is refused.
    assert_eq!(running.ask("polyglot_admin", "admin", &["config", "set", "maxmemory", "8mb"]), "OK");
    let value = "x".repeat(60_000);
    for number in 0..300 {
        assert_eq!(running.app(&["set", &format!("key{number}"), &value]), "OK");
    }
    let left: u32 = running.app(&["dbsize"]).parse().unwrap();
    assert!(left > 10 && left < 200, "{left}");
    running.server.as_mut().expect("a server").stop("-TERM");
    running.restart();
    assert_eq!(running.app(&["dbsize"]), "0", "it starts empty");
}

/// The application uses its data and does not administer the server.
fn rights(running: &Running<'_>) {
    assert_eq!(running.app(&["set", "a", "1"]), "OK");
    assert_eq!(running.app(&["get", "a"]), "1");
    assert_eq!(running.app(&["xadd", "s", "1-1", "k", "v"]), "1-1");
    assert!(running.app(&["info", "server"]).contains("tcp_port"));
    for parts in [
        &["config", "get", "maxmemory"][..],
        &["shutdown"],
        &["acl", "list"],
        &["client", "list"],
        &["keys", "*"],
        &["flushall"],
    ] {
        assert!(running.app(parts).contains("NOPERM"), "{parts:?}: {}", running.app(parts));
    }
    let mut anonymous = running.place.command(&running.kind.client, &[]);
    anonymous.args(["-h", "127.0.0.1", "-p", &running.port.to_string(), "get", "a"]);
    assert!(all(&anonymous.output().unwrap()).contains("NOAUTH"));
    assert!(running.ask("web_shop", "backup", &["get", "a"]).contains("WRONGPASS"), "each has a password of its own");
    assert!(running.ask("polyglot_backup", "backup", &["get", "a"]).contains("NOPERM"));
    assert!(running.ask("polyglot_admin", "admin", &["info", "server"]).contains("tcp_port"));
}

fn a_store_keeps_and_comes_back(id: &'static str) {
    let Some(kind) = Kind::found(id) else { return };
    let place = Place::new();
    let mut running = Running::start(&place, &kind, &requirements(id, "primary"), &format!("{id}-record"));
    rights(&running);
    assert!(running.app(&["flushdb"]).contains("NOPERM"));
    for number in 0..100 {
        assert_eq!(running.app(&["set", &format!("key{number}"), "value"]), "OK");
    }
    // A full store refuses, rather than lose a key.
    let limit = running.ask("polyglot_admin", "admin", &["config", "get", "maxmemory"]);
    assert_eq!(running.ask("polyglot_admin", "admin", &["config", "set", "maxmemory", "1kb"]), "OK");
    assert!(running.app(&["set", "more", "x"]).contains("OOM"));
    let limit = limit.lines().nth(1).expect("a value").to_owned();
    assert_eq!(running.ask("polyglot_admin", "admin", &["config", "set", "maxmemory", &limit]), "OK");
    running.server.as_mut().expect("a server").stop("-TERM");
    running.restart();
    assert_eq!(running.app(&["get", "key42"]), "value", "it outlives a restart");

    let dump = good(running.script("backup.sh", &["backup"])).trim_end().to_owned();
    assert!(Path::new(&dump).is_file(), "{dump}");
    assert_eq!(fs::read_dir(place.join("backup")).unwrap().count(), 1, "nothing unfinished is left");
    assert_eq!(running.app(&["del", "key42"]), "1");
    assert_eq!(running.app(&["set", "later", "1"]), "OK");
    let file = Path::new(&dump).file_name().and_then(|name| name.to_str()).unwrap().to_owned();

    // A snapshot that is broken changes nothing.
    let mut bytes = fs::read(&dump).unwrap();
    bytes.truncate(bytes.len() - 20);
    place.file("backup/half.rdb", "");
    fs::write(place.join("backup/half.rdb"), bytes).unwrap();
    refused(running.script("backup.sh", &["restore", "half.rdb"]));
    assert_eq!(running.app(&["get", "later"]), "1");

    // Docker starts the server again when the script has ended it.
    let mut restore = running.script("backup.sh", &["restore", &file]);
    let restore =
        restore.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().expect("a shell");
    let mut server = running.server.take().expect("a server");
    wait_for("the server's end", || server.child.try_wait().expect("its state").is_some());
    running.restart();
    let output = restore.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", all(&output));
    assert_eq!(running.app(&["get", "key42"]), "value", "what was deleted is back");
    assert_eq!(running.app(&["exists", "later"]), "0");
    running.server.as_mut().expect("a server").stop("-TERM");
    running.restart();
    assert_eq!(running.app(&["get", "key42"]), "value", "and stays");
}

#[test]
fn a_cache_of_redis_forgets() {
    a_cache_forgets("redis");
}

#[test]
fn a_cache_of_valkey_forgets() {
    a_cache_forgets("valkey");
}

#[test]
fn a_store_of_redis_keeps_and_comes_back() {
    a_store_keeps_and_comes_back("redis");
}

#[test]
fn a_store_of_valkey_keeps_and_comes_back() {
    a_store_keeps_and_comes_back("valkey");
}

fn clients_come_with_tls_alone(id: &'static str) {
    let Some(kind) = Kind::with_tls(id) else { return };
    let place = Place::new();
    let requirements = requirements(id, "primary") + "    encryption: { in_transit: true }\n";
    // The healthcheck verifies the server: it is waited for at the start.
    let running = Running::start(&place, &kind, &requirements, &format!("{id}-record"));
    let authority = place.join("run/secrets/ca.crt").display().to_string();
    let verified = ["--tls", "--cacert", &authority];
    assert_eq!(running.ask_with(&verified, "web_shop", "app", &["set", "a", "1"]), "OK");
    assert_eq!(running.ask_with(&verified, "web_shop", "app", &["get", "a"]), "1");
    // One without TLS, one that trusts somebody else.
    let said = running.app(&["get", "a"]);
    assert!(said.contains("closed") || said.contains("reset"), "{said}");
    let stranger = stranger(&place, &requirements).display().to_string();
    let said = running.ask_with(&["--tls", "--cacert", &stranger], "web_shop", "app", &["get", "a"]);
    assert!(said.contains("certificate verify failed"), "{said}");
    // The password is asked for all the same.
    let said = running.ask_with(&verified, "web_shop", "backup", &["get", "a"]);
    assert!(said.contains("WRONGPASS"), "{said}");
    // The backup comes over the network too, and verifies.
    let dump = good(running.script("backup.sh", &["backup"])).trim_end().to_owned();
    assert!(Path::new(&dump).is_file(), "{dump}");
    place.file("run/secrets/ca.crt", &fs::read_to_string(&stranger).unwrap());
    let said = refused(running.script("backup.sh", &["backup"]));
    assert!(said.contains("certificate verify failed"), "{said}");
}

#[test]
fn clients_of_redis_come_with_tls_alone() {
    clients_come_with_tls_alone("redis");
}

#[test]
fn clients_of_valkey_come_with_tls_alone() {
    clients_come_with_tls_alone("valkey");
}
