//! Lost answers: a generated password that may be in force is never lost, and the same command finishes its attempt.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::cli::acting::World;
use crate::common::answers::{self, with_token};
use crate::common::env::Env;
use crate::common::http::Request;
use crate::common::output::Outcome;
use crate::common::proxy::{Cut, Proxy};
use crate::common::stub::{Answer, Stub};

pub(super) const CUTS: [Cut; 4] =
    [Cut::BeforeTheRequest, Cut::WithinTheRequest, Cut::BeforeTheAnswer, Cut::WithinTheAnswer];

/// How often a command sends a request whose answer is lost, before it gives up.
pub(super) const ATTEMPTS: usize = 5;

pub(super) fn is_write(request: &Request) -> bool {
    request.method != "GET"
}

/// The password in the file `name` of the working directory.
pub(super) fn password_in(env: &Env, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(env.work().join(name)).ok()?;
    Some(
        text.strip_suffix('\n')
            .unwrap_or_else(|| panic!("{name} ends with a line feed: {text:?}"))
            .to_owned(),
    )
}

pub(super) fn signs_in(world: &World, name: &str, password: &str) -> bool {
    world.token_endpoint(name, password, "python").status == 200
}

fn is_there(env: &Env, name: &str) -> bool {
    env.work().join(name).exists()
}

/// The password in the private file that a command names.
fn kept_password(said: &str) -> String {
    let mut words = said.split([' ', ';', ':', '"']);
    let file =
        words.find(|word| word.ends_with(".password")).unwrap_or_else(|| panic!("no file is named: {said}"));
    std::fs::read_to_string(file).unwrap().trim_end().to_owned()
}

/// F3: after a lost answer, `create` and `passwd` said that repeating does no harm, and the repetition failed with
/// `name_taken` or "File exists".
#[test]
fn command_repeated_after_a_lost_answer_finishes_its_attempt() {
    let world = World::start();
    let admin = world.admin();
    std::thread::scope(|scope| {
        for (number, cut) in CUTS.into_iter().enumerate() {
            let (world, admin) = (&world, &admin);
            scope.spawn(move || {
                for command in ["create", "passwd"] {
                    let name = format!("{command}-{number}");
                    let line = if command == "create" {
                        format!("create {name} --role viewer --generate --password-out out")
                    } else {
                        admin.sactl(&format!("create {name} --generate")).ok();
                        format!("passwd {name} --generate --password-out out --yes")
                    };
                    let proxy = Proxy::cutting(&world.url(), cut, ATTEMPTS, is_write);
                    let env = world.admin().with("SACTL_SERVER", proxy.url());
                    let lost = env.sactl(&line);
                    lost.refused(8, "run the same command again");
                    let password = password_in(&env, "out").expect("the file stays");
                    assert!(is_there(&env, "out.attempt"), "{lost}");
                    env.sactl(&line).ok();
                    assert_eq!(password_in(&env, "out").as_ref(), Some(&password), "{cut:?} {command}");
                    assert!(signs_in(world, &name, &password), "{cut:?} {command}");
                    assert!(!is_there(&env, "out.attempt"), "nothing is left to finish");
                    env.sactl(&line).refused(1, "exists, and");
                }
            });
        }
    });
}

/// F3: `passwd --generate` without a file lost the password that had come into force.
#[test]
fn lost_answer_without_a_file_keeps_the_password_in_a_private_one() {
    let world = World::start();
    for line in ["create shown-bot --generate", "passwd dormant-bot --generate --yes"] {
        for form in ["", " -o json"] {
            let name = line.split(' ').nth(1).unwrap();
            world.admin().sactl(&format!("delete {name} --yes")).code();
            let proxy = Proxy::cutting(&world.url(), Cut::BeforeTheAnswer, ATTEMPTS, is_write);
            let env = world.admin().with("SACTL_SERVER", proxy.url());
            if line.starts_with("passwd") {
                world.admin().sactl(&format!("create {name} --generate")).ok();
            }
            let lost = env.sactl(&format!("{line}{form}"));
            lost.refused(8, "may ");
            assert!(signs_in(&world, name, &kept_password(&lost.stderr)), "{lost}");
        }
    }
}

/// Answers every change as `answer` says.
fn refusing(answer: Answer) -> Stub {
    Stub::start(move |request| {
        if is_write(request) {
            return answer.clone();
        }
        Answer::json(200, answers::of_platform(&request.method, request.path()).to_string())
    })
}

const INTO_FILE: [&str; 2] = [
    "create robot --role viewer --generate --password-out out --timeout 2",
    "passwd robot --generate --password-out out --yes --timeout 2",
];

/// R6: a file stayed behind when nothing was done, and blocked every later run with "File exists".
#[test]
fn refused_command_leaves_no_file() {
    // A server that is busy for longer than the command waits: no attempt is under way when its time is over.
    let problem = |status, code| {
        let headers = vec![("content-type", "application/json".to_owned()), ("retry-after", "60".to_owned())];
        Answer::Whole(status, headers, answers::problem(status, code, "no").to_string().into_bytes())
    };
    let refusals = [
        (problem(503, "unavailable"), 8),
        (problem(429, "rate_limited"), 8),
        (problem(403, "missing_permission"), 4),
        (problem(422, "invalid_input"), 7),
        (Answer::redirect(302, "https://elsewhere.example/"), 1),
    ];
    for (answer, exit) in refusals {
        let stub = refusing(answer);
        let env = with_token(&stub.url());
        let before = env.files();
        for line in INTO_FILE {
            env.sactl(line).expect(exit);
            assert_eq!(env.files(), before, "{line}: {exit}");
        }
    }
    let env = with_token("http://127.0.0.1:1");
    let before = env.files();
    for line in INTO_FILE {
        env.sactl(line).expect(8);
        assert_eq!(env.files(), before, "{line}: nothing listens");
    }
}

