//! Every command that prints data, in every form, against what is published about it: its schema, read strictly,
//! and its columns.

use std::collections::BTreeSet;

use sactl::output::{DOCUMENTS, Document, document, document_of};
use serde_json::Value;

use super::acting::{ACME_ADMIN, ACME_VIEWER, NORTHWIND_ADMIN, World, names, sign_in};
use crate::common::env::Env;
use crate::common::output::Outcome;

/// Every command that prints a document, in an order in which each finds what it needs; `@` stands for a word of the
/// form alone. The command is the text before the first word that is an argument.
const STORY: &[(&str, &str)] = &[
    ("whoami", ""),
    ("profile list", ""),
    ("profile show", ""),
    ("profile use", "here"),
    ("company list", ""),
    ("company show", "2"),
    ("company use", "1"),
    ("list", ""),
    ("show", "fleet-automation"),
    ("show", "northwind-telemetry"),
    ("create", "bot-@ --description Robot --role viewer --grant 2=devices:view --generate"),
    ("create", "mute-@ --generate --password-out mute-@.password"),
    ("edit", "bot-@ --description A,b;c"),
    ("passwd", "bot-@ --generate --yes"),
    ("passwd", "bot-@ --generate --password-out bot-@.password --yes"),
    ("grant", "bot-@ --permission devices:view,alerts:view"),
    ("revoke", "bot-@ --yes"),
    ("revoke", "northwind-telemetry --yes"),
    ("delete", "bot-@ --yes"),
    ("export", ""),
    ("matrix", "--companies all"),
    ("review export", ""),
    ("rotate", "dormant-bot --password-dir secrets-@ --yes"),
    ("diff", "-f fleet.yaml"),
    ("apply", "-f fleet.yaml"),
    ("onboard", "2 --like 1"),
    ("review apply", "review.csv --yes"),
    ("offboard", "2 --yes"),
    ("run undo", "last --yes"),
    ("run list", ""),
    ("run show", "last"),
    ("run resume", "last"),
    ("run retry", "last"),
    ("role create", "role-@ --permission devices:view"),
    ("role list", ""),
    ("role show", "operator"),
    ("role copy", "copied-@ --company 2 --companies 1"),
    ("role edit", "role-@ --add-permission alerts:view"),
    ("role delete", "role-@ --yes"),
    ("permission list", ""),
    ("audit", ""),
    ("api", "GET /api/companies/1/roles"),
    ("openapi", ""),
    ("help", "list"),
    ("doctor", ""),
    ("token", ""),
    ("logout", ""),
    ("profile edit", "here --policy server"),
    ("profile rename", "here there"),
    ("profile delete", "there"),
];

/// What a command prints for several accounts at once keeps to schemas of its own.
#[test]
fn several_accounts_in_one_answer_keep_to_their_schema() {
    let world = World::start();
    let env = world.admin();
    let asked = "show fleet-automation northwind-telemetry";
    let shown = env.sactl(&format!("{asked} -o json")).ok().json();
    fits(&shown, document("account-details").unwrap());
    for line in env.sactl(&format!("{asked} -o jsonl")).ok().json_lines() {
        fits(&line, document("account-detail").unwrap());
    }
}

/// The schema in which a field that it does not name is a mistake.
fn strict(mut schema: Value) -> Value {
    fn close(schema: &mut Value) {
        if schema["properties"].is_object() {
            schema["additionalProperties"] = false.into();
        }
        match schema {
            Value::Object(fields) => fields.values_mut().for_each(close),
            Value::Array(values) => values.iter_mut().for_each(close),
            _ => {}
        }
    }
    close(&mut schema);
    schema
}

#[track_caller]
fn fits(value: &Value, document: &Document) {
    let schema = strict(document.schema());
    let validator = jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap();
    let broken: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{} {error}", error.instance_path())).collect();
    assert!(broken.is_empty(), "{}: {broken:#?}\n{value:#}", document.name);
}

