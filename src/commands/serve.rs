//! `sactl serve`: run the platform.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::api::Code;
use crate::config::{Environment, env};
use crate::context::Context;
use crate::domain::Password;
use crate::error::{CliError, Result};
use crate::platform::app::{self, Listener, Tls};
use crate::platform::service::seed::{self, Seed};
use crate::platform::{DatabaseUrl, Platform, router};
use crate::ui::Ui;
use crate::ui::log::{LevelFilter, Log, LogFormat};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl serve --database sqlite:platform.db --seed companies.toml\n  \
                        sactl serve --listen 0.0.0.0:8443 --tls-cert cert.pem --tls-key key.pem")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// Listen on this address; port 0 means any free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,

    /// SQLite file or PostgreSQL database for the data [default: a file in your data folder]
    #[arg(long, value_name = "sqlite:PATH|postgres://…")]
    database: Option<DatabaseUrl>,

    /// Serve TLS with this certificate chain (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,

    /// Private key (PEM) of the certificate
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,

    /// Load this seed file
    ///
    /// Adds the companies, users and roles that are not in the database yet and were never deleted from it. Adds
    /// service accounts to an empty database only.
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
}

/// Runs the platform until it is told to stop.
///
/// # Errors
/// `config` for a seed or a certificate that cannot be used, `io` when the database or the address cannot.
pub fn run(args: Args, context: &Context) -> Result<u8> {
    let log = start_log(context, LevelFilter::INFO)?;
    let seed = args.seed.as_deref().map(|path| read_seed(path, context.environment())).transpose()?;
    let runtime = runtime()?;
    let served = runtime.block_on(serve(args, seed, context.ui()));
    // A thread may still wait for the file lock of another process; nobody waits for that thread.
    runtime.shutdown_background();
    log.close();
    served.map(|()| 0)
}

async fn serve(args: Args, seed: Option<Seed>, ui: &Ui) -> Result<()> {
    let tls = match (&args.tls_cert, &args.tls_key) {
        (Some(certificate), Some(key)) => Some(
            Tls::from_files(certificate, key)
                .map_err(|error| CliError::config("cannot speak TLS").caused_by(error))?,
        ),
        _ => None,
    };
    if tls.as_ref().is_some_and(Tls::shows_authority) {
        ui.warning(
            "the certificate of --tls-cert is that of a certificate authority: sactl and other strict clients refuse \
             it; use one that the authority has signed, or a self-signed one made with: \
             openssl req -x509 -addext basicConstraints=critical,CA:FALSE …",
        );
    }
    if tls.is_none() && !args.listen.ip().is_loopback() {
        ui.warning("passwords and tokens will cross the network unencrypted: give --tls-cert and --tls-key");
    }
    let database = args.database.map_or_else(default_database, Ok)?;
    if database.tells_password() {
        ui.warning(
            "every user of this machine can read the password of the database on this command line: leave it out of \
             the URL, and set PGPASSWORD or write ~/.pgpass",
        );
    }
    // From here on a signal stops us cleanly, also while the database is brought up to date.
    let stop = app::stop_signal().map_err(|error| CliError::io("cannot listen for signals", error))?;
    let mut stop = Box::pin(stop);
    let platform = tokio::select! {
        opened = open(&database, seed) => opened?,
        () = &mut stop => {
            tracing::info!("stopped before there was anything to serve");
            return Ok(());
        }
    };
    let listener = Listener::bind(args.listen, tls).and_then(|it| it.url().map(|url| (it, url)));
    let (listener, url) =
        listener.map_err(|error| CliError::io(format!("cannot listen on {}", args.listen), error))?;
    announce(ui, &url)?;
    tracing::info!(%database, "serving");
    listener.serve(router::router(platform.clone()), stop).await;
    platform.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Opens the database, brings it up to date and sows what the seed has.
async fn open(database: &DatabaseUrl, seed: Option<Seed>) -> Result<Platform> {
    tracing::info!(%database, "opening");
    let platform = Platform::open(database)
        .await
        .map_err(|error| CliError::new(Code::Io, format!("cannot open {database}")).caused_by(error))?;
    if let Some(seed) = seed {
        let applied = seed::apply(&platform, &seed)
            .await
            .map_err(|error| CliError::config("cannot apply the seed").caused_by(error))?;
        tracing::info!(added = applied.added, "applied the seed");
    }
    Ok(platform)
}

/// Says where the platform is, for whoever started it. That nobody reads it is no reason to stop.
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
        Some(_) => return Err(CliError::config("SACTL_LOG is off, error, warn, info, debug or trace")),
        None if context.ui().is_verbose() => LevelFilter::DEBUG,
        None => level,
    };
    let format = match context.environment().get(env::LOG_FORMAT)?.as_deref() {
        Some("text") | None => LogFormat::Text,
        Some("json") => LogFormat::Json,
        Some(_) => return Err(CliError::config("SACTL_LOG_FORMAT is text or json")),
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

/// The file of a platform that is told nothing else.
fn default_database() -> Result<DatabaseUrl> {
    let data = dirs::data_dir()
        .ok_or_else(|| CliError::config("this system has no data folder").hint("give --database"))?;
    let folder = data.join("sactl");
    make_private(&folder)
        .map_err(|error| CliError::io(format!("cannot make the folder {}", folder.display()), error))?;
    Ok(DatabaseUrl::Sqlite(folder.join("platform.db")))
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
