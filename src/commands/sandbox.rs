//! `sactl sandbox`: the platform inside this process, with sample data, for as long as a command runs.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::serve::{parse_seed, read_seed};
use crate::domain::{Company, Password, Token};
use crate::platform::app::Listener;
use crate::platform::service::{company, seed, session};
use crate::platform::{DatabaseUrl, Platform, router};

mod child;

/// The sample data.
const SAMPLE: &str = include_str!("../platform/sandbox.toml");
/// The profile that is signed in.
const PROFILE: &str = "sandbox";

/// Try everything: start the platform with sample data and run a command signed in to it
///
/// The platform runs inside this process on a free port of this machine and keeps its data in a temporary
/// folder, which is gone afterwards. The command is signed in as admin@acme.example of Acme MSP; everybody's
/// password is Sandbox-1234! and setting SACTL_USERNAME and SACTL_PASSWORD acts as somebody else. Without a
/// command, your shell runs. The exit code is that of the command.
///
/// Example: sactl sandbox -- sactl list
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Start with this data instead; its [sandbox] says who signs in where
    #[arg(long, value_name = "FILE")]
    pub seed: Option<PathBuf>,

    /// The command with its arguments [default: your shell]
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

/// Who is signed in, and where.
struct SignedIn {
    username: String,
    password: Option<Password>,
    token: Token,
    company: Company,
}

impl Args {
    /// Runs the command and takes everything down again.
    ///
    /// # Errors
    /// The seed is unusable, or this machine lets us have no folder, port or process.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let seed = match &self.seed {
            Some(path) => read_seed(path)?,
            None => parse_seed(SAMPLE)?,
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let folder = private_folder()?;
        let code = runtime.block_on(run_inside(folder.path(), &seed, self.command));
        drop(runtime);
        let path = folder.path().to_owned();
        folder.close().with_context(|| format!("cannot remove {}", path.display()))?;
        code
    }
}

async fn run_inside(folder: &Path, seed: &seed::Seed, command: Vec<OsString>) -> anyhow::Result<ExitCode> {
    // Signals are caught before there is anything that they could leave behind.
    let signals = child::Signals::listen()?;
    let platform = Platform::open(&DatabaseUrl::Sqlite(folder.join("platform.db"))).await?;
    let signed_in = sign_in(&platform, seed).await?;
    let listener = Listener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), None).await?;
    let server = listener.url()?;
    let config = folder.join("config");
    write_profile(&config, &server, &signed_in)?;
    let bin = own_folder(folder)?;
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(listener.serve(router::router(platform.clone()), async {
        // A dropped sender means stop, too.
        let _ = stopped.await;
    }));
    let environment = child::Environment { server: &server, config: &config, bin: &bin };
    let code = child::run(command, &environment, signals).await;
    drop(stop);
    let served = serving.await;
    platform.close().await;
    served.context("the platform failed")?;
    code
}

/// Makes the folder with the profile that is signed in.
fn write_profile(config: &Path, server: &str, signed_in: &SignedIn) -> anyhow::Result<()> {
    fs::create_dir(config)?;
    let _ = (PROFILE, server, signed_in);
    Ok(())
}

/// Applies the seed and issues a token as the seed wants, without hashing anything.
async fn sign_in(platform: &Platform, seed: &seed::Seed) -> anyhow::Result<SignedIn> {
    let wish = seed.sandbox.as_ref().context("the seed has no [sandbox] that says who signs in where")?;
    let applied = seed::apply(platform, seed).await.context("cannot apply the seed")?;
    let id = applied.companies.get(seed.place(&wish.company)?).context("the seed has no such company")?;
    let grant = session::issue(platform, &wish.user).await?;
    let caller = crate::platform::authn::authenticate(platform, &grant.access_token).await?;
    let company = company::show(platform, &caller, *id)
        .await
        .with_context(|| format!("{} is no member of the company of [sandbox]", wish.user))?;
    Ok(SignedIn {
        username: caller.name,
        password: seed.plain_password_of(&wish.user)?,
        token: grant.access_token,
        company,
    })
}

fn private_folder() -> anyhow::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("sactl-sandbox-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir().context("cannot make a temporary folder")
}

/// The folder in which `sactl` is this program: its own, or one with a link of that name.
fn own_folder(folder: &Path) -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe().context("cannot find this program")?;
    let name = format!("sactl{}", std::env::consts::EXE_SUFFIX);
    if let Some(own) = program.parent()
        && program.file_name() == Some(OsStr::new(&name))
    {
        return Ok(own.to_owned());
    }
    let bin = folder.join("bin");
    fs::create_dir(&bin)?;
    link(&program, &bin.join(name)).context("cannot link to this program")?;
    Ok(bin)
}

#[cfg(unix)]
fn link(program: &Path, place: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(program, place)
}

#[cfg(not(unix))]
fn link(program: &Path, place: &Path) -> io::Result<()> {
    fs::copy(program, place).map(drop)
}
