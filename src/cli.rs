//! The command line: every flag, its help and its group. No logic.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use catalog::Date;
use catalog::units::{Bytes, Count};
use catalog::vocabulary::{Environment, Storage, Workload};
use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};

use crate::report::Format;
use crate::report::findings::LintFormat;
use crate::report::needs::MatrixFormat;
use crate::report::tree::TreeFormat;
use crate::report::tune::TuneFormat;
use crate::requirements::Assignment;
use crate::size::Cores;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const EXAMPLES: &str = "\
Examples:
  polyglot init                          make a polyglot.yaml to start from
  polyglot select                        show a database for each kind of data in it
  polyglot select req.yaml --explain     show why, and what would change the answer
  polyglot select --write                record the decisions in polyglot.lock
  polyglot tree req.yaml --data orders   show the way of one kind of data through the tree
  polyglot render                        write the stack for it to deploy/
  polyglot render --check                see whether deploy/ is as it would be written
  polyglot lint                          check decisions and stacks, here and below
  polyglot tune postgresql --memory 16GB show tuned settings, with the share of memory given
  polyglot catalog postgresql            show what is known of a database

Exit codes:
  0  done
  1  lint, `--check` or `--diff` found something, or files edited by hand or a stale lock stand in the way
  2  the input or the command line is wrong, or something could not be read or written";

const SELECT_EXAMPLES: &str = "\
Examples:
  polyglot select                            show a database for each dataset of ./polyglot.yaml
  polyglot select shop.yaml --explain        show why, and what would change the answer
  polyglot select --set orders.data_size=2TB show what a changed figure changes
  polyglot select --max-databases 3 --write  record the cheapest three databases in polyglot.lock";

const RENDER_EXAMPLES: &str = "\
Examples:
  polyglot render                            write the stack to deploy/
  polyglot render shop.yaml -o stack         write it to another folder
  polyglot render --check                    exit with 1 where deploy/ differs from what would be written";

const TUNE_EXAMPLES: &str = "\
Examples:
  polyglot tune postgresql --memory 16GB --cpus 4 --connections 200
  polyglot tune mariadb@11.8 --memory 8GB --cpus 4 --format sql
  polyglot tune redis --memory 4GB --cpus 2 --explain";

const LINT_EXAMPLES: &str = "\
Examples:
  polyglot lint                              check everything in this folder and below
  polyglot lint compose.yaml --fail-on warning
  polyglot lint --format sarif               for code scanning";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  polyglot explain orders                    why the dataset `orders` is where it is
  polyglot explain retention                 what a field means and takes
  polyglot explain shared_buffers            why a setting has its value";

const TREE_EXAMPLES: &str = "\
Examples:
  polyglot tree                              the questions that lead to a database
  polyglot tree shop.yaml --data orders      how one dataset was led through them
  polyglot tree --format mermaid             a picture for Markdown";

const CATALOG_EXAMPLES: &str = "\
Examples:
  polyglot catalog                           every database
  polyglot catalog PostgreSQL                what is known of one
  polyglot catalog --matrix                  what each serves, as a table";

const INIT_EXAMPLES: &str = "\
Examples:
  polyglot init                              ask, and write polyglot.yaml
  polyglot init --kind orders=user_profile --kind vector --memory 16GB --cpus 4
  polyglot init - --kind queue               print it";

/// Pick a database for each kind of data, and say why.
#[derive(Debug, Parser)]
#[command(
    name = "polyglot",
    version,
    about,
    styles = STYLES,
    max_term_width = 100,
    after_help = EXAMPLES,
    arg_required_else_help = true,
    infer_subcommands = false
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,

    /// Print nothing but the result and errors
    #[arg(long, short, global = true)]
    pub quiet: bool,

    /// Whether to colour the output
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show a database for each kind of data of a requirements file
    Select(Select),
    /// Write the stack: a compose file, tuned configurations, init scripts, secrets
    Render(Render),
    /// Show the settings of one database for a share of memory
    Tune(Tune),
    /// Check requirements, locks, rendered folders and compose files
    Lint(Lint),
    /// Explain a kind of data, a database, a row of the matrix, a field or a setting
    Explain(Explain),
    /// Show the decision tree
    Tree(Tree),
    /// Show the databases that are known, or one in full
    Catalog(Catalog),
    /// Print a JSON Schema, for editors and for programs
    Schema(Schema),
    /// Make a requirements file to start from
    Init(Init),
    /// Print the completions of a shell
    Completions(Completions),
    /// Print the manual page, or that of a command
    Man(Man),
}

