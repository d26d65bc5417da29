//! Text to documents, each a JSON value, as Kubernetes reads YAML.

use std::{borrow::Cow, collections::BTreeMap};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};
use serde_json::{Map, Value};

use super::{InvalidObject, Place, scalar::resolve};

/// One document of a text.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) place: Place,
    pub(super) value: Value,
}

/// How deep a document may be, so that whoever walks it by recursion ends well. The objects of
/// Kubernetes need a dozen.
const DEPTH: usize = 64;

/// How many values aliases may stand for in one text, lest a short one fill the memory.
const EXPANDED: usize = 100_000;

/// The documents of a text, with empty ones as null; or the first thing that is not right.
pub(super) fn documents(text: &str) -> Result<Vec<Document>, InvalidObject> {
    let mut builder = Builder::default();
    let mut documents: Vec<Document> = Vec::new();
    let mut parser = Parser::new_from_str(text);
    let mut started = Place { document: 1, line: 1, item: None };
    while let Some(next) = parser.next_event() {
        let document = documents.len() + 1;
        let refused = |at: &Marker, reason: String| InvalidObject {
            place: Place { document, line: at.line(), item: None },
            object: None,
            field: None,
            reason,
        };
        let (event, span) = next.map_err(|why| {
            let column = why.marker().col() + 1;
            refused(why.marker(), format!("is no YAML: {} (column {column})", why.info()))
        })?;
        match event {
            Event::DocumentStart(_) => {
                builder.anchors.clear();
                started = Place { document, line: span.start.line(), item: None };
            }
            Event::DocumentEnd => {
                let value = builder.root.take().unwrap_or(Value::Null);
                documents.push(Document { place: started, value });
            }
            event => builder.add(event).map_err(|reason| refused(&span.start, reason))?,
        }
    }
    Ok(documents)
}

/// A document in the making.
#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: BTreeMap<usize, Node>,
    /// How many values aliases stood for so far.
    expanded: usize,
    root: Option<Value>,
}

/// A list or a map that has not ended.
struct Open {
    anchor: usize,
    part: Part,
    nodes: usize,
    depth: usize,
}

enum Part {
    List(Vec<Value>),
    Map { map: Map<String, Value>, key: Option<String> },
}

/// A value, how many values it is made of, and how many levels of them.
#[derive(Clone)]
struct Node {
    value: Value,
    nodes: usize,
    depth: usize,
}

impl Builder {
    fn add(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar(&text, style, tag.as_deref())?;
                self.put(anchor, Node { value, nodes: 1, depth: 1 })
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(anchor, tag, "seq", Part::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.begin(anchor, tag, "map", Part::Map { map: Map::new(), key: None })
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).cloned();
                let node = node.ok_or("an alias of itself, or of another document")?;
                self.expanded += node.nodes;
                if self.expanded > EXPANDED {
                    return Err(format!("aliases stand for more than {EXPANDED} values"));
                }
                self.put(0, node)
            }
            _ => Ok(()),
        }
    }

    fn begin(
        &mut self,
        anchor: usize,
        tag: Option<Cow<'_, Tag>>,
        own: &str,
        part: Part,
    ) -> Result<(), String> {
        if let Some(tag) = tag.filter(|it| !(it.is_yaml_core_schema() && it.suffix == own)) {
            return Err(unknown(&tag));
        }
        if let Some(Open { part: Part::Map { key: None, .. }, .. }) = self.open.last() {
            return Err("a list or map as a key: text is needed".to_owned());
        }
        if self.open.len() >= DEPTH {
            return Err(too_deep());
        }
        self.open.push(Open { anchor, part, nodes: 1, depth: 1 });
        Ok(())
    }

    fn end(&mut self) -> Result<(), String> {
        let Some(Open { anchor, part, nodes, depth }) = self.open.pop() else { return Ok(()) };
        let value = match part {
            Part::List(list) => Value::Array(list),
            Part::Map { map, .. } => Value::Object(map),
        };
        self.put(anchor, Node { value, nodes, depth })
    }

    /// Puts a value to where the document has got to.
    fn put(&mut self, anchor: usize, node: Node) -> Result<(), String> {
        if self.open.len() + node.depth > DEPTH {
            return Err(too_deep());
        }
        // Anchors are counted from 1; 0 is none.
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node.value);
            return Ok(());
        };
        open.nodes += node.nodes;
        open.depth = open.depth.max(node.depth + 1);
        match &mut open.part {
            Part::List(list) => list.push(node.value),
            Part::Map { map, key } => match key.take() {
                Some(key) => {
                    map.insert(key, node.value);
                }
                None => *key = Some(new_key(map, node.value)?),
            },
        }
        Ok(())
    }
}

/// A key that is text, and not there yet.
fn new_key(map: &Map<String, Value>, value: Value) -> Result<String, String> {
    match value {
        Value::String(key) if key == "<<" => {
            Err("`<<` (merge) is not read here: write the fields out".to_owned())
        }
        Value::String(key) if map.contains_key(&key) => {
            Err(format!("key `{key}` is there twice in one map"))
        }
        Value::String(key) => Ok(key),
        other => Err(format!("`{other}` as a key: text is needed, in quotes if need be")),
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, String> {
    match tag {
        None if style == ScalarStyle::Plain => resolve(text)
            .ok_or_else(|| format!("`{text}` is a number that JSON has not; text needs quotes")),
        None => Ok(Value::String(text.to_owned())),
        Some(tag) if tag.is_yaml_core_schema() && tag.suffix == "str" => {
            Ok(Value::String(text.to_owned()))
        }
        Some(tag) => Err(unknown(tag)),
    }
}

fn unknown(tag: &Tag) -> String {
    let handle = if tag.is_yaml_core_schema() { "!!" } else { &tag.handle };
    format!("tag `{handle}{}` is not read here: leave it out", tag.suffix)
}

fn too_deep() -> String {
    format!("more than {DEPTH} levels of lists and maps")
}
