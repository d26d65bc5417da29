//! What a call of the provider said.

use tfplugin::v6;

/// What a call said to the user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Each as `summary [attribute]: detail`.
    pub errors: Vec<String>,
    /// Likewise.
    pub warnings: Vec<String>,
}

impl Told {
    /// What these say.
    #[must_use]
    pub fn of(diagnostics: &[v6::Diagnostic]) -> Self {
        let mut told = Self::default();
        for it in diagnostics {
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

    /// The same, and what another call said: each once.
    #[must_use]
    pub fn and(mut self, more: Self) -> Self {
        for (all, more) in [(&mut self.errors, more.errors), (&mut self.warnings, more.warnings)] {
            for it in more {
                if !all.contains(&it) {
                    all.push(it);
                }
            }
        }
        self
    }

    /// Whether something went wrong.
    #[must_use]
    pub fn failed(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Nothing at all.
    ///
    /// # Panics
    ///
    /// If it said something.
    #[track_caller]
    pub fn nothing(&self) {
        assert_eq!(*self, Self::default());
    }

    /// An error that has this in it.
    ///
    /// # Panics
    ///
    /// If it said no such thing.
    #[track_caller]
    pub fn error(&self, part: &str) {
        assert!(self.errors.iter().any(|it| it.contains(part)), "no `{part}` in {self:#?}");
    }

    /// No error, and a warning that has this in it.
    ///
    /// # Panics
    ///
    /// If it said something else.
    #[track_caller]
    pub fn warning(&self, part: &str) {
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
