//! Templates that are compiled when the program is built, so that no run has to: the template engine's steps, in a form
//! that the binary can hold. The engine keeps no form stable from one version to the next, so its version is exact.

use std::borrow::Cow;
use std::sync::Arc;

use minijinja::machinery::{CompiledTemplate, Instruction, Instructions, TemplateConfig};
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Error, ErrorKind, Value};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::constant::Constant;

/// A compiled template.
#[derive(Debug, Clone)]
pub struct Program {
    steps: Cow<'static, [u8]>,
}

/// Why a template cannot be compiled when the program is built.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// It is wrong.
    #[error(transparent)]
    Wrong(#[from] Error),
    /// It says something that a program does not hold.
    #[error(
        "{place}:{line}: what is compiled beforehand holds no block whose text is caught, no tag that names another \
         template but `{{%- include \"NAME\" %}}` and `{{%- from \"NAME\" import ... %}}`, and no `if` between braces without \
         an `else`; nor what else makes a step that `steps!` does not list"
    )]
    Unkept {
        /// Which template.
        place: String,
        /// Its line.
        line: usize,
    },
    /// A step cannot be written.
    #[error(transparent)]
    Unwritten(#[from] postcard::Error),
}

/// Declares the steps that a template of ours may have, and how they become the engine's and come from them.
macro_rules! steps {
    ($($name:ident $(($($field:ident: $type:ty),+))?,)+) => {
        /// A step of a template.
        #[derive(Serialize, Deserialize)]
        enum Step<'a> {
            #[serde(borrow)]
            LoadConst(Constant<'a>),
            $($name $(($($type),+))?,)+
        }

        impl<'a> Step<'a> {
            /// The engine's step.
            fn instruction(self) -> Instruction<'a> {
                match self {
                    Self::LoadConst(constant) => Instruction::LoadConst(constant.into()),
                    $(Self::$name $(($($field),+))? => Instruction::$name $(($($field),+))?,)+
                }
            }

            /// The engine's step as it is kept.
            fn of(instruction: &Instruction<'a>) -> Option<Self> {
                Some(match instruction {
                    Instruction::LoadConst(value) => Self::LoadConst(Constant::of(value)?),
                    $(Instruction::$name $(($($field),+))? => Self::$name $(($(*$field),+))?,)+
                    _ => return None,
                })
            }
        }
    };
}

