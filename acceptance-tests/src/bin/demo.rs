//! `cargo demo`.

use std::process::ExitCode;

use acceptance_tests::{Environment, Screen, Style, demo};
use clap::Parser as _;

fn main() -> ExitCode {
    let arguments = demo::Arguments::parse();
    let environment = Environment::of(std::env::vars_os());
    let mut out = std::io::stdout();
    let mut screen = Screen::new(&mut out, Style::of_stdout());
    match demo::run(&arguments, &environment, &mut screen) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nthe demonstration stopped: {}", error.report());
            ExitCode::FAILURE
        }
    }
}
