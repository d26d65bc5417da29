//! What a person sees of a demonstration: a step a line, aligned, in colour only on a terminal.

use std::io::{self, Write};
use std::time::Duration;

use crate::Error;

/// Wide enough for the longest name of a step.
const NAME: usize = 10;

/// Where a demonstration writes.
pub struct Screen<'a> {
    out: &'a mut dyn Write,
    style: Style,
}

/// Whether to use a terminal's means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text alone.
    Plain,
    /// Names of steps stand out.
    Terminal,
}

impl<'a> Screen<'a> {
    /// Writes to `out`.
    pub fn new(out: &'a mut dyn Write, style: Style) -> Self {
        Self { out, style }
    }

    /// A line that begins a step, or says what came of it.
    pub fn step(&mut self, name: &str, text: &str) -> Result<(), Error> {
        let name = format!("{name:NAME$}");
        match self.style {
            Style::Plain => self.write(&format!("{name} {text}\n")),
            Style::Terminal => self.write(&format!("\x1b[1m{name}\x1b[0m {text}\n")),
        }
    }

    /// A line that belongs to the step before.
    pub fn detail(&mut self, text: &str) -> Result<(), Error> {
        self.write(&format!("{:NAME$} {text}\n", ""))
    }

    /// A text of several lines, set off from what is around it.
    pub fn block(&mut self, text: &str) -> Result<(), Error> {
        self.write(&format!("\n{}\n\n", text.trim_end()))
    }

    fn write(&mut self, text: &str) -> Result<(), Error> {
        self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()).map_err(Error::Screen)
    }
}

impl std::fmt::Debug for Screen<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen").field("style", &self.style).finish_non_exhaustive()
    }
}

impl Style {
    /// What standard output asks for.
    #[must_use]
    pub fn of_stdout() -> Self {
        if io::IsTerminal::is_terminal(&io::stdout()) { Self::Terminal } else { Self::Plain }
    }
}

/// `0.4 s`, `12 s`, `3 min 5 s`.
#[must_use]
pub(crate) fn elapsed(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        seconds @ 10..60 => format!("{seconds} s"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

/// `1 resource`, `2 resources`.
#[must_use]
pub(crate) fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn steps_are_aligned_and_plain_where_no_terminal_is() {
        let mut out = Vec::new();
        let mut screen = Screen::new(&mut out, Style::Plain);
        screen.step("plan", "2 to create").unwrap();
        screen.detail("supervisor_cluster.bank").unwrap();
        screen.block("lab\n└─ tree").unwrap();
        screen.step("destroy", "done").unwrap();
        expect![[r"
            plan       2 to create
                       supervisor_cluster.bank

            lab
            └─ tree

            destroy    done
        "]]
        .assert_eq(&String::from_utf8(out).unwrap());
    }

    #[test]
    fn times_are_as_exact_as_a_person_wants_them() {
        let times = [40, 9_960, 10_400, 61_000].map(Duration::from_millis).map(elapsed);
        assert_eq!(times, ["0.0 s", "10.0 s", "10 s", "1 min 1 s"]);
    }
}
