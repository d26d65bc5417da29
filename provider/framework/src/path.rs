//! Where in a configuration something stands.

use std::fmt;

use tfplugin::v6;

/// The way from the root of a resource to an attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(Vec<Step>);

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Into an attribute of an object.
    Attribute(String),
    /// Into the entry of a map.
    Key(String),
    /// Into the element of a list.
    Index(usize),
    /// Into an element of a set, which Terraform cannot address.
    Element,
}

impl Path {
    /// The resource itself.
    #[must_use]
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// The attribute `name` of the resource.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self::root().attribute(name)
    }

    /// The attribute `name` of the object here.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Self {
        self.step(Step::Attribute(name.to_owned()))
    }

    /// The entry `key` of the map here.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.step(Step::Key(key.to_owned()))
    }

    /// The element at `index` of the list here.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    /// That step further.
    #[must_use]
    pub fn step(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// Whether `other` is this path or leads on from it.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// The steps, from the root.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The steps, as a path that starts there.
    #[must_use]
    pub fn from_steps(steps: impl IntoIterator<Item = Step>) -> Self {
        Self(steps.into_iter().collect())
    }

    /// As a diagnostic has it: as far as Terraform can find it in a configuration, which is not
    /// further than an element of an attribute of the resource.
    #[must_use]
    pub fn to_wire_in_sight(&self) -> v6::AttributePath {
        let is_element = matches!(self.0.get(1), Some(Step::Key(_) | Step::Index(_)));
        let steps = if self.0.len() == 2 && is_element { 2 } else { 1 };
        Self(self.0.iter().take(steps).cloned().collect()).to_wire()
    }

    /// As the protocol has it; it ends before a set's element.
    #[must_use]
    pub fn to_wire(&self) -> v6::AttributePath {
        use v6::attribute_path::step::Selector;
        let steps = self.0.iter().map_while(|step| match step {
            Step::Attribute(name) => Some(Selector::AttributeName(name.clone())),
            Step::Key(key) => Some(Selector::ElementKeyString(key.clone())),
            Step::Index(index) => {
                Some(Selector::ElementKeyInt(i64::try_from(*index).unwrap_or(i64::MAX)))
            }
            Step::Element => None,
        });
        let steps = steps.map(|selector| v6::attribute_path::Step { selector: Some(selector) });
        v6::AttributePath { steps: steps.collect() }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if position == 0 => f.write_str(name)?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Element => f.write_str("[*]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_like_configuration() {
        let path = Path::of("rules").index(1).attribute("ports").step(Step::Element);
        assert_eq!(path.to_string(), "rules[1].ports[*]");
        assert_eq!(Path::of("tags").key("a b").to_string(), "tags[\"a b\"]");
        assert!(Path::of("rules").contains(&path));
        assert!(!path.contains(&Path::of("rules")));
    }

    #[test]
    fn the_wire_stops_before_the_element_of_a_set() {
        let path = Path::of("rules").step(Step::Element).attribute("port");
        assert_eq!(path.to_wire().steps.len(), 1);
    }

    #[test]
    fn a_diagnostic_points_no_deeper_than_terraform_can_see() {
        let rules = Path::of("rules");
        assert_eq!(rules.index(1).to_wire_in_sight().steps.len(), 2);
        assert_eq!(rules.index(1).attribute("port").to_wire_in_sight().steps.len(), 1);
        assert_eq!(Path::root().to_wire_in_sight().steps.len(), 0);
    }
}