/// Runs the story in one form, in a place of its own where the admin has signed in, and hands on each answer.
fn tell(world: &World, form: &str, mut each: impl FnMut(&str, &Document, &Outcome)) {
    let env = world.stranger();
    let login =
        ["login", "--profile", "here", "--company", "1", "--username", ACME_ADMIN, "--password-stdin"];
    let password = format!("{}\n", crate::common::output::SANDBOX_PASSWORD);
    let flags = if form.is_empty() { vec![] } else { vec!["-o", form] };
    let outcome = env.run_with_input(login.iter().chain(&flags), &password);
    each("login", document_of("login").unwrap(), &outcome);
    for (command, arguments) in STORY {
        let unique = if form.is_empty() { "pipe" } else { form };
        let arguments = arguments.replace('@', unique);
        prepare(world, &env, command, unique);
        // A manifest is no row, and a review is CSV unless something else is asked for.
        let is_manifest = *command == "export" && !["json", "yaml"].contains(&form);
        if is_manifest || (*command == "review export" && form.is_empty()) {
            continue;
        }
        // No list of names shows a password: it is refused, and not what is looked at here.
        let is_lost = form == "name" && arguments.contains("--generate") && !arguments.contains("-out");
        let arguments =
            if is_lost { format!("{arguments} --password-out lost-{command}") } else { arguments };
        let words = [command, arguments.as_str()]
            .into_iter()
            .flat_map(str::split_whitespace)
            .chain(flags.iter().copied());
        each(&format!("{command} {arguments}"), document_of(command).unwrap(), &env.run(words));
    }
}

/// Makes what a command reads.
fn prepare(world: &World, env: &Env, command: &str, unique: &str) {
    match command {
        "role copy" => {
            let create = format!("role create copied-{unique} --permission devices:view");
            world.acting(NORTHWIND_ADMIN, 2).sactl(&create).ok();
        }
        "diff" => {
            let role = format!("{{company: 1, name: made-{unique}, permissions: [devices:view]}}");
            env.file("fleet.yaml", format!("version: 1\nroles:\n  - {role}\n"));
        }
        "review apply" => {
            let review = env.sactl("review export --company 2 -o csv").ok().stdout.clone();
            let decided = review.lines().map(|line| match line.strip_suffix(",,") {
                Some(row) if row.starts_with("fleet-automation") => format!("{row},revoke,moved\n"),
                Some(row) => format!("{row},keep,\n"),
                None => format!("{line}\n"),
            });
            env.file("review.csv", decided.collect::<String>());
        }
        _ => {}
    }
}

/// Insists that a command did what it does; one that compares has found a difference.
#[track_caller]
fn done<'a>(line: &str, outcome: &'a Outcome) -> &'a Outcome {
    outcome.expect(if line.starts_with("diff ") { 10 } else { 0 })
}

#[test]
fn the_story_has_every_command_that_prints_a_document() {
    let told: BTreeSet<&str> = STORY.iter().map(|(command, _)| *command).chain(["login"]).collect();
    let printed: BTreeSet<&str> = DOCUMENTS.iter().flat_map(|document| document.commands).copied().collect();
    assert_eq!(told, printed);
}

#[test]
fn every_json_document_keeps_to_its_schema() {
    let world = World::start();
    tell(&world, "json", |line, document, outcome| {
        assert_eq!(done(line, outcome).stderr, "", "{line}");
        fits(&outcome.json(), document);
    });
}

#[test]
fn every_json_line_keeps_to_the_schema_of_its_row() {
    let world = World::start();
    tell(&world, "jsonl", |line, printed, outcome| {
        assert_eq!(done(line, outcome).stderr, "", "{line}");
        let lines = outcome.json_lines();
        assert!(!lines.is_empty(), "{line}");
        for line in &lines {
            fits(line, document(printed.line).unwrap());
        }
    });
}

/// The YAML document is that of `-o json`, in YAML.
#[test]
fn every_yaml_document_says_what_json_says() {
    let world = World::start();
    let env = world.admin();
    for (command, arguments) in STORY.iter().filter(|(command, _)| reads(command)) {
        let answer = |form: &str| env.sactl(&format!("{command} {arguments} -o {form}"));
        let mut options = serde_saphyr::SerializerOptions::default();
        options.prefer_block_scalars = false;
        let json = answer("json").ok().json();
        let expected = serde_saphyr::to_string_with_options(&json, options).unwrap();
        assert_eq!(answer("yaml").ok().stdout.trim_end(), expected.trim_end(), "{command} {arguments}");
    }
    tell(&world, "yaml", |line, _, outcome| {
        assert_eq!(done(line, outcome).stderr, "", "{line}");
        assert!(!outcome.stdout.is_empty(), "{line}");
    });
}

/// Commands that change nothing and need nothing stored.
fn reads(command: &str) -> bool {
    ["list", "show", "company list", "company show", "role list", "role show", "permission list", "api"]
        .contains(&command)
}

