//! Types that are a string on the wire and something stricter in here.

/// Gives a type with `FromStr` and `Display` its serde and JSON Schema forms: a string that
/// names its `format`, and whose decoding error is the parser's own message. Where only a few
/// strings will do, the schema lists them.
macro_rules! text_type {
    ($type:ty, $name:literal, $format:literal) => {
        $crate::text::text_type!(@serde $type);
        $crate::text::text_type!(@schema $type, $name, { "type": "string", "format": $format });
    };
    ($type:ty, $name:literal, one of $choices:expr) => {
        $crate::text::text_type!(@serde $type);
        $crate::text::text_type!(@schema $type, $name, { "type": "string", "enum": $choices });
    };
    (@serde $type:ty) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
    (@schema $type:ty, $name:literal, { $($schema:tt)* }) => {
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ $($schema)* })
            }
        }
    };
}

pub(crate) use text_type;
