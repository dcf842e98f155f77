//! How far a template may go: what a folder of somebody else's brings is filled in by the same machine as ours, and it
//! must end soon, in little memory, and not deeper than a stack is.

use std::sync::{Arc, LazyLock};
use std::thread;

use minijinja::machinery::{
    CompiledTemplate, Instruction, Instructions, TemplateConfig, Token, eval, make_string_output, tokenize,
};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Value, context};

/// What filling in a template may use up: a step each, and one for 64 bytes of what it makes. A thousand tables of ten
/// columns take less.
pub(super) const FUEL: u64 = 4_000_000;

/// The same for a template of an extra catalogue. With it, what a loop nests stays less deep than [`STACK`].
pub(super) const FUEL_OF_EXTRA: u64 = 400_000;

/// The most words and signs between the braces of a tag: each can nest what follows one deeper.
const MOST_IN_A_TAG: usize = 500;

/// The most `elif` of a template: each nests what follows one deeper.
const MOST_ELIF: usize = 200;

/// Checks what a template would nest, before it is read.
///
/// # Errors
/// What there is too much of. A template that cannot even be split into words is left to who reads it.
pub(super) fn check(template: &str) -> Result<(), String> {
    if !template.contains('{') {
        return Ok(());
    }
    let (mut in_tag, mut elifs) = (0, 0);
    for token in tokenize(template, false, SyntaxConfig::default()) {
        let Ok((token, _)) = token else { break };
        match token {
            Token::TemplateData(_) | Token::VariableStart | Token::BlockStart => in_tag = 0,
            Token::Ident("elif") => elifs += 1,
            _ => {}
        }
        in_tag += 1;
        if in_tag > MOST_IN_A_TAG {
            return Err(format!("a tag has more than {MOST_IN_A_TAG} words and signs"));
        }
        if elifs > MOST_ELIF {
            return Err(format!("it has more than {MOST_ELIF} `elif`"));
        }
    }
    Ok(())
}

/// How deep a template of an extra catalogue may go, in bytes, on every system alike; a main thread has one to eight
/// megabytes. Only what is used of it is taken from the machine.
const STACK: usize = 64 << 20;

/// The longest list that a `+` of an extra catalogue makes.
const LONGEST_LIST: usize = 100_000;

/// What stands for `+` in a template of an extra catalogue; no template can give anything else this name.
pub(super) const SUM: &str = "+";

/// Fills in a template of an extra catalogue. Two lists that are added to each other again and again fill any memory, and
/// fuel does not see it; so each `+` is a call of [`sum`], whose results fuel does see.
pub(super) fn fill_in(
    environment: &Environment<'_>,
    place: &str,
    template: &str,
    names: Value,
) -> Result<String, Error> {
    thread::scope(|scope| {
        let work = || filled(environment, place, template, names);
        let filling = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        let filled = filling.map_err(|error| error.to_string()).and_then(|filling| {
            // It has said what went wrong.
            filling.join().map_err(|_| String::from("it could not be filled in"))
        });
        filled.unwrap_or_else(|reason| Err(Error::new(ErrorKind::InvalidOperation, reason)))
    })
}

fn filled(environment: &Environment<'_>, place: &str, template: &str, names: Value) -> Result<String, Error> {
    let syntax_config = environment.syntax().clone();
    let config = TemplateConfig { syntax_config, default_auto_escape: Arc::new(|_| AutoEscape::None) };
    let CompiledTemplate { mut instructions, mut blocks, .. } = CompiledTemplate::new(place, template, &config)?;
    blocks.values_mut().chain([&mut instructions]).for_each(call_sums);
    let mut text = String::new();
    let mut out = make_string_output(&mut text);
    eval(environment, &instructions, names, &blocks, &mut out, AutoEscape::None)?;
    Ok(text)
}

