//! `MariaDB` reads its configuration on hosts of the grid, and its scripts make what they promise.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use catalog::{Database, Version};

use polyglot::plan::{Installation, Planned};
use polyglot::render::Kitchen;

use super::{Place, Server, Stack, all, free_port, good, missing, needed, refused, stranger, told, tools};
use crate::hosts::{databases, grid};

/// A server: what starts it, and where its own files are.
pub(super) struct Programs {
    launch: Vec<PathBuf>,
    share: PathBuf,
    plugins: PathBuf,
    said: String,
}

impl Programs {
    /// The server that `.ci/tools` unpacks, with libraries of its own; else this machine's.
    fn found() -> Option<Self> {
        let tree = tools().join("mariadb/11.8/usr");
        let own = tree.join("sbin/mariadbd");
        if own.is_file() {
            let (loader, libraries) = (tree.join("lib64/ld-linux-x86-64.so.2"), tree.join("lib/x86_64-linux-gnu"));
            return Self::of(vec![loader, "--library-path".into(), libraries, own], &tree);
        }
        Self::of(vec![needed("mariadbd")?], Path::new("/usr"))
    }

    /// A server by what starts it, and the folder that holds its own files.
    pub(super) fn of(launch: Vec<PathBuf>, base: &Path) -> Option<Self> {
        let shares = [base.join("share/mariadb"), base.join("share/mysql")];
        let share =
            shares.into_iter().find(|share| share.join("errmsg-utf8.txt").exists() || share.join("english").exists());
        let Some(share) = share else {
            missing("MariaDB's own files");
            return None;
        };
        let mut programs = Self { launch, share, plugins: base.join("lib/mysql/plugin"), said: String::new() };
        let output = Command::new(&programs.launch[0]).args(&programs.launch[1..]).arg("--version").output();
        programs.said = all(&output.expect("the server runs"));
        Some(programs)
    }

    /// The major version of the catalog that is nearest to the server.
    pub(super) fn version<'a>(&self, database: &'a Database) -> &'a Version {
        let own = database.versions.iter().find(|version| self.said.contains(&format!(" {}.", version.major)));
        own.or_else(|| database.versions.last()).expect("a version")
    }

    /// The server with a configuration, or with none, and a data folder.
    pub(super) fn command(&self, place: &Place, configuration: Option<&Path>, data: &Path) -> Command {
        let mut command = place.command(&self.launch[0], &[]);
        command.args(&self.launch[1..]);
        match configuration {
            Some(file) => command.arg(format!("--defaults-file={}", file.display())),
            None => command.arg("--no-defaults"),
        };
        command.arg(format!("--datadir={}", data.display())).arg(format!("--lc-messages-dir={}", self.share.display()));
        command.arg(format!("--character-sets-dir={}", self.share.join("charsets").display()));
        command.arg(format!("--plugin-dir={}", self.plugins.display()));
        command
    }

    /// Makes an empty database, as `mariadb-install-db` does.
    pub(super) fn install(&self, place: &Place, data: &Path) {
        let mut sql = String::from("create database mysql;\nuse mysql;\nset @auth_root_socket = NULL;\n");
        for part in ["system_tables", "performance_tables", "system_tables_data", "sys_schema"] {
            let names = [format!("mariadb_{part}.sql"), format!("mysql_{part}.sql")];
            let file =
                names.iter().map(|name| self.share.join(name)).find(|file| file.is_file()).expect("its own file");
            sql.push_str(&fs::read_to_string(file).expect("SQL"));
        }
        let mut command = self.command(place, None, data);
        command.arg("--bootstrap");
        let output = told(command, &sql);
        assert!(output.status.success(), "{}", all(&output));
    }
}

/// The lines that say that a setting is wrong, or was not taken as it is written.
fn complaints(said: &str) -> Vec<&str> {
    // What this machine is, not what the file says.
    let machine = [
        "io_uring",
        "native AIO",
        "max_open_files",
        "Could not increase number of",
        // A server that only reads its file has no binary log.
        "You need to use --log-bin",
        // The test has looked whether the port answers.
        "closed normally without authentication",
    ];
    let odd = said.lines().filter(|line| line.contains("[ERROR]") || line.contains("[Warning]"));
    odd.filter(|line| !machine.iter().any(|word| line.contains(word))).collect()
}

