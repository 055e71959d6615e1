//! The `sactl` program: parse, run, exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use sactl::args::{self, Command};
use sactl::commands;
use sactl::config::Environment;
use sactl::context::{self, Context, until_interrupted};
use sactl::error::{CliError, Result};
use sactl::output;
use sactl::ui::{Manner, Ui};

fn main() -> ExitCode {
    // Secrets are in memory from here on: no core dump, and no other process of this user reads them.
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let environment = Environment::of_process();
    if output::evaluated(&arguments) || commands::complete::answered(&arguments, &environment) {
        return ExitCode::SUCCESS;
    }
    let (cli, path) = match args::parse(&arguments) {
        Ok(parsed) => parsed,
        Err(error) => return not_parsed(&error, &arguments, &environment),
    };
    let mut manner = match context::manner(&cli.global, &environment) {
        Ok(manner) => manner,
        Err(error) => return failed(context::manner_in(&arguments, &environment), error),
    };
    manner.selection = match commands::selection(&path, &cli.global, &environment, manner.format) {
        Ok(selection) => selection,
        Err(error) => return failed(manner, error),
    };
    let ui = Ui::new(manner);
    let context = Context::new(cli.global, environment, ui.clone());
    finish(&ui, run(cli.command, &context))
}

fn run(command: Option<Command>, context: &Context) -> Result<u8> {
    #[cfg(feature = "platform")]
    let command = match command {
        Some(Command::Serve(args)) => return commands::serve::run(args, context),
        Some(Command::Sandbox(args)) => return commands::sandbox::run(args, context),
        other => other,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::io("cannot start", error))?;
    let outcome = runtime.block_on(until_interrupted(context.ui(), async {
        match command {
            Some(command) => commands::run(command, context).await,
            None => commands::help::start(context).await.map(|()| 0),
        }
    }));
    // Neither a thread that still waits for a key or for a keyring, nor connections, which the system closes at
    // once, must hold up the end.
    std::mem::forget(runtime);
    outcome
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
fn failed(manner: Manner, error: CliError) -> ExitCode {
    finish(&Ui::new(manner), Err(error))
}

/// Help and version were asked for, or the arguments make no sense: then in the form that was asked for.
fn not_parsed(error: &clap::Error, arguments: &[OsString], environment: &Environment) -> ExitCode {
    let ui = Ui::new(context::manner_in(arguments, environment));
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return finish(&ui, ui.help(&error.render()).map(|()| 0));
    }
    if ui.format().is_document() {
        return finish(&ui, Err(context::usage_error(error)));
    }
    ui.misunderstood(&error.render());
    ExitCode::from(2)
}
