//! Help: of commands, on topics, and what a newcomer reads who types `sactl` alone.

use crate::common::env::Env;
use crate::common::stub::{Answer, Stub};

/// Every topic, by the overview of `sactl` alone.
fn topics() -> Vec<String> {
    let text = Env::new().run::<&str>([]).ok().stdout.clone();
    let (_, list) = text.split_once("sactl help TOPIC").unwrap();
    list.split([',', '\n']).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[test]
fn help_of_a_command_is_its_long_help() {
    let env = Env::new();
    for command in ["list", "create", "role create", "company use", "help"] {
        let help = env.sactl(&format!("help {command}"));
        let flag = env.sactl(&format!("{command} --help"));
        assert_eq!(help.ok().stdout, flag.ok().stdout, "{command}");
    }
    let overview = env.sactl("help");
    for words in ["-h", "-qh", "--company 1 -h"] {
        assert_eq!(overview.ok().stdout, env.sactl(words).ok().stdout, "{words}");
    }
}

#[test]
fn every_topic_is_shown_and_is_one_document_for_a_program() {
    let env = Env::new();
    let topics = topics();
    assert!(topics.len() >= 4, "{topics:?}");
    for topic in topics {
        let shown = env.sactl(&format!("help {topic}"));
        assert!(shown.ok().stdout.lines().count() > 10, "{shown}");
        assert!(shown.stdout.lines().all(|line| line == line.trim_end()), "{shown}");
        let document = env.sactl(&format!("help {topic} -o json")).ok().json();
        assert_eq!(document["name"], topic.as_str());
        assert_eq!(document["text"], shown.stdout.as_str());
    }
    assert_eq!(env.sactl("help list -o json").ok().json()["name"], "list");
}

#[test]
fn a_mistyped_topic_or_command_is_a_usage_error_that_names_its_neighbour() {
    let env = Env::new();
    for (line, near) in [
        ("help exitcodes", "sactl help exit-codes"),
        ("help environmnt", "sactl help environment"),
        ("help lst", "sactl help list"),
        ("help role creat", "sactl help role create"),
        ("help nothing-like-it", "sactl help"),
        ("help list nothing", "sactl help"),
        ("help exit-codes 4", "sactl help exit-codes"),
        ("help schemas accouts", "sactl help schemas accounts"),
        ("help schemas role lst", "sactl help schemas role list"),
    ] {
        env.sactl(line).refused(2, near);
        let error = env.sactl(&format!("{line} -o json")).error(2, "usage");
        assert!(error["hint"].as_str().unwrap().contains(near), "{error}");
    }
}

#[test]
fn every_document_has_a_schema_that_is_printed() {
    let env = Env::new();
    let topic = env.sactl("help schemas");
    for document in sactl::output::DOCUMENTS {
        assert!(topic.ok().stdout.contains(&format!("  {}  ", document.name)), "{}: {topic}", document.name);
        let printed = env.sactl(&format!("help schemas {}", document.name));
        assert_eq!(printed.ok().json(), document.schema());
        assert_eq!(
            env.sactl(&format!("help schemas {} -o json", document.name)).ok().json(),
            document.schema()
        );
        for command in document.commands {
            let same = env.sactl(&format!("help schemas {command}"));
            let named = sactl::output::document(command).unwrap_or(document);
            assert_eq!(same.ok().json(), named.schema(), "{command}");
        }
    }
    assert_eq!(env.run(["help", "schemas", "role list"]).ok().stdout, env.sactl("help schemas roles").stdout);
    let names = sactl::output::DOCUMENTS.iter().map(|document| format!("{}\n", document.name));
    assert_eq!(env.sactl("help schemas -o name").ok().stdout, names.collect::<String>());
}

/// A summary fits on a screen, and begins alike for every command.
#[test]
fn summaries_are_short() {
    let program = sactl::cli::command();
    let mut commands: Vec<(String, clap::Command)> =
        program.get_subcommands().map(|one| (one.get_name().to_owned(), one.clone())).collect();
    while let Some((path, command)) = commands.pop() {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        assert!(about.starts_with(char::is_uppercase) && !about.ends_with('.'), "{path}: {about}");
        // Not by the common way, which would find the password of the sample data in the help of sandbox.
        let summary = Env::new().command().args(path.split(' ')).arg("-h").output().unwrap();
        let summary = String::from_utf8(summary.stdout).unwrap();
        assert!(summary.contains("Usage:") && summary.lines().count() <= 48, "{path}:\n{summary}");
        let verbs = command.get_subcommands();
        commands.extend(verbs.map(|one| (format!("{path} {}", one.get_name()), one.clone())));
    }
}

/// The overview leads to every topic: hints send people there to see them.
#[test]
fn the_overview_shows_every_topic() {
    let env = Env::new();
    for line in ["help", "--help", "-h"] {
        let overview = env.sactl(line);
        for topic in sactl::manual::help::topics() {
            let shown = overview
                .ok()
                .stdout
                .lines()
                .any(|line| line.trim_start().starts_with(topic.name) && line.ends_with(topic.about));
            assert!(shown, "{line}: {}: {overview}", topic.name);
        }
    }
}

/// Every flag is listed, on few lines; `-h` leaves out what is seldom needed, and says so.
#[test]
fn the_overview_shows_every_flag() {
    let shown = Env::new().sactl("--help");
    let overview = shown.ok().stdout.clone();
    let program = sactl::cli::program();
    for flag in program.get_arguments().filter_map(clap::Arg::get_long) {
        let is_there =
            |line: &str| line.contains(&format!("--{flag} ")) || line.contains(&format!("--{flag}..."));
        assert!(overview.lines().any(is_there), "--{flag} is missing:\n{overview}");
    }
    assert!(overview.lines().count() <= 105, "{overview}");
    let summary = Env::new().sactl("-h").ok().stdout.clone();
    assert!(summary.contains("see more with '--help'") && !summary.contains("--cacert"), "{summary}");
}

/// `sactl` alone asks no server, whatever is wrong here, and says what to type next.
#[test]
fn alone_it_says_what_to_type_next() {
    let stub = Stub::always(Answer::json(500, "{}"));
    let broken = Env::new();
    std::fs::create_dir_all(broken.config()).unwrap();
    std::fs::write(broken.config().join("config.toml"), "[[[").unwrap();
    let server = || Env::new().with("SACTL_SERVER", stub.url());
    for (env, next) in [
        (Env::new(), "sactl login"),
        (broken, "sactl doctor"),
        (server(), "sactl login"),
        (server().with("SACTL_TOKEN", "sat_0123456789"), "sactl company use ID"),
        (server().with("SACTL_TOKEN", "sat_0123456789").with("SACTL_COMPANY", "1"), "sactl create NAME"),
    ] {
        let shown = env.run::<&str>([]);
        assert_eq!(shown.ok().stderr, "", "{shown}");
        assert!(shown.stdout.contains(next), "{next} is missing:\n{shown}");
        assert!(shown.stdout.contains("sactl help COMMAND"), "{shown}");
        assert!(!shown.stdout.contains("sat_"), "{shown}");
    }
    assert_eq!(stub.connections(), 0);
    Env::new().sactl("-o json").error(2, "usage");
}
