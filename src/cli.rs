//! The command line: every flag, its help and its group. No logic.

use std::path::PathBuf;

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};

use crate::report::Format;
use crate::report::tree::TreeFormat;
use crate::units::Bytes;

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
  polyglot tree req.yaml --data orders   show the way of one kind of data through the tree
  polyglot catalog postgresql            show what is known of a database

Exit codes:
  0  done
  2  the input or the command line is wrong, or something could not be read or written";

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
    /// Explain a kind of data, a database or a row of the matrix
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
#[command(next_help_heading = "Input")]
pub struct Input {
    /// The requirements file; `-` is standard input. Where absent: polyglot.yaml, req.yaml or requirements.yaml
    pub file: Option<PathBuf>,

    /// Read a file of up to this size, and as many more values; where absent 4MB and 400,000 values
    #[arg(long, value_name = "SIZE")]
    pub max_size: Option<Bytes>,
}

/// Flags of `select`.
#[derive(Debug, Args)]
pub struct Select {
    /// The file.
    #[command(flatten)]
    pub input: Input,

    /// How to show it
    #[arg(long, value_name = "FORMAT", default_value = "table", help_heading = "Output")]
    pub format: Format,

    /// Show the way through the tree, the fit with its headroom, the alternatives and the flips
    #[arg(long, help_heading = "Output")]
    pub explain: bool,
}

/// Flags of `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// A kind of data in the requirements file, a database, a row of the matrix or a field
    pub name: String,

    /// The file.
    #[command(flatten)]
    pub input: Input,
}

/// Flags of `tree`.
#[derive(Debug, Args)]
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
pub struct Catalog {
    /// The id of a database
    pub database: Option<String>,
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
}

/// Flags of `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// The file to make, which must not exist; `-` is standard output
    #[arg(default_value = "polyglot.yaml")]
    pub file: PathBuf,

    /// A kind of data to start with; may be given several times
    #[arg(long, value_name = "KIND")]
    pub kind: Vec<String>,

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