#[test]
fn mariadb_reads_the_configuration_of_hosts() {
    let Some(programs) = Programs::found() else { return };
    let catalog = polyglot::embedded::catalog();
    let (database, recipe) = databases(&catalog).into_iter().find(|(database, _)| database.id == "mariadb").unwrap();
    let version = programs.version(database);
    let place = Place::new();
    let empty = place.folder("empty");
    programs.install(&place, &empty);
    // A pool of 16 GB is allocated at the start: larger hosts are left to the keys' lists.
    let hosts = grid().into_iter().filter(|(host, _)| host.memory.0 <= 16 << 30);
    for (number, (host, demand)) in hosts.step_by(23).enumerate() {
        let kitchen = Kitchen::default();
        let planned =
            Planned::alone(Installation { database, version, recipe }, &kitchen.reckoner, host, &demand).unwrap();
        let (_, conf) = kitchen.configurations(&planned).unwrap().remove(0);
        let file = place.file(&format!("conf/{number}.cnf"), &conf);
        let data = place.join(&format!("data-{number}"));
        let mut copy = place.command(Path::new("/bin/cp"), &[]);
        copy.arg("-r").arg(&empty).arg(&data);
        good(copy);
        let mut command = programs.command(&place, Some(&file), &data);
        command.arg("--bootstrap");
        let output = told(command, "select 1;\n");
        let said = all(&output);
        assert!(output.status.success(), "{host:?}: {said}\n{conf}");
        assert_eq!(complaints(&said), Vec::<&str>::new(), "{host:?}: {conf}");
        fs::remove_dir_all(data).expect("it goes");
    }
}

/// A server with the configuration and the scripts of a rendered stack.
struct Running<'p> {
    place: &'p Place,
    programs: &'p Programs,
    stack: Stack<'p>,
    port: u16,
    server: Option<Server>,
}

const SHOP: &str = r"version: 1
name: web-shop
target: { memory: 2GB, cpus: 2 }
data:
  shop:
    needs_transactions: true
    data_size: 300MB
    connections: 20
    backup: { every: 1d, keep: 7d }
    database: mariadb
    justification: the team runs it
    collections:
      customers:
        fields:
          id: { type: uuid, required: true, unique: true }
          email: { type: varchar(200), required: true, unique: true }
          profile: { type: json }
        indexes: [{ fields: [email, id] }]
      orders:
        fields:
          id: { type: bigint, required: true, unique: true }
          customer_id: { type: uuid, required: true, references: customers.id }
          Größe-in-cm: { type: varchar(40) }
          note: { type: text }
        indexes: [Größe-in-cm, { fields: [note], method: gin }]
      bookings:
        fields:
          booked_at: { type: datetime, required: true }
        partition_by: { field: booked_at, every: month }
      news: { structure: 'a document''s ` \ ; text */ # -- each', ttl: 30d, indexes: [topic] }
";

impl<'p> Running<'p> {
    fn start(place: &'p Place, programs: &'p Programs, requirements: &str) -> Self {
        let catalog = polyglot::embedded::catalog();
        let version = &programs.version(catalog.get("mariadb").expect("it is there")).major;
        let requirements = &requirements.replace("database: mariadb", &format!("database: mariadb@{version}"));
        let mut stack = Stack::render(place, requirements, "mariadb");
        stack.replace("/var/lib/mysql/", &format!("{}/", place.join("data").display()));
        let port = free_port();
        // Debian's client compares names only, and an address is none.
        let host = if requirements.contains("in_transit") { "localhost" } else { "127.0.0.1" };
        stack.replace("host='mariadb'", &format!("host={host}"));
        stack.replace("port=3306", &format!("port={port}"));
        stack.replace("/backup/", &format!("{}/", place.folder("backup").display()));
        stack.replace("find /backup", &format!("find {}", place.join("backup").display()));
        stack.replace("/tmp/options.cnf", &place.join("options.cnf").display().to_string());
        let data = place.folder("data");
        programs.install(place, &data);
        let mut running = Self { place, programs, stack, port, server: None };
        running.restart();
        running
    }

