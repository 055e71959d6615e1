//! The commands. Each verb describes its own arguments.

use clap::Subcommand;

use crate::{commands, manual};

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
    Completion(manual::completion::Args),
    /// Write the manual pages into a folder
    ///
    /// One page for each command, such as sactl-role-create(1), and those about configuration, formats and exit codes.
    /// The folder is made where it does not exist; pages of the same name in it are replaced. The Debian package has
    /// them in their place already.
    Man(manual::man::Args),
    /// Show the help of a command, or a topic such as exit-codes
    ///
    /// Without a word it shows every command and every topic.
    Help(manual::help::Args),
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
