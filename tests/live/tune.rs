//! Every statement of `tune --format sql` is run on a real server: none fails, and the server's value is what was set.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use catalog::{Database, Version};
use polyglot::plan::{Installation, Planned};
use polyglot::render::Kitchen;
use polyglot::report::style::Look;
use polyglot::report::tune::{TuneFormat, TuneText, text as tuned};
use polyglot::size::{Demand, Host};

use super::mariadb::Programs as MariaDb;
use super::redis::{Kind, plain};
use super::{Place, Server, all, free_port, good, missing, needed, postgresql, told, tools};
use crate::hosts::{GB, databases, grid, host};
use crate::session::text;
use catalog::vocabulary::Storage;

/// What `tune` prints for a database, in its parts.
struct Script {
    whole: String,
    /// The names and values that statements set at once, and those that they store for the next start.
    live: BTreeMap<String, String>,
    stored: BTreeMap<String, String>,
    /// The statements for a server that has loaded its libraries.
    with_library: Vec<String>,
    /// The lines for the configuration file.
    file: Vec<(String, String)>,
    notes: Vec<String>,
}

impl Script {
    fn new(id: &str, version: &str, host: Host, demand: &Demand) -> Self {
        let catalog = polyglot::embedded::catalog();
        let (database, recipe) = databases(&catalog).into_iter().find(|(database, _)| database.id == id).unwrap();
        let version = database.version(version).unwrap();
        let kitchen = Kitchen::default();
        let installation = Installation { database, version, recipe };
        let planned = Planned::alone(installation, &kitchen.reckoner, host, demand).unwrap();
        let TuneText { text, notes } = tuned(&planned, &kitchen, TuneFormat::Sql, false, Look::plain(80)).unwrap();
        let mut script = Self {
            live: BTreeMap::new(),
            stored: BTreeMap::new(),
            with_library: Vec::new(),
            file: Vec::new(),
            whole: text,
            notes,
        };
        script.sort();
        // Nothing is left out: each setting stands in one of the parts.
        let named = planned.settings.iter().filter(|setting| script.names(&setting.row.name)).count();
        assert_eq!(named, planned.settings.len(), "{}", script.whole);
        script
    }

    fn sort(&mut self) {
        for line in self.whole.clone().lines() {
            match line.strip_prefix("-- ") {
                Some(comment) if comment.starts_with("ALTER SYSTEM SET ") => self.with_library.push(comment.to_owned()),
                Some(comment) => self.file.extend(assigned(comment)),
                None => {
                    let (name, value) = assigned(line.trim_end_matches(';')).unwrap_or_default();
                    let is_stored =
                        line.contains("PERSIST_ONLY") || self.whole_part(line).contains("only when it starts");
                    let part = if is_stored { &mut self.stored } else { &mut self.live };
                    if !name.is_empty() {
                        part.insert(name, value);
                    }
                }
            }
        }
    }

    /// The heading of the part that a line is in.
    fn whole_part(&self, line: &str) -> &str {
        let part = self.whole.split("\n\n").find(|part| part.lines().any(|own| own == line));
        part.unwrap_or_default().lines().next().unwrap_or_default()
    }

    fn names(&self, name: &str) -> bool {
        let in_library = self.with_library.iter().any(|line| line.contains(&format!(" {name} ")));
        let in_notes = self.notes.iter().any(|note| note.split([',', ':', ' ']).any(|word| word == name));
        let in_file = self.file.iter().any(|(own, _)| own == name);
        self.live.contains_key(name) || self.stored.contains_key(name) || in_library || in_file || in_notes
    }
}

/// `SET x = 'y'` and `x = y` as name and value, without quotes.
fn assigned(line: &str) -> Option<(String, String)> {
    if let Some(command) = line.strip_prefix("CONFIG SET ") {
        let (name, value) = command.split_once(' ')?;
        let value = if value == "\"\"" { "" } else { value.trim_matches('"') };
        return Some((name.to_owned(), value.to_owned()));
    }
    let (left, value) = line.split_once(" = ")?;
    let value = value.split("', '").collect::<Vec<_>>().join(",");
    Some((left.rsplit(' ').next()?.to_owned(), value.trim_matches('\'').to_owned()))
}

