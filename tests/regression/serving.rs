//! The first start of a server: a database that should not be there, and a password in a journal.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Child;

use rustix::process::{Pid, Signal, kill_process};

use crate::api::process::command;
use crate::common::env::Env;
use crate::common::output::Outcome;

const SERVE: [&str; 5] = ["serve", "--listen", "127.0.0.1:0", "--database", "sqlite:p.db"];

/// Starts a server, and gives its address.
fn started(env: &Env, more: &[&str]) -> (Child, String) {
    let mut child = command(env, &[&SERVE[..], more].concat()).env("SACTL_LOG", "off").spawn().unwrap();
    let mut said = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let url = said.trim_end().rsplit(' ').next().unwrap().to_owned();
    (child, url)
}

/// Ends a server, and gives what it said.
fn stopped(child: Child, env: &Env) -> Outcome {
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    Outcome::new(&child.wait_with_output().unwrap(), env.folder())
}

fn signs_in(url: &str, password: &str) {
    let admin = Env::new().with("SACTL_SERVER", url).with("SACTL_USERNAME", "root@acme.example");
    let me = admin.with("SACTL_PASSWORD", password).sactl("whoami -o json").ok().json();
    assert_eq!(me["company"]["name"], "acme.example");
}

/// F39: `serve` on a port that is taken had created the database file before it said so.
#[test]
fn a_port_that_is_taken_creates_no_database() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let env = Env::new();
    let listen = taken.local_addr().unwrap().to_string();
    let refused = env.run(["serve", "--listen", &listen]);
    refused.refused(1, &format!("cannot listen on {listen}"));
    let databases =
        |env: &Env| env.files().into_iter().filter(|(path, _)| path.ends_with("platform.db")).count();
    assert_eq!(databases(&env), 0);
    env.run(["serve", "--listen", &listen, "--database", "sqlite:p.db"]).refused(1, "cannot listen");
    assert!(!env.work().join("p.db").exists());
}

/// F27: the first administrator could only come from a seed file. Its generated password was written to standard error,
/// which is a journal in a service.
#[test]
fn a_first_password_goes_to_no_journal() {
    let env = Env::new();
    let refused = env.run([&SERVE[..], &["--init-admin", "root@acme.example"]].concat());
    refused.refused(2, "standard error is not a terminal").refused(2, "--init-admin-password-out FILE");
    let (child, url) = started(
        &env,
        &["--quiet", "--init-admin", "root@acme.example", "--init-admin-password-out", "first"],
    );
    let path = env.work().join("first");
    let password = std::fs::read_to_string(&path).unwrap();
    signs_in(&url, password.trim_end());
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let said = stopped(child, &env);
    assert!(!said.stderr.contains(password.trim_end()), "{said}");
    // The same line starts the server again.
    let (child, url) =
        started(&env, &["--init-admin", "root@acme.example", "--init-admin-password-out", "first"]);
    signs_in(&url, password.trim_end());
    stopped(child, &env).ok();
}

/// The password of the first administrator could not be given, and a service could not be started without a person.
#[test]
fn a_first_password_comes_from_a_file_or_a_variable() {
    let env = Env::new();
    env.file("chosen", "Chosen-First-1!\n");
    env.file("weak", "weak\n");
    let init = ["--init-admin", "root@acme.example", "--init-admin-password-file"];
    let refused = env.run([&SERVE[..], &init, &["weak"]].concat());
    refused.refused(7, "at least 8 characters");
    env.run([&SERVE[..], &init, &["chosen", "--init-admin-password-out", "x"]].concat()).refused(2, "");
    env.run([&SERVE[..], &["--init-admin-password-file", "chosen"]].concat())
        .refused(2, "--init-admin EMAIL");
    let set = env
        .with("SACTL_SERVE_INIT_ADMIN", "root@acme.example")
        .with("SACTL_SERVE_INIT_ADMIN_PASSWORD_FILE", "chosen");
    let (child, url) = started(&set, &[]);
    signs_in(&url, "Chosen-First-1!");
    let said = stopped(child, &set);
    assert!(!said.stderr.contains("Chosen-First-1!"), "{said}");
}
