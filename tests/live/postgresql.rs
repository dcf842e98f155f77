//! `PostgreSQL` reads its configuration on every host of the grid, and the rendered scripts make what they promise.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

use polyglot::plan::{Installation, Planned};
use polyglot::render::Kitchen;

use super::{Place, Server, Stack, all, free_port, give, good, listens, missing, refused, stranger, tools, wait_for};
use crate::hosts::{databases, grid};
use crate::session::text;

/// The programs of a major version: of the folder in `POLYGLOT_POSTGRESQL_N`, of the tools, or Debian's.
pub(super) fn programs(major: &str) -> Option<PathBuf> {
    let found = found(major);
    if found.is_none() {
        missing(&format!("PostgreSQL {major}"));
    }
    found
}

fn found(major: &str) -> Option<PathBuf> {
    let named = std::env::var_os(format!("POLYGLOT_POSTGRESQL_{major}")).map(PathBuf::from);
    let of_tools = tools().join("postgresql").join(major).join("bin");
    let debian = Path::new("/usr/lib/postgresql").join(major).join("bin");
    let folders = named.into_iter().chain([of_tools, debian]);
    let mut folders = folders.filter_map(|folder| fs::canonicalize(folder).ok());
    folders.find(|folder| folder.join("postgres").is_file())
}

fn every_configuration_is_read(major: &str) {
    let Some(bin) = programs(major) else { return };
    let catalog = polyglot::embedded::catalog();
    let (database, recipe) = databases(&catalog).into_iter().find(|(database, _)| database.id == "postgresql").unwrap();
    let version = database.version(major).unwrap();
    let place = Place::new();
    let empty = place.folder("empty");
    let configurations: Vec<PathBuf> = grid()
        .into_iter()
        .enumerate()
        .map(|(number, (host, demand))| {
            let kitchen = Kitchen::default();
            let planned =
                Planned::alone(Installation { database, version, recipe }, &kitchen.reckoner, host, &demand).unwrap();
            let files = kitchen.configurations(&planned).unwrap();
            let (_, conf) = files.into_iter().find(|(path, _)| path == "postgresql.conf").expect("a configuration");
            place.file(&format!("conf/{number}.conf"), &conf)
        })
        .collect();
    assert!(configurations.len() >= 500, "{}", configurations.len());
    let faults = Mutex::new(Vec::new());
    let read = |configuration: &PathBuf| {
        let mut command = place.command(&bin.join("postgres"), &[]);
        command.arg("-D").arg(&empty).arg("-c").arg(format!("config_file={}", configuration.display()));
        let output = command.args(["-C", "shared_buffers"]).output().expect("the server runs");
        // What `ALTER SYSTEM` writes is not there before there is a database.
        let said = text(&output.stderr).lines().filter(|line| !line.contains("skipping missing configuration file"));
        if !output.status.success() || said.count() > 0 {
            let conf = fs::read_to_string(configuration).unwrap();
            faults.lock().unwrap().push(format!("{}{conf}", all(&output)));
        }
    };
    let (one, other) = configurations.split_at(configurations.len() / 2);
    std::thread::scope(|scope| {
        scope.spawn(|| one.iter().for_each(read));
        other.iter().for_each(read);
    });
    let faults = faults.into_inner().unwrap();
    assert!(faults.is_empty(), "{} of {}: {}", faults.len(), configurations.len(), faults[0]);
}

#[test]
fn postgresql_15_reads_the_configuration_of_every_host() {
    every_configuration_is_read("15");
}

#[test]
fn postgresql_18_reads_the_configuration_of_every_host() {
    every_configuration_is_read("18");
}

/// A server with the configuration and the scripts of a rendered stack.
struct Running<'p> {
    place: &'p Place,
    bin: PathBuf,
    stack: Stack<'p>,
    port: u16,
    server: Option<Server>,
}

const USER: &str = "web_shop";

/// What the example asks for, on a host.
fn shop(major: &str, target: &str, further: &str) -> String {
    format!("version: 1\nname: web-shop\ntarget: {target}\ndata:\n{SHOP}{further}")
        .replace("@MAJOR", &format!("@{major}"))
}

