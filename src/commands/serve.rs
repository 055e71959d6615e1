//! `sactl serve`: runs the platform.
//!
//! Responsible for the order: options, database, listener, serving, stopping. Refuses to create a database before the
//! address is bound.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use crate::api::Code;
use crate::config::{Environment, env};
use crate::context::Context;
use crate::domain::Password;
use crate::domain::age::Age;
use crate::error::{CliError, Result};
use crate::platform::app::{self, ReloadSignal, Tls};
use crate::platform::housekeeping::AUDIT_RETENTION;
use crate::platform::service::seed::{self, Seed};
use crate::platform::{Platform, router};
use crate::ui::Ui;
use crate::ui::log::{LevelFilter, Log, LogFormat};

mod address;
mod admin;
mod args;
mod beside;
mod database;
mod init_admin;
mod upkeep;
mod variables;

use address::{LISTEN, bind};
pub use args::Args;
use database::{default_database, open};

/// Runs the platform until a stop signal.
///
/// # Errors
/// `config` for a seed or a certificate that cannot be used, `io` when the database or the address cannot.
pub fn run(args: Args, context: &Context) -> Result<u8> {
    let is_typed = args.database.is_some();
    let args = args.or_variables(context.environment())?;
    // What ends by itself says what it did on its own.
    let ends = args.check || args.vacuum || args.command.is_some();
    let log = start_log(context, if ends { LevelFilter::WARN } else { LevelFilter::INFO })?;
    let seed = args.seed.as_deref().map(|path| read_seed(path, context.environment())).transpose()?;
    let runtime = runtime()?;
    let ui = context.ui();
    let served = runtime.block_on(async {
        if let Some(args::Command::Admin(verb)) = args.command {
            admin::run(verb, args.database, ui).await
        } else if args.check {
            upkeep::check(&args, seed.as_ref(), ui).await
        } else if args.vacuum {
            upkeep::vacuum(&args, ui).await
        } else {
            serve(args, is_typed, seed, ui).await
        }
    });
    // A thread may still wait for the file lock of another process; nothing waits for that thread.
    runtime.shutdown_background();
    log.close();
    served.map(|()| 0)
}

async fn serve(args: Args, is_typed: bool, seed: Option<Seed>, ui: &Ui) -> Result<()> {
    // From here on no signal ends the process: SIGHUP reads files again, also one that comes early, and a signal to
    // stop stops it cleanly, also while the database is brought up to date.
    let refused = |error| CliError::io("cannot listen for signals", error);
    let reload = ReloadSignal::listen().map_err(refused)?;
    let mut stop = Box::pin(app::stop_signal().map_err(refused)?);
    let tls = args.tls()?;
    let listen = args.listen.unwrap_or(LISTEN);
    warn_of_network(tls.as_ref(), listen, ui);
    let administrator = args.init_admin.email()?.map(str::to_owned);
    // A port that is taken is an error before a database is created.
    let (listener, url) = bind(listen, tls.clone())?;
    let metrics = args.metrics.map(|address| bind(address, None)).transpose()?;
    let database = args.database.map_or_else(default_database, Ok)?;
    if is_typed && database.tells_password() {
        ui.warning(
            "every user of this machine can read the database password on this command line: remove it from \
             the URL, and put it in PGPASSWORD or ~/.pgpass",
        );
    }
    let platform = tokio::select! {
        opened = open(&database, seed.as_ref()) => opened?,
        () = &mut stop => {
            tracing::info!("stopped before the platform was ready");
            return Ok(());
        }
    };
    match administrator {
        Some(email) => args.init_admin.create(&email, &platform, ui).await?,
        None => warn_of_emptiness(&platform).await?,
    }
    let retention = args.audit_retention.as_ref().map_or(AUDIT_RETENTION, Age::duration);
    let mut beside = beside::start(&platform, retention, (tls, reload), metrics);
    announce(ui, &url)?;
    tracing::info!(%database, "serving");
    beside::tell_ready();
    let listener = listener.trusting(args.trusted_proxy);
    let listener = if args.proxy_protocol { listener.expecting_header() } else { listener };
    let delay = Duration::from_secs(args.drain_delay.unwrap_or_default().into());
    listener.serve(router::router(platform.clone()), beside::drained(stop, platform.clone(), delay)).await;
    beside.shutdown().await;
    platform.close().await;
    tracing::info!("stopped");
    Ok(())
}

