//! The command line: global flags and the commands. Each verb describes its own arguments.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::Styles;
use clap::builder::styling::{AnsiColor, Style};
use clap::{ArgMatches, FromArgMatches, Parser, Subcommand};

use crate::commands;
use crate::config::{Flags, StoreKind};
use crate::domain::company::CompanyRef;
use crate::output::Format;
use crate::ui::Colour;

mod documented;

pub use documented::{command, program, whole};

/// The command line of this call, and the path of its command as it is typed, for example `role list`; empty when
/// none is named.
///
/// # Errors
/// Those of clap, which also stand for version and help: of a command with all that is documented about it.
pub fn parse(arguments: &[OsString]) -> Result<(Cli, String), clap::Error> {
    let mut program = documented::command_for(arguments);
    let mut matches = program.try_get_matches_from_mut(arguments)?;
    let path = path_of(&matches);
    let cli = Cli::from_matches(&mut matches).map_err(|error| error.format(&mut program))?;
    Ok((cli, path))
}

fn path_of(matches: &ArgMatches) -> String {
    let mut words = Vec::new();
    let mut verb = matches.subcommand();
    while let Some((word, matches)) = verb {
        words.push(word);
        verb = matches.subcommand();
    }
    words.join(" ")
}

/// What can be read on light and on dark terminals: no yellow, no green.
const STYLES: Styles =
    Styles::styled().valid(Style::new().bold()).invalid(AnsiColor::Magenta.on_default().bold());

/// What was asked for.
#[derive(Debug)]
pub struct Cli {
    /// Flags of every command
    pub global: Global,
    /// What to do
    pub command: Option<Command>,
}

impl Cli {
    fn from_matches(matches: &mut ArgMatches) -> Result<Self, clap::Error> {
        let global = Global::from_arg_matches_mut(matches)?;
        let is_named = matches.subcommand_name().is_some();
        let command = is_named.then(|| Command::from_arg_matches_mut(matches)).transpose()?;
        Ok(Self { global, command })
    }
}

// Flags of every command, under the name of the program.
/// Administer service accounts of a platform that manages cellular routers for many companies
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
    /// Talk to this server, written https://HOST or https://HOST:PORT [env: SACTL_SERVER]
    #[arg(long, global = true, value_name = "URL")]
    pub server: Option<String>,
    /// Act in this company; digits are an id [env: SACTL_COMPANY]
    #[arg(long, global = true, value_name = "ID|NAME")]
    pub company: Option<CompanyRef>,
    /// Choose the form of the answer [env: SACTL_OUTPUT]
    #[arg(short, long, global = true, value_name = "FORMAT")]
    pub output: Option<Format>,
    /// Show tables whole: every column, every permission, exact times
    #[arg(short, long, global = true)]
    pub wide: bool,
    /// Show only these columns, in this order, of a table, csv or the rows of a pipe: comma-separated
    #[arg(long, global = true, value_name = "LIST", hide_short_help = true)]
    pub columns: Option<String>,
    /// Print what this jq expression makes of the JSON document: strings raw, one a line
    #[arg(long, global = true, value_name = "EXPR", hide_short_help = true)]
    pub jq: Option<String>,
    /// Allow a request this many seconds in all [env: SACTL_TIMEOUT] [default: 30]
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        hide_short_help = true,
        allow_negative_numbers = true
    )]
    pub timeout: Option<f64>,
    /// Trust the certificate authorities in this PEM file too [env: SACTL_CACERT]
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub cacert: Option<PathBuf>,
    /// Show the server this client certificate (PEM)
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub client_cert: Option<PathBuf>,
    /// Use this key (PEM) of the client certificate
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub client_key: Option<PathBuf>,
    /// Allow plain http to another machine, where everybody on the way can read along
    #[arg(long, global = true, hide_short_help = true)]
    pub allow_http: bool,
    /// Keep credentials there [env: SACTL_CREDENTIAL_STORE] [default: keyring]
    #[arg(long, global = true, value_name = "STORE", hide_short_help = true)]
    pub credential_store: Option<StoreKind>,
    /// Say nothing but the answer and what is wrong
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Tell every request
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Use colour
    #[arg(long, global = true, value_name = "WHEN", hide_short_help = true)]
    pub color: Option<Colour>,
    /// Never wait for a key
    #[arg(long, global = true, hide_short_help = true)]
    pub no_input: bool,
    /// Confirm everything beforehand
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