/// Every shape of a table: references, compound and unique indexes, methods, partitions, ages, documents, odd names.
const SHOP: &str = r#"  accounts:
    description: "who buys what, and it's \"theirs\" ` \\ $(false) :'x' :x\n\\! false\n\\quit\n-- "
    kind: user_profile
    database: postgresql@MAJOR
    data_size: 300MB
    connections: 20
    backup: { every: 1d, keep: 7d }
    collections:
      customers:
        fields:
          id: { type: uuid, required: true, unique: true }
          email: { type: citext, required: true, unique: true }
          tags: { type: "text[]" }
          profile: { type: jsonb }
          place: { type: point }
        indexes: [tags, profile, place, { fields: [email], method: hash }]
      orders:
        fields:
          id: { type: bigint, required: true, unique: true }
          customer_id: { type: uuid, required: true, references: customers.id }
          placed_at: { type: timestamptz, required: true }
          total: { type: "numeric(10, 2)" }
          note: { type: text }
        indexes: [[customer_id, placed_at], { fields: [placed_at], method: brin }, { fields: [note], method: gin }]
      order-lines:
        structure: it's "one line" \ of ; an order -- $$ */
        fields:
          order_id: { type: bigint, required: true, references: orders.id }
          Größe-in-cm: { type: varchar(40) }
          select: { type: int }
        indexes: [Größe-in-cm, { fields: [order_id, select], unique: true }]
      bookings:
        fields:
          id: { type: bigint, required: true }
          booked_at: { type: timestamptz, required: true }
        indexes: [booked_at]
        partition_by: { field: booked_at, every: month }
      visits:
        fields:
          at: { type: timestamptz, required: true }
          page: { type: text }
        indexes: [page]
        partition_by: { field: at, every: day }
        ttl: { field: at, after: 30d }
      news: { structure: a document each, ttl: 30d, indexes: [topic, [topic, "author.name"]] }
      log: { structure: a document each, capped: 64MB }
  words:
    full_text: true
    durability: derived
    source: accounts
    sync: cdc
    database: postgresql@MAJOR
    justification: it is there
    collections:
      pages: {}
      posts: { fields: { body: { type: text } }, indexes: [{ fields: [body], method: gin }] }
  empty:
    kind: user_profile
    database: postgresql@MAJOR
"#;

impl<'p> Running<'p> {
    /// Renders, makes a database as the image does, and starts it with the rendered configuration.
    fn start(place: &'p Place, bin: &Path, requirements: &str) -> Self {
        let mut stack = Stack::render(place, requirements, "postgresql");
        let port = free_port();
        // The network of the stack, the volumes and the paths of files are the container's.
        stack.replace("PGHOST='postgresql' PGPORT=5432", &format!("PGHOST=127.0.0.1 PGPORT={port}"));
        stack.replace("--host 'postgresql' --port 5432", &format!("--host 127.0.0.1 --port {port}"));
        stack.replace("/backup/", &format!("{}/", place.folder("backup").display()));
        stack.replace("find /backup", &format!("find {}", place.join("backup").display()));
        stack.replace("ls -l /backup", &format!("ls -l {}", place.join("backup").display()));
        stack.replace("/var/run/postgresql", &place.folder("socket").display().to_string());
        stack.replace("/etc/postgresql/pg_hba.conf", &place.join("fitted/pg_hba.conf").display().to_string());
        // What the image has beside the server.
        place.file("bin/docker-entrypoint.sh", "#!/bin/sh\nexec \"$@\"\n");
        let mut running = Self { place, bin: bin.to_owned(), stack, port, server: None };
        running.make_database();
        running.restart();
        running
    }

    fn program(&self, name: &str) -> Command {
        let mut command = self.place.command(&self.bin.join(name), &[&self.bin]);
        command.env("PGHOST", self.place.path()).env("PGPORT", self.port.to_string());
        command
    }

    /// As the image's entrypoint does it, with the arguments of the compose file.
    fn make_database(&self) {
        let service = self.stack.service("postgresql");
        let environment = &service["environment"];
        let arguments = environment["POSTGRES_INITDB_ARGS"].as_str().expect("arguments");
        let password = self.place.join("run/secrets/admin");
        let mut command = self.program("initdb");
        command.arg("--pgdata").arg(self.place.join("data")).arg(format!("--pwfile={}", password.display()));
        command.args(["--username=postgres", "--no-sync"]).args(arguments.split_whitespace());
        good(command);
    }

    /// A rendered file without what the image is built with and this server perhaps is not: the one of `PyPI` lacks LZ4
    /// and Zstandard.
    fn known(&self, path: &str) -> PathBuf {
        let mut command = self.program("pg_config");
        command.arg("--configure");
        let built = good(command);
        let mut text = fs::read_to_string(self.stack.fit(path)).expect("a file");
        if !built.contains("--with-lz4") {
            text = text.replace("= lz4", "= pglz");
        }
        if !built.contains("--with-zstd") {
            text = text.replace("--compress=zstd:3", "--compress=6");
        }
        self.place.file(&format!("fitted/{path}"), &text)
    }

