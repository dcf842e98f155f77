//! The JSON Schemas say what the program says: they are as committed, take what it takes, and refuse what it refuses.

use std::fs;
use std::path::PathBuf;

use jsonschema::Validator;
use serde_json::{Map, Value};
use snapbox::{Data, IntoData, assert_data_eq};

use crate::bad;
use crate::hosts::databases;
use crate::support::{polyglot, project};

fn printed(arguments: &[&str]) -> String {
    let output = polyglot(&project(""), arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn schema(of: &str) -> Value {
    serde_json::from_str(&printed(&["schema", of])).expect("JSON")
}

fn validator(schema: &Value) -> Validator {
    jsonschema::draft202012::new(schema).expect("a valid schema")
}

fn examples() -> Vec<PathBuf> {
    let entries = fs::read_dir(project("requirements-examples")).expect("the examples");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

/// A YAML text as an editor hands it to a validator: merge keys resolved, tags and the byte order mark left out.
fn json(yaml: &[u8]) -> Result<Value, String> {
    let yaml = yaml.strip_prefix(b"\xef\xbb\xbf").unwrap_or(yaml);
    let mut value: serde_yaml::Value = serde_yaml::from_slice(yaml).map_err(|error| error.to_string())?;
    value.apply_merge().map_err(|error| error.to_string())?;
    from_yaml(value)
}

fn from_yaml(value: serde_yaml::Value) -> Result<Value, String> {
    Ok(match value {
        serde_yaml::Value::Null => Value::Null,
        serde_yaml::Value::Bool(bool) => Value::Bool(bool),
        serde_yaml::Value::String(text) => Value::String(text),
        serde_yaml::Value::Number(number) if number.as_f64().is_some_and(|number| !number.is_finite()) => {
            return Err(format!("JSON has no number {number}"));
        }
        serde_yaml::Value::Number(number) => serde_json::to_value(number).map_err(|error| error.to_string())?,
        serde_yaml::Value::Sequence(items) => items.into_iter().map(from_yaml).collect::<Result<_, _>>()?,
        serde_yaml::Value::Mapping(entries) => {
            let entry = |(key, value)| Ok((key_text(key)?, from_yaml(value)?));
            Value::Object(entries.into_iter().map(entry).collect::<Result<Map<_, _>, String>>()?)
        }
        serde_yaml::Value::Tagged(tagged) => from_yaml(tagged.value)?,
    })
}

fn key_text(key: serde_yaml::Value) -> Result<String, String> {
    match key {
        serde_yaml::Value::String(text) => Ok(text),
        serde_yaml::Value::Null => Ok(String::from("null")),
        serde_yaml::Value::Bool(bool) => Ok(bool.to_string()),
        serde_yaml::Value::Number(number) => Ok(number.to_string()),
        other => Err(format!("JSON has no key {other:?}")),
    }
}

/// What has a schema.
const SCHEMAS: [&str; 7] = ["requirements", "selection", "portfolio", "difference", "tune", "findings", "endpoints"];

/// The schema of the type itself, which the committed one is to be.
fn derived(of: &str) -> Value {
    match of {
        "requirements" => polyglot::requirements::schema(&polyglot::embedded::catalog()),
        "selection" => polyglot::report::document::schema(),
        "portfolio" => polyglot::report::portfolio::document::schema(),
        "difference" => polyglot::report::difference::schema(),
        "tune" => polyglot::report::tune::schema(),
        "findings" => polyglot::report::findings::schema(),
        "endpoints" => schemars::schema_for!(polyglot::render::Endpoints).to_value(),
        other => panic!("{other} has no type"),
    }
}

#[test]
fn the_schemas_are_as_committed() {
    for of in SCHEMAS {
        let committed = Data::read_from(&project(&format!("schemas/{of}.schema.json")), None).raw();
        let derived = format!("{}\n", serde_json::to_string_pretty(&derived(of)).expect("JSON"));
        assert_data_eq!(derived.into_data().raw(), committed.clone());
        assert_data_eq!(printed(&["schema", of]).into_data().raw(), committed);
    }
    assert_eq!(schema("requirements"), serde_json::from_str::<Value>(&printed(&["schema"])).expect("JSON"));
}

#[test]
fn the_schemas_are_of_the_draft_that_they_name() {
    for of in SCHEMAS {
        let schema = schema(of);
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{of}");
        jsonschema::draft202012::meta::validate(&schema).unwrap_or_else(|error| panic!("{of}: {error}"));
    }
}

#[test]
fn the_requirements_schema_takes_every_example() {
    let validator = validator(&schema("requirements"));
    for path in examples() {
        let example = json(&fs::read(&path).expect("the example")).expect("YAML");
        let faults: Vec<String> =
            validator.iter_errors(&example).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(faults.is_empty(), "{}: {faults:#?}", path.display());
    }
}

#[test]
fn the_requirements_schema_refuses_every_bad_file_that_a_schema_can_refuse() {
    let validator = validator(&schema("requirements"));
    let mut wrong = Vec::new();
    for bad in bad::all() {
        let refused = json(&bad.bytes).map(|value| !validator.is_valid(&value));
        match (refused, bad.expected.beyond_schema) {
            (Ok(true), None) | (Ok(false) | Err(_), Some(_)) => {}
            (Ok(true), Some(reason)) => wrong.push(format!("{}: is refused, yet beyond ({reason})", bad.name)),
            (Ok(false), None) => wrong.push(format!("{}: is taken", bad.name)),
            (Err(error), None) => wrong.push(format!("{}: is unreadable: {error}", bad.name)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_requirements_schema_takes_what_may_be_left_empty() {
    let validator = validator(&schema("requirements"));
    let text = "version: 1\nname:\ntarget:\nteam:\ndata:\n  orders:\n  carts:\n    kind:\n    collections:\n      items:\n  \
                users:\n    collections:\n      all: { fields: { email: }, indexes: }\n";
    let folder = bad::Folder::new("empty");
    fs::write(folder.path().join("polyglot.yaml"), text).expect("a file for the test");
    let output = polyglot(folder.path(), &["select"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(validator.is_valid(&json(text.as_bytes()).expect("YAML")));
}

/// Every way in which something differs from its schema.
fn assert_takes(validator: &Validator, text: &str, what: &str) -> Value {
    let value: Value = serde_json::from_str(text).expect("JSON");
    let faults: Vec<String> =
        validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{what}: {faults:#?}");
    value
}

#[test]
fn the_selection_schema_takes_the_selection_of_every_example() {
    let validator = validator(&schema("selection"));
    for path in examples() {
        let path = path.to_str().expect("a plain path");
        assert_takes(&validator, &printed(&["select", path, "--format", "json"]), path);
    }
}

#[test]
fn the_portfolio_schema_takes_the_portfolio_of_every_example() {
    let validator = validator(&schema("portfolio"));
    for path in examples() {
        let path = path.to_str().expect("a plain path");
        let value = assert_takes(&validator, &printed(&["select", path, "--portfolio", "--format", "json"]), path);
        let yaml: Value =
            serde_yaml::from_str(&printed(&["select", path, "--portfolio", "--format", "yaml"])).expect("YAML");
        assert_eq!(yaml, value, "{path}");
    }
    assert!(!validator.is_valid(&serde_json::json!({ "schema": 1, "name": "x" })));
}

#[test]
fn the_tune_schema_takes_the_settings_of_every_database() {
    let validator = validator(&schema("tune"));
    let catalog = polyglot::embedded::catalog();
    for (database, _) in databases(&catalog) {
        for version in &database.versions {
            let host = ["--memory", "8GB", "--cpus", "4", "--connections", "100", "--db-version", &version.major];
            let arguments = [&["tune", &database.id, "--format", "json"], &host[..]].concat();
            let value = assert_takes(&validator, &printed(&arguments), &database.id);
            assert_eq!(value["version"], version.major.as_str());
        }
    }
    let wrong = serde_json::json!({ "schema": 1, "database": "x", "version": "1", "parameters": [{ "name": "a" }] });
    assert!(!validator.is_valid(&wrong));
}

#[test]
fn the_endpoints_schema_takes_the_endpoints_of_every_example() {
    let validator = validator(&schema("endpoints"));
    for path in examples() {
        for environment in ["development", "production"] {
            let folder = bad::Folder::new("endpoints");
            let path = path.to_str().expect("a plain path");
            let out = folder.path().join("deploy");
            printed(&["render", path, "--environment", environment, "-o", out.to_str().expect("a plain path")]);
            let endpoints = fs::read_to_string(out.join("endpoints.json")).expect("the endpoints");
            let value = assert_takes(&validator, &endpoints, path);
            for entry in value["endpoints"].as_array().expect("endpoints") {
                let password = entry["password_file"].as_str();
                assert!(password.is_none_or(|file| out.join(file).is_file()), "{path}: {entry}");
            }
        }
    }
}
