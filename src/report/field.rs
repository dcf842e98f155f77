//! A field of the requirements file, explained from its schema.

use serde_json::Value;

use super::style::{HEADING, Look};

/// Where fields stand, and the schema's definition of each place.
const PLACES: [(&str, &str); 4] =
    [("a kind of data", "Data"), ("a collection", "Collection"), ("the target", "Target"), ("the team", "Team")];

/// The names of all fields.
pub fn names(schema: &Value) -> Vec<&str> {
    let properties = PLACES.iter().filter_map(|(_, definition)| {
        schema.pointer(&format!("/$defs/{definition}/properties")).and_then(Value::as_object)
    });
    properties.flat_map(|properties| properties.keys().map(String::as_str)).collect()
}

/// What a field means and what it takes; nothing where no kind of data has such a field.
pub fn field(name: &str, schema: &Value, look: Look) -> Option<String> {
    PLACES.into_iter().find_map(|(place, definition)| {
        let field = schema.pointer(&format!("/$defs/{definition}/properties"))?.get(name)?;
        let description = field.get("description").and_then(Value::as_str).unwrap_or_default();
        let values = words(field, schema);
        let values = if values.is_empty() { String::new() } else { format!("\n  one of: {}", values.join(", ")) };
        let text = look.wrap(description, 2);
        Some(format!("{}, a field of {place}\n  {text}{values}\n", look.paint(HEADING, name)))
    })
}

/// The words that a field takes, looked up through references.
fn words(field: &Value, schema: &Value) -> Vec<String> {
    if let Some(words) = field.get("enum").and_then(Value::as_array) {
        return words.iter().filter_map(|word| word.as_str().map(String::from)).collect();
    }
    let reference = field.get("$ref").and_then(Value::as_str).and_then(|path| schema.pointer(path.strip_prefix('#')?));
    let choices = field.get("anyOf").and_then(Value::as_array);
    let inner = reference.into_iter().chain(choices.into_iter().flatten());
    inner.flat_map(|inner| words(inner, schema)).collect()
}