steps! {
    EmitRaw(text: &'a str),
    StoreLocal(name: &'a str),
    Lookup(name: &'a str),
    GetAttr(name: &'a str),
    SetAttr(name: &'a str),
    GetItem,
    Slice,
    BuildMap(pairs: usize),
    BuildKwargs(pairs: usize),
    BuildList(items: Option<usize>),
    BuildTuple(items: Option<usize>),
    UnpackList(items: usize),
    Add,
    Sub,
    Mul,
    Div,
    IntDiv,
    Rem,
    Pow,
    Neg,
    Eq,
    Ne,
    Gt,
    Gte,
    Lt,
    Lte,
    Not,
    StringConcat,
    In,
    ApplyFilter(name: &'a str, arguments: Option<u16>, place: u8),
    PerformTest(name: &'a str, arguments: Option<u16>, place: u8),
    Emit,
    PushLoop(flags: u8),
    PushWith,
    Iterate(end: u32),
    PushDidNotIterate,
    PopFrame,
    PopLoopFrame,
    Jump(to: u32),
    JumpIfFalse(to: u32),
    JumpIfFalseOrPop(to: u32),
    JumpIfTrueOrPop(to: u32),
    CallFunction(name: &'a str, arguments: Option<u16>),
    CallMethod(name: &'a str, arguments: Option<u16>),
    CallObject(arguments: Option<u16>),
    DupTop,
    DiscardTop,
    Swap,
    BuildMacro(name: &'a str, start: u32, flags: u8),
    Return,
    IsUndefined,
    Enclose(name: &'a str),
    GetClosure,
}

impl Program {
    /// Compiles a template.
    ///
    /// # Errors
    /// [`ProgramError`] where it is wrong, or says what a program does not hold.
    pub fn compile(place: &str, source: &str) -> Result<Self, ProgramError> {
        let config = TemplateConfig {
            syntax_config: SyntaxConfig::default(),
            default_auto_escape: Arc::new(|_| AutoEscape::None),
        };
        let compiled = CompiledTemplate::new(place, source, &config)?.instructions;
        let engine = (0..).map_while(|at| Some((at, compiled.get(at)?)));
        let parts =
            engine.flat_map(|(at, instruction)| taken_apart(instruction).into_iter().map(move |part| (at, part)));
        let parts: Vec<(u32, Instruction<'_>)> = parts.collect();
        let places: Vec<u32> = parts.iter().map(|(at, _)| *at).collect();
        let mut steps = Vec::new();
        for (at, part) in parts {
            let Some(step) = Step::of(&moved(part, &places)) else {
                let line = compiled.get_line(at).unwrap_or_default();
                return Err(ProgramError::Unkept { place: place.to_owned(), line });
            };
            steps = postcard::to_extend(&step, steps)?;
        }
        Ok(Self { steps: steps.into() })
    }

    /// The engine's steps, without the lines that they are from.
    ///
    /// # Errors
    /// An error of the engine where the binary is damaged.
    pub fn instructions<'a>(&'a self, place: &'a str) -> Result<Instructions<'a>, Error> {
        let mut instructions = Instructions::new(place, "");
        let mut rest = &*self.steps;
        while !rest.is_empty() {
            let (step, after) = postcard::take_from_bytes::<Step<'_>>(rest).map_err(|_| damaged())?;
            instructions.add(step.instruction());
            rest = after;
        }
        Ok(instructions)
    }
}

/// An instruction as those that give the same: arguments with names are put together where they are needed, for only the
/// engine can keep them as a constant without much code.
fn taken_apart<'a>(instruction: &Instruction<'a>) -> Vec<Instruction<'a>> {
    let Instruction::LoadConst(value) = instruction else { return vec![instruction.clone()] };
    let names: Vec<Value> = value.try_iter().into_iter().flatten().filter(|_| value.is_kwargs()).collect();
    if names.is_empty() {
        return vec![instruction.clone()];
    }
    let count = names.len();
    let pairs = names.into_iter().flat_map(|name| {
        let of = value.get_item(&name).unwrap_or_default();
        [name, of]
    });
    pairs.map(Instruction::LoadConst).chain([Instruction::BuildKwargs(count)]).collect()
}

/// An instruction that leads to where the engine's is now. Each place has the number of the instruction that it is from.
fn moved<'a>(instruction: Instruction<'a>, places: &[u32]) -> Instruction<'a> {
    let now = |to: u32| u32::try_from(places.partition_point(|from| *from < to)).unwrap_or(u32::MAX);
    match instruction {
        Instruction::Iterate(to) => Instruction::Iterate(now(to)),
        Instruction::Jump(to) => Instruction::Jump(now(to)),
        Instruction::JumpIfFalse(to) => Instruction::JumpIfFalse(now(to)),
        Instruction::JumpIfFalseOrPop(to) => Instruction::JumpIfFalseOrPop(now(to)),
        Instruction::JumpIfTrueOrPop(to) => Instruction::JumpIfTrueOrPop(now(to)),
        Instruction::BuildMacro(name, to, flags) => Instruction::BuildMacro(name, now(to), flags),
        instruction => instruction,
    }
}

fn damaged() -> Error {
    Error::new(ErrorKind::BadSerialization, "the binary is damaged")
}

impl Serialize for Program {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.steps)
    }
}

impl<'de: 'static> Deserialize<'de> for Program {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { steps: Cow::Borrowed(Deserialize::deserialize(deserializer)?) })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use minijinja::{AutoEscape, Environment, context, machinery};

    use super::{Program, ProgramError};

    /// What a program writes that was kept in a binary.
    fn written(program: &Program) -> String {
        let bytes = postcard::to_stdvec(program).unwrap().leak();
        let kept: Program = postcard::from_bytes(bytes).unwrap();
        let (environment, instructions, blocks) = (environment(), kept.instructions("kept").unwrap(), BTreeMap::new());
        let mut text = String::new();
        let mut out = machinery::make_string_output(&mut text);
        machinery::eval(&environment, &instructions, names(), &blocks, &mut out, AutoEscape::None).unwrap();
        text
    }

    fn environment() -> Environment<'static> {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        environment
    }

    fn names() -> minijinja::Value {
        context! { rows => [context! { name => "a", is => true }, context! { name => "b", is => false }], none => () }
    }

    #[test]
    fn a_program_writes_what_its_template_does() {
        let macros =
            "{%- macro list(rows, sign='+') -%}\n{% for row in rows %}{{ sign ~ row.name }}{% endfor %}{%- endmacro %}";
        for template in [
            "plain\ntext",
            "{% for row in rows if row.is %}{{ loop.index }} {{ row.name }}{% else %}none{% endfor %}",
            "{{ rows | map(attribute='name') | join(', ') }}{{ rows | selectattr('is') | list | length }}",
            "{% set ns = namespace(count=0, names=[]) %}{% for row in rows %}{% set ns.count = ns.count + 1 %}{% endfor %}{{ ns.count }}",
            "{{ {'a': 1, 'b': [2, 3.5]}['b'] }}{{ 'x' in ['x', 'y'] }}{{ -3 // 2 }}{{ rows[1:] | length }}",
            "{{ rows[0].name if rows and not none else 'nothing' }}{{ rows | first | attr('name') | default('b', true) }}",
            &format!(
                "{macros}{{{{ list(rows) }}}}{{{{ list(rows, sign='-') }}}}{{% if rows and none %}}x{{% endif %}}end"
            ),
            "{% for row in rows %}{% if row.is %}{{ dict(name=row.name, other='x') | length }}{% endif %}{% endfor %}!",
        ] {
            let wanted = environment().render_str(template, names()).unwrap();
            assert_eq!(written(&Program::compile("t", template).unwrap()), wanted, "{template}");
        }
    }

    #[test]
    fn what_cannot_be_kept_stops_the_build() {
        for template in [
            "{% set x %}caught{% endset %}",
            "{{ 'x' if y }}",
            "{% include 'other' %}",
            "{% from 'other' import x %}",
            "{% block x %}{% endblock %}",
        ] {
            assert!(matches!(Program::compile("t", template), Err(ProgramError::Unkept { .. })), "{template}");
        }
        assert!(matches!(Program::compile("t", "\n{{ 'x' if y }}"), Err(ProgramError::Unkept { line: 2, .. })));
        assert!(matches!(Program::compile("t", "{% if %}"), Err(ProgramError::Wrong(_))));
    }
}