/// Which requirements file, and how much of it is read.
#[derive(Debug, Args)]
pub struct Input {
    /// The requirements file; `-` is standard input. Where absent: polyglot.yaml, req.yaml or requirements.yaml
    pub file: Option<PathBuf>,

    /// Read a file of up to this size, and as many more values; where absent 4MB and 400,000 values
    #[arg(long, value_name = "SIZE", help_heading = "Input")]
    pub max_size: Option<Bytes>,
}

/// Flags of `select`.
#[derive(Debug, Args)]
#[command(after_help = SELECT_EXAMPLES)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub struct Select {
    /// The file.
    #[command(flatten)]
    pub input: Input,

    /// How to show it
    #[arg(long, value_name = "FORMAT", default_value = "table", help_heading = "Output")]
    pub format: Format,

    /// Show for each dataset what decided, the tightest bound, the runner-up and what would change the answer
    #[arg(long, help_heading = "Output")]
    pub explain: bool,

    /// With --explain, show everything that was looked at
    #[arg(long, short, requires = "explain", help_heading = "Output")]
    pub verbose: bool,

    /// Show what would change if a field were this: `orders.data_size=2TB`, `target.memory=64GB`; repeatable
    #[arg(
        long,
        value_name = "DATASET.FIELD=VALUE",
        conflicts_with_all = ["explain", "write", "diff"],
        help_heading = "What if"
    )]
    pub set: Vec<Assignment>,

    /// Find the cheapest databases for all kinds of data together, instead of the best for each alone
    #[arg(long, help_heading = "Portfolio")]
    pub portfolio: bool,

    /// Maximum number of databases, which asks for a portfolio; where absent, as many as the policy allows
    #[arg(long, value_name = "N", conflicts_with = "no_portfolio", help_heading = "Portfolio")]
    pub max_databases: Option<NonZeroUsize>,

    /// Decide for each kind of data alone, although the lock records a portfolio
    #[arg(long, conflicts_with = "portfolio", help_heading = "Portfolio")]
    pub no_portfolio: bool,

    /// Record the decisions in polyglot.lock beside the file
    #[arg(long, group = "with-lock", help_heading = "Lock")]
    pub write: bool,

    /// Show how the lock would change, and which field makes the difference; exit with 1 when it would
    #[arg(long, group = "with-lock", conflicts_with_all = ["explain", "format"], help_heading = "Lock")]
    pub diff: bool,

    /// The day that is recorded for what is new in the lock, such as 2026-11-22; where absent none
    #[arg(long, value_name = "DATE", requires = "write", help_heading = "Lock")]
    pub date: Option<Date>,
}

impl Select {
    /// Whether all kinds of data are to be decided together.
    pub fn is_together(&self) -> bool {
        self.portfolio || self.max_databases.is_some()
    }
}

/// Flags of `render`.
#[derive(Debug, Args)]
#[command(after_help = RENDER_EXAMPLES)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub struct Render {
    /// The file.
    #[command(flatten)]
    pub input: Input,

    /// Write compose.yaml and every file that it mounts
    #[arg(long, help_heading = "What")]
    pub compose: bool,

    /// Write the tuned configurations
    #[arg(long, help_heading = "What")]
    pub tuning: bool,

    /// Write the init scripts
    #[arg(long, help_heading = "What")]
    pub init: bool,

    /// Write a decision record for each kind of data, and their index, to docs/decisions; only if asked for
    #[arg(long, help_heading = "What")]
    pub adr: bool,

    /// Write report.html, a page to look at, which `render` then keeps up to date
    #[arg(long, help_heading = "What")]
    pub report: bool,

    /// The folder to write; where absent `out` of polyglot.toml, else `deploy`
    #[arg(long, short, value_name = "DIR", help_heading = "Where")]
    pub out: Option<PathBuf>,

    /// Render for this environment instead of the file's
    #[arg(long, value_name = "ENVIRONMENT", value_parser = environment, help_heading = "How")]
    pub environment: Option<Environment>,

    /// In development, publish ports from this one upwards instead of each database's own
    #[arg(long, value_name = "PORT", help_heading = "How")]
    pub port_base: Option<u16>,

    /// The day of decision records to which the lock gives none, such as 2026-11-22; where absent they have none
    #[arg(long, value_name = "DATE", requires = "adr", help_heading = "How")]
    pub date: Option<Date>,

    /// Write nothing; exit with 1 when the folder is not as it would be written
    #[arg(long, group = "instead", help_heading = "Instead of writing")]
    pub check: bool,

    /// Write nothing; show what would change, and exit with 1 when something would
    #[arg(long, group = "instead", help_heading = "Instead of writing")]
    pub diff: bool,

    /// Write nothing; print the files
    #[arg(long, group = "instead", help_heading = "Instead of writing")]
    pub stdout: bool,

    /// Overwrite files that were edited by hand, and keep each as NAME.orig
    #[arg(long, conflicts_with = "instead", help_heading = "How")]
    pub force: bool,
}

