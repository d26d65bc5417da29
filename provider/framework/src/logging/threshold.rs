use std::collections::BTreeMap;

use tracing::{Level, Metadata, level_filters::LevelFilter};

/// From which level on events are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// None are.
    Off,
    /// This one, and all that are worse.
    From(Level),
}

/// Whose events are written, and which of them.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// For the crates of the provider.
    pub threshold: Threshold,
    /// The crates of the provider, as `module_path!` has them. Of any other crate only warnings and
    /// errors are written: libraries trace bodies and headers, and those hold secrets.
    pub crates: &'static [&'static str],
}

// === impl Threshold ===

impl Threshold {
    /// Reads, for a provider of this name, the first of `TF_LOG_PROVIDER_<NAME>`, `TF_LOG_PROVIDER`
    /// and `TF_LOG` that is set. As with Terraform a word that is no level means `TRACE`.
    pub fn from_vars(vars: impl IntoIterator<Item = (String, String)>, provider: &str) -> Self {
        let vars: BTreeMap<String, String> =
            vars.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let own = format!("TF_LOG_PROVIDER_{}", provider.to_uppercase().replace('-', "_"));
        let names = [own.as_str(), "TF_LOG_PROVIDER", "TF_LOG"];
        names.iter().find_map(|name| vars.get(*name)).map_or(Self::Off, |word| Self::parse(word))
    }

    fn parse(word: &str) -> Self {
        match word.to_uppercase().as_str() {
            "OFF" => Self::Off,
            "ERROR" => Self::From(Level::ERROR),
            "WARN" => Self::From(Level::WARN),
            "INFO" => Self::From(Level::INFO),
            "DEBUG" => Self::From(Level::DEBUG),
            _ => Self::From(Level::TRACE),
        }
    }

    pub(super) fn filter(self) -> LevelFilter {
        match self {
            Self::Off => LevelFilter::OFF,
            Self::From(level) => level.into(),
        }
    }
}

// === impl Scope ===

impl Scope {
    pub(super) fn admits(&self, metadata: &Metadata<'_>) -> bool {
        let limit = match self.threshold.filter() {
            filter if self.owns(metadata.target()) => filter,
            filter => filter.min(LevelFilter::WARN),
        };
        *metadata.level() <= limit
    }

    fn owns(&self, target: &str) -> bool {
        let root = target.split("::").next().unwrap_or(target);
        self.crates.contains(&root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn threshold(vars: &[(&str, &str)]) -> Threshold {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Threshold::from_vars(vars.iter().map(owned), "my-cloud")
    }

    #[test]
    fn nothing_is_written_unless_someone_asks() {
        assert_eq!(threshold(&[]), Threshold::Off);
        assert_eq!(threshold(&[("TF_LOG", "")]), Threshold::Off);
        assert_eq!(threshold(&[("TF_LOG_CORE", "trace")]), Threshold::Off);
    }

    #[test]
    fn the_most_specific_variable_wins() {
        let core = ("TF_LOG", "trace");
        let all = ("TF_LOG_PROVIDER", "Info");
        let own = ("TF_LOG_PROVIDER_MY_CLOUD", "off");
        assert_eq!(threshold(&[core]), Threshold::From(Level::TRACE));
        assert_eq!(threshold(&[core, all]), Threshold::From(Level::INFO));
        assert_eq!(threshold(&[core, all, own]), Threshold::Off);
    }

    #[test]
    fn every_level_of_terraform_is_known() {
        let words = ["ERROR", "WARN", "INFO", "DEBUG", "TRACE", "JSON", "loud"];
        let levels = words.map(|word| match threshold(&[("TF_LOG", word)]) {
            Threshold::From(level) => level.as_str(),
            Threshold::Off => "OFF",
        });
        assert_eq!(levels, ["ERROR", "WARN", "INFO", "DEBUG", "TRACE", "TRACE", "TRACE"]);
    }
}
