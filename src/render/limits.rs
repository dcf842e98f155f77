//! How far a template may go: what a folder of somebody else's brings is filled in by the same machine as ours, and it
//! must end soon, in little memory, and not deeper than a stack is.

use minijinja::machinery::{Token, tokenize};
use minijinja::syntax::SyntaxConfig;

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
