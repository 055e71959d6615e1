//! The commands of the program. Each verb describes its own arguments.
//!
//! Responsible for their names and the first part of their help. Refuses to run them: [`super::dispatch`] does.

use clap::Subcommand;

use super::deferred::Deferred;
use crate::{commands, manual};

// What can be done.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "it would become the help of the program")]
pub enum Command {
    /// Sign in and store the credentials
    ///
    /// On a terminal, sactl asks for what is missing. The token is stored. With --store-password the password
    /// is stored too, so that unattended jobs can renew the token.
    Login(Deferred<commands::login::Args>),
    /// Sign out and delete the stored credentials
    ///
    /// Revokes the token on the server and deletes the credentials stored on this machine for this server and
    /// user. The profile with its server and company stays. Credentials in environment variables are not
    /// affected.
    Logout(Deferred<commands::logout::Args>),
    /// Show who you are, where, and what you may do there
    ///
    /// Also shows where the credentials came from.
    Whoami(Deferred<commands::whoami::Args>),
    /// Manage stored sets of server, user and active company
    Profile(Deferred<commands::profile::Args>),
    /// List your companies and choose the active one
    Company(Deferred<commands::company::Args>),
    /// List the service accounts of the company
    ///
    /// Shows two tables: the accounts that the company owns, and external accounts that have access to it. In
    /// a pipe, without --output, each account is one line of tab-separated cells; the first cell is `owned`
    /// or `external`.
    #[command(alias = "ls")]
    List(Deferred<commands::list::Args>),
    /// Show service accounts with everything about them
    ///
    /// The owner company also sees every company where the account has access.
    #[command(alias = "get")]
    Show(Deferred<commands::show::Args>),
    /// Create a service account owned by the company
    ///
    /// On a terminal, sactl asks for a missing name and access, shows a summary, and prints the same command
    /// without questions. Without a terminal, or with --no-input, an account without --role, --permission and
    /// --grant has no access yet. sactl asks for the password twice unless a flag gives its source. In a
    /// pipe, without --output, --generate prints only the password.
    #[command(alias = "new")]
    Create(Deferred<commands::create::Args>),
    /// Change the description of a service account that the company owns
    Edit(Deferred<commands::edit::Args>),
    /// Reset the password of a service account that the company owns
    ///
    /// All tokens of the account are revoked immediately. On a terminal, sactl shows the account and asks for
    /// confirmation; otherwise --yes is required. In a pipe, without --output, --generate prints only the
    /// password.
    Passwd(Deferred<commands::passwd::Args>),
    /// Delete service accounts that the company owns
    ///
    /// Removes their access in every company and revokes their tokens immediately. On a terminal, sactl shows where the
    /// accounts have access; to confirm, type the name of the account, or the number of accounts if there are several.
    /// Otherwise --yes is required. Several accounts are deleted in a run with a journal, which continues after a
    /// failure.
    #[command(alias = "rm")]
    Delete(Deferred<commands::delete::Args>),
    /// Give service accounts access in the company, or change it
    ///
    /// --role and --permission replace the current access; --add-permission and --remove-permission change a
    /// list of individual permissions. Works for accounts that the company owns and for external accounts. On
    /// a terminal, sactl asks for what is missing, shows a summary, and prints the same command without
    /// questions.
    Grant(Deferred<commands::grant::Args>),
    /// Remove all access of service accounts in the company
    ///
    /// The account and its access in other companies stay. On a terminal, sactl shows the access of the
    /// account and asks for confirmation; otherwise --yes is required.
    Revoke(Deferred<commands::revoke::Args>),
    /// Write a manifest of accounts, access and roles
    ///
    /// The manifest describes the current state, in YAML, or in JSON with -o json, always in the same order. It
    /// contains no secrets. Edit it, preview the changes with sactl diff, and make them with sactl apply. sactl help
    /// manifest explains it.
    Export(Deferred<commands::export::Args>),
    /// Show what a manifest would change
    ///
    /// Changes nothing. The exit code is 10 when there is something to do, and 0 when there is nothing. sactl help
    /// manifest explains the manifest.
    Diff(Deferred<commands::diff::Args>),
    /// Change accounts, access and roles to match a manifest
    ///
    /// Shows the plan and asks on a terminal; elsewhere --yes is required if anything is taken away. Removals come
    /// first. The run is written to a journal: after an interrupt or a crash, sactl run resume finishes it. sactl help
    /// manifest explains the manifest.
    Apply(Deferred<commands::apply::Args>),
    /// Set new passwords for several accounts
    ///
    /// For each account, sactl generates a password, writes it to its file, sets it, and signs in with it before the
    /// next step. The old password is kept beside it as NAME.password.previous until then. Whatever fails, the valid
    /// password is in a file that sactl names.
    Rotate(Deferred<commands::rotate::Args>),
    /// Show who has what where: accounts in rows, companies in columns
    ///
    /// The cell is the role, or the number of permissions. A star marks access that differs from what the account has
    /// in most of these companies.
    Matrix(Deferred<commands::matrix::Args>),
    /// Review access: write a list, decide, and remove access
    Review(Deferred<commands::review::Args>),
    /// Give the accounts of the company access in another company
    Onboard(Deferred<commands::onboard::Args>),
    /// Remove the accounts of the company from another company
    ///
    /// Afterwards, sactl checks on the server that the access is gone. The output is a receipt: keep it with -o json.
    /// The active company is refused: it owns the accounts.
    Offboard(Deferred<commands::offboard::Args>),
    /// Show, finish and repeat runs over several accounts
    Run(Deferred<commands::run::Args>),
    /// Manage the roles of the company
    Role(Deferred<commands::role::Args>),
    /// List the permissions of the platform
    Permission(Deferred<commands::permission::Args>),
    /// Show what was done in the company, and by whom
    ///
    /// Shows the audit log of the company, newest first: changes of accounts, access and roles, and for each day the
    /// first sign-in from each address and the first refused one. A record holds only what concerns this company; an
    /// actor from another company appears as that company. Needs auditing:view.
    ///
    /// An age is a number with m, h, d or w: 30m, 24h, 7d, 4w. A time is a day such as 2026-11-01, or RFC 3339.
    Audit(Deferred<commands::audit::Args>),
    /// Send any HTTP request as the signed-in account
    ///
    /// PATH starts with / and is always on the server you are signed in to. A non-2xx response is an error,
    /// with the exit code of its kind. --paginate prints each row of a list on its own line, for lists of any
    /// length; with -o json the rows are one document.
    Api(Deferred<commands::api::Args>),
    /// Print a bearer token of the signed-in account
    ///
    /// If the token has expired and the password is stored, sactl renews it first. Anyone who has the token
    /// can act as you.
    Token(Deferred<commands::token::Args>),
    /// Check server, credentials and settings; show how to fix problems
    ///
    /// Checks server, clock, TLS, credentials, files and terminal. Each check is ok, warning or failed, with
    /// how to fix it. The exit code is 0 when no check failed, otherwise that of the first failure: 8 if the
    /// server cannot be reached, 3 if the credentials cannot be used.
    Doctor(Deferred<commands::doctor::Args>),
    /// Print a shell completion script
    ///
    /// Completes commands, flags and values. Names of accounts, companies, roles and permissions come from
    /// the server, with the stored token and within a second, and are cached for a minute. Completion never
    /// prompts and never changes anything. The Debian package installs the scripts.
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
    Completion(Deferred<manual::completion::Args>),
    /// Write the man pages to a folder
    ///
    /// Writes one page for each command, such as sactl-role-create(1), and the pages about configuration,
    /// formats and exit codes. Creates the folder if it does not exist and replaces existing pages. The
    /// Debian package installs the man pages.
    Man(Deferred<manual::man::Args>),
    /// Show the help of a command, or a topic such as exit-codes
    ///
    /// Without an argument, shows all commands and topics.
    Help(Deferred<manual::help::Args>),
    /// Run the platform
    ///
    /// Prints its address on standard output when it listens, and logs to standard error. Stops cleanly on
    /// SIGINT or SIGTERM: requests in progress are answered first.
    ///
    /// For PostgreSQL on another machine, add ?sslmode=verify-full to the URL, and sslrootcert=FILE if a
    /// private certificate authority signed the certificate. Put its password in PGPASSWORD or ~/.pgpass:
    /// every user of the machine can read the URL.
    #[cfg(feature = "platform")]
    Serve(Deferred<Box<commands::serve::Args>>),
    /// Start a throwaway platform with sample data
    ///
    /// Starts the platform and runs a command that is signed in to it. The platform runs in this process on a
    /// free port of this machine. Its data is in a temporary folder, which is deleted at the end. The command
    /// is signed in as admin@acme.example of Acme MSP; every password is Sandbox-1234! Without a command,
    /// your shell runs. The exit code is that of the command.
    #[cfg(feature = "platform")]
    Sandbox(Deferred<commands::sandbox::Args>),
    /// Print the OpenAPI document of the platform
    ///
    /// Describes every route that `sactl serve` of this version has, as OpenAPI 3.1, for generators of clients and for
    /// tests. A running platform answers GET /openapi.json with the same document.
    #[cfg(feature = "platform")]
    Openapi(Deferred<commands::openapi::Args>),
}