#[test]
fn every_csv_has_the_published_columns() {
    let world = World::start();
    tell(&world, "csv", |line, document, outcome| {
        let mut reader = csv::Reader::from_reader(done(line, outcome).stdout.as_bytes());
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        assert_eq!(header, document.columns, "{line}");
        // The reader refuses a row of another length.
        assert!(reader.records().map(Result::unwrap).count() > 0, "{line}");
    });
}

#[test]
fn every_name_and_every_row_of_a_pipe_is_one_line() {
    tell(&World::start(), "name", |line, _, outcome| {
        assert!(!done(line, outcome).stdout.is_empty(), "{line}");
        assert!(outcome.stdout.lines().all(|name| !name.is_empty() && !name.contains('\t')), "{line}");
    });
    let mut silent = Vec::new();
    tell(&World::start(), "", |line, document, outcome| {
        let alone = ["api", "openapi", "help", "token"].contains(&document.name)
            || (line.contains("--generate") && !line.contains("-out"));
        let width = if alone { 1 } else { document.columns.len() };
        if done(line, outcome).stdout.is_empty() {
            silent.push(line.split(' ').next().unwrap().to_owned());
        } else if document.name != "help" {
            let cells = outcome.stdout.lines().map(|row| row.split('\t').count());
            assert!(cells.clone().all(|cells| cells == width), "{line}: {:?}", cells.collect::<Vec<_>>());
        }
    });
    assert_eq!(
        silent,
        ["login", "profile", "company", "logout", "profile", "profile", "profile"],
        "what changes only this machine is told in words"
    );
}

/// What a script compares from run to run has a stable order.
#[test]
fn rows_are_sorted_and_the_same_every_time() {
    let world = World::start();
    let env = world.admin();
    let list = env.sactl("list -o json").ok().json();
    for half in ["owned", "external"] {
        assert!(names(&list[half]).is_sorted_by_key(|name| name.to_lowercase()), "{list}");
    }
    let roles = env.sactl("role list -o name").ok().stdout.clone();
    assert!(roles.lines().is_sorted(), "{roles}");
    let permissions = |value: &Value| {
        let all =
            value["permissions"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned());
        all.collect::<Vec<_>>()
    };
    let whoami = env.sactl("whoami -o json").ok().json();
    assert!(permissions(&whoami).is_sorted() && !permissions(&whoami).is_empty(), "{whoami}");
    for (command, arguments) in STORY.iter().filter(|(command, _)| reads(command)) {
        let answer = || env.sactl(&format!("{command} {arguments}")).ok().stdout.clone();
        assert_eq!(answer(), answer(), "{command}");
    }
}

#[test]
fn every_error_document_keeps_to_its_schema() {
    let world = World::start();
    let (admin, viewer, nobody) = (world.admin(), world.acting(ACME_VIEWER, 1), Env::new());
    let weak = admin.file("weak", "weak\n");
    for (env, line, code) in [
        (&admin, "list --nonsense", 2),
        (&admin, "list --limit 0", 2),
        (&admin, "list --jq .[", 2),
        (&admin, "show nobody", 5),
        (&admin, "delete northwind-telemetry --yes", 4),
        (&admin, "delete fleet-automation", 2),
        (&admin, "create fleet-automation --generate", 6),
        (&admin, &format!("create ab! --password-file {weak}"), 7),
        (&admin, "grant dormant-bot --role no-such-role", 7),
        (&admin, "list --company Contoso", 5),
        (&viewer, "create x-bot --generate", 4),
        (&nobody, "list", 3),
        (&nobody, "list --server http://127.0.0.1:1 --timeout 1", 3),
    ] {
        let outcome = env.sactl(&format!("{line} -o json"));
        assert_eq!(outcome.expect(code).stdout, "", "{line}");
        let error: Value = serde_json::from_str(&outcome.stderr).unwrap();
        fits(&error, document("error").unwrap());
    }
}

/// A home with a signed-in user says the same with a stored profile.
#[test]
fn stored_profiles_keep_to_their_schema() {
    let world = World::start();
    let env = world.stranger();
    sign_in(&env, ACME_ADMIN).ok();
    for command in ["profile list", "profile show", "whoami"] {
        fits(&env.sactl(&format!("{command} -o json")).ok().json(), document_of(command).unwrap());
    }
}
