//! `sactl serve`: run the platform.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;

use crate::platform::app::{self, Listener, Tls};
use crate::platform::service::seed::{self, Seed};
use crate::platform::{DatabaseUrl, Platform, router};

/// Run the platform
///
/// Prints its address on standard output once it listens, logs on standard error, and stops cleanly on an
/// interrupt or SIGTERM: requests under way are answered first.
///
/// Example: sactl serve --listen 127.0.0.1:8080 --database sqlite:platform.db --seed seed.toml
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Listen on this address; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// Keep the data here: sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE [default: a file in your data
    /// folder]
    #[arg(long, value_name = "URL")]
    pub database: Option<DatabaseUrl>,

    /// Speak TLS with this certificate chain, in PEM form
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,

    /// The private key of the certificate, in PEM form
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,

    /// Add companies, users and roles that never existed, and service accounts to an empty database
    #[arg(long, value_name = "FILE")]
    pub seed: Option<PathBuf>,
}

impl Args {
    /// Runs the platform until it is told to stop.
    ///
    /// # Errors
    /// It cannot start: the address, the database, the certificate or the seed is unusable.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let seed = self.seed.as_deref().map(read_seed).transpose()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(self.serve(seed))?;
        Ok(ExitCode::SUCCESS)
    }

    async fn serve(self, seed: Option<Seed>) -> anyhow::Result<()> {
        let tls = match (&self.tls_cert, &self.tls_key) {
            (Some(certificate), Some(key)) => Some(Tls::from_files(certificate, key)?),
            _ => None,
        };
        if tls.is_none() && !self.listen.ip().is_loopback() {
            tracing::warn!(
                "passwords and tokens cross the network unencrypted: give --tls-cert and --tls-key"
            );
        }
        let database = self.database.map_or_else(default_database, Ok)?;
        // From here on a signal stops us cleanly, also while the database is brought up to date.
        let stop = app::stop_signal().context("cannot listen for signals")?;
        let platform = Platform::open(&database).await.with_context(|| format!("cannot open {database}"))?;
        if let Some(seed) = seed {
            let applied = seed::apply(&platform, &seed).await.context("cannot apply the seed")?;
            tracing::info!(added = applied.added, "applied the seed");
        }
        let listener = Listener::bind(self.listen, tls)
            .await
            .with_context(|| format!("cannot listen on {}", self.listen))?;
        announce(&listener.url()?)?;
        tracing::info!(%database, "serving");
        listener.serve(router::router(platform.clone()), stop).await;
        platform.close().await;
        tracing::info!("stopped");
        Ok(())
    }
}

/// Says where the platform is: the one line on standard output, for whoever started it. That nobody reads it
/// is no reason to stop.
fn announce(url: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match writeln!(stdout, "Listening on {url}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}

/// Reads a seed file. The message of a mistake has the line, never its text: it may be a password.
pub(super) fn read_seed(path: &Path) -> anyhow::Result<Seed> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse_seed(&text).with_context(|| format!("{} is no seed file", path.display()))
}

/// Reads the text of a seed file.
pub(super) fn parse_seed(text: &str) -> anyhow::Result<Seed> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().map_or(0, |span| span.start);
        let line = text.get(..before).unwrap_or_default().matches('\n').count() + 1;
        anyhow::anyhow!("line {line}: {}", error.message())
    })
}

/// The file of a platform that is told nothing else.
fn default_database() -> anyhow::Result<DatabaseUrl> {
    let data = dirs::data_dir().context("this system has no data folder: give --database")?;
    let folder = data.join("sactl");
    make_private(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(DatabaseUrl::Sqlite(folder.join("platform.db")))
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
