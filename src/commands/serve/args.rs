//! The options of `serve`, on its command line and in variables.
//!
//! Responsible for their names, help and values. Refuses options that contradict each other.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::admin;
use super::init_admin::InitAdminArgs;
use super::variables::{is_on, or_variable, parsed};
use crate::commands::shared::values::{address, seconds};
use crate::config::{Environment, env};
use crate::domain::age::Age;
use crate::error::{CliError, Result};
use crate::platform::DatabaseUrl;
use crate::platform::app::{ProxyNetwork, Tls};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
                        sactl serve --listen 0.0.0.0:8080 --seed companies.toml --metrics 127.0.0.1:9100 --drain-delay 1\n  \
                        sactl serve --init-admin admin@acme.example --init-admin-password-out admin.password\n  \
                        sactl serve --tls-cert cert.pem --tls-key key.pem --trusted-proxy 10.0.0.7 --proxy-protocol\n  \
                        sactl serve --check --init-admin admin@acme.example --init-admin-password-file chosen.password\n  \
                        sactl serve --vacuum --audit-retention 365d --database sqlite:platform.db\n\n\
                        Each option is also a variable: SACTL_SERVE_LISTEN, SACTL_SERVE_DATABASE, …")]
#[command(args_conflicts_with_subcommands = true)]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// Listen on this address; port 0 means any free port [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub(super) listen: Option<SocketAddr>,

    /// SQLite file or PostgreSQL database for the data [default: a file in your data folder]
    #[arg(long, value_name = "sqlite:PATH|postgres://…")]
    pub(super) database: Option<DatabaseUrl>,

    /// Serve TLS with this certificate chain (PEM)
    ///
    /// SIGHUP reads certificate and key again.
    #[arg(long, value_name = "FILE")]
    pub(super) tls_cert: Option<PathBuf>,

    /// Private key (PEM) of the certificate
    #[arg(long, value_name = "FILE")]
    pub(super) tls_key: Option<PathBuf>,

    /// Load this seed file
    ///
    /// Adds the companies, users and roles that are not in the database yet and were never deleted from it. Adds
    /// service accounts to an empty database only.
    #[arg(long, value_name = "FILE")]
    pub(super) seed: Option<PathBuf>,

    #[command(flatten)]
    pub(super) init_admin: InitAdminArgs,

    /// Trust the client addresses that these proxies report
    ///
    /// By default, all clients behind a proxy have the address of the proxy and share its limits. With this option,
    /// the client address is read from the Forwarded or X-Forwarded-For header of requests that come from these
    /// addresses or networks. Repeatable, or comma-separated. The proxy must add the address of its client itself.
    #[arg(long, value_name = "ADDRESS|CIDR", value_delimiter = ',')]
    pub(super) trusted_proxy: Vec<ProxyNetwork>,

    /// Require a PROXY protocol header at the start of each connection from a trusted proxy
    ///
    /// Version 1 or 2, as TCP load balancers send it. The header contains the address of the client and comes before
    /// TLS. A connection from a trusted proxy without the header is closed. With the header, Forwarded and
    /// X-Forwarded-For are ignored; if it names no client, the address is that of the proxy. For other addresses
    /// nothing changes.
    #[arg(long)]
    pub(super) proxy_protocol: bool,

    /// Keep audit records and counts of refused sign-ins for this time [default: 183d]
    #[arg(long, value_name = "AGE")]
    pub(super) audit_retention: Option<Age>,

    /// Show metrics for Prometheus at /metrics on this address
    ///
    /// Anyone who can reach the address can read them.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub(super) metrics: Option<SocketAddr>,

    /// Keep serving this many seconds after a stop signal, while /readyz answers 503 [default: 0]
    ///
    /// A load balancer then stops sending requests before the address is closed.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(super) drain_delay: Option<u16>,

    /// Check options, seed file, certificate and database, and exit
    ///
    /// Changes nothing. The exit code is 0 when the server would start. A seed file is tried in a temporary database;
    /// if the real one exists, a refusal is only a warning, because entries that it has are not added again. The
    /// addresses of --listen and --metrics must be free: beside a server that has them, check without these options.
    #[arg(long, conflicts_with = "vacuum")]
    pub(super) check: bool,

    /// Remove old data, give its space back to the system, and exit
    ///
    /// The server may be running; its writes wait.
    #[arg(long)]
    pub(super) vacuum: bool,

    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    Admin(admin::Args),
}

impl Args {
    /// The same, with variables for what was not typed.
    pub(super) fn or_variables(self, environment: &Environment) -> Result<Self> {
        let trusted_proxy = if self.trusted_proxy.is_empty() {
            let networks = environment.get(env::SERVE_TRUSTED_PROXY)?;
            let networks = networks.iter().flat_map(|text| text.split(',')).map(str::trim);
            networks.map(|text| parsed(env::SERVE_TRUSTED_PROXY, text, str::parse)).collect::<Result<_>>()?
        } else {
            self.trusted_proxy
        };
        let proxy_protocol = self.proxy_protocol || is_on(env::SERVE_PROXY_PROTOCOL, environment)?;
        if proxy_protocol && trusted_proxy.is_empty() {
            return Err(CliError::usage(
                "--proxy-protocol needs --trusted-proxy: the proxies that send the header",
            ));
        }
        // A command or the other option on the command line says what is done.
        let is_typed = self.check || self.vacuum || self.command.is_some();
        let is_asked = |variable| Ok::<_, CliError>(!is_typed && is_on(variable, environment)?);
        let (check, vacuum) = (is_asked(env::SERVE_CHECK)?, is_asked(env::SERVE_VACUUM)?);
        if check && vacuum {
            return Err(CliError::config(
                "SACTL_SERVE_CHECK and SACTL_SERVE_VACUUM are both set: unset one of them",
            ));
        }
        Ok(Self {
            proxy_protocol,
            listen: or_variable(self.listen, env::SERVE_LISTEN, environment, address)?,
            database: or_variable(self.database, env::SERVE_DATABASE, environment, str::parse)?,
            tls_cert: self.tls_cert.or_else(|| environment.raw(env::SERVE_TLS_CERT).map(PathBuf::from)),
            tls_key: self.tls_key.or_else(|| environment.raw(env::SERVE_TLS_KEY).map(PathBuf::from)),
            seed: self.seed.or_else(|| environment.raw(env::SERVE_SEED).map(PathBuf::from)),
            init_admin: self.init_admin.or_variables(environment)?,
            trusted_proxy,
            audit_retention: or_variable(
                self.audit_retention,
                env::SERVE_AUDIT_RETENTION,
                environment,
                str::parse,
            )?,
            metrics: or_variable(self.metrics, env::SERVE_METRICS, environment, address)?,
            drain_delay: or_variable(self.drain_delay, env::SERVE_DRAIN_DELAY, environment, seconds)?,
            check: self.check || check,
            vacuum: self.vacuum || vacuum,
            command: self.command,
        })
    }

    /// The certificate to serve with.
    pub(super) fn tls(&self) -> Result<Option<Tls>> {
        match (&self.tls_cert, &self.tls_key) {
            (Some(certificate), Some(key)) => Tls::from_files(certificate, key)
                .map(Some)
                .map_err(|error| CliError::config("cannot serve TLS").caused_by(error)),
            (None, None) => Ok(None),
            (Some(_), None) => {
                Err(CliError::usage("a certificate needs its private key: give --tls-key too"))
            }
            (None, Some(_)) => {
                Err(CliError::usage("a private key needs its certificate: give --tls-cert too"))
            }
        }
    }
}
