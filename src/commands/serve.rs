//! `sactl serve`: run the platform.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use crate::api::Code;
use crate::config::{Environment, env};
use crate::context::Context;
use crate::domain::Password;
use crate::error::{CliError, Result};
use crate::platform::app::{self, Listener, ProxyNetwork, Tls};
use crate::platform::housekeeping::{self, AUDIT_RETENTION};
use crate::platform::service::seed::{self, Seed};
use crate::platform::{DatabaseUrl, Platform, router};
use crate::ui::Ui;
use crate::ui::log::{LevelFilter, Log, LogFormat};

mod init_admin;
mod variables;

use init_admin::InitAdminArgs;
use variables::{or_variable, parsed};

/// The default address of the platform.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl serve --database sqlite:platform.db --seed companies.toml\n  \
                        sactl serve --init-admin admin@acme.example --init-admin-password-file chosen.password\n  \
                        sactl serve --init-admin admin@acme.example --init-admin-password-out admin.password\n  \
                        sactl serve --listen 0.0.0.0:8443 --tls-cert cert.pem --tls-key key.pem\n  \
                        sactl serve --trusted-proxy 10.0.0.0/8\n\n\
                        Each option is also a variable: SACTL_SERVE_LISTEN, SACTL_SERVE_DATABASE, …")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// Listen on this address; port 0 means any free port [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,

    /// SQLite file or PostgreSQL database for the data [default: a file in your data folder]
    #[arg(long, value_name = "sqlite:PATH|postgres://…")]
    database: Option<DatabaseUrl>,

    /// Serve TLS with this certificate chain (PEM)
    #[arg(long, value_name = "FILE")]
    tls_cert: Option<PathBuf>,

    /// Private key (PEM) of the certificate
    #[arg(long, value_name = "FILE")]
    tls_key: Option<PathBuf>,

    /// Load this seed file
    ///
    /// Adds the companies, users and roles that are not in the database yet and were never deleted from it. Adds
    /// service accounts to an empty database only.
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,

    #[command(flatten)]
    init_admin: InitAdminArgs,

    /// Trust the client addresses that these proxies report
    ///
    /// By default, all clients behind a proxy have the address of the proxy and share its limits. With this option,
    /// the client address is read from the Forwarded or X-Forwarded-For header of requests that come from these
    /// addresses or networks. Repeatable, or comma-separated. The proxy must add the address of its client itself.
    #[arg(long, value_name = "ADDRESS|CIDR", value_delimiter = ',')]
    trusted_proxy: Vec<ProxyNetwork>,
}

impl Args {
    /// The same, with variables for what was not typed.
    fn or_variables(self, environment: &Environment) -> Result<Self> {
        let trusted_proxy = if self.trusted_proxy.is_empty() {
            let networks = environment.get(env::SERVE_TRUSTED_PROXY)?;
            let networks = networks.iter().flat_map(|text| text.split(',')).map(str::trim);
            networks.map(|text| parsed(env::SERVE_TRUSTED_PROXY, text)).collect::<Result<_>>()?
        } else {
            self.trusted_proxy
        };
        Ok(Self {
            listen: or_variable(self.listen, env::SERVE_LISTEN, environment)?,
            database: or_variable(self.database, env::SERVE_DATABASE, environment)?,
            tls_cert: self.tls_cert.or_else(|| environment.raw(env::SERVE_TLS_CERT).map(PathBuf::from)),
            tls_key: self.tls_key.or_else(|| environment.raw(env::SERVE_TLS_KEY).map(PathBuf::from)),
            seed: self.seed.or_else(|| environment.raw(env::SERVE_SEED).map(PathBuf::from)),
            init_admin: self.init_admin.or_variables(environment)?,
            trusted_proxy,
        })
    }
}

