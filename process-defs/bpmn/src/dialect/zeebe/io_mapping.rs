//! `zeebe:ioMapping`: variables that go into an element and come out of it.

use std::sync::Arc;

use super::{children, extension};
use crate::build::expression::text;
use crate::graph::{IoMapping, Mapping, Text};
use redthread_xml::NodeRef;
use redthread_xml::{Code, Problems};

/// The mappings, in document order: they are evaluated in it.
pub(crate) fn io_mapping(node: NodeRef<'_>, problems: &mut Problems) -> IoMapping {
    let Some(mapping) = extension(node, "ioMapping") else {
        return IoMapping::default();
    };
    let mut read = |name| {
        children(mapping, name)
            .filter_map(|entry| entry_of(entry, problems))
            .collect()
    };
    IoMapping {
        inputs: read("input"),
        outputs: read("output"),
        keeps_results: false,
    }
}

fn entry_of(entry: NodeRef<'_>, problems: &mut Problems) -> Option<Mapping> {
    let Some(target) = path(entry.attribute("target").unwrap_or_default()) else {
        problems.error(
            entry,
            Code::BadMapping,
            format!(
                "“{}” is not the name of a variable.",
                entry.attribute("target").unwrap_or_default()
            ),
            "Name the mapping's target with letters, digits and _; dots lead into a context.",
        );
        return None;
    };
    let source = match entry.filled("source") {
        Some(source) => text(entry, source, "The mapping's source", problems)?,
        None => Text::Literal("".into()),
    };
    Some(Mapping { source, target })
}

/// A path leads through so many contexts at most.
const PATH: usize = 16;

/// A variable's name and the path in it.
pub(crate) fn path(target: &str) -> Option<Vec<Arc<str>>> {
    let names = target.trim().split('.');
    let path: Option<Vec<Arc<str>>> = names
        .map(|name| is_name(name).then(|| name.into()))
        .collect();
    path.filter(|path| path.len() <= PATH)
}

pub(crate) fn is_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|character| character.is_alphanumeric() || character == '_')
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn a_target_is_a_name_and_a_path() {
        assert_eq!(path("order").unwrap(), ["order".into()]);
        assert_eq!(path(" order.sum ").unwrap(), ["order".into(), "sum".into()]);
        assert_eq!(path("сумма_1").unwrap(), ["сумма_1".into()]);
        let endless = ["a"; 17].join(".");
        for wrong in ["", ".", "a.", "1a", "a b", "=a", "a-b", &endless] {
            assert!(path(wrong).is_none(), "{wrong}");
        }
    }
}