fn warn_of_network(tls: Option<&Tls>, listen: SocketAddr, ui: &Ui) {
    if tls.is_some_and(Tls::shows_authority) {
        ui.warning(
            "the certificate in --tls-cert is a certificate authority: sactl and other strict clients \
             refuse it; use a certificate that the authority signed, or a self-signed one made with: \
             openssl req -x509 -addext basicConstraints=critical,CA:FALSE …",
        );
    }
    if tls.is_none() && !listen.ip().is_loopback() {
        ui.warning("passwords and tokens will cross the network unencrypted: pass --tls-cert and --tls-key");
    }
}

/// Logs that no account can sign in to an empty database.
async fn warn_of_emptiness(platform: &Platform) -> Result<()> {
    let is_empty = seed::is_empty(platform).await;
    if is_empty.map_err(|error| CliError::new(Code::Io, "cannot read the database").caused_by(error))? {
        tracing::warn!(
            "the database is empty: no account can sign in; start with --init-admin EMAIL, or with --seed FILE"
        );
    }
    Ok(())
}

/// Prints the address of the platform. A closed standard output is not an error.
fn announce(ui: &Ui, url: &str) -> Result<()> {
    let said = ui.answer(|out| {
        if ui.format().is_document() {
            writeln!(out, "{}", serde_json::json!({ "url": url }))
        } else {
            writeln!(out, "Listening on {url}")
        }
    });
    said.or_else(|error| if error.is_quiet() { Ok(()) } else { Err(error) })
}

/// A runtime of as many threads as the machine has processors.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| CliError::io("cannot start", error))
}

/// Logs on standard error from `level` on, unless `SACTL_LOG` or `--verbose` says otherwise, in the format of
/// `SACTL_LOG_FORMAT`.
///
/// # Errors
/// `config` for a level or a format that does not exist.
pub(super) fn start_log(context: &Context, level: LevelFilter) -> Result<Log> {
    let level = match context.environment().get(env::LOG)?.as_deref() {
        Some("off") => LevelFilter::OFF,
        Some("error") => LevelFilter::ERROR,
        Some("warn") => LevelFilter::WARN,
        Some("info") => LevelFilter::INFO,
        Some("debug") => LevelFilter::DEBUG,
        Some("trace") => LevelFilter::TRACE,
        Some(_) => return Err(CliError::config("SACTL_LOG must be off, error, warn, info, debug or trace")),
        None if context.ui().is_verbose() => LevelFilter::DEBUG,
        None => level,
    };
    let format = match context.environment().get(env::LOG_FORMAT)?.as_deref() {
        Some("text") | None => LogFormat::Text,
        Some("json") => LogFormat::Json,
        Some(_) => return Err(CliError::config("SACTL_LOG_FORMAT must be text or json")),
    };
    Ok(Log::start(level, format))
}

/// Reads a seed file, and the variables in which it has passwords.
///
/// # Errors
/// `config`: the file cannot be read or is no seed. The message has the line of a mistake and never its text,
/// which may be a password.
pub(super) fn read_seed(path: &Path, environment: &Environment) -> Result<Seed> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        CliError::config(format!("cannot read the seed file {}", path.display())).caused_by(error)
    })?;
    let mut seed = parse_seed(&text).map_err(|why| CliError::config(format!("{}: {why}", path.display())))?;
    for name in seed.variables() {
        if let Some(password) = environment.named(&name)? {
            seed.environment.insert(name, Password::new(password));
        }
    }
    Ok(seed)
}

/// Reads the text of a seed file; an error says where the mistake is.
pub(super) fn parse_seed(text: &str) -> std::result::Result<Seed, String> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().map_or(0, |span| span.start);
        let line = text.get(..before).unwrap_or_default().matches('\n').count() + 1;
        format!("line {line}: {}", error.message())
    })
}