fn call_sums(code: &mut Instructions<'_>) {
    let mut at = 0;
    while let Some(instruction) = code.get_mut(at) {
        if matches!(instruction, Instruction::Add) {
            *instruction = Instruction::CallFunction(SUM, Some(2));
        }
        at = at.saturating_add(1);
    }
}

/// What `+` does, with lists that are made at once and are not longer than a stack needs.
pub(super) fn sum(left: Value, right: Value) -> Result<Value, Error> {
    static PLAIN: LazyLock<Environment<'static>> = LazyLock::new(Environment::new);
    let is_list = |value: &Value| matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable);
    if !is_list(&left) || !is_list(&right) {
        let sum = PLAIN.compile_expression("left + right")?.eval(context! { left, right });
        // Where it stands is known to who called.
        return sum.map_err(|error| Error::new(error.kind(), error.detail().unwrap_or_default().to_owned()));
    }
    let values: Vec<Value> = left.try_iter()?.chain(right.try_iter()?).take(LONGEST_LIST + 1).collect();
    if values.len() > LONGEST_LIST {
        let message = format!("a list would have more than {LONGEST_LIST} values");
        return Err(Error::new(ErrorKind::InvalidOperation, message));
    }
    Ok(Value::from(values))
}

#[cfg(test)]
mod tests {
    use minijinja::{Environment, Value, context};

    use super::{MOST_ELIF, MOST_IN_A_TAG, SUM, check, fill_in, sum};

    #[test]
    fn a_sum_is_what_it_always_is() {
        let mut environment = Environment::new();
        environment.add_function(SUM, sum);
        for template in [
            "{{ 1 + 2 }} {{ n + 1.5 }} {{ 'a' + word }} {{ [1] + list + [word] }}",
            "{% macro f(x) %}{{ x + 1 }}{% endmacro %}{% for i in list %}{{ f(i) + 'x' }}{% endfor %}",
            "{% set ns = namespace(x=[]) %}{% for i in range(99) %}{% set ns.x = ns.x + [i + i] %}{% endfor %}{{ ns.x }}",
            "{% for i in list + range(3) %}{{ i }}{{ loop.index + 1 }}{% endfor %}{{ {'a': 1 + n}.a }}",
        ] {
            let names = || context! { n => 2, word => "b", list => vec![1, 2] };
            let usual = environment.render_str(template, names()).expect("a text");
            assert_eq!(fill_in(&environment, "test", template, names()).expect("a text"), usual);
        }
        let wrong = fill_in(&environment, "test", "{{ 1 + 'a' }}", Value::from(()));
        assert!(wrong.is_err(), "{wrong:?}");
    }

    #[test]
    fn what_would_be_nested_too_deep_is_refused_before_it_is_read() {
        let deep = MOST_IN_A_TAG;
        for text in [
            format!("{{{{ {}1 }}}}", "-".repeat(deep)),
            format!("{{{{ {}1 }}}}", "not ".repeat(deep)),
            format!("{{{{ '}}}}' ~ {}1 }}}}", "-".repeat(deep)),
            format!("{{# {{{{ ' #}}{{{{ 1{} }}}}", "~1".repeat(deep)),
            format!("{{% raw %}}{{{{ ' {{% endraw %}}{{{{ 1{} }}}}", "|abs".repeat(deep)),
            format!("{{% set x = 1{} %}}", " + 1".repeat(deep)),
            format!("{{% if 0 %}}{}{{% endif %}}", "{% elif 0 %}".repeat(MOST_ELIF + 1)),
        ] {
            assert!(check(&text).is_err(), "{text}");
        }
        for text in [
            "-".repeat(deep * 9),
            format!("{{% raw %}}{{{{ {} {{% endraw %}}", "-".repeat(deep)),
            format!("{{# {} #}}", "- ".repeat(deep)),
            "{{ 1 }}".repeat(deep),
            String::from("{{ unclosed"),
        ] {
            assert_eq!(check(&text), Ok(()), "{text}");
        }
    }
}
