//! Texts of a format: what a format reads as the same is the same.

use std::{borrow::Cow, fmt, marker::PhantomData, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// How a text is to be read.
pub(crate) trait Format: 'static {
    /// What is said of a text that is none.
    const WRONG: &'static str;

    /// The one text of all that mean the same; or why it means nothing.
    fn canonical(text: &str) -> Result<String, String>;
}

/// A text of that format.
pub(crate) struct Text<F>(String, PhantomData<F>);

fn through<T: FromStr<Err: fmt::Display> + fmt::Display>(text: &str) -> Result<String, String> {
    text.parse::<T>().map(|it| it.to_string()).map_err(|err| err.to_string())
}

macro_rules! formats {
    ($($name:ident, $wrong:literal, $canonical:expr;)*) => {$(
        #[derive(Clone, Debug)]
        pub(crate) enum $name {}
        impl Format for $name {
            const WRONG: &'static str = $wrong;
            fn canonical(text: &str) -> Result<String, String> {
                $canonical(text)
            }
        }
    )*};
}

formats! {
    Ipv4, "Invalid IPv4 Address String Value", through::<std::net::Ipv4Addr>;
    Ipv6, "Invalid IPv6 Address String Value", through::<std::net::Ipv6Addr>;
    Ipv4Cidr, "Invalid IPv4 CIDR String Value", through::<ipnet::Ipv4Net>;
    Ipv6Cidr, "Invalid IPv6 CIDR String Value", through::<ipnet::Ipv6Net>;
    NormalJson, "Invalid JSON String Value", through::<serde_json::Value>;
    ExactJson, "Invalid JSON String Value", |text: &str| {
        through::<serde_json::Value>(text).map(|_| text.to_owned())
    };
    Moment, "Invalid RFC3339 String Value", |text: &str| {
        let moment = OffsetDateTime::parse(text, &Rfc3339).map_err(|err| err.to_string())?;
        moment.format(&Rfc3339).map_err(|err| err.to_string())
    };
    GoDuration, "Invalid Time Duration String Value", through::<tf_framework::Span>;
}

impl<F: Format> FromStr for Text<F> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let canonical = F::canonical(text).map_err(|why| format!("{}: {why}", F::WRONG))?;
        Ok(Self(canonical, PhantomData))
    }
}

impl<F> Text<F> {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<F> Serialize for Text<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, F: Format> Deserialize<'de> for Text<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl<F: Format> JsonSchema for Text<F> {
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

impl<F> Clone for Text<F> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<F> fmt::Debug for Text<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<F> PartialEq for Text<F> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<F> Eq for Text<F> {}

impl<F> PartialOrd for Text<F> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<F> Ord for Text<F> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