/// Flags of `tune`.
#[derive(Debug, Args)]
#[command(after_help = TUNE_EXAMPLES)]
pub struct Tune {
    /// A database, also with its version: `postgresql`, `postgresql@17`
    pub database: String,

    /// The memory that it may use, all of it; where absent what this machine has
    #[arg(long, value_name = "SIZE", help_heading = "Host")]
    pub memory: Option<Bytes>,

    /// The cores that it may use; where absent what this machine has
    #[arg(long, value_name = "CORES", help_heading = "Host")]
    pub cpus: Option<Cores>,

    /// What the disk is made of: hdd, ssd, san or nvme; where absent ssd
    #[arg(long, value_name = "STORAGE", value_parser = storage, help_heading = "Host")]
    pub storage: Option<Storage>,

    /// The size of the disk; where absent 100GB
    #[arg(long, value_name = "SIZE", help_heading = "Host")]
    pub disk: Option<Bytes>,

    /// How many clients connect at the same time
    #[arg(long, value_name = "COUNT", help_heading = "Use")]
    pub connections: Option<Count>,

    /// How it is used: web, oltp, dw, mixed or desktop; where absent web
    #[arg(long, value_name = "WORKLOAD", value_parser = workload, help_heading = "Use")]
    pub workload: Option<Workload>,

    /// The size of the data
    #[arg(long, value_name = "SIZE", help_heading = "Use")]
    pub data_size: Option<Bytes>,

    /// The version of the database; where absent the catalog's default
    #[arg(long, value_name = "VERSION", help_heading = "Use")]
    pub db_version: Option<String>,

    /// How to show the settings
    #[arg(long, value_name = "FORMAT", default_value = "conf", help_heading = "Output")]
    pub format: TuneFormat,

    /// Show each setting with why it is so and where the rule is from
    #[arg(long, help_heading = "Output")]
    pub explain: bool,
}

fn environment(text: &str) -> Result<Environment, String> {
    Environment::named(text).ok_or_else(|| one_of(Environment::ALL))
}

fn storage(text: &str) -> Result<Storage, String> {
    Storage::named(text).ok_or_else(|| one_of(Storage::ALL))
}

fn workload(text: &str) -> Result<Workload, String> {
    Workload::named(text).ok_or_else(|| one_of(Workload::ALL))
}

fn one_of(words: &[impl ToString]) -> String {
    format!("expected one of {}", words.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
}

/// Flags of `lint`.
#[derive(Debug, Args)]
#[command(after_help = LINT_EXAMPLES)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub struct Lint {
    /// Files, and folders to look through; where absent this folder
    pub paths: Vec<PathBuf>,

    /// How to report, human, concise, json, sarif, github or junit, and with `=FILE` where to; may be given several times
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "human", help_heading = "Output")]
    pub format: Vec<LintOutput>,

    /// Count the findings of each rule instead of listing them on standard output
    #[arg(long, help_heading = "Output")]
    pub statistics: bool,

    /// The least level of a finding that makes the exit code 1
    #[arg(long, value_name = "LEVEL", default_value = "error", help_heading = "Output")]
    pub fail_on: LintLevel,

    /// Make the edits that change no meaning
    #[arg(long, help_heading = "Fixing")]
    pub fix: bool,

    /// Show the edits, and make none
    #[arg(long, requires = "fix", help_heading = "Fixing")]
    pub dry_run: bool,

    /// Write what is found to polyglot.baseline.toml, so that only what is new counts from now on
    #[arg(long, conflicts_with = "fix", help_heading = "Baseline")]
    pub write_baseline: bool,

    /// List the rules
    #[arg(long, conflicts_with_all = ["paths", "fix", "write_baseline", "statistics"], help_heading = "Rules")]
    pub list: bool,

    /// The day that versions are held against, such as 2026-11-22; where absent the newest of the lock
    #[arg(long, value_name = "DATE", help_heading = "Rules")]
    pub today: Option<Date>,
}

