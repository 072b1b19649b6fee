//! Joining one value with another, as compose-go's `override/merge.go` does.
//!
//! Mappings join, lists append, commands replace, name-value lists become lists. That a list keeps only the last item
//! of each name, port or target (`uncity.go`) is done where lists are read.

use std::collections::HashMap;

use super::value::{Field, Shape, Tag, Value};

/// How the values at a path are joined.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    Replace,
    /// Mapping or list, text or list: both become lists.
    ToList,
    /// List of names or mapping: both become mappings.
    ToMap,
    /// A text is `{context: text}`.
    Build,
    /// Joined only if both name one driver.
    Logging,
    Plain,
}

fn rule(path: &[&str]) -> Rule {
    match path {
        ["services", _, "command" | "entrypoint"] | ["services", _, "healthcheck", "test"] => Rule::Replace,
        ["services", _, "ulimits", _] => Rule::Replace,
        ["services", _, "build"] => Rule::Build,
        ["services", _, "depends_on" | "networks" | "models"] => Rule::ToMap,
        ["services", _, "logging"] => Rule::Logging,
        [
            "services",
            _,
            "annotations" | "dns" | "dns_opt" | "dns_search" | "env_file" | "label_file" | "environment"
            | "extra_hosts" | "labels" | "sysctls" | "tmpfs",
        ]
        | ["services", _, "build", "args" | "additional_contexts" | "extra_hosts" | "labels"]
        | ["services", _, "deploy", "labels"]
        | ["networks" | "volumes", _, "labels"] => Rule::ToList,
        _ => Rule::Plain,
    }
}

/// Joins `over` onto `base`. `path` is where both stand.
pub(super) fn join<'y>(base: Value<'y>, over: Value<'y>, path: &mut Vec<&'y str>) -> Value<'y> {
    if over.tag != Tag::Join || base.tag == Tag::Reset {
        return over;
    }
    match rule(path) {
        Rule::Replace => over,
        _ if over.is_null() => base,
        Rule::ToList => {
            let (mut base, over) = (to_list(base), to_list(over));
            reset(&mut base, &over);
            append(base, over)
        }
        Rule::ToMap => plain(to_map(base), to_map(over), path),
        Rule::Build => plain(to_build(base), to_build(over), path),
        Rule::Logging => match (driver(&base), driver(&over)) {
            (Some(one), Some(other)) if one != other => over,
            _ => plain(base, over, path),
        },
        Rule::Plain => plain(base, over, path),
    }
}

fn driver<'y>(value: &Value<'y>) -> Option<&'y str> {
    value.get("driver").and_then(Value::str)
}

fn plain<'y>(base: Value<'y>, over: Value<'y>, path: &mut Vec<&'y str>) -> Value<'y> {
    match (base.shape, over.shape) {
        (Shape::Map(fields), Shape::Map(others)) => {
            Value { at: base.at, tag: base.tag, shape: Shape::Map(fields_joined(fields, others, path)) }
        }
        (Shape::List(mut items), Shape::List(others)) => {
            items.extend(others);
            Value { at: base.at, tag: base.tag, shape: Shape::List(items) }
        }
        // Kinds that do not fit are an error in Compose; the later one is what its author wants.
        (_, shape) => Value { at: over.at, tag: over.tag, shape },
    }
}

fn fields_joined<'y>(
    mut fields: Vec<Field<'y>>,
    others: Vec<Field<'y>>,
    path: &mut Vec<&'y str>,
) -> Vec<Field<'y>> {
    // Mappings are short, but hostile files are not.
    let index: HashMap<&str, usize> = fields.iter().enumerate().map(|(at, field)| (field.name, at)).collect();
    for other in others {
        let name = other.name;
        let Some(&at) = index.get(name) else {
            fields.push(other);
            continue;
        };
        path.push(name);
        let field = &mut fields[at];
        // A scalar or a replaced value stands where it was written last, a collection where it began.
        let moves = matches!(other.value.shape, Shape::Scalar(_)) || other.value.tag != Tag::Join;
        let place = Value { at: field.value.at, tag: Tag::Join, shape: Shape::Null };
        let base = std::mem::replace(&mut field.value, place);
        field.value = join(base, other.value, path);
        if moves {
            (field.key, field.at, field.node) = (other.key, other.at, other.node);
        }
        path.pop();
    }
    fields
}

fn append<'y>(base: Value<'y>, over: Value<'y>) -> Value<'y> {
    plain(base, over, &mut Vec::new())
}

/// Takes out of a list what another says is gone: `environment: {A: !reset null}`.
fn reset(base: &mut Value<'_>, over: &Value<'_>) {
    let gone: Vec<&str> =
        over.items().iter().filter(|item| item.tag == Tag::Reset).filter_map(item_name).collect();
    if let (Shape::List(items), false) = (&mut base.shape, gone.is_empty()) {
        items.retain(|item| item_name(item).is_none_or(|name| !gone.contains(&name)));
    }
}

/// The name in an item of name and value.
fn item_name<'y>(item: &Value<'y>) -> Option<&'y str> {
    match &item.shape {
        Shape::Pair(field) => Some(field.name),
        _ => item.str().and_then(|text| text.split(['=', ':']).next()),
    }
}

fn to_list(value: Value<'_>) -> Value<'_> {
    let at = value.at;
    let tag = value.tag;
    let items = match value.shape {
        Shape::Map(fields) => fields
            .into_iter()
            .map(|field| Value { at: field.at, tag: field.value.tag, shape: Shape::Pair(Box::new(field)) })
            .collect(),
        Shape::List(items) => items,
        Shape::Null => Vec::new(),
        shape => vec![Value { at, tag: Tag::Join, shape }],
    };
    Value { at, tag, shape: Shape::List(items) }
}

fn to_map(value: Value<'_>) -> Value<'_> {
    let Shape::List(items) = value.shape else { return value };
    let fields = items
        .into_iter()
        .filter_map(|item| match item.shape {
            Shape::Scalar(node) => {
                let value = Value { shape: Shape::Null, ..item };
                Some(Field { name: node.key_text(), key: node, at: value.at, node, value })
            }
            _ => None,
        })
        .collect();
    Value { shape: Shape::Map(fields), at: value.at, tag: value.tag }
}

fn to_build(value: Value<'_>) -> Value<'_> {
    let Shape::Scalar(node) = value.shape else { return value };
    let (at, tag) = (value.at, value.tag);
    let field = Field { name: "context", key: node, at, node, value };
    Value { at, tag, shape: Shape::Map(vec![field]) }
}