    fn restart(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.stop("-INT");
        }
        let conf = self.known("postgresql.conf");
        let mut command = self.program("postgres");
        if self.takes_tls_alone() {
            self.stack.fit("pg_hba.conf");
            let program = self.bin.join("postgres");
            command = self.place.command(Path::new("/bin/bash"), &[&self.place.join("bin"), &self.bin]);
            command.arg(self.stack.fit("start.sh")).arg(program);
        }
        command.arg("-D").arg(self.place.join("data")).arg("-c").arg(format!("config_file={}", conf.display()));
        command.arg("-k").arg(self.place.path()).args([
            "-p",
            &self.port.to_string(),
            "-c",
            "listen_addresses=127.0.0.1",
        ]);
        let mut server = self.place.start(command, "postgresql.log");
        server.until(|| {
            let mut ready = self.program("pg_isready");
            ready.args(["-q", "-h", "127.0.0.1"]).status().expect("pg_isready runs").success()
        });
        self.server = Some(server);
    }

    fn takes_tls_alone(&self) -> bool {
        self.stack.service("postgresql")["entrypoint"][1].as_str().is_some_and(|path| path.ends_with("/start.sh"))
    }

    /// Runs the scripts of the init folder as the image's entrypoint does, in the order of their names.
    fn run_scripts(&self) {
        if let Some(output) = self.failing_script() {
            panic!("{}", all(&output));
        }
    }

    /// Runs them up to the first that fails, as the entrypoint does, which then ends; a word on the error channel is a failure.
    fn failing_script(&self) -> Option<Output> {
        for path in self.stack.names("initdb") {
            let script = self.stack.fit(&path);
            let mut command = if Path::new(&path).extension().is_some_and(|end| end == "sql") {
                let mut psql = self.program("psql");
                psql.args(["-v", "ON_ERROR_STOP=1", "--no-psqlrc", "--no-password", "--dbname", USER, "--file"]);
                psql
            } else {
                let mut shell = self.place.command(Path::new("/bin/bash"), &[&self.bin]);
                shell.env("PGHOST", self.place.path()).env("PGPORT", self.port.to_string());
                shell.env("PGDATA", self.place.join("data"));
                shell
            };
            command.env("PGUSER", "postgres").env("POSTGRES_USER", "postgres").arg(script);
            let output = command.output().expect("it runs");
            if !output.status.success() || !output.stderr.is_empty() {
                return Some(output);
            }
        }
        None
    }

    /// What the healthcheck of the compose file says.
    fn health(&self) -> Output {
        self.health_trusting(&self.place.join("run/secrets/ca.crt"))
    }

    fn health_trusting(&self, authority: &Path) -> Output {
        let service = self.stack.service("postgresql");
        let test = service["healthcheck"]["test"][1].as_str().expect("a command").replace("$$", "$");
        let test = test.replace("-p 5432", &format!("-p {}", self.port));
        let test = test.replace("/run/secrets/ca.crt", &authority.display().to_string());
        let mut shell = self.place.command(Path::new("/bin/sh"), &[&self.bin]);
        shell.args(["-c", &test]).env("PGDATA", self.place.join("data"));
        shell.output().expect("a shell")
    }

    fn psql(&self, sql: &str) -> Command {
        let mut psql = self.program("psql");
        psql.args(["-v", "ON_ERROR_STOP=1", "--no-psqlrc", "-w", "-q", "-A", "-t", "-c", sql]).env("PGDATABASE", USER);
        psql
    }

    /// What the superuser is told.
    fn admin(&self, sql: &str) -> String {
        let mut psql = self.psql(sql);
        psql.env("PGUSER", "postgres");
        good(psql).trim_end().to_owned()
    }

    /// A statement of a role, which has to give its password.
    fn role(&self, role: &str, secret: &str, sql: &str) -> Command {
        let mut psql = self.psql(sql);
        psql.env("PGHOST", "127.0.0.1").env("PGUSER", role).env("PGPASSWORD", self.stack.secret(secret));
        psql
    }

    fn app(&self, sql: &str) -> Command {
        self.role(USER, "app", sql)
    }

    /// Runs the backup script.
    fn backup(&self, arguments: &[&str]) -> Command {
        let script = self.known("backup.sh");
        let mut command = self.place.command(Path::new("/bin/bash"), &[&self.bin]);
        command.arg(script).args(arguments);
        command
    }

    /// Everything that the scripts made.
    fn inventory(&self) -> String {
        self.admin(INVENTORY)
    }
}

/// What the scripts made: what it is called, what it is, whose it is and who may use it. Rights that were never granted
/// and those that everybody has by default are the same.
const INVENTORY: &str = r#"
SELECT n.nspname, c.relname, c.relkind, c.relpersistence, c.relreplident, pg_get_userbyid(c.relowner),
       (SELECT string_agg(one::text, ' ' ORDER BY one::text)
          FROM unnest(COALESCE(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))) AS one)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
UNION ALL
SELECT conrelid::regclass::text, conname, contype, '', '', '', pg_get_constraintdef(oid)
  FROM pg_constraint WHERE conrelid <> 0 AND connamespace::regnamespace::text !~ '^pg_|information_schema'
UNION ALL
SELECT '', rolname, '', '', '', '',
       format('%s %s %s %s %s %s', rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolconfig)
  FROM pg_roles WHERE rolname !~ '^pg_'
UNION ALL
SELECT '', extname, 'e', '', '', '', '' FROM pg_extension
UNION ALL
SELECT '', nspname, 'n', '', '', pg_get_userbyid(nspowner),
       (SELECT string_agg(one::text, ' ' ORDER BY one::text) FROM unnest(COALESCE(nspacl, acldefault('n', nspowner))) AS one)
  FROM pg_namespace WHERE nspname !~ '^pg_'
ORDER BY 1, 2, 3, 7
"#;

/// Compares lists line by line, and shows only what differs.
fn assert_same(now: &str, then: &str, what: &str) {
    let without = |one: &str, other: &str| {
        one.lines().filter(|line| !other.lines().any(|known| known == *line)).map(str::to_owned).collect::<Vec<_>>()
    };
    let (more, less) = (without(now, then), without(then, now));
    assert!(more.is_empty() && less.is_empty(), "{what}\nnow: {more:#?}\nthen: {less:#?}");
}

