//! How far a template may go: what a folder of somebody else's brings is filled in by the same machine as ours, and it
//! must end soon, in little memory, and not deeper than a stack is.

use std::collections::BTreeSet;

use minijinja::Template;
use minijinja::machinery::{Instruction, Instructions, Token, get_compiled_template, tokenize};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;

/// What filling in a template may use up: a step each, and one for 64 bytes of what it makes. A thousand tables of ten
/// columns take less.
pub(super) const FUEL: u64 = 4_000_000;

/// The same for a template of an extra catalogue. With it, what a loop nests stays less deep than the stack of `main`.
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

/// The filters whose result is a number.
const NUMBERS: [&str; 6] = ["abs", "count", "float", "int", "length", "round"];

/// Checks what a template of an extra catalogue adds: two lists that are added again and again fill any memory, and fuel
/// does not see it. So what stands right of a `+` must be a number, a text or a list that is written there.
///
/// # Errors
/// What to write instead.
pub(super) fn check_sums(template: &Template<'_, '_>) -> Result<(), String> {
    let compiled = get_compiled_template(template);
    let parts = compiled.blocks.values().chain([&compiled.instructions]);
    if parts.into_iter().all(adds_little) {
        return Ok(());
    }
    Err(String::from("what stands right of a `+` must be a literal, a list that is written there, or end in `| int`"))
}

/// Whether each sum adds something that is known to be small, and that no other branch replaces.
fn adds_little(code: &Instructions<'_>) -> bool {
    let all: Vec<&Instruction<'_>> = (0..).map_while(|at| code.get(at)).collect();
    let targets: BTreeSet<usize> = all.iter().filter_map(|instruction| target(instruction)).collect();
    let pairs = all.iter().zip(all.iter().skip(1)).enumerate();
    pairs.into_iter().filter(|(_, (_, after))| matches!(after, Instruction::Add)).all(|(at, (right, _))| {
        let is_small = match right {
            Instruction::LoadConst(value) => {
                value.kind() != ValueKind::Iterable && value.len().is_none_or(|length| length <= MOST_IN_A_TAG)
            }
            Instruction::BuildList(length) => length.is_some(),
            Instruction::ApplyFilter(name, ..) => NUMBERS.contains(name),
            _ => false,
        };
        is_small && !targets.contains(&at.saturating_add(1))
    })
}

/// Where an instruction leads to.
fn target(instruction: &Instruction<'_>) -> Option<usize> {
    match instruction {
        Instruction::Jump(to)
        | Instruction::JumpIfFalse(to)
        | Instruction::JumpIfFalseOrPop(to)
        | Instruction::JumpIfTrueOrPop(to)
        | Instruction::Iterate(to) => usize::try_from(*to).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_ELIF, MOST_IN_A_TAG, check};

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
