//! `sactl sandbox`: runs the platform in this process, with sample data, as long as a command runs.
//!
//! Responsible for starting and removing it. Refuses to change anything outside its temporary folder.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::sync::oneshot;

use super::serve::{parse_seed, read_seed, runtime, start_log};
use crate::api::Code;
use crate::api::session::TokenGrant;
use crate::config::credentials::{Credentials, Slot, Store};
use crate::config::{ConfigFile, Profile, StoreKind};
use crate::context::{Context, expiry};
use crate::domain::{Company, Password};
use crate::error::{CliError, Result};
use crate::platform::app::Listener;
use crate::platform::context::CallerContext;
use crate::platform::service::seed::{self, Seed};
use crate::platform::service::{company, session};
use crate::platform::{DatabaseUrl, Platform, authn, router};
use crate::ui::log::LevelFilter;

mod child;

/// The sample data.
const SAMPLE: &str = include_str!("../platform/sandbox.toml");
/// The profile that is signed in.
const PROFILE: &str = "sandbox";

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  sactl sandbox\n  sactl sandbox -- sactl list\n  \
                        sactl sandbox --seed companies.toml -- sactl list -o json\n\n\
                        Use another account inside the sandbox:\n  \
                        SACTL_USERNAME=viewer@acme.example SACTL_PASSWORD='Sandbox-1234!' sactl list")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// Load this seed file; its [sandbox] section sets the user and company
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,

    /// Command to run, with its arguments [default: your shell]
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Who is signed in, and where.
struct SignedIn {
    username: String,
    password: Option<Password>,
    grant: TokenGrant,
    company: Company,
}

/// Runs the command and takes everything down again.
///
/// # Errors
/// `config` for a seed that cannot be used, `usage` for a command that cannot be started, `io` when this
/// machine lets us have no folder, port or process.
pub fn run(args: Args, context: &Context) -> Result<u8> {
    let log = start_log(context, LevelFilter::ERROR)?;
    let seed = match &args.seed {
        Some(path) => read_seed(path, context.environment())?,
        None => parse_seed(SAMPLE).map_err(CliError::internal)?,
    };
    let runtime = runtime()?;
    let folder = private_folder()?;
    let is_shell = args.command.is_empty();
    let inside = run_inside(folder.path(), &seed, args.command, context);
    let code = runtime.block_on(inside);
    drop(runtime);
    log.close();
    let path = folder.path().to_owned();
    let removed = folder.close();
    let code = code?;
    removed.map_err(|error| CliError::io(format!("cannot remove {}", path.display()), error))?;
    if is_shell {
        context.ui().status("The sandbox has ended; its data is deleted");
    }
    Ok(code)
}

async fn run_inside(folder: &Path, seed: &Seed, command: Vec<OsString>, context: &Context) -> Result<u8> {
    // Signals are caught before there is anything that they could leave behind.
    let signals =
        child::Signals::listen().map_err(|error| CliError::io("cannot listen for signals", error))?;
    let platform = Platform::open(&DatabaseUrl::Ephemeral(folder.join("platform.db")))
        .await
        .map_err(|error| CliError::new(Code::Io, "cannot open the database").caused_by(error))?;
    let signed_in = sign_in(&platform, seed).await?;
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listener = Listener::bind(any_port, None).and_then(|it| it.url().map(|url| (it, url)));
    let (listener, server) = listener.map_err(|error| CliError::io("cannot listen on 127.0.0.1", error))?;
    let config = folder.join("config");
    let SignedIn { username, company, .. } = &signed_in;
    let banner =
        format!("Sandbox: you are {username} in {company} at {server}; exit ends it and deletes its data");
    write_profile(&config, &server, signed_in).await?;
    let bin = own_folder(folder).map_err(|error| CliError::io("cannot link to this program", error))?;
    let (stop, stopped) = oneshot::channel::<()>();
    // A sender that was dropped means stop, too.
    let serving =
        tokio::spawn(listener.serve(router::router(platform.clone()), async { drop(stopped.await) }));
    if command.is_empty() {
        context.ui().status(banner);
    }
    let given =
        child::Given { inherited: context.environment(), server: &server, config: &config, bin: &bin };
    let code = child::run(command, &given, signals).await;
    drop(stop);
    let ended = serving.await;
    platform.close().await;
    ended.map_err(|error| CliError::internal("the platform failed").caused_by(error))?;
    code
}

/// Applies the seed and issues a token as the seed wants, without hashing anything.
async fn sign_in(platform: &Platform, seed: &Seed) -> Result<SignedIn> {
    let unusable = |error: anyhow::Error| CliError::config("cannot use the seed").caused_by(error);
    let refused = |error| {
        CliError::config(
            "cannot sign in as the [sandbox] section of the seed \
        says",
        )
        .caused_by(error)
    };
    let wish = seed
        .sandbox
        .as_ref()
        .ok_or_else(|| CliError::config("the seed has no [sandbox] section with the user and the company"))?;
    let place = seed.place(&wish.company).map_err(unusable)?;
    let applied = seed::apply(platform, seed).await.map_err(unusable)?;
    let id = applied.companies.get(place).copied();
    let id = id.ok_or_else(|| CliError::internal("the company of the [sandbox] section is missing"))?;
    let grant = session::issue(platform, &wish.user).await.map_err(refused)?;
    let caller = authn::authenticate(platform, &grant.access_token).await.map_err(refused)?;
    let username = caller.name.clone();
    let request_id = "sandbox".to_owned();
    let asked = CallerContext { platform: platform.clone(), caller, request_id, is_dry_run: false };
    let company = company::show(&asked.in_company(id)).await.map_err(refused)?;
    let password = seed.plain_password_of(&wish.user).map_err(unusable)?;
    Ok(SignedIn { username, password, grant, company })
}

/// Makes the folder with the profile that is signed in.
async fn write_profile(config: &Path, server: &str, signed_in: SignedIn) -> Result<()> {
    let SignedIn { username, password, grant, company } = signed_in;
    let profile = Profile {
        server: Some(server.parse()?),
        username: Some(username.clone()),
        credential_store: Some(StoreKind::File),
        company: Some(company),
        ..Profile::default()
    };
    ConfigFile::update(config, |file| {
        file.current = Some(PROFILE.to_owned());
        file.profiles.insert(PROFILE.to_owned(), profile);
    })?;
    let slot = Slot { origin: server.parse()?, username };
    let expires_at = expiry(&grant);
    let credentials = Credentials { token: Some(grant.access_token), expires_at, password };
    Ok(Store::new(StoreKind::File, config).save(&slot, &credentials).await?)
}

fn private_folder() -> Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("sactl-sandbox-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir().map_err(|error| CliError::io("cannot create a temporary folder", error))
}

/// The folder in which `sactl` is this program: its own, or one with a link of that name.
fn own_folder(folder: &Path) -> io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let name = format!("sactl{}", std::env::consts::EXE_SUFFIX);
    if let Some(own) = program.parent()
        && program.file_name() == Some(OsStr::new(&name))
    {
        return Ok(own.to_owned());
    }
    let bin = folder.join("bin");
    fs::create_dir(&bin)?;
    link(&program, &bin.join(name))?;
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
