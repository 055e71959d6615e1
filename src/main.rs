//! The `sactl` program: parse, run, exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use sactl::cli;
use sactl::config::Environment;
use sactl::context::{self, Context};
use sactl::error::{CliError, Result};
use sactl::manual::{self, forget_names};
use sactl::output;
use sactl::ui::{Ui, UiOptions};

fn main() -> ExitCode {
    // Secrets are in memory from here on: no core dump, and no other process of this user reads them.
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let environment = Environment::of_process();
    if output::evaluated(&arguments) || manual::answered(&arguments, &environment, cli::whole) {
        return ExitCode::SUCCESS;
    }
    let (call, path) = match cli::parse(&arguments) {
        Ok(parsed) => parsed,
        Err(error) => return not_parsed(&error, &arguments, &environment),
    };
    let mut ui_options = match context::ui_options(&call.global, &environment) {
        Ok(ui_options) => ui_options,
        Err(error) => return failed(context::ui_options_in(&arguments, &environment), error),
    };
    ui_options.selection = match cli::selection(&path, &call.global, &environment, ui_options.format) {
        Ok(selection) => selection,
        Err(error) => return failed(ui_options, error),
    };
    if let Some(username) = call.username() {
        ui_options.target = ui_options.target.account(username);
    }
    let ui = Ui::new(ui_options);
    let context = Context::new(call.global, environment, ui.clone(), forget_names);
    finish(&ui, cli::run(call.command, &context))
}

fn finish(ui: &Ui, outcome: Result<u8>) -> ExitCode {
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            if !error.is_quiet() {
                ui.failure(&error);
            }
            ExitCode::from(error.exit_code())
        }
    }
}

/// A failure before anything was done.
fn failed(ui_options: UiOptions, error: CliError) -> ExitCode {
    finish(&Ui::new(ui_options), Err(error))
}

/// Help and version were asked for, or the arguments make no sense: then in the form that was asked for.
fn not_parsed(error: &clap::Error, arguments: &[OsString], environment: &Environment) -> ExitCode {
    let ui = Ui::new(context::ui_options_in(arguments, environment));
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return finish(&ui, ui.help(&error.render()).map(|()| 0));
    }
    finish(&ui, Err(context::usage_error(error, &cli::whole(), arguments)))
}