/// Hosts that this machine can stand in for: a server takes its memory only as it is used.
const HOSTS: [&str; 10] = [
    "{ memory: 1GB, cpus: 1, storage: hdd, disk: 20GB }",
    "{ memory: 2GB, cpus: 2, storage: ssd, disk: 50GB, environment: development }",
    "{ memory: 2GB, cpus: 1, storage: hdd, disk: 100GB, environment: staging }",
    "{ memory: 3GB, cpus: 3, storage: san, disk: 200GB }",
    "{ memory: 4GB, cpus: 2, storage: ssd, disk: 100GB }",
    "{ memory: 4GB, cpus: 8, storage: nvme, disk: 1TB }",
    "{ memory: 6GB, cpus: 6, storage: nvme, disk: 500GB }",
    "{ memory: 8GB, cpus: 4, storage: ssd, disk: 100GB }",
    "{ memory: 8GB, cpus: 16, storage: nvme, disk: 2TB, environment: staging }",
    "{ memory: 8GB, cpus: 32, storage: san, disk: 10TB }",
];

fn the_scripts_make_what_they_promise(major: &str) {
    let Some(bin) = programs(major) else { return };
    for (number, host) in HOSTS.iter().enumerate() {
        let place = Place::new();
        let workload = ["web", "oltp", "dw", "mixed", "desktop"][number % 5];
        let requirements = shop(major, host, &format!("    workload: {workload}\n"));
        let running = Running::start(&place, &bin, &requirements);
        running.admin_makes_the_database();
        running.run_scripts();
        look_at_what_was_made(&running);
        let before = running.inventory();
        running.run_scripts();
        assert_same(&running.inventory(), &before, "run twice, the scripts make nothing more");
        let said = running.server.as_ref().expect("a server").said();
        // Who asks whether it is ready is told that it is not.
        let odd = said.lines().filter(|line| !line.contains("the database system is starting up"));
        let odd = odd.filter(|line| ["WARNING", "FATAL", "PANIC", "invalid"].iter().any(|word| line.contains(word)));
        assert_eq!(odd.collect::<Vec<_>>(), Vec::<&str>::new(), "{host}");
        if number == 0 {
            roles_have_the_least_that_they_need(&running);
        }
    }
}

impl Running<'_> {
    /// The image's entrypoint makes the database of `POSTGRES_DB`.
    fn admin_makes_the_database(&self) {
        let service = self.stack.service("postgresql");
        assert_eq!(service["environment"]["POSTGRES_DB"], USER);
        let mut psql = self.psql(&format!("CREATE DATABASE {USER}"));
        psql.env("PGUSER", "postgres").env("PGDATABASE", "postgres");
        good(psql);
    }
}

fn look_at_what_was_made(running: &Running<'_>) {
    let tables = running.admin(
        "SELECT n.nspname || '.' || c.relname || ' ' || c.relkind::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname IN ('accounts', 'words', 'empty') ORDER BY 1",
    );
    let expected = [
        "accounts.bookings p",
        "accounts.customers r",
        "accounts.log p",
        "accounts.news r",
        "accounts.order-lines r",
        "accounts.orders r",
        "accounts.visits p",
        "words.pages r",
        "words.posts r",
    ];
    assert_eq!(tables.lines().collect::<Vec<_>>(), expected);

    // Partitions reach ahead, and the default one takes what falls beyond them.
    let partitions = |table: &str| {
        let count =
            running.admin(&format!("SELECT count(*) FROM pg_inherits WHERE inhparent = 'accounts.{table}'::regclass"));
        count.parse::<u32>().unwrap()
    };
    assert!(partitions("visits") >= 8 && partitions("bookings") >= 3 && partitions("log") >= 8);

    let index = |table: &str, definition: &str| {
        let all = running.admin(&format!(
            "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'accounts.\"{table}\"'::regclass"
        ));
        assert!(all.lines().any(|line| line.contains(definition)), "{table}: {definition} is not among\n{all}");
    };
    index("customers", "USING btree (id)");
    index("customers", "UNIQUE INDEX");
    index("customers", "USING gin (tags)");
    index("customers", "USING gin (profile");
    index("customers", "USING gist (place)");
    index("customers", "USING hash (email)");
    index("orders", "USING btree (customer_id, placed_at)");
    index("orders", "USING brin (placed_at)");
    index("orders", "USING gin (to_tsvector('simple'");
    index("order-lines", "UNIQUE INDEX");
    index("order-lines", "(\"Größe-in-cm\")");
    index("bookings", "(booked_at)");
    index("news", "'topic'");
    let invalid = running.admin("SELECT count(*) FROM pg_index WHERE NOT indisvalid");
    assert_eq!(invalid, "0");

    let keys = running.admin("SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' ORDER BY 1");
    assert_eq!(
        keys,
        "accounts.\"order-lines\" FOREIGN KEY (order_id) REFERENCES accounts.orders(id)\n\
         accounts.orders FOREIGN KEY (customer_id) REFERENCES accounts.customers(id)"
    );
    let roles = running.admin("SELECT rolname || ' ' || rolcanlogin || ' ' || (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication) FROM pg_roles WHERE rolname ~ '^web_shop' ORDER BY 1");
    assert_eq!(
        roles,
        "web_shop true false\nweb_shop_backup true false\nweb_shop_migrate true false\nweb_shop_owner false false"
    );
    let owned = running.admin("SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('accounts', 'words', 'empty') AND pg_get_userbyid(c.relowner) <> 'web_shop_owner'");
    assert_eq!(owned, "0", "everything belongs to the owner, who cannot log in");
}