/// Runs the platform until it is told to stop.
///
/// # Errors
/// `config` for a seed or a certificate that cannot be used, `io` when the database or the address cannot.
pub fn run(args: Args, context: &Context) -> Result<u8> {
    let log = start_log(context, LevelFilter::INFO)?;
    let is_typed = args.database.is_some();
    let args = args.or_variables(context.environment())?;
    let seed = args.seed.as_deref().map(|path| read_seed(path, context.environment())).transpose()?;
    let runtime = runtime()?;
    let served = runtime.block_on(serve(args, is_typed, seed, context.ui()));
    // A thread may still wait for the file lock of another process; nothing waits for that thread.
    runtime.shutdown_background();
    log.close();
    served.map(|()| 0)
}

async fn serve(args: Args, is_typed: bool, seed: Option<Seed>, ui: &Ui) -> Result<()> {
    let tls = tls(&args)?;
    let listen = args.listen.unwrap_or(LISTEN);
    if tls.as_ref().is_some_and(Tls::shows_authority) {
        ui.warning(
            "the certificate in --tls-cert is a certificate authority: sactl and other strict clients \
             refuse it; use a certificate that the authority signed, or a self-signed one made with: \
             openssl req -x509 -addext basicConstraints=critical,CA:FALSE …",
        );
    }
    if tls.is_none() && !listen.ip().is_loopback() {
        ui.warning("passwords and tokens will cross the network unencrypted: pass --tls-cert and --tls-key");
    }
    let administrator = args.init_admin.email()?.map(str::to_owned);
    // A port that is taken is told before a database is made.
    let listener = Listener::bind(listen, tls).and_then(|it| it.url().map(|url| (it, url)));
    let (listener, url) =
        listener.map_err(|error| CliError::io(format!("cannot listen on {listen}"), error))?;
    let database = args.database.map_or_else(default_database, Ok)?;
    if is_typed && database.tells_password() {
        ui.warning(
            "every user of this machine can read the database password on this command line: remove it from \
             the URL, and put it in PGPASSWORD or ~/.pgpass",
        );
    }
    // From here on a signal stops us cleanly, also while the database is brought up to date.
    let stop = app::stop_signal().map_err(|error| CliError::io("cannot listen for signals", error))?;
    let mut stop = Box::pin(stop);
    let platform = tokio::select! {
        opened = open(&database, seed) => opened?,
        () = &mut stop => {
            tracing::info!("stopped before the platform was ready");
            return Ok(());
        }
    };
    match administrator {
        Some(email) => args.init_admin.create(&email, &platform, ui).await?,
        None => warn_of_emptiness(&platform).await?,
    }
    announce(ui, &url)?;
    tracing::info!(%database, "serving");
    let listener = listener.trusting(args.trusted_proxy);
    let house = tokio::spawn(housekeeping::keep(platform.clone(), AUDIT_RETENTION));
    listener.serve(router::router(platform.clone()), stop).await;
    house.abort();
    platform.close().await;
    tracing::info!("stopped");
    Ok(())
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

fn tls(args: &Args) -> Result<Option<Tls>> {
    match (&args.tls_cert, &args.tls_key) {
        (Some(certificate), Some(key)) => Tls::from_files(certificate, key)
            .map(Some)
            .map_err(|error| CliError::config("cannot serve TLS").caused_by(error)),
        (None, None) => Ok(None),
        (Some(_), None) => Err(CliError::usage("a certificate needs its private key: give --tls-key too")),
        (None, Some(_)) => Err(CliError::usage("a private key needs its certificate: give --tls-cert too")),
    }
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

/// The file of a platform that is told nothing else.
fn default_database() -> Result<DatabaseUrl> {
    let data = dirs::data_dir()
        .ok_or_else(|| CliError::config("this system has no data folder").hint("pass --database"))?;
    let folder = data.join("sactl");
    make_private(&folder)
        .map_err(|error| CliError::io(format!("cannot create the folder {}", folder.display()), error))?;
    Ok(DatabaseUrl::Sqlite(folder.join("platform.db")))
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
