//! The flags of every command.
//!
//! Responsible for their names and help. Refuses to resolve them: [`crate::config::settings`] does.

use std::path::PathBuf;

use clap::Parser;
use clap::builder::Styles;
use clap::builder::styling::{AnsiColor, Style};

use crate::config::{Flags, StoreKind};
use crate::domain::company::CompanyRef;
use crate::output::Format;
use crate::ui::Colour;

/// A number of seconds, whole or not.
fn seconds(text: &str) -> Result<f64, &'static str> {
    text.parse().map_err(|_| "it must be a number of seconds, such as 30 or 0.5")
}

/// What can be read on light and on dark terminals: no yellow, no green.
const STYLES: Styles =
    Styles::styled().valid(Style::new().bold()).invalid(AnsiColor::Magenta.on_default().bold());

// Flags of every command, under the name of the program.
/// Manage service accounts on a multi-company cellular-router platform
#[derive(Clone, Debug, Default, Parser)]
#[command(name = "sactl", version, styles = STYLES, disable_help_subcommand = true)]
#[command(after_help = "Examples:\n  sactl login --server https://gateway.example\n  sactl list")]
#[command(next_help_heading = "Global options")]
#[expect(clippy::struct_excessive_bools, reason = "independent switches of the command line")]
#[expect(clippy::doc_markdown, reason = "help for the terminal, which shows Markdown as it stands")]
pub struct Global {
    /// Use this stored profile [env: SACTL_PROFILE]
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Connect to this server: https://HOST or https://HOST:PORT [env: SACTL_SERVER]
    #[arg(long, global = true, value_name = "URL")]
    pub server: Option<String>,
    /// Company to act in: an id (digits) or a name [env: SACTL_COMPANY]
    #[arg(long, global = true, value_name = "ID|NAME")]
    pub company: Option<CompanyRef>,
    /// Output format [env: SACTL_OUTPUT]
    #[arg(short, long, global = true, value_name = "FORMAT")]
    pub output: Option<Format>,
    /// Show all columns of a table, and cut nothing
    #[arg(short, long, global = true)]
    pub wide: bool,
    /// Show only these columns, in this order; comma-separated, for tables, csv and pipes
    #[arg(long, global = true, value_name = "LIST", hide_short_help = true)]
    pub columns: Option<String>,
    /// Filter the JSON output with a jq expression; strings are printed without quotes, one per line
    #[arg(long, global = true, value_name = "EXPR", hide_short_help = true)]
    pub jq: Option<String>,
    /// Pass this text to --jq as the variable $NAME; repeatable
    #[arg(long, global = true, value_names = ["NAME", "VALUE"], num_args = 2, hide_short_help = true)]
    #[arg(allow_hyphen_values = true)]
    pub arg: Vec<String>,
    /// Time limit for each request, in seconds [env: SACTL_TIMEOUT] [default: 30]
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        hide_short_help = true,
        allow_negative_numbers = true,
        value_parser = seconds
    )]
    pub timeout: Option<f64>,
    /// Also trust the certificate authorities in this PEM file [env: SACTL_CACERT]
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub cacert: Option<PathBuf>,
    /// Present this client certificate (PEM) to the server
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub client_cert: Option<PathBuf>,
    /// Private key (PEM) of the client certificate
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub client_key: Option<PathBuf>,
    /// Allow unencrypted http to other machines (anyone on the network can read it)
    #[arg(long, global = true, hide_short_help = true)]
    pub allow_http: bool,
    /// Where to store credentials [env: SACTL_CREDENTIAL_STORE] [default: keyring]
    #[arg(long, global = true, value_name = "STORE", hide_short_help = true)]
    pub credential_store: Option<StoreKind>,
    /// Print only the result and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Log every HTTP request
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", hide_short_help = true)]
    pub color: Option<Colour>,
    /// Do not use a pager for long output
    #[arg(long, global = true, hide_short_help = true)]
    pub no_pager: bool,
    /// Never prompt
    #[arg(long, global = true, hide_short_help = true)]
    pub no_input: bool,
    /// Answer yes to every confirmation
    #[arg(long, global = true)]
    pub yes: bool,
}

impl Global {
    /// The part that concerns the settings.
    pub fn flags(&self) -> Flags {
        Flags {
            profile: self.profile.clone(),
            server: self.server.clone(),
            company: self.company.clone(),
            timeout: self.timeout,
            cacert: self.cacert.clone(),
            client_cert: self.client_cert.clone(),
            client_key: self.client_key.clone(),
            allow_http: self.allow_http,
            credential_store: self.credential_store,
        }
    }
}