fn roles_have_the_least_that_they_need(running: &Running<'_>) {
    let refuses = |command: Command, why: &str| {
        let said = refused(command);
        assert!(said.contains(why), "{said}");
    };
    // The application writes and reads rows, in partitions and documents too.
    good(running.app("INSERT INTO accounts.customers (email) VALUES ('a@example.org')"));
    good(running.app("INSERT INTO orders (customer_id, placed_at, total) SELECT id, now(), 12.5 FROM customers"));
    good(running.app("INSERT INTO visits VALUES (now(), '/'), (now() - interval '400 days', '/old')"));
    good(running.app("INSERT INTO news (document) VALUES ('{\"topic\": \"x\"}')"));
    good(running.app("UPDATE orders SET total = 13; DELETE FROM visits WHERE page = '/old'"));
    assert_eq!(
        good(running.app("SELECT email, total FROM customers JOIN orders ON customer_id = customers.id")),
        "a@example.org|13.00\n"
    );
    // And nothing else.
    for sql in [
        "CREATE TABLE accounts.mine ()",
        "CREATE TABLE public.mine ()",
        "CREATE SCHEMA mine",
        "CREATE EXTENSION hstore",
    ] {
        refuses(running.app(sql), "permission denied");
    }
    for sql in ["DROP TABLE accounts.orders", "ALTER TABLE orders ADD COLUMN x int", "CREATE INDEX ON orders (total)"] {
        refuses(running.app(sql), "must be owner");
    }
    for sql in ["TRUNCATE orders", "CREATE ROLE other", "SELECT pg_read_file('/etc/passwd')", "SET ROLE web_shop_owner"]
    {
        refuses(running.app(sql), "permission denied");
    }
    refuses(running.app("COPY orders TO PROGRAM 'cat'"), "to COPY to or from an external program");
    let mut elsewhere = running.app("SELECT 1");
    elsewhere.env("PGDATABASE", "postgres");
    refuses(elsewhere, "permission denied for database");
    let mut wrong = running.app("SELECT 1");
    wrong.env("PGPASSWORD", "wrong");
    refuses(wrong, "password authentication failed");

    // Migrations make tables, which the application then uses.
    let migrate = |sql: &str| running.role("web_shop_migrate", "migrate", sql);
    good(migrate("CREATE TABLE accounts.later (id int); CREATE SCHEMA further; CREATE TABLE further.also (id serial)"));
    good(
        running
            .app("INSERT INTO later VALUES (1); INSERT INTO further.also DEFAULT VALUES; SELECT * FROM further.also"),
    );
    good(migrate("DROP TABLE accounts.later; DROP SCHEMA further CASCADE"));
    refuses(migrate("CREATE ROLE other"), "permission denied");

    // A backup reads everything and writes nothing.
    let backup = |sql: &str| running.role("web_shop_backup", "backup", sql);
    assert_eq!(good(backup("SELECT count(*) FROM accounts.customers")), "1\n");
    refuses(backup("DELETE FROM accounts.customers"), "read-only transaction");
    refuses(backup("BEGIN READ WRITE; DELETE FROM accounts.customers"), "permission denied");

    // Passwords that a role was given stand in no log.
    let said = running.server.as_ref().expect("a server").said();
    for secret in ["admin", "app", "migrate", "backup"] {
        assert!(!said.contains(&running.stack.secret(secret)), "{secret} is in the log");
    }
}

#[test]
fn the_scripts_make_what_they_promise_on_postgresql_15() {
    the_scripts_make_what_they_promise("15");
}

#[test]
fn the_scripts_make_what_they_promise_on_postgresql_18() {
    the_scripts_make_what_they_promise("18");
}