/// Hosts that this machine can stand in for, and what is asked of them: what was tried when the statements failed, and
/// some of the grid.
fn hosts(most: u64, step: usize) -> Vec<(Host, Demand)> {
    let small = grid().into_iter().filter(|(host, _)| host.memory.0 <= most);
    let tried = (host(16 * GB, 4, Storage::Ssd, 100 * GB), Demand::default());
    std::iter::once(tried).chain(small.step_by(step)).collect()
}

// PostgreSQL

/// An amount in blocks of 8 kB, in which the server counts some; a time in its smallest unit; the method of compression that `on` stands for.
fn canonical(value: &str) -> String {
    if value == "pglz" {
        return String::from("on");
    }
    let units = [
        ("TB", 1u64 << 40),
        ("GB", 1 << 30),
        ("MB", 1 << 20),
        ("kB", 1 << 10),
        ("min", 60_000),
        ("ms", 1),
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("s", 1_000),
        ("B", 1),
    ];
    for (unit, size) in units {
        if let Some(number) = value.strip_suffix(unit).and_then(|number| number.trim().parse::<u64>().ok()) {
            let block = if unit.ends_with('B') { 8 << 10 } else { 1 };
            return (number * size + block / 2).div_euclid(block).to_string();
        }
    }
    value.parse::<f64>().map_or_else(|_| value.to_owned(), |number| number.to_string())
}

struct PostgreSql<'p> {
    place: &'p Place,
    bin: PathBuf,
    client: PathBuf,
    port: u16,
    server: Option<Server>,
}

impl<'p> PostgreSql<'p> {
    fn start(place: &'p Place, bin: &Path) -> Option<Self> {
        // Some builds come without clients; those of another version do.
        let own = bin.join("psql");
        let client = if own.is_file() { own } else { needed("psql")? };
        let mut initdb = place.command(&bin.join("initdb"), &[bin]);
        initdb.arg("--pgdata").arg(place.join("data")).args(["--username=postgres", "--no-sync", "--auth=trust"]);
        good(initdb);
        let mut server = Self { place, bin: bin.to_owned(), client, port: free_port(), server: None };
        server.restart();
        Some(server)
    }

    fn restart(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.stop("-INT");
        }
        let mut command = self.place.command(&self.bin.join("postgres"), &[]);
        command.arg("-D").arg(self.place.join("data")).arg("-k").arg(self.place.path());
        command.args(["-p", &self.port.to_string(), "-c", "listen_addresses="]);
        let mut server = self.place.start(command, "postgresql.log");
        server.until(|| self.told("SELECT 1").is_ok());
        self.server = Some(server);
    }

    /// What it answers; what it says of faults.
    fn told(&self, sql: &str) -> Result<String, String> {
        let mut psql = self.place.command(&self.client, &[]);
        psql.args(["-U", "postgres", "-h"]).arg(self.place.path()).args(["-p", &self.port.to_string()]);
        let output = told(
            {
                psql.args(["--no-psqlrc", "-w", "-q", "-A", "-t", "-F", "\t"]);
                psql
            },
            sql,
        );
        let said = text(&output.stderr);
        if output.status.success() && said.is_empty() { Ok(text(&output.stdout).to_owned()) } else { Err(all(&output)) }
    }

    fn values(&self) -> BTreeMap<String, String> {
        let sql = "SELECT name, current_setting(name) FROM pg_settings";
        pairs(&self.told(sql).expect("the settings"))
    }
}

