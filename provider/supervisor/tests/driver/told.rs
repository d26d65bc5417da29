//! What a call of the provider said.

use tfplugin::v6;

/// What a call said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// Each as `summary [attribute]: detail`.
    pub(crate) errors: Vec<String>,
    pub(crate) warnings: Vec<String>,
}

impl Told {
    pub(super) fn of(diagnostics: &[v6::Diagnostic]) -> Self {
        let mut told = Self::default();
        for it in diagnostics {
            assert!(!it.summary.starts_with("the provider made an invalid"), "{}", it.detail);
            assert!(!it.summary.starts_with("the provider crashed"), "{}", it.detail);
            let steps = it.attribute.iter().flat_map(|path| &path.steps);
            let path: String = steps.map(step).collect();
            let text = format!("{} [{}]: {}", it.summary, path.trim_start_matches('.'), it.detail);
            match it.severity() {
                v6::diagnostic::Severity::Warning => told.warnings.push(text),
                _ => told.errors.push(text),
            }
        }
        told
    }

    pub(crate) fn and(mut self, more: Self) -> Self {
        for (all, more) in [(&mut self.errors, more.errors), (&mut self.warnings, more.warnings)] {
            for it in more {
                if !all.contains(&it) {
                    all.push(it);
                }
            }
        }
        self
    }

    /// Nothing at all.
    #[track_caller]
    pub(crate) fn nothing(&self) {
        assert_eq!(*self, Self::default());
    }

    /// An error that has this in it.
    #[track_caller]
    pub(crate) fn error(&self, part: &str) {
        assert!(self.errors.iter().any(|it| it.contains(part)), "no `{part}` in {self:#?}");
    }

    /// No error, and a warning that has this in it.
    #[track_caller]
    pub(crate) fn warning(&self, part: &str) {
        assert_eq!(self.errors, [""; 0]);
        assert!(self.warnings.iter().any(|it| it.contains(part)), "no `{part}` in {self:#?}");
    }
}

fn step(step: &v6::attribute_path::Step) -> String {
    use v6::attribute_path::step::Selector;
    match &step.selector {
        Some(Selector::AttributeName(name)) => format!(".{name}"),
        Some(Selector::ElementKeyString(key)) => format!("[{key:?}]"),
        Some(Selector::ElementKeyInt(index)) => format!("[{index}]"),
        None => String::new(),
    }
}