fn what_was_deleted_comes_back(major: &str) {
    let Some(bin) = programs(major) else { return };
    let place = Place::new();
    let requirements = shop(major, HOSTS[4], "");
    let running = Running::start(&place, &bin, &requirements);
    running.admin_makes_the_database();
    running.run_scripts();
    let count = || running.admin("SELECT count(*) FROM accounts.customers");
    good(
        running.app("INSERT INTO customers (email) SELECT 'c' || n || '@example.org' FROM generate_series(1, 1000) n"),
    );
    good(running.app("INSERT INTO orders (customer_id, placed_at) SELECT id, now() FROM customers"));
    good(running.app("INSERT INTO visits SELECT now() - n * interval '1 hour', '/' FROM generate_series(1, 100) n"));
    let made = running.inventory();
    let dump = good(running.backup(&["backup"])).trim_end().to_owned();
    assert!(Path::new(&dump).is_file(), "it says where the backup is: {dump}");
    let left: Vec<_> = fs::read_dir(place.join("backup")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 1, "nothing unfinished is left: {left:?}");
    assert!(good(running.backup(&["list"])).contains(".dump"));

    good(running.app("DELETE FROM orders; DELETE FROM customers WHERE email LIKE 'c1%'"));
    good(running.role(
        "web_shop_migrate",
        "migrate",
        "CREATE TABLE accounts.later (id int REFERENCES accounts.orders); DROP TABLE words.posts",
    ));
    assert_ne!(count(), "1000");
    let file = Path::new(&dump).file_name().and_then(|name| name.to_str()).unwrap().to_owned();

    // A dump that is cut off changes nothing.
    let bytes = fs::read(&dump).unwrap();
    fs::write(place.join("backup/half.dump"), &bytes[..bytes.len() * 9 / 10]).unwrap();
    give(&place.join("backup/half.dump"));
    refused(running.backup(&["restore", "half.dump"]));
    refused(running.backup(&["restore", "no-such.dump"]));
    refused(running.backup(&["restore"]));
    assert_ne!(count(), "1000");
    assert_eq!(running.admin("SELECT to_regclass('accounts.later') IS NOT NULL"), "t");

    // While somebody is connected, too.
    let mut idle = running.app("SELECT pg_sleep(600)");
    let mut idle = idle.stderr(std::process::Stdio::null()).spawn().expect("psql runs");
    wait_for("the connection", || {
        running.admin("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%sleep(600)%'") == "2"
    });
    let said = good(running.backup(&["restore", &file]));
    assert!(said.contains("restored"), "{said}");
    assert!(!idle.wait().expect("it ends").success(), "it was sent away");
    assert_eq!(count(), "1000");
    assert_same(&running.inventory(), &made, "everything is as it was, with its owners and rights");
    assert_eq!(good(running.app("SELECT count(*) FROM orders JOIN customers ON customer_id = customers.id")), "1000\n");
    good(running.app("INSERT INTO customers (email) VALUES ('new@example.org')"));
    good(running.app("INSERT INTO orders (customer_id, placed_at) SELECT id, now() FROM customers LIMIT 1"));
    running.run_scripts();
    good(running.backup(&[]));
}

#[test]
fn what_was_deleted_comes_back_with_postgresql_15() {
    what_was_deleted_comes_back("15");
}

#[test]
fn what_was_deleted_comes_back_with_postgresql_18() {
    what_was_deleted_comes_back("18");
}