    fn restart(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.stop("-TERM");
        }
        let conf = self.stack.fit("my.cnf");
        let mut command = self.programs.command(self.place, Some(&conf), &self.place.join("data"));
        command.arg(format!("--socket={}", self.place.join("socket").display()));
        command.args([&format!("--port={}", self.port), "--bind-address=127.0.0.1"]);
        command.arg(format!("--pid-file={}", self.place.join("pid").display()));
        let mut server = self.place.start(command, "mariadb.log");
        let log = server.log.clone();
        // The log may hold what an earlier start said.
        let reached = || TcpStream::connect(("127.0.0.1", self.port)).is_ok();
        let ready = || fs::read_to_string(&log).is_ok_and(|said| said.contains("ready for connections"));
        server.until(|| ready() && reached());
        self.server = Some(server);
    }

    /// The image's entrypoint sources what is no program, and hands SQL to the server as root.
    fn run_scripts(&self) {
        if let Some(output) = self.failing_script() {
            panic!("{}", all(&output));
        }
    }

    /// Runs them up to the first that fails, as the entrypoint does, which then ends.
    fn failing_script(&self) -> Option<Output> {
        for path in self.stack.names("init") {
            let script = self.stack.fit(&path);
            let socket = self.place.join("socket");
            let client = format!("mariadb --no-defaults --socket={} -uroot", socket.display());
            let line = if Path::new(&path).extension().is_some_and(|end| end == "sql") {
                format!("{client} --comments --binary-mode < {}", script.display())
            } else {
                format!("docker_process_sql() {{ {client} \"$@\"; }}; . {}", script.display())
            };
            let mut shell = self.place.command(Path::new("/bin/bash"), &[]);
            shell.args(["-eo", "pipefail", "-c", &line]);
            let output = shell.output().expect("a shell");
            if !output.status.success() || !output.stderr.is_empty() {
                return Some(output);
            }
        }
        None
    }

    /// What the healthcheck of the compose file says; the image's own script is there for whether the server answers.
    fn health(&self) -> Output {
        let service = self.stack.service("mariadb");
        let test = service["healthcheck"]["test"][1].as_str().expect("a command").replace("$$", "$");
        let data = format!("{}/", self.place.join("data").display());
        let answers = format!("mariadb-admin --no-defaults ping -h127.0.0.1 -P{} --silent", self.port);
        let test =
            test.replace("/var/lib/mysql/", &data).replace("healthcheck.sh --connect --innodb_initialized", &answers);
        let mut shell = self.place.command(Path::new("/bin/sh"), &[]);
        shell.args(["-c", &test]);
        shell.output().expect("a shell")
    }

    fn role(&self, user: &str, secret: &str, sql: &str) -> Command {
        let mut client = self.place.command(Path::new("mariadb"), &[]);
        client.args(["--no-defaults", "-h127.0.0.1", "-BN", &format!("-P{}", self.port), &format!("-u{user}")]);
        client.arg(format!("-p{}", self.stack.secret(secret))).args(["-e", sql, "web_shop"]);
        client
    }

    fn app(&self, sql: &str) -> Command {
        self.role("web_shop", "app", sql)
    }

    fn app_with(&self, options: &[&str], sql: &str) -> Command {
        let mut client = self.app(sql);
        client.args(options);
        client
    }

    fn root(&self, sql: &str) -> String {
        let mut client = self.place.command(Path::new("mariadb"), &[]);
        client.args(["--no-defaults", "-uroot", "-BN", &format!("--socket={}", self.place.join("socket").display())]);
        client.args(["-e", sql]);
        good(client)
    }

    fn backup(&self, arguments: &[&str]) -> Command {
        let script = self.stack.fit("backup.sh");
        let mut command = self.place.command(Path::new("/bin/bash"), &[]);
        command.arg(script).args(arguments);
        command
    }
}

