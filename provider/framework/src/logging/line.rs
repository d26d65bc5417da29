use std::time::SystemTime;

use serde_json::{Map, Value};
use time::OffsetDateTime;
use tracing::Level;

use super::fields::Fields;

/// The longest line that the host parses, in bytes, with the one that ends it.
const LIMIT: usize = 64 * 1024;

/// What is left of a text, in characters, where a line is too long.
const EXCERPT: usize = 512;

/// One event, as it is written.
#[derive(Debug)]
pub(super) struct Line<'a> {
    pub(super) level: Level,
    pub(super) module: &'a str,
    pub(super) time: SystemTime,
    /// Those of the spans around it, outermost first, and its own, `message` among them.
    pub(super) fields: Fields,
}

// === impl Line ===

impl Line<'_> {
    /// JSON and a line break. A line that is too long loses the ends of its texts, and if that is
    /// not enough all its fields.
    pub(super) fn text(mut self) -> String {
        let message = match self.fields.0.shift_remove("message") {
            Some(Value::String(message)) => message,
            Some(other) => other.to_string(),
            None => String::new(),
        };
        let whole = self.json(&message);
        if whole.len() <= LIMIT {
            return whole;
        }
        let message = excerpt(&message);
        for value in self.fields.0.values_mut() {
            if let Value::String(text) = value {
                *text = excerpt(text);
            }
        }
        let shortened = self.json(&message);
        if shortened.len() <= LIMIT {
            return shortened;
        }
        self.fields = Fields::default();
        self.json(&message)
    }

    fn json(&self, message: &str) -> String {
        let mut line = Map::new();
        line.insert("@level".to_owned(), self.level.as_str().to_lowercase().into());
        line.insert("@message".to_owned(), message.into());
        line.insert("@module".to_owned(), self.module.into());
        line.insert("@timestamp".to_owned(), timestamp(self.time).into());
        line.extend(self.fields.0.clone());
        format!("{}\n", Value::Object(line))
    }
}

/// Go's `2006-01-02T15:04:05.000000Z07:00`: the host takes no other form.
fn timestamp(time: SystemTime) -> String {
    let time = OffsetDateTime::from(time);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute(),
        time.second(),
        time.microsecond(),
    )
}

fn excerpt(text: &str) -> String {
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use expect_test::expect;
    use proptest::prelude::*;

    use super::*;

    fn line(fields: impl IntoIterator<Item = (String, Value)>) -> String {
        let time = UNIX_EPOCH + Duration::from_micros(1_767_322_800_000_042);
        let fields = Fields(fields.into_iter().collect());
        Line { level: Level::DEBUG, module: "provider.test", time, fields }.text()
    }

    fn field(name: &str, value: impl Into<Value>) -> (String, Value) {
        (name.to_owned(), value.into())
    }

    #[test]
    fn the_first_four_keys_are_texts_and_the_time_has_six_digits() {
        expect![[r#"
            {"@level":"debug","@message":"planned","@module":"provider.test","@timestamp":"2026-01-02T03:00:00.000042Z","tf_rpc":"PlanResourceChange","count":3}
        "#]]
        .assert_eq(&line([
            field("message", "planned"),
            field("tf_rpc", "PlanResourceChange"),
            field("count", 3),
        ]));
    }

    #[test]
    fn a_message_that_is_no_text_becomes_one() {
        let written: Value = serde_json::from_str(&line([field("message", 7)])).unwrap();
        assert_eq!(written["@message"], "7");
    }

    #[test]
    fn line_breaks_and_control_characters_do_not_end_the_line() {
        let text = line([field("message", "a\nb\r\u{0}\u{1b}[31m\u{2028}")]);
        assert_eq!(text.lines().count(), 1);
        assert!(text.contains(r#""a\nb\r\u0000\u001b[31m"#), "{text}");
    }

    #[test]
    fn a_text_that_is_too_long_loses_its_end() {
        let written: Value = serde_json::from_str(&line([
            field("message", "read"),
            field("body", "x".repeat(LIMIT)),
        ]))
        .unwrap();
        let body = format!("{}… (65536 bytes)", "x".repeat(EXCERPT));
        assert_eq!(written["body"], body);
        assert_eq!(written["@message"], "read");
    }

    #[test]
    fn too_many_fields_are_left_out() {
        let many = (0..10_000).map(|index| field(&format!("field_{index}"), "value"));
        let text = line(many.chain([field("message", "read")]));
        let written: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(written.as_object().unwrap().len(), 4);
        assert_eq!(written["@message"], "read");
    }

    proptest! {
        #[test]
        fn every_line_is_one_json_object_that_the_host_can_take(
            texts in proptest::collection::vec((".{0,8}", r"\PC|[\x00-\x1f]", 0..20_000_usize), 0..6),
        ) {
            let text = line(texts.iter().map(|(name, piece, count)| {
                field(name.trim_start_matches('@'), piece.repeat(*count))
            }));
            prop_assert!(text.len() <= LIMIT);
            prop_assert_eq!(text.matches('\n').count(), 1);
            let written: Value = serde_json::from_str(&text).unwrap();
            for key in ["@level", "@message", "@module", "@timestamp"] {
                prop_assert!(written[key].is_string());
            }
        }
    }
}