/// A format of a report, and the file that it goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LintOutput {
    /// The format.
    pub format: LintFormat,
    /// The file; absent for standard output.
    pub file: Option<PathBuf>,
}

impl std::str::FromStr for LintOutput {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = text.split_once('=').map_or((text, None), |(format, file)| (format, Some(file)));
        if file == Some("") {
            return Err(String::from("expected a file after the `=`"));
        }
        let known = LintFormat::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        let expected = || one_of(&known.map(|format| format.get_name().to_owned()).collect::<Vec<_>>());
        let format = LintFormat::from_str(format, false).map_err(|_| expected())?;
        Ok(Self { format, file: file.map(PathBuf::from) })
    }
}

/// The least level that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LintLevel {
    /// Only errors
    Error,
    /// Warnings too
    Warning,
    /// Everything
    Note,
}

/// Flags of `explain`.
#[derive(Debug, Args)]
#[command(after_help = EXPLAIN_EXAMPLES)]
pub struct Explain {
    /// A kind of data in the requirements file, a database, a row of the matrix, a field or a setting
    pub name: String,

    /// Show everything that was looked at
    #[arg(long, short)]
    pub verbose: bool,

    /// The file.
    #[command(flatten)]
    pub input: Input,
}

/// Flags of `tree`.
#[derive(Debug, Args)]
#[command(after_help = TREE_EXAMPLES)]
pub struct Tree {
    /// The file.
    #[command(flatten)]
    pub input: Input,

    /// Mark the way of this kind of data
    #[arg(long, value_name = "NAME", help_heading = "Output")]
    pub data: Option<String>,

    /// How to show it
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = "Output")]
    pub format: TreeFormat,
}

/// Flags of `catalog`.
#[derive(Debug, Args)]
#[command(after_help = CATALOG_EXAMPLES)]
pub struct Catalog {
    /// The id of a database
    #[arg(conflicts_with = "matrix")]
    pub database: Option<String>,

    /// Show how well each database serves each need, and how much of each quantity it carries
    #[arg(long)]
    pub matrix: bool,

    /// How to show the matrix
    #[arg(long, value_name = "FORMAT", default_value = "text", requires = "matrix", help_heading = "Output")]
    pub format: MatrixFormat,

    /// Show why each bound is where it is
    #[arg(long, short, requires = "database", help_heading = "Output")]
    pub verbose: bool,
}

/// Flags of `schema`.
#[derive(Debug, Args)]
pub struct Schema {
    /// Of what
    #[arg(default_value = "requirements")]
    pub of: SchemaOf,
}

/// What has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// The requirements file
    Requirements,
    /// The output of `select --format json`
    Selection,
    /// The output of `select --portfolio --format json`
    Portfolio,
    /// The output of `select --set --format json`
    Difference,
    /// The output of `tune --format json`
    Tune,
    /// The output of `lint --format json`
    Findings,
    /// The rendered `endpoints.json`
    Endpoints,
}

/// Flags of `init`.
#[derive(Debug, Args)]
#[command(after_help = INIT_EXAMPLES)]
pub struct Init {
    /// The file to make, which must not exist; `-` is standard output
    #[arg(default_value = "polyglot.yaml")]
    pub file: PathBuf,

    /// A dataset to start with: a row of the matrix or a need, with a name before it where it is to have one, such as
    /// `time_series` or `jobs=queue`; may be given several times
    #[arg(long, value_name = "[NAME=]KIND")]
    pub kind: Vec<String>,

    /// The memory of the host that everything runs on
    #[arg(long, value_name = "SIZE", help_heading = "Host")]
    pub memory: Option<Bytes>,

    /// Its cores
    #[arg(long, value_name = "COUNT", help_heading = "Host")]
    pub cpus: Option<Count>,

    /// The size of its disk
    #[arg(long, value_name = "SIZE", help_heading = "Host")]
    pub disk: Option<Bytes>,

    /// The system's name
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
}

/// Flags of `man`.
#[derive(Debug, Args)]
pub struct Man {
    /// The command whose page to print
    pub command: Option<String>,
}

/// Flags of `completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    pub shell: clap_complete::Shell,
}