#[test]
fn the_scripts_of_mariadb_make_what_they_promise() {
    let Some(programs) = Programs::found() else { return };
    if ["mariadb", "mariadb-dump", "zstd"].into_iter().any(|name| needed(name).is_none()) {
        return;
    }
    let place = Place::new();
    let mut running = Running::start(&place, &programs, SHOP);
    let said = running.server.as_ref().expect("a server").said();
    assert_eq!(complaints(&said), Vec::<&str>::new());
    running.run_scripts();
    let tables =
        running.root("SELECT table_name FROM information_schema.tables WHERE table_schema = 'web_shop' ORDER BY 1");
    assert_eq!(tables, "bookings\ncustomers\nnews\norders\n");
    let parts = running.root("SELECT count(*) FROM information_schema.partitions WHERE table_schema = 'web_shop' AND table_name = 'bookings' AND partition_name IS NOT NULL");
    assert!(parts.trim().parse::<u32>().unwrap() >= 2, "{parts}");
    let made = running.root(
        "SELECT table_name, index_name, column_name, index_type FROM information_schema.statistics
          WHERE table_schema = 'web_shop' ORDER BY 1, 2, 3",
    );
    for index in ["Größe-in-cm", "FULLTEXT", "topic"] {
        assert!(made.contains(index), "{index}: {made}");
    }
    // The image gives root the password of the secret.
    let password = running.stack.secret("admin");
    running.root(&format!("ALTER USER root@localhost IDENTIFIED BY '{password}'"));

    good(running.app("INSERT INTO customers (id, email) VALUES (UUID(), 'a@example.org'), (UUID(), 'b@example.org')"));
    good(running.app("INSERT INTO orders (id, customer_id) SELECT 1, id FROM customers WHERE email LIKE 'a%'"));
    good(running.app("INSERT INTO news (doc) VALUES ('{\"topic\": \"x\"}')"));
    good(running.app("INSERT INTO bookings (booked_at) VALUES (NOW()), (NOW() + INTERVAL 1 YEAR)"));
    for sql in [
        "CREATE TABLE mine (a int)",
        "DROP TABLE orders",
        "ALTER TABLE orders ADD x int",
        "CREATE USER other",
        "TRUNCATE orders",
        "SELECT * FROM mysql.user",
    ] {
        let said = refused(running.app(sql));
        assert!(said.contains("denied"), "{said}");
    }
    assert!(refused(running.role("web_shop", "backup", "SELECT 1")).contains("Access denied"));
    good(running.role(
        "polyglot_migrate",
        "migrate",
        "CREATE TABLE later (id int PRIMARY KEY); ALTER TABLE later ADD x int",
    ));
    good(running.app("INSERT INTO later (id) VALUES (1)"));
    // With a binary log, which production has, migrations make functions and triggers all the same.
    assert_eq!(good(running.app("SELECT @@log_bin")), "1\n");
    good(running.role(
        "polyglot_migrate",
        "migrate",
        "CREATE FUNCTION twice (x INT) RETURNS INT DETERMINISTIC RETURN 2 * x;
         CREATE TRIGGER doubled BEFORE INSERT ON later FOR EACH ROW SET NEW.x = twice(NEW.id)",
    ));
    good(running.app("INSERT INTO later (id) VALUES (21)"));
    assert_eq!(good(running.app("SELECT x FROM later WHERE id = 21")), "42\n");

    let dump = good(running.backup(&["backup"])).trim_end().to_owned();
    assert!(Path::new(&dump).is_file(), "{dump}");
    assert_eq!(fs::read_dir(place.join("backup")).unwrap().count(), 1, "nothing unfinished is left");
    good(running.app("DELETE FROM orders"));
    good(running.app("DELETE FROM customers"));
    let file = Path::new(&dump).file_name().and_then(|name| name.to_str()).unwrap().to_owned();
    let said = good(running.backup(&["restore", &file]));
    assert!(said.contains("restored"), "{said}");
    assert_eq!(
        good(running.app("SELECT email FROM orders JOIN customers ON customer_id = customers.id")),
        "a@example.org\n"
    );
    running.restart();
    assert_eq!(good(running.app("SELECT count(*) FROM customers")), "2\n");
    let said = running.server.as_ref().expect("a server").said();
    // A wrong password is tried on purpose, and whether the port is open.
    let expected = ["Access denied", "closed normally without authentication"];
    let odd = complaints(&said).into_iter().filter(|line| !expected.iter().any(|expected| line.contains(expected)));
    let odd: Vec<&str> = odd.collect();
    assert_eq!(odd, Vec::<&str>::new());
}

#[test]
fn a_first_start_of_mariadb_that_failed_is_never_healthy() {
    let Some(programs) = Programs::found() else { return };
    if ["mariadb", "mariadb-admin"].into_iter().any(|name| needed(name).is_none()) {
        return;
    }
    let place = Place::new();
    let mut running = Running::start(&place, &programs, SHOP);
    running.stack.replace("CREATE TABLE", "CREATE TABEL");
    assert!(running.failing_script().is_some_and(|output| all(&output).contains("TABEL")));
    for _ in 0..2 {
        let output = running.health();
        assert!(!output.status.success() && all(&output).contains("README.md"), "{}", all(&output));
        running.restart();
        assert_eq!(running.root("SELECT 1"), "1\n", "it answers all the same");
    }
    // On an empty volume it starts anew.
    drop(running);
    let place = Place::new();
    let running = Running::start(&place, &programs, SHOP);
    running.run_scripts();
    assert!(running.health().status.success(), "{}", all(&running.health()));
}