fn pairs(answer: &str) -> BTreeMap<String, String> {
    let lines = answer.lines().filter_map(|line| line.split_once('\t'));
    lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn assert_taken(
    script: &BTreeMap<String, String>,
    taken: &BTreeMap<String, String>,
    same: impl Fn(&str) -> String,
    on: &Host,
) {
    assert!(!script.is_empty());
    for (name, value) in script {
        let now = taken.get(name).unwrap_or_else(|| panic!("{name} is not known"));
        assert_eq!(same(now), same(value), "{name} on {on:?}");
    }
}

fn postgresql_takes_every_statement(major: &str) {
    let Some(bin) = postgresql::programs(major) else { return };
    let place = Place::new();
    let Some(mut server) = PostgreSql::start(&place, &bin) else { return };
    let mut ran = 0;
    for (number, (host, demand)) in hosts(4096 * GB, 7).into_iter().enumerate() {
        let script = Script::new("postgresql", major, host, &demand);
        server.told("ALTER SYSTEM RESET ALL").expect("it forgets");
        server.told(&script.whole).unwrap_or_else(|said| panic!("{host:?}: {said}\n{}", script.whole));
        ran += script.live.len() + script.stored.len();
        assert_taken(&script.live, &server.values(), canonical, &host);
        let sql = "SELECT name, setting FROM pg_file_settings WHERE sourcefile LIKE '%auto.conf'";
        let written = pairs(&server.told(sql).expect("the file"));
        assert_taken(&script.stored, &written, |value| canonical(&value.replace(", ", ",").replace('"', "")), &host);
        if number % 20 == 0 && host.memory.0 <= 16 * GB {
            server.restart();
            assert_eq!(script.with_library.len(), 2);
            for statement in &script.with_library {
                server.told(statement).unwrap_or_else(|said| panic!("{statement}: {said}"));
            }
            server.told("SELECT pg_reload_conf()").expect("it reads them");
            let both: BTreeMap<_, _> = script.live.clone().into_iter().chain(script.stored.clone()).collect();
            server.restart();
            assert_taken(&both, &server.values(), canonical, &host);
            server.told("ALTER SYSTEM RESET ALL").expect("it forgets");
            server.restart();
        }
    }
    assert!(ran > 1_000, "{ran}");
}

#[test]
fn postgresql_15_takes_every_statement() {
    postgresql_takes_every_statement("15");
}

#[test]
fn postgresql_16_takes_every_statement() {
    postgresql_takes_every_statement("16");
}

#[test]
fn postgresql_17_takes_every_statement() {
    postgresql_takes_every_statement("17");
}

#[test]
fn postgresql_18_takes_every_statement() {
    postgresql_takes_every_statement("18");
}

// MariaDB and MySQL

/// A truth value as a number, an amount in bytes.
fn in_bytes(value: &str) -> String {
    let value = value.to_lowercase();
    let units = [('g', 30), ('m', 20), ('k', 10)];
    let amount = units.iter().find_map(|(unit, shift)| Some(value.strip_suffix(*unit)?.parse::<u64>().ok()? << shift));
    match value.as_str() {
        "on" | "yes" => String::from("1"),
        "off" | "no" => String::from("0"),
        _ => amount.map_or(value, |amount| amount.to_string()),
    }
}

/// A running server of the family, and how one talks to it.
struct MySql<'p> {
    place: &'p Place,
    client: Vec<PathBuf>,
    server: Server,
}

impl<'p> MySql<'p> {
    fn start(place: &'p Place, mut command: Command, client: Vec<PathBuf>) -> Self {
        let socket = place.join("socket");
        let _ = fs::remove_file(&socket);
        command
            .arg(format!("--socket={}", socket.display()))
            .arg(format!("--pid-file={}", place.join("pid").display()));
        command.arg("--skip-networking");
        let server = place.start(command, "server.log");
        let mut running = Self { place, client, server };
        let (client, place) = (running.client.clone(), running.place);
        running.server.until(|| ask(place, &client, "SELECT 1").is_ok());
        running
    }

    fn told(&self, sql: &str) -> Result<String, String> {
        ask(self.place, &self.client, sql)
    }

    fn values(&self) -> BTreeMap<String, String> {
        pairs(&self.told("SHOW GLOBAL VARIABLES").expect("the variables"))
    }
}

