//! The values that stand in a compiled template.

use std::borrow::Cow;
use std::collections::BTreeMap;

use minijinja::Value;
use minijinja::value::{Tuple, ValueKind};
use serde::{Deserialize, Serialize};

/// A value that stands in a template.
#[derive(Serialize, Deserialize)]
pub(super) enum Constant<'a> {
    None,
    Bool(bool),
    Count(u64),
    Integer(i64),
    Number(f64),
    #[serde(borrow)]
    Text(Cow<'a, str>),
    List(Vec<Self>),
    Map(Vec<(Self, Self)>),
}

impl Constant<'_> {
    /// A value as it is kept, if it can be. What an `if` without an `else` gives cannot: the engine alone can make it.
    pub(super) fn of(value: &Value) -> Option<Self> {
        Some(match value.kind() {
            ValueKind::None => Self::None,
            ValueKind::Bool => Self::Bool(value.is_true()),
            ValueKind::Number => number(value)?,
            ValueKind::String => Self::Text(value.as_str()?.to_owned().into()),
            ValueKind::Seq if value.downcast_object_ref::<Tuple>().is_none() => Self::List(items(value)?),
            ValueKind::Map if !value.is_kwargs() => Self::Map(pairs(value)?),
            _ => return None,
        })
    }
}

fn number(value: &Value) -> Option<Constant<'static>> {
    if !value.is_integer() {
        return f64::try_from(value.clone()).ok().map(Constant::Number);
    }
    let count = u64::try_from(value.clone()).ok().map(Constant::Count);
    count.or_else(|| i64::try_from(value.clone()).ok().map(Constant::Integer))
}

fn items<'a>(list: &Value) -> Option<Vec<Constant<'a>>> {
    list.try_iter().ok()?.map(|item| Constant::of(&item)).collect()
}

fn pairs<'a>(map: &Value) -> Option<Vec<(Constant<'a>, Constant<'a>)>> {
    let of = |value: &Value| Constant::of(value);
    map.try_iter().ok()?.map(|key| Some((of(&key)?, of(&map.get_item(&key).ok()?)?))).collect()
}

impl From<Constant<'_>> for Value {
    fn from(constant: Constant<'_>) -> Self {
        match constant {
            Constant::None => Self::from(()),
            Constant::Bool(is) => Self::from(is),
            Constant::Count(count) => Self::from(count),
            Constant::Integer(number) => Self::from(number),
            Constant::Number(number) => Self::from(number),
            Constant::Text(text) => Self::from(&*text),
            Constant::List(list) => Self::from(list.into_iter().map(Self::from).collect::<Vec<_>>()),
            Constant::Map(pairs) => {
                // One after the other, as the engine does: to collect them would bring a sort along.
                let mut map = BTreeMap::new();
                for (key, value) in pairs {
                    map.insert(Self::from(key), Self::from(value));
                }
                Self::from_object(map)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use minijinja::value::{Kwargs, Tuple};
    use minijinja::{Environment, Value};

    use super::Constant;

    /// A value that was written and read, as the built program does it.
    fn kept(value: &Value) -> Value {
        let bytes = postcard::to_stdvec(&Constant::of(value).unwrap()).unwrap();
        postcard::from_bytes::<Constant<'_>>(&bytes).unwrap().into()
    }

    #[test]
    fn a_constant_is_what_stands_in_the_template() {
        let environment = Environment::new();
        for text in ["none", "true", "0", "18446744073709551615", "-5", "1.5", "'a b'", "[1, ['a']]", "{'a': 1, 2: []}"]
        {
            let value = environment.compile_expression(text).unwrap().eval(()).unwrap();
            assert_eq!(kept(&value), value, "{text}");
            assert_eq!((kept(&value).kind(), kept(&value).to_string()), (value.kind(), value.to_string()));
        }
        let map = environment.compile_expression("{'a': 1}").unwrap().eval(()).unwrap();
        assert_eq!(kept(&map).get_attr("a").unwrap(), Value::from(1), "a map can be looked into");
    }

    #[test]
    fn what_is_no_plain_value_is_not_kept() {
        assert!(Constant::of(&Value::UNDEFINED).is_none());
        assert!(Constant::of(&Value::from(vec![Value::UNDEFINED])).is_none());
        assert!(Constant::of(&Value::from(Tuple::from(vec![Value::from(1)]))).is_none());
        assert!(Constant::of(&[("attribute", Value::from("name"))].into_iter().collect::<Kwargs>().into()).is_none());
    }
}
