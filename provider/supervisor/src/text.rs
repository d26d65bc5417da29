//! Texts with rules of their own, as attributes have them.

/// A text with rules of its own.
macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $format:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let check: fn(&str) -> Result<(), String> = $check;
                check(text).map(|()| Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "format": $format })
            }
        }
    };
}
pub(crate) use text_type;

text_type! {
    /// A name that people read, in vSphere or NSX: printable, without white space at its ends.
    DisplayName, "display-name", |text| {
        let length = text.chars().count();
        match text.chars().find(|c| c.is_control()) {
            Some(c) => Err(format!("U+{:04X} control character; use printable text", u32::from(c))),
            None if length == 0 => Err("1-255 characters expected, got 0".to_owned()),
            None if length > 255 => Err(format!("255 characters at most, got {length}")),
            None if text.trim() != text => Err("white space at the ends; remove it".to_owned()),
            None => Ok(()),
        }
    }
}

text_type! {
    /// A text that people read, over several lines perhaps.
    Description, "description", |text| {
        let length = text.chars().count();
        if length > 1024 {
            return Err(format!("1024 characters at most, got {length}"));
        }
        match text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            Some(c) => Err(format!("U+{:04X} control character; use printable text", u32::from(c))),
            None => Ok(()),
        }
    }
}
/// A moment as RFC 3339 has it.
#[must_use]
pub fn date(seconds: u64) -> Option<String> {
    let it = time::OffsetDateTime::from_unix_timestamp(i64::try_from(seconds).ok()?).ok()?;
    let (year, month, day) = (it.year(), u8::from(it.month()), it.day());
    let (hour, minute, second) = (it.hour(), it.minute(), it.second());
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

/// The same for people, as in `2026-11-30 10:15:04 UTC`.
#[must_use]
pub fn moment(seconds: u64) -> Option<String> {
    Some(date(seconds)?.replace('T', " ").replace('Z', " UTC"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_terraform_reads_it() {
        assert_eq!(date(1_767_261_601).as_deref(), Some("2026-01-01T10:00:01Z"));
        assert_eq!(date(u64::MAX), None);
    }

    #[test]
    fn a_moment_is_written_as_people_read_it() {
        assert_eq!(moment(1_796_033_704).as_deref(), Some("2026-11-30 10:15:04 UTC"));
    }
}
