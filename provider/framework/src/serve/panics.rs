//! A panic looks like one of Go's, for that is what Terraform recognizes and shows.

use std::{
    backtrace::Backtrace,
    fmt::Write as _,
    io::{self, Write as _},
    panic, thread,
};

/// Has every panic from now on written to stderr as Terraform expects it.
pub(super) fn report_like_go() {
    panic::set_hook(Box::new(|info| {
        let message = info.payload_as_str().unwrap_or("no message");
        let location = info.location().map(ToString::to_string).unwrap_or_default();
        let backtrace = Backtrace::force_capture().to_string();
        let thread = thread::current();
        let text = report(message, thread.name().unwrap_or("?"), &location, &backtrace);
        // One write, so that no other line comes in between. There is no place for a failure.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }));
}

/// Terraform shows up to 100 lines, from one that starts with `panic: `.
fn report(message: &str, thread: &str, location: &str, backtrace: &str) -> String {
    let mut text = format!("panic: {message}\n\nthread `{thread}` at {location}\n");
    // In a binary without symbols every frame is unknown, and says nothing.
    if backtrace.contains("::") {
        writeln!(text, "{}", backtrace.trim_end()).expect("a string takes all text");
    }
    text
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn a_panic_starts_as_go_s_do() {
        let text = report("index out of range", "main", "src/plan.rs:7:3", "   0: plan::cut\n");
        expect![[r"
            panic: index out of range

            thread `main` at src/plan.rs:7:3
               0: plan::cut
        "]]
        .assert_eq(&text);
    }

    #[test]
    fn a_backtrace_without_names_is_left_out() {
        let text = report("index out of range", "main", "src/plan.rs:7:3", "   0: <unknown>\n");
        expect![[r"
            panic: index out of range

            thread `main` at src/plan.rs:7:3
        "]]
        .assert_eq(&text);
    }
}
