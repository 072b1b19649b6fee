//! What stands in bake files: blocks of targets and variables with their attributes, from HCL or JSON. What a value comes to is
//! [`super`]'s.

use std::collections::{BTreeMap, HashMap};

use super::Variables;
use crate::text::Source;
use crate::yaml::{Kind, Node};
use crate::{hcl, json};

/// Attributes as they stand, by name.
pub(super) type Attributes = HashMap<String, Value>;

#[derive(Clone, Debug)]
pub(super) enum Value {
    /// With its references.
    Text(String),
    List(Vec<Value>),
    /// The keys of a mapping.
    Keys(Vec<String>),
    Other,
}

#[derive(Default)]
pub(super) struct Blocks {
    pub(super) targets: BTreeMap<String, Attributes>,
    pub(super) variables: Variables,
}

impl Blocks {
    /// Adds what a file says; of what was said before, the file's word counts. An error says why it is no bake file.
    pub(super) fn read(&mut self, source: &Source) -> Result<(), String> {
        let plain;
        let file = if source.path().ends_with(".json") {
            plain = json::plain(source);
            json::parse(&plain)?
        } else {
            hcl::parse(source)?
        };
        let Some(root) = file.root() else { return Ok(()) };
        self.variables.read(root);
        for target in hcl::labelled(root, "target") {
            let attributes = target.value.raw_entries();
            let attributes = attributes.map(|entry| (entry.key_str().to_owned(), value(entry.value)));
            self.targets.entry(target.key_str().to_owned()).or_default().extend(attributes);
        }
        Ok(())
    }
}

fn value(node: Node) -> Value {
    match node.kind() {
        Kind::Scalar => Value::Text(node.as_str().unwrap_or_default().to_owned()),
        // What is in a list is single; deeper lists are not looked into.
        Kind::Sequence => Value::List(node.items().map(single).collect()),
        Kind::Mapping => Value::Keys(node.raw_entries().map(|entry| entry.key_str().to_owned()).collect()),
        Kind::Null | Kind::BrokenAlias => Value::Other,
    }
}

fn single(node: Node) -> Value {
    node.as_str().map_or(Value::Other, |text| Value::Text(text.to_owned()))
}
