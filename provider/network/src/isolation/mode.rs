//! How a namespace is isolated.

use std::{fmt, str::FromStr};

use crate::text::text_type;

/// How a namespace is isolated, beside or without NCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// No rule is written; whether the namespace is closed is read from the rules that are there.
    Observe,
    /// Our deny stands at the very end of category Application: a NetworkPolicy still opens what
    /// it allows, and what nobody allowed is dropped.
    Baseline,
    /// Our deny stands in category Environment, before every NetworkPolicy: one can open only
    /// what is permitted here.
    Guardrail,
    /// There is no firewall to isolate with (VDS without NSX), and the user says so.
    None,
}

/// Not the name of a mode.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a mode of isolation: one of observe, baseline, guardrail, none")]
pub struct InvalidMode(String);

impl Mode {
    /// All modes.
    pub const ALL: [Self; 4] = [Self::Observe, Self::Baseline, Self::Guardrail, Self::None];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Baseline => "baseline",
            Self::Guardrail => "guardrail",
            Self::None => "none",
        }
    }
}

impl FromStr for Mode {
    type Err = InvalidMode;

    fn from_str(text: &str) -> Result<Self, InvalidMode> {
        let mode = Self::ALL.into_iter().find(|mode| mode.as_str() == text);
        mode.ok_or_else(|| InvalidMode(text.to_owned()))
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

text_type!(Mode, "Mode", one of Mode::ALL.map(Mode::as_str));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_is_read_as_it_is_written() {
        for mode in Mode::ALL {
            assert_eq!(mode.to_string().parse(), Ok(mode));
        }
        let error = "Baseline".parse::<Mode>().unwrap_err().to_string();
        assert!(error.ends_with("one of observe, baseline, guardrail, none"), "{error}");
    }

    #[test]
    fn the_schema_lists_the_modes() {
        let schema = serde_json::to_string(&schemars::schema_for!(Mode)).unwrap();
        assert!(schema.contains(r#""enum":["observe","baseline","guardrail","none"]"#), "{schema}");
    }
}