#[test]
fn partitions_are_maintained() {
    let Some(bin) = programs("18") else { return };
    let place = Place::new();
    let running = Running::start(&place, &bin, &shop("18", HOSTS[0], ""));
    running.admin_makes_the_database();
    running.run_scripts();
    // Rows of long ago, of far ahead and of now.
    good(running.app("INSERT INTO visits SELECT now() + n * interval '1 day', '/' FROM generate_series(-60, 20) n"));
    good(
        running.app("INSERT INTO news (document, created_at) VALUES ('{}', now() - interval '31 days'), ('{}', now())"),
    );
    let script = running.stack.fit("maintain.sql");
    for _ in 0..2 {
        let mut psql = running.program("psql");
        psql.args(["--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "--file"]).arg(&script);
        psql.env("PGHOST", "127.0.0.1").env("PGUSER", "web_shop_migrate").env("PGDATABASE", USER);
        psql.env("PGPASSWORD", running.stack.secret("migrate"));
        let output = psql.output().expect("psql runs");
        assert!(output.status.success() && output.stderr.is_empty(), "{}", all(&output));
    }
    assert_eq!(running.admin("SELECT count(*) FROM accounts.visits WHERE at < now() - interval '31 days'"), "0");
    let kept = running.admin("SELECT count(*) FROM accounts.visits").parse::<u32>().unwrap();
    assert!((50..=52).contains(&kept), "30 days back, 20 ahead: {kept}");
    assert_eq!(running.admin("SELECT count(*) FROM ONLY accounts.visits_rest"), "0", "each row has a partition");
    assert_eq!(running.admin("SELECT count(*) FROM accounts.news"), "1");
    good(running.app("INSERT INTO visits VALUES (now(), '/'); DELETE FROM visits"));
}

/// The pooler of a rendered stack, with its script and its configuration.
struct Pooler {
    program: PathBuf,
    script: PathBuf,
    port: u16,
    server: Server,
}

impl Pooler {
    fn start(running: &mut Running<'_>, program: &Path) -> Self {
        let (place, port, server) = (running.place, free_port(), running.port);
        running.stack.replace("host=postgresql port=5432", &format!("host=127.0.0.1 port={server}"));
        running.stack.replace("listen_addr = *", "listen_addr = 127.0.0.1");
        running.stack.replace("6432", &port.to_string());
        running.stack.replace("/tmp/pgbouncer-users", &place.join("pgbouncer-users").display().to_string());
        running.stack.replace("/etc/pgbouncer", &place.join("fitted/pgbouncer").display().to_string());
        running.stack.fit("pgbouncer/pgbouncer.ini");
        let script = running.stack.fit("pgbouncer/start.sh");
        let start = Self::command(place, program, &script);
        let mut server = place.start(start, "pgbouncer.log");
        server.until(|| listens(port));
        Self { program: program.to_owned(), script, port, server }
    }

    fn command(place: &Place, program: &Path, script: &Path) -> Command {
        let mut command = place.command(Path::new("/bin/bash"), &[program.parent().expect("a folder")]);
        command.arg(script);
        command
    }

    /// What the healthcheck runs.
    fn check(&self, running: &Running<'_>) -> Command {
        let mut command = Self::command(running.place, &self.program, &self.script);
        command.arg("check");
        command
    }
}

#[test]
fn a_query_goes_through_pgbouncer() {
    let Some(pgbouncer) = super::needed("pgbouncer") else { return };
    let Some(bin) = programs("18") else { return };
    let place = Place::new();
    // More clients than the memory carries: a pooler stands in front.
    let requirements = shop("18", HOSTS[4], "").replace("connections: 20\n", "connections: 2_000\n");
    let mut running = Running::start(&place, &bin, &requirements);
    running.admin_makes_the_database();
    running.run_scripts();
    assert!(!running.stack.service("postgresql-pgbouncer").is_null(), "2,000 clients of 4 GB want a pooler");
    let mut pooler = Pooler::start(&mut running, &pgbouncer);
    good(pooler.check(&running));
    let port = pooler.port;
    let through = |sql: &str| {
        let mut psql = running.app(sql);
        psql.env("PGPORT", port.to_string());
        psql
    };
    good(through("INSERT INTO customers (email) VALUES ('a@example.org')"));
    assert_eq!(good(through("SELECT email FROM customers")), "a@example.org\n");
    let mut wrong = through("SELECT 1");
    wrong.env("PGPASSWORD", "wrong");
    refused(wrong);
    let mut admin = through("SELECT 1");
    admin.env("PGUSER", "postgres").env("PGPASSWORD", running.stack.secret("admin"));
    refused(admin);
    // Two hundred clients at once share a few connections.
    let clients: Vec<_> = (0..60)
        .map(|_| {
            through("SELECT count(*) FROM customers, pg_sleep(0.05)")
                .stdout(std::process::Stdio::piped())
                .spawn()
                .expect("psql runs")
        })
        .collect();
    for client in clients {
        let output = client.wait_with_output().expect("it ends");
        assert_eq!(text(&output.stdout), "1\n");
    }
    let used = running.admin("SELECT count(*) FROM pg_stat_activity WHERE usename = 'web_shop'");
    assert!(used.parse::<u32>().unwrap() < 60, "{used}");
    let said = pooler.server.said();
    let odd = said
        .lines()
        .filter(|line| (line.contains("WARNING") || line.contains("FATAL")) && !line.contains("authentication failed"));
    assert_eq!(odd.count(), 0, "{said}");
    pooler.server.stop("-INT");
}

/// A dataset that must be encrypted, in the same database.
const ENCRYPTED: &str = "  letters:\n    kind: user_profile\n    database: postgresql@MAJOR\n    sensitivity: pii\n    \
                         encryption: { in_transit: true }\n";

/// The major versions whose server is here and built with TLS, which the one of `PyPI` is not.
fn majors_with_tls() -> Vec<&'static str> {
    let speaks_tls = |major: &&str| {
        let Some(bin) = found(major) else { return false };
        let output = Command::new(bin.join("pg_config")).arg("--configure").output();
        output
            .is_ok_and(|output| ["--with-ssl", "--with-openssl"].iter().any(|flag| text(&output.stdout).contains(flag)))
    };
    let majors: Vec<&str> = ["15", "16", "17", "18"].into_iter().filter(speaks_tls).collect();
    if majors.is_empty() {
        missing("PostgreSQL with TLS");
    }
    majors
}

fn clients_come_with_tls_alone(major: &str) {
    let bin = found(major).expect("its programs");
    let place = Place::new();
    let requirements = shop(major, HOSTS[4], ENCRYPTED);
    let running = Running::start(&place, &bin, &requirements);
    assert!(running.takes_tls_alone());
    running.admin_makes_the_database();
    running.run_scripts();
    let key = fs::metadata(place.join("socket/server.key")).expect("a key");
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&key.permissions()) & 0o777, 0o600);
    let authority = place.join("run/secrets/ca.crt");
    let client = |host: &str, mode: &str, authority: &Path| {
        let mut psql = running.app("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
        psql.env("PGHOST", host).env("PGSSLMODE", mode).env("PGSSLROOTCERT", authority);
        psql
    };
    // A client that verifies, by each name that it may know the server by.
    for host in ["127.0.0.1", "localhost"] {
        assert_eq!(good(client(host, "verify-full", &authority)), "t|TLSv1.3\n", "{host}");
    }
    // One without TLS, one that trusts somebody else, and one that is led to another name.
    let said = refused(client("127.0.0.1", "disable", &authority));
    assert!(said.contains("no encryption"), "{said}");
    let said = refused(client("127.0.0.1", "verify-full", &stranger(&place, &requirements)));
    assert!(said.contains("certificate verify failed"), "{said}");
    let mut elsewhere = client("somewhere.else", "verify-full", &authority);
    elsewhere.env("PGHOSTADDR", "127.0.0.1");
    let said = refused(elsewhere);
    assert!(said.contains("does not match host name"), "{said}");
    // The healthcheck verifies too, and the service is known by its name.
    let ready = |authority: &Path| running.health_trusting(authority).status.success();
    assert!(ready(&authority) && !ready(&place.join("stranger.crt")));
    let mut named = client("postgresql", "verify-full", &authority);
    named.env("PGHOSTADDR", "127.0.0.1");
    good(named);
    // The jobs come over the network, as the containers do.
    good(running.app("INSERT INTO customers (id, email) VALUES (gen_random_uuid(), 'a@example.org')"));
    let dump = good(running.backup(&["backup"])).trim_end().to_owned();
    good(running.app("DELETE FROM customers"));
    let file = Path::new(&dump).file_name().and_then(|name| name.to_str()).unwrap().to_owned();
    good(running.backup(&["restore", &file]));
    assert_eq!(good(running.app("SELECT email FROM customers")), "a@example.org\n");
    place.file("run/secrets/ca.crt", &fs::read_to_string(place.join("stranger.crt")).unwrap());
    let said = refused(running.backup(&["backup"]));
    assert!(said.contains("certificate verify failed"), "{said}");
}

