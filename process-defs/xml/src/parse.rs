//! quick-xml's events to a [`Tree`].

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::events::{BytesStart, Event};

use super::decode::decode;
use super::name;
use super::text;
use super::tree::{Attribute, Content, Namespace, Node, NodeIx, Tree};
use super::{Limits, Unreadable};

/// Reads a document.
///
/// Fails with the first thing that is not well-formed, that exceeds `limits`, or that would need
/// an entity to be expanded.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Tree, Unreadable> {
    if bytes.len() > limits.bytes {
        return Err(Unreadable::file(format!(
            "The file is larger than {} KiB. Split the diagram, or remove embedded pictures.",
            limits.bytes / 1024
        )));
    }
    let document = decode(bytes)?;
    let mut reader = Reader::from_str(&document);
    reader.config_mut().check_end_names = true;
    let mut lines = Lines {
        text: &document,
        offset: 0,
        line: 1,
    };
    if let Some((at, character)) = text::forbidden(&document) {
        return Err(Unreadable::at(
            lines.at(at),
            format!(
                "The file holds the character U+{:04X}, which XML does not allow.",
                u32::from(character)
            ),
        ));
    }
    let mut builder = Builder::new(limits);
    loop {
        let line = lines.at(reader.buffer_position() as usize);
        let event = reader.read_event().map_err(|error| {
            let line = lines.at(reader.error_position() as usize);
            Unreadable::at(line, sentence(&error))
        })?;
        let outcome = match event {
            Event::Eof => break,
            Event::Start(tag) => builder.open(&tag, line),
            Event::Empty(tag) => builder.open(&tag, line).map(|()| builder.close()),
            Event::End(_) => {
                builder.close();
                Ok(())
            }
            Event::Text(content) if content.contains("]]>") => {
                Err("“]]>” stands outside of a CDATA section. Write > as &gt;.".to_owned())
            }
            Event::Text(content) => builder.text(&text::content(&content)),
            Event::CData(content) => builder.cdata(&text::content(&content)),
            Event::GeneralRef(reference) => text::reference(&reference)
                .and_then(|character| builder.text(character.encode_utf8(&mut [0; 4]))),
            Event::DocType(declaration) => document_type(&declaration),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => Ok(()),
        };
        outcome.map_err(|fault| Unreadable::at(line, fault))?;
    }
    builder.finish(lines.at(document.len()))
}

/// A bare `<!DOCTYPE definitions>` says nothing; one with declarations could define entities.
fn document_type(declaration: &str) -> Result<(), text::Fault> {
    if declaration.contains('[') {
        return Err(
            "The file declares a document type of its own, which is not read. Remove the \
                    <!DOCTYPE ...> part."
                .to_owned(),
        );
    }
    Ok(())
}

fn sentence(error: &Error) -> String {
    match error {
        Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => format!(
            "</{}> closes <{}>, which is still open.",
            text::shorten(found),
            text::shorten(expected)
        ),
        Error::IllFormed(IllFormedError::UnmatchedEndTag(name)) => {
            format!(
                "</{}> closes an element that was not opened.",
                text::shorten(name)
            )
        }
        Error::IllFormed(IllFormedError::UnclosedReference) => {
            "“&” stands alone. Write it as &amp;.".to_owned()
        }
        Error::Syntax(SyntaxError::UnclosedTag)
        | Error::Syntax(SyntaxError::UnclosedSingleQuotedAttributeValue)
        | Error::Syntax(SyntaxError::UnclosedDoubleQuotedAttributeValue) => {
            "The file ends inside a tag. It may have been cut off.".to_owned()
        }
        Error::Syntax(SyntaxError::InvalidBangMarkup) => {
            "“<!” is not followed by a comment or CDATA section.".to_owned()
        }
        Error::Syntax(_) => {
            "The file ends inside a comment, declaration or CDATA section. It may have been cut \
             off."
                .to_owned()
        }
        other => format!("This is not well-formed XML: {other}."),
    }
}

/// Lines of offsets that only grow: counts every line end once.
struct Lines<'t> {
    text: &'t str,
    offset: usize,
    line: u32,
}

impl Lines<'_> {
    fn at(&mut self, offset: usize) -> u32 {
        let offset = offset.min(self.text.len());
        if offset > self.offset {
            let passed = &self.text.as_bytes()[self.offset..offset];
            self.line += passed.iter().filter(|&&byte| byte == b'\n').count() as u32;
            self.offset = offset;
        }
        self.line
    }
}

struct Builder<'l> {
    limits: &'l Limits,
    nodes: Vec<Node>,
    open: Vec<Open>,
    /// For every prefix its namespaces, innermost last.
    prefixes: HashMap<String, Vec<Namespace>>,
    /// Names repeat thousands of times: each is kept once.
    names: HashSet<Arc<str>>,
}

struct Open {
    ix: NodeIx,
    /// Prefixes that its start tag declared.
    declared: Vec<String>,
}

type Outcome<T = ()> = Result<T, text::Fault>;

/// An attribute whose prefix is still to be resolved: its name and value.
type Plain = (String, Box<str>);

impl<'l> Builder<'l> {
    fn new(limits: &'l Limits) -> Self {
        let xml = Namespace::from_address("http://www.w3.org/XML/1998/namespace");
        Builder {
            limits,
            nodes: Vec::new(),
            open: Vec::new(),
            prefixes: HashMap::from([("xml".to_owned(), vec![xml])]),
            names: HashSet::new(),
        }
    }