// What can be done.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "it would become the help of the program")]
pub enum Command {
    /// Sign in and store the credentials
    ///
    /// What is missing is asked for on a terminal. The token goes into the credential store, the password only
    /// with --store-password: then a service account in cron outlives its token.
    Login(commands::login::Args),
    /// Sign out and forget the stored credentials
    ///
    /// Ends the token on the server, and forgets what is stored here for this server and user.
    /// The profile with its server and company stays. Credentials of the environment are not touched.
    Logout(commands::logout::Args),
    /// Show who you are, where, and what you may do there
    ///
    /// And where the credentials came from.
    Whoami(commands::whoami::Args),
    /// Manage stored sets of server, user and active company
    Profile(commands::profile::Args),
    /// See the companies one belongs to and choose the active one
    Company(commands::company::Args),
    /// List the service accounts of the company
    ///
    /// Those that it owns and external ones that have access here are two tables. In a pipe, without a chosen format, each account is one line of cells separated by tabs; the first cell is
    /// `owned` or `external`.
    List(commands::list::Args),
    /// Show one service account
    ///
    /// For the owner company also every company where the account has access.
    Show(commands::show::Args),
    /// Create a service account owned by the company
    ///
    /// On a terminal this asks for the name and the access where they are missing, sums up what will happen, and
    /// says how to do the same without questions. Elsewhere, or with --no-input, an account without --role,
    /// --permission and --grant has no access yet. The password is asked for twice unless a flag says where it comes
    /// from. In a pipe, without a chosen format, --generate prints the password alone.
    Create(commands::create::Args),
    /// Change the description of a service account that the company owns
    Edit(commands::edit::Args),
    /// Reset the password of a service account that the company owns
    ///
    /// Every token of the account ends at once. On a terminal this says what the account is and asks; elsewhere --yes
    /// is needed. In a pipe, without a chosen format, --generate prints the password alone.
    Passwd(commands::passwd::Args),
    /// Delete a service account that the company owns
    ///
    /// Its access in every company goes with it, and its tokens end at once. On a terminal this says where it has
    /// access, and its name must be typed to confirm; elsewhere --yes is needed.
    Delete(commands::delete::Args),
    /// Give a service account access in the company, or change it
    ///
    /// --role and --permission replace what was there; --add-permission and --remove-permission adjust an individual
    /// list. This works for accounts that the company owns and for external ones alike. On a terminal this asks for
    /// what is missing, sums up what will happen, and says how to do the same without questions.
    Grant(commands::grant::Args),
    /// Remove all access of a service account in the company
    ///
    /// The account itself stays, and its access in other companies. On a terminal this says what the account has and
    /// asks; elsewhere --yes is needed.
    Revoke(commands::revoke::Args),
    /// Manage the roles of the company
    Role(commands::role::Args),
    /// See the permission catalogue
    Permission(commands::permission::Args),
    /// Send any request as the signed-in identity and print the answer
    ///
    /// PATH begins with / and lies on the server one is signed in to; nothing is sent anywhere else. An answer
    /// that is no success is an error, with the exit code of its kind. --paginate prints each row of a list on a line
    /// of its own, however long the list is; with -o json the rows are one document.
    Api(commands::api::Args),
    /// Print a bearer token of the signed-in identity
    ///
    /// A token that has ended is renewed first, where a password is stored. Whoever has the token acts as you.
    Token(commands::token::Args),
    /// Check server, credentials and settings, and say what to do
    ///
    /// Looks at server, clock, TLS, credentials, files and terminal. Each line is ok, a warning, or failed with the mend. The exit code is 0 when nothing has failed, else that
    /// of the first failure: 8 for a server that cannot be reached, 3 for credentials that cannot be used.
    Doctor(commands::doctor::Args),
    /// Print the script that makes a shell complete at the TAB key
    ///
    /// Commands, flags and values are completed. Names of accounts, companies, roles and permissions come from the
    /// server, within a second and with the token that is at hand, and are remembered for a minute; nothing is ever
    /// asked, and nothing is changed. The Debian package has the scripts in their places already.
    ///
    /// bash: save it as ~/.local/share/bash-completion/completions/sactl, or, without the package bash-completion,
    /// source it from ~/.bashrc.
    ///
    /// zsh: save it as _sactl in a folder that ~/.zshrc adds to fpath before it calls compinit.
    ///
    /// fish: save it as ~/.config/fish/completions/sactl.fish.
    ///
    /// elvish: save it as ~/.config/elvish/lib/sactl.elv, and add `use sactl` to ~/.config/elvish/rc.elv.
    ///
    /// powershell: save it as _sactl.ps1 in your home folder, and add `. ~/_sactl.ps1` to $PROFILE.
    Completion(commands::completion::Args),
    /// Write the manual pages into a folder
    ///
    /// One page for each command, such as sactl-role-create(1), and those about configuration, formats and exit codes.
    /// The folder is made where it does not exist; pages of the same name in it are replaced. The Debian package has
    /// them in their place already.
    Man(commands::man::Args),
    /// Show the help of a command, or a topic such as exit-codes
    ///
    /// Without a word it shows every command and every topic.
    Help(commands::help::Args),
    /// Run the platform
    ///
    /// Prints its address on standard output once it listens and logs on standard error. Stops cleanly on an
    /// interrupt or SIGTERM: requests under way are answered first.
    ///
    /// PostgreSQL on another machine is reached safely with ?sslmode=verify-full in its URL, and sslrootcert=FILE where
    /// an authority of your own signed its certificate. Its password belongs into PGPASSWORD or ~/.pgpass: every user
    /// of the machine can read what stands in the URL.
    #[cfg(feature = "platform")]
    Serve(commands::serve::Args),
    /// Try everything in a platform of your own with sample data
    ///
    /// Starts the platform and runs a command signed in to it. The platform runs inside this process on a free port of this machine and keeps its data in a temporary
    /// folder, which is gone afterwards. The command is signed in as admin@acme.example of Acme MSP; everybody's
    /// password is Sandbox-1234! Without a command your shell runs. The exit code is that of the command.
    #[cfg(feature = "platform")]
    Sandbox(commands::sandbox::Args),
}
