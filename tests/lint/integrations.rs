//! What other programs read to run the linter: each command in it is run, and each file held against its schema in CI.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_yaml::Value;

use super::{FAULTY, folder};
use crate::support::project;

fn yaml(path: &str) -> Value {
    serde_yaml::from_str(&fs::read_to_string(project(path)).unwrap()).unwrap()
}

/// Runs a script as a CI job does, with our program first in its path.
fn bash(folder: &Path, script: &str, environment: &[(&str, &str)]) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_polyglot")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("bash");
    command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]).current_dir(folder).env("PATH", path);
    command.envs(environment.iter().copied()).output().unwrap()
}

#[test]
#[cfg(unix)]
fn the_steps_of_the_github_action_do_what_it_says() {
    let action = yaml("action.yml");
    let steps = action["runs"]["steps"].as_sequence().unwrap();
    let run = |index: usize| steps[index]["run"].as_str().unwrap();
    let folder = folder(&[("a b/polyglot.yaml", FAULTY), ("c/polyglot.yaml", FAULTY), ("d/polyglot.yaml", FAULTY)]);
    assert!(bash(folder.path(), run(0), &[("SOURCE", "/nowhere")]).status.success(), "it is installed already");
    let check = |environment: &[(&str, &str)]| {
        let output = bash(folder.path(), run(1), environment);
        (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
    };
    let (text, code) = check(&[("PATHS", "c"), ("FAIL_ON", "error"), ("SARIF", "")]);
    assert!(code == 1 && text.starts_with("::error file=c/polyglot.yaml,line=6,"), "{text}");
    let (text, code) = check(&[("PATHS", "."), ("FAIL_ON", "error"), ("SARIF", "out.sarif")]);
    assert_eq!((code, text.matches("::error").count()), (1, 3), "{text}");
    assert!(folder.path().join("out.sarif").is_file());
    let (text, _) = check(&[("PATHS", "c\nd\n"), ("FAIL_ON", "error"), ("SARIF", "")]);
    assert!(text.contains("file=d/polyglot.yaml"), "every line names paths: {text}");
    let (_, code) = check(&[("PATHS", "--list $(touch broken)"), ("FAIL_ON", "error"), ("SARIF", "")]);
    assert!(code == 2 && !folder.path().join("broken").exists(), "an input is no part of the script");
    let inputs = action["inputs"].as_mapping().unwrap().len();
    assert_eq!(inputs, steps[1]["env"].as_mapping().unwrap().len(), "each input is used");
}

#[test]
#[cfg(unix)]
fn the_hook_for_pre_commit_runs() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let hook = &hooks.as_sequence().unwrap()[0];
    let folder = folder(&[("polyglot.yaml", FAULTY)]);
    let output = bash(folder.path(), hook["entry"].as_str().unwrap(), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("derived-without-source"));
    // The expression has no part that Python's and grep's understand differently.
    let files = hook["files"].as_str().unwrap();
    for (path, expected) in [
        ("polyglot.yaml", true),
        ("services/shop/req.yml", true),
        ("polyglot.lock", true),
        ("a/web-shop.polyglot.lock", true),
        ("deploy/compose.yaml", true),
        ("docker-compose.prod.yml", true),
        ("polyglot.baseline.toml", true),
        ("db/.env", true),
        ("db/Dockerfile", true),
        ("src/environment.env", false),
        ("src/main.rs", false),
        ("mkdocs.yml", false),
    ] {
        let found = bash(folder.path(), "grep -qE \"$FILES\" <<<\"$FILE\"", &[("FILES", files), ("FILE", path)]);
        assert_eq!(found.status.success(), expected, "{path}");
    }
}

#[test]
#[cfg(unix)]
fn the_job_for_gitlab_runs() {
    let job = &yaml("docs/gitlab-ci.yml")["polyglot-lint"];
    let script = job["script"].as_sequence().unwrap()[0].as_str().unwrap();
    let changes: Vec<_> =
        job["rules"][0]["changes"].as_sequence().unwrap().iter().filter_map(|glob| glob.as_str()).collect();
    for glob in ["**/polyglot.lock", "**/*.polyglot.lock", "**/*.toml", "**/.env"] {
        assert!(changes.contains(&glob), "{glob}");
    }
    let folder = folder(&[("polyglot.yaml", FAULTY)]);
    assert_eq!(bash(folder.path(), script, &[]).status.code(), Some(1));
    let report = job["artifacts"]["reports"]["junit"].as_str().unwrap();
    assert!(fs::read_to_string(folder.path().join(report)).unwrap().contains("<failure"));
}