/// What the server answers; what it says of faults, warnings among them.
fn ask(place: &Place, client: &[PathBuf], sql: &str) -> Result<String, String> {
    let mut command = place.command(&client[0], &[]);
    command.args(&client[1..]).args(["--no-defaults", "-uroot", "-BN", "--force"]);
    command.arg(format!("--socket={}", place.join("socket").display()));
    let output = told(command, sql);
    let said = text(&output.stderr);
    if output.status.success() && said.is_empty() { Ok(text(&output.stdout).to_owned()) } else { Err(all(&output)) }
}

/// A program of an unpacked suite, with the suite's own libraries.
fn of_tree(tree: &Path, program: &str) -> Vec<PathBuf> {
    let (loader, libraries) = (tree.join("lib64/ld-linux-x86-64.so.2"), tree.join("lib/x86_64-linux-gnu"));
    vec![loader, "--library-path".into(), libraries, tree.join(program)]
}

fn mariadb_takes_every_statement(programs: &MariaDb, version: &str, client: Vec<PathBuf>) {
    let place = Place::new();
    let data = place.folder("data");
    programs.install(&place, &data);
    let start = |conf: Option<&Path>| MySql::start(&place, programs.command(&place, conf, &data), client.clone());
    let mut server = start(None);
    for (number, (host, demand)) in hosts(2 * GB, 29).into_iter().enumerate() {
        let script = Script::new("mariadb", version, host, &demand);
        server.told(&script.whole).unwrap_or_else(|said| panic!("{host:?}: {said}\n{}", script.whole));
        assert_taken(&script.live, &server.values(), in_bytes, &host);
        assert!(script.file.iter().any(|(name, _)| name == "innodb_log_buffer_size"), "{}", script.whole);
        if number % 4 == 0 {
            let lines: Vec<String> = script.file.iter().map(|(name, value)| format!("{name} = {value}\n")).collect();
            let conf = place.file("conf/more.cnf", &format!("[mariadbd]\n{}", lines.concat()));
            server.server.stop("-TERM");
            server = start(Some(&conf));
            let taken = server.values();
            for (name, value) in script.file.iter().filter(|(name, _)| name != "log_bin") {
                assert_eq!(in_bytes(&taken[name]), in_bytes(value), "{name} on {host:?}");
            }
        }
    }
}

#[test]
fn mariadb_takes_every_statement_of_this_machine() {
    let (Some(server), Some(client)) = (needed("mariadbd"), needed("mariadb")) else { return };
    let Some(programs) = MariaDb::of(vec![server], Path::new("/usr")) else { return };
    let catalog = polyglot::embedded::catalog();
    let database = catalog.get("mariadb").unwrap();
    let version = programs.version(database).major.to_string();
    mariadb_takes_every_statement(&programs, &version, vec![client]);
}

#[test]
fn mariadb_11_8_takes_every_statement() {
    let tree = tools().join("mariadb/11.8/usr");
    if !tree.is_dir() {
        missing("MariaDB 11.8");
        return;
    }
    let Some(programs) = MariaDb::of(of_tree(&tree, "sbin/mariadbd"), &tree) else { return };
    mariadb_takes_every_statement(&programs, "11.8", of_tree(&tree, "bin/mariadb"));
}

fn mysqld(place: &Place, tree: &Path) -> Command {
    let server = of_tree(tree, "sbin/mysqld");
    let mut command = place.command(&server[0], &[]);
    // Without a file of options at all, it would not read either what was made to last.
    let file = place.file("conf/my.cnf", "[mysqld]\n");
    command.args(&server[1..]).arg(format!("--defaults-file={}", file.display())).arg("--secure-file-priv=NULL");
    command.arg(format!("--datadir={}", place.join("data").display()));
    command.arg(format!("--lc-messages-dir={}", tree.join("share/mysql").display()));
    command.arg(format!("--character-sets-dir={}", tree.join("share/mysql/charsets").display()));
    command.arg(format!("--plugin-dir={}", tree.join("lib/mysql/plugin").display()));
    command
}