/// An attempt whose outcome is not known stays so when its repetition is refused: the server may have carried it out.
#[test]
fn attempt_in_doubt_keeps_its_file_when_the_repetition_is_refused() {
    for (status, code, exit) in [
        (503, "unavailable", 8),
        (429, "rate_limited", 8),
        (403, "missing_permission", 4),
        (409, "name_taken", 6),
    ] {
        for line in INTO_FILE {
            let attempts = AtomicUsize::new(0);
            let stub = Stub::start(move |request| {
                if !is_write(request) {
                    return Answer::json(
                        200,
                        answers::of_platform(&request.method, request.path()).to_string(),
                    );
                }
                match attempts.fetch_add(1, Ordering::SeqCst) {
                    0 => Answer::HangUp,
                    _ => Answer::json(status, answers::problem(status, code, "no").to_string()),
                }
            });
            let env = with_token(&stub.url());
            env.sactl(line);
            let password = password_in(&env, "out").expect("the first attempt may have been carried out");
            env.sactl(line).refused(exit, "out.attempt");
            assert_eq!(password_in(&env, "out"), Some(password), "{status} {line}");
        }
    }
}

/// A file that is not of this attempt is never touched, and nothing is sent.
#[test]
fn file_of_something_else_is_refused_before_anything_is_sent() {
    let world = World::start();
    let proxy = Proxy::cutting(&world.url(), Cut::BeforeTheAnswer, ATTEMPTS, is_write);
    let env = world.admin().with("SACTL_SERVER", proxy.url());
    env.file("out", "precious\n");
    let refused = |line: &str, words: &str| {
        let before = (env.files(), proxy.lines().len());
        env.sactl(line).refused(1, words);
        assert_eq!((env.files(), proxy.lines().len()), before, "{line}");
    };
    for line in INTO_FILE {
        refused(line, "out exists, and");
    }
    env.sactl("passwd dormant-bot --generate --password-out other --yes").expect(8);
    let unfinished = "unfinished sactl passwd dormant-bot in company 1";
    let refused = |line: &str, words: &str| {
        let before = (env.files(), proxy.lines().len());
        env.sactl(line).refused(2, words);
        assert_eq!((env.files(), proxy.lines().len()), before, "{line}");
    };
    refused("passwd backup-runner --generate --password-out other --yes", unfinished);
    refused("create new-bot --generate --password-out other", unfinished);
    refused("passwd dormant-bot --company 2 --generate --password-out other --yes", unfinished);
    env.sactl("passwd dormant-bot --generate --password-out other --yes --dry-run").ok();
    env.sactl("passwd dormant-bot --generate --password-out other --yes").ok();
}

/// The account was made, and its password was changed since: the repetition says so.
#[test]
fn attempt_whose_password_was_changed_since_says_so() {
    let world = World::start();
    let proxy = Proxy::cutting(&world.url(), Cut::BeforeTheAnswer, ATTEMPTS, is_write);
    let env = world.admin().with("SACTL_SERVER", proxy.url());
    let line = "create changed-bot --generate --password-out out";
    env.sactl(line).expect(8);
    world.admin().sactl("passwd changed-bot --generate --yes").ok();
    env.sactl(line).refused(7, "its password was changed since");
}

/// Two commands with one file: the first one removed the password that the second one had set.
#[test]
fn file_that_another_command_uses_is_refused() {
    let world = World::start();
    let env = world.admin();
    let mut lock = std::fs::File::create(env.work().join("out.attempt")).unwrap();
    lock.write_all(b"of something else").unwrap();
    crate::cli::credentials::chmod(&env.work().join("out.attempt"), 0o600);
    lock.lock().unwrap();
    env.sactl("create busy-bot --generate --password-out out").refused(2, "another sactl is using out");
    assert!(!is_there(&env, "out"));
    drop(lock);
    env.sactl("create busy-bot --generate --password-out out").refused(1, "out.attempt exists, and");
    env.sactl("show busy-bot").expect(5);
}

/// P8, P36: `kill -9` after the request was sent loses no password, and the same command finishes the attempt.
#[test]
fn killed_command_is_finished_by_the_same_command() {
    let world = World::start();
    let proxy = Proxy::cutting(&world.url(), Cut::BeforeTheAnswer, ATTEMPTS, is_write);
    let env = world.admin().with("SACTL_SERVER", proxy.url());
    let words = ["create", "killed-bot", "--generate", "--password-out", "out"];
    let mut running = env.command().args(words).stderr(Stdio::piped()).spawn().unwrap();
    // It says that it tries again: the first attempt was carried out.
    let mut said = String::new();
    BufReader::new(running.stderr.take().unwrap()).read_line(&mut said).unwrap();
    assert!(said.contains("trying again"), "{said}");
    running.kill().unwrap();
    running.wait().unwrap();
    let password = password_in(&env, "out").unwrap();
    world.admin().sactl("show killed-bot").ok();
    env.run(words).ok();
    assert_eq!(password_in(&env, "out"), Some(password.clone()));
    assert!(signs_in(&world, "killed-bot", &password));
}

/// R22: `--password-out -` made a file of this name.
#[test]
fn dash_is_no_file() {
    let world = World::start();
    let admin = world.admin();
    let refused: Outcome = admin.sactl("create dash-bot --generate --password-out -");
    refused.refused(2, "remove it");
    assert!(!Path::new(&admin.work().join("-")).exists());
}