#[test]
fn every_type_makes_a_column_on_mariadb() {
    let Some(programs) = Programs::found() else { return };
    if needed("mariadb").is_none() {
        return;
    }
    let place = Place::new();
    // 10.11 has no vectors.
    let old = programs.said.contains(" 10.11.");
    let types: Vec<String> = super::every_type().into_iter().filter(|word| !old || !word.contains("vec")).collect();
    let (before, _) = SHOP.split_once("    collections:\n").expect("collections");
    let requirements = format!("{before}    collections:\n{}", super::collections_of(&types));
    let running = Running::start(&place, &programs, &requirements);
    running.run_scripts();
    let made = running.root(
        "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'web_shop' AND column_name REGEXP '^f[0-9]'",
    );
    assert_eq!(made.trim(), types.len().to_string());
}

#[test]
fn clients_of_mariadb_come_with_tls_alone() {
    let Some(programs) = Programs::found() else { return };
    if ["mariadb", "mariadb-dump", "zstd"].into_iter().any(|name| needed(name).is_none()) {
        return;
    }
    let place = Place::new();
    let requirements = SHOP.replace("    collections:\n", "    encryption: { in_transit: true }\n    collections:\n");
    let running = Running::start(&place, &programs, &requirements);
    let said = running.server.as_ref().expect("a server").said();
    assert_eq!(complaints(&said), Vec::<&str>::new());
    // By the socket, as the image's entrypoint does it: that is not the network.
    running.run_scripts();
    let authority = place.join("run/secrets/ca.crt");
    let client = |host: &str, options: &[&str]| {
        let mut client = place.command(Path::new("mariadb"), &[]);
        client.args([
            "--no-defaults",
            "--protocol=tcp",
            "-BN",
            "-uweb_shop",
            &format!("-P{}", running.port),
            &format!("-h{host}"),
        ]);
        client.arg(format!("-p{}", running.stack.secret("app"))).args(options);
        client.args(["-e", "SHOW STATUS LIKE 'Ssl_version'", "web_shop"]);
        client
    };
    let trusting =
        |authority: &Path| [format!("--ssl-ca={}", authority.display()), "--ssl-verify-server-cert".to_owned()];
    let verified = trusting(&authority);
    let verified = [verified[0].as_str(), verified[1].as_str()];
    assert_eq!(good(client("localhost", &verified)), "Ssl_version\tTLSv1.3\n");
    // One without TLS, one that trusts somebody else.
    let said = refused(client("localhost", &["--skip-ssl"]));
    // The server says no more than that, although the name and the password are right.
    assert!(said.contains("Access denied") || said.contains("insecure transport"), "{said}");
    let other = trusting(&stranger(&place, &requirements));
    let said = refused(client("localhost", &[other[0].as_str(), other[1].as_str()]));
    assert!(said.contains("certificate verify failed") || said.contains("self-signed"), "{said}");
    // What runs in the container, as the healthcheck, reads the configuration that the server reads.
    let conf = place.join("fitted/my.cnf");
    let health = |conf: &Path| {
        let mut client = place.command(Path::new("mariadb"), &[]);
        client.arg(format!("--defaults-file={}", conf.display())).args(["--protocol=tcp", "-hlocalhost", "-uweb_shop"]);
        client
            .args([format!("-P{}", running.port), format!("-p{}", running.stack.secret("app"))])
            .args(["-e", "SELECT 1"]);
        client
    };
    good(health(&conf));
    // The backup verifies; it knows the service by its name, which the test cannot give: by the address instead.
    good(running.app_with(&verified, "INSERT INTO customers (id, email) VALUES (UUID(), 'a@example.org')"));
    let dump = good(running.backup(&["backup"])).trim_end().to_owned();
    assert!(Path::new(&dump).is_file(), "{dump}");
    place.file("run/secrets/ca.crt", &fs::read_to_string(place.join("stranger.crt")).unwrap());
    refused(health(&conf));
    let said = refused(running.backup(&["backup"]));
    assert!(said.contains("certificate") || said.contains("self-signed"), "{said}");
}