    fn open(&mut self, tag: &BytesStart<'_>, line: u32) -> Outcome {
        if self.open.is_empty() && !self.nodes.is_empty() {
            return Err("A second root element follows the first.".to_owned());
        }
        if self.nodes.len() >= self.limits.nodes {
            return Err(format!(
                "The file has more than {} XML elements. Split the diagram.",
                self.limits.nodes
            ));
        }
        if self.open.len() >= self.limits.depth {
            return Err(format!(
                "Elements are nested deeper than {}.",
                self.limits.depth
            ));
        }
        let (declared, plain) = self.declarations(tag)?;
        let (namespace, name) = self.resolve(tag.name().0, true)?;
        let attributes = self.attributes(plain)?;
        let parent = self.open.last().map(|open| open.ix);
        let ix = NodeIx(self.nodes.len() as u32);
        if let Some(parent) = parent {
            self.nodes[parent.0 as usize]
                .content
                .push(Content::Element(ix));
        }
        let content = Vec::new();
        self.nodes.push(Node {
            namespace,
            name,
            line,
            parent,
            attributes,
            content,
        });
        self.open.push(Open { ix, declared });
        Ok(())
    }

    /// Takes the namespace declarations of a tag into effect; gives them and the attributes left.
    fn declarations(&mut self, tag: &BytesStart<'_>) -> Outcome<(Vec<String>, Vec<Plain>)> {
        let mut declared = Vec::new();
        let mut plain = Vec::new();
        let mut seen = HashSet::new();
        // quick-xml compares every attribute with every other: our own set is linear.
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| {
                format!(
                    "An attribute of <{}> is not written as name=\"value\".",
                    text::shorten(tag.name().0)
                )
            })?;
            let key = attribute.key.0;
            let value = text::attribute(&attribute.value)?;
            if !seen.insert(key.to_owned()) {
                return Err(format!(
                    "The attribute {} is given twice.",
                    text::shorten(key)
                ));
            }
            if seen.len() > self.limits.attributes {
                return Err(format!(
                    "<{}> has more than {} attributes.",
                    text::shorten(tag.name().0),
                    self.limits.attributes
                ));
            }
            let prefix = if key == "xmlns" {
                Some("")
            } else {
                key.strip_prefix("xmlns:")
            };
            match prefix {
                Some(prefix) => {
                    let namespace = Namespace::from_address(value.trim());
                    self.prefixes
                        .entry(prefix.to_owned())
                        .or_default()
                        .push(namespace);
                    declared.push(prefix.to_owned());
                }
                None => plain.push((key.to_owned(), value.into())),
            }
        }
        Ok((declared, plain))
    }

    fn attributes(&mut self, plain: Vec<Plain>) -> Outcome<Vec<Attribute>> {
        plain
            .into_iter()
            .map(|(key, value)| {
                let (namespace, name) = self.resolve(&key, false)?;
                Ok(Attribute {
                    namespace,
                    name,
                    value,
                })
            })
            .collect()
    }

    /// A qualified name's namespace and local part. The default namespace is for elements only.
    fn resolve(&mut self, qualified: &str, is_element: bool) -> Outcome<(Namespace, Arc<str>)> {
        let (prefix, local) = name::split(qualified)
            .ok_or_else(|| format!("“{}” is not a name in XML.", text::shorten(qualified)))?;
        let bound = self
            .prefixes
            .get(prefix)
            .and_then(|namespaces| namespaces.last());
        let namespace = match bound {
            _ if prefix.is_empty() && !is_element => Namespace::None,
            Some(namespace) => namespace.clone(),
            None if prefix.is_empty() => Namespace::None,
            None => {
                return Err(format!(
                    "The prefix of {} is not declared. Add xmlns:{}=\"...\" to the first element.",
                    text::shorten(qualified),
                    text::shorten(prefix)
                ));
            }
        };
        Ok((namespace, self.intern(local)))
    }

    fn intern(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.names.get(name) {
            return known.clone();
        }
        let name: Arc<str> = name.into();
        self.names.insert(name.clone());
        name
    }

    fn close(&mut self) {
        // quick-xml has matched the end tag with its start tag.
        let Some(open) = self.open.pop() else { return };
        for prefix in open.declared {
            if let Some(namespaces) = self.prefixes.get_mut(&prefix) {
                namespaces.pop();
            }
        }
    }

    fn text(&mut self, text: &str) -> Outcome {
        match self.open.last() {
            Some(open) => {
                let content = &mut self.nodes[open.ix.0 as usize].content;
                match content.last_mut() {
                    Some(Content::Text(before)) => before.push_str(text),
                    _ => content.push(Content::Text(text.to_owned())),
                }
                Ok(())
            }
            None if text.trim().is_empty() => Ok(()),
            None => Err("Text stands outside of the root element.".to_owned()),
        }
    }

    fn cdata(&mut self, text: &str) -> Outcome {
        if self.open.is_empty() {
            return Err("Text stands outside of the root element.".to_owned());
        }
        self.text(text)
    }

    fn finish(self, line: u32) -> Result<Tree, Unreadable> {
        if let Some(open) = self.open.last() {
            let node = &self.nodes[open.ix.0 as usize];
            return Err(Unreadable::at(
                line,
                format!(
                    "The file ends although <{}> of line {} is still open. It may have been cut \
                     off.",
                    text::shorten(&node.name),
                    node.line
                ),
            ));
        }
        if self.nodes.is_empty() {
            return Err(Unreadable::file("The file holds no XML."));
        }
        Ok(Tree { nodes: self.nodes })
    }
}