#[test]
fn mysql_9_7_takes_every_statement() {
    let tree = tools().join("mysql/9.7/usr");
    if !tree.is_dir() {
        missing("MySQL 9.7");
        return;
    }
    let place = Place::new();
    let mut first = mysqld(&place, &tree);
    first.arg("--initialize-insecure");
    good(first);
    let client = of_tree(&tree, "bin/mysql");
    let start = |more: &[String]| {
        let mut command = mysqld(&place, &tree);
        command.args(more);
        MySql::start(&place, command, client.clone())
    };
    let mut server = start(&[]);
    for (number, (host, demand)) in hosts(2 * GB, 29).into_iter().enumerate() {
        let script = Script::new("mysql", "9.7", host, &demand);
        server.told(&script.whole).unwrap_or_else(|said| panic!("{host:?}: {said}\n{}", script.whole));
        assert_taken(&script.live, &server.values(), in_bytes, &host);
        let stored = server.told("SELECT VARIABLE_NAME, VARIABLE_VALUE FROM performance_schema.persisted_variables");
        assert_taken(&script.stored, &pairs(&stored.expect("the table")), in_bytes, &host);
        if number % 4 == 0 {
            let lines = script.file.iter().map(|(name, value)| format!("--{}={value}", name.replace('_', "-")));
            let lines: Vec<String> = lines.collect();
            assert!(!lines.is_empty());
            server.server.stop("-TERM");
            server = start(&lines);
            let both: BTreeMap<_, _> = script.live.clone().into_iter().chain(script.stored.clone()).collect();
            assert_taken(&both, &server.values(), in_bytes, &host);
            server.told("RESET PERSIST").expect("it forgets");
            server.server.stop("-TERM");
            server = start(&[]);
        }
    }
}

// Redis and Valkey

fn every_command_is_taken(id: &'static str) {
    let Some(kind) = Kind::found(id) else { return };
    let catalog = polyglot::embedded::catalog();
    let database = catalog.get(id).unwrap();
    let version = nearest(database, &kind.said);
    let place = Place::new();
    let socket = place.join("socket");
    let mut command = place.command(&kind.server, &[]);
    command.args(["--port", "0", "--save", "", "--dir"]).arg(place.path()).arg("--unixsocket").arg(&socket);
    let mut server = place.start(command, "server.log");
    let client = || {
        let mut client = place.command(&kind.client, &[]);
        client.arg("-s").arg(&socket);
        client
    };
    server.until(|| text(&told(client(), "PING\n").stdout).starts_with("PONG"));
    for (host, demand) in hosts(256 * GB, 17) {
        let script = Script::new(id, &version.major, host, &demand);
        let whole = kind.known_commands(&script.whole);
        let answer = told(client(), &whole);
        let answers = text(&answer.stdout);
        let good = answers.lines().filter(|line| *line == "OK").count();
        assert_eq!(good, whole.lines().count(), "{host:?}: {whole}{answers}{}", text(&answer.stderr));
        let mut get = client();
        get.args(["config", "get", "*"]);
        let taken = text(&get.output().expect("the client runs").stdout).to_owned();
        let lines: Vec<&str> = taken.lines().collect();
        let taken: BTreeMap<String, String> =
            lines.chunks(2).map(|pair| (pair[0].to_owned(), pair.get(1).copied().unwrap_or("").to_owned())).collect();
        let script: BTreeMap<_, _> = whole.lines().filter_map(assigned).collect();
        assert_taken(&script, &taken, plain, &host);
    }
}

/// The version of the catalog that a server is, or its default.
fn nearest<'a>(database: &'a Database, said: &str) -> &'a Version {
    let own = database.versions.iter().find(|version| said.contains(&format!("v={}.", version.major)));
    own.or_else(|| database.default_version()).expect("a version")
}

#[test]
fn redis_takes_every_command() {
    every_command_is_taken("redis");
}

#[test]
fn valkey_takes_every_command() {
    every_command_is_taken("valkey");
}