#[test]
fn clients_of_postgresql_come_with_tls_alone() {
    for major in majors_with_tls() {
        clients_come_with_tls_alone(major);
    }
}

#[test]
fn clients_of_pgbouncer_come_with_tls_alone() {
    let Some(pgbouncer) = super::needed("pgbouncer") else { return };
    let Some(major) = majors_with_tls().pop() else { return };
    let bin = found(major).expect("its programs");
    let place = Place::new();
    let requirements = shop(major, HOSTS[4], ENCRYPTED).replace("connections: 20\n", "connections: 2_000\n");
    let mut running = Running::start(&place, &bin, &requirements);
    running.admin_makes_the_database();
    running.run_scripts();
    let pooler = Pooler::start(&mut running, &pgbouncer);
    good(pooler.check(&running));
    let authority = place.join("run/secrets/ca.crt");
    let client = |mode: &str, authority: &Path| {
        let mut psql = running.app("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
        psql.env("PGPORT", pooler.port.to_string()).env("PGSSLMODE", mode).env("PGSSLROOTCERT", authority);
        psql
    };
    assert_eq!(good(client("verify-full", &authority)), "t\n", "the way on to the database is encrypted too");
    let said = refused(client("disable", &authority));
    assert!(said.contains("SSL required"), "{said}");
    let said = refused(client("verify-full", &stranger(&place, &requirements)));
    assert!(said.contains("certificate verify failed"), "{said}");
}

fn a_first_start_that_failed_is_never_healthy(major: &str) {
    let Some(bin) = programs(major) else { return };
    let place = Place::new();
    let mut running = Running::start(&place, &bin, &shop(major, HOSTS[0], ""));
    running.admin_makes_the_database();
    // The entrypoint ends at the first script that fails; the next start finds a database and runs none.
    running.stack.replace("CREATE TABLE", "CREATE TABEL");
    assert!(running.failing_script().is_some_and(|output| all(&output).contains("TABEL")));
    for _ in 0..2 {
        let output = running.health();
        assert!(!output.status.success() && all(&output).contains("README.md"), "{}", all(&output));
        running.restart();
        assert_eq!(running.admin("SELECT 1"), "1", "it answers all the same");
    }
    // The scripts may run again, and then it is whole.
    running.stack.forget();
    running.run_scripts();
    assert!(running.health().status.success(), "{}", all(&running.health()));
    good(running.app("INSERT INTO accounts.customers (email) VALUES ('a@example.org')"));

    // The superuser's password is that of its file after the same script has run again.
    place.file("run/secrets/admin", "another");
    running.run_scripts();
    good(running.role("postgres", "admin", "SELECT 1"));
}

#[test]
fn a_first_start_that_failed_is_never_healthy_on_postgresql_15() {
    a_first_start_that_failed_is_never_healthy("15");
}

#[test]
fn a_first_start_that_failed_is_never_healthy_on_postgresql_18() {
    a_first_start_that_failed_is_never_healthy("18");
}

fn every_type_makes_a_column(major: &str) {
    let Some(bin) = programs(major) else { return };
    let place = Place::new();
    let types = super::every_type();
    let collections = super::collections_of(&types);
    let requirements = format!(
        "version: 1\nname: web-shop\ntarget: {}\ndata:\n  accounts:\n    database: postgresql@{major}\n    justification: a test\n    collections:\n{collections}",
        HOSTS[0]
    );
    let running = Running::start(&place, &bin, &requirements);
    running.admin_makes_the_database();
    running.run_scripts();
    let made = running.admin(
        "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'accounts' AND column_name ~ '^f[0-9]'",
    );
    assert_eq!(made, types.len().to_string());
}

#[test]
fn every_type_makes_a_column_on_postgresql_15() {
    every_type_makes_a_column("15");
}

#[test]
fn every_type_makes_a_column_on_postgresql_18() {
    every_type_makes_a_column("18");
}
