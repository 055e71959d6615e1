//! What a daily admin trips over: long answers, names, rows, times and words of other programs.

use std::fmt::Write as _;
use std::os::unix::process::CommandExt as _;

use serde_json::json;

use crate::cli::acting::{ACME_ADMIN, CONTOSO_ADMIN, World, names};
use crate::cli::completion::{candidates, known};
use crate::common::env::{Env, program};
use crate::common::output::SANDBOX_PASSWORD;
use crate::common::platform::{SANDBOX, Server};
use crate::common::terminal::Terminal;

/// A provider with access in as many companies, the last of which is Company 30.
fn provider() -> (Server, Env) {
    let mut seed = String::new();
    for number in 1..=30 {
        let _ = writeln!(seed, "[[company]]\nname = \"Company {number}\"");
    }
    let access: Vec<String> =
        (1..=30).map(|number| format!("{{ company = {number}, role = \"viewer\" }}")).collect();
    let hash = SANDBOX.lines().find(|line| line.starts_with("password_hash")).unwrap();
    let _ = writeln!(seed, "[[user]]\nemail = \"msp@a.example\"\n{hash}\naccess = [{}]", access.join(", "));
    let server = Server::seeded(&seed);
    let env = Env::new().with("SACTL_SERVER", server.url()).with("SACTL_USERNAME", "msp@a.example");
    (server, env.with("SACTL_PASSWORD", SANDBOX_PASSWORD))
}

/// F15, F16: `whoami` with 200 companies was 210 lines, and "no company is chosen" one line of 5 KB.
#[test]
fn an_answer_about_many_companies_is_cut_with_a_count() {
    let (_server, env) = provider();
    let shown = env.sactl("whoami --company 30 -o table").ok().stdout.clone();
    assert!(shown.lines().count() < 25 && shown.contains("and 20 more"), "{shown}");
    let active = shown.lines().find(|line| line.contains("active"));
    assert!(active.is_some_and(|line| line.contains("Company 30")), "{shown}");
    let whole = env.sactl("whoami -o json").ok().json();
    assert_eq!(whole["companies"].as_array().unwrap().len(), 30);
    let refused = env.sactl("list");
    refused.refused(2, "and 22 more").refused(2, "sactl company list");
    assert!(refused.stderr.lines().all(|line| line.chars().count() < 300), "{refused}");
}

/// F18: `list --limit 3` said that the company owns nothing, because the external accounts came first.
#[test]
fn a_limit_is_applied_to_each_table() {
    let world = World::start();
    let admin = world.admin();
    let list = admin.sactl("list --limit 1 -o json").ok().json();
    assert_eq!(names(&list["owned"]), ["backup-runner"]);
    assert_eq!(names(&list["external"]), ["northwind-telemetry"]);
    let table = admin.sactl("list --limit 1 -o table").ok().stdout.clone();
    assert!(table.contains("1 of 3 accounts"), "{table}");
}

/// F20: `company use "big msp"` was refused with "did you mean Big MSP (1)?".
#[test]
fn a_company_is_found_without_regard_to_case_where_one_is_called_so() {
    let world = World::start();
    let env = world.signed_in(ACME_ADMIN);
    env.run(["company", "use", "acme msp"]).ok();
    assert_eq!(env.sactl("company show -o json").ok().json()["id"], 1);
    let list = env.run(["list", "--company", "NORTHWIND logistics", "-o", "json"]);
    assert_eq!(list.ok().json()["company"]["id"], 2);
    let whoami = env.run(["whoami", "--company", "northwind logistics", "-o", "json"]);
    assert_eq!(whoami.ok().json()["company"]["id"], 2);
    let both = world.acting(CONTOSO_ADMIN, 3);
    both.run(["company", "show", "contoso retail"]).refused(6, "3, 4");
}

/// F23: files of 200 companies could not be put together, because no row named its company.
#[test]
fn rows_of_a_list_carry_the_company() {
    let world = World::start();
    let admin = world.admin();
    let csv = admin.sactl("list -o csv").ok().stdout.replace('"', "");
    let mut lines = csv.lines();
    assert!(lines.next().unwrap().ends_with(",company_id,company"), "{csv}");
    assert!(lines.all(|line| line.ends_with(",1,Acme MSP")), "{csv}");
    let piped = admin.sactl("list").ok().stdout.clone();
    assert!(piped.lines().all(|line| line.ends_with("\t1\tAcme MSP")), "{piped}");
    for row in admin.sactl("list -o jsonl").ok().json_lines() {
        assert_eq!(row["company"], json!({"id": 1, "name": "Acme MSP"}));
        assert_eq!((&row["company_id"], &row["use_known"]), (&json!(1), &json!(row["ownership"] == "owned")));
    }
    let chosen = admin.sactl("list --owned --columns company,name -o csv").ok().stdout.clone();
    assert!(chosen.starts_with("company,name\nAcme MSP,backup-runner\n"), "{chosen}");
}

/// F24: times had one, two, three or six digits behind the second, and `jq 'fromdate'` failed on them.
#[test]
fn times_are_whole_seconds() {
    let world = World::start();
    let admin = world.admin();
    let made = admin.sactl("create timely --role viewer --generate -o json").ok().json();
    let user = world.at("timely", 1).with("SACTL_PASSWORD", made["password"].as_str().unwrap());
    user.sactl("whoami").ok();
    let seen = admin.sactl("show timely -o json").ok().json();
    for field in ["created_at", "password_changed_at", "last_used_at"] {
        let time = seen[field].as_str().unwrap();
        assert!(time.len() == "2026-01-31T12:00:00Z".len() && time.ends_with('Z'), "{field}: {time}");
    }
    let raw = admin.sactl("api GET /api/companies/1/service-accounts/timely -o json").ok().json();
    assert_eq!(raw["data"]["created_at"], seen["created_at"]);
}

/// R15: `--description "- text"` was taken for a flag.
#[test]
fn free_text_may_begin_with_a_dash() {
    let world = World::start();
    let admin = world.admin();
    admin.run(["create", "dashed", "--generate", "--role", "viewer", "--description", "- made by CI"]).ok();
    admin.run(["edit", "dormant-bot", "--description", "-> gateway"]).ok();
    assert_eq!(admin.sactl("show dashed -o json").ok().json()["description"], "- made by CI");
    assert_eq!(admin.run(["list", "--search", "-> gate", "-o", "name"]).ok().stdout, "dormant-bot\n");
}

/// R12: without a home and an entry in the password file, every call failed, also one that needs nothing of it.
#[test]
fn a_call_that_brings_everything_needs_no_home() {
    let world = World::start();
    let mut env = world.acting(ACME_ADMIN, 1);
    let broken = env.config().join("config.toml");
    std::fs::create_dir_all(env.config()).unwrap();
    std::fs::write(&broken, "not = [toml").unwrap();
    env.sactl("list").ok();
    env.sactl("list --profile acme").refused(2, "config.toml");
    for name in ["HOME", "SACTL_CONFIG_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
        env.unset(name);
    }
    env.sactl("list").ok();
    if !rustix::process::getuid().is_root() {
        return;
    }
    // A user without an entry, as in a container.
    let copy = std::env::temp_dir().join(format!("sactl-homeless-{}", std::process::id()));
    std::fs::copy(program(), &copy).unwrap();
    let mut command = std::process::Command::new(&copy);
    command.arg("list").env_clear().envs(env.variables().iter().cloned()).current_dir("/").uid(54_321);
    // While another test starts a process, that process may hold the copy open for writing.
    let is_busy = |error: &std::io::Error| error.kind() == std::io::ErrorKind::ExecutableFileBusy;
    let output = loop {
        match command.output() {
            Err(error) if is_busy(&error) => std::thread::yield_now(),
            output => break output,
        }
    };
    std::fs::remove_file(&copy).unwrap();
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// F28: `--help` was 95 to 136 lines, of which 74 were the same options in every command.
#[test]
fn help_of_a_command_shows_its_own_options_and_where_the_others_are() {
    let env = Env::new();
    for command in ["list", "create", "role edit", "company use"] {
        for flag in ["--help", "-h"] {
            let help = env.sactl(&format!("{command} {flag}")).ok().stdout.clone();
            assert!(help.contains("sactl help options") && !help.contains("--credential-store"), "{help}");
        }
    }
    assert!(env.sactl("company use --help").ok().stdout.lines().count() < 30);
    let options = env.sactl("help options").ok().stdout.clone();
    for flag in ["--company", "--credential-store", "--no-pager", "--arg"] {
        assert!(options.contains(flag), "{flag}: {options}");
    }
}

/// F28: the TAB key of fish showed 19 flags of every command before those of this one.
#[test]
fn flags_of_the_command_are_completed_first() {
    let env = Env::new().with("SACTL_COMPLETE", "fish");
    let answer = env.run(["--", "sactl", "list", "--"]).ok().stdout.clone();
    let place = |flag: &str| answer.lines().position(|line| line.starts_with(flag)).unwrap();
    assert!(place("--owned") < place("--company") && place("--limit") < place("--profile"), "{answer}");
}

/// F29: `ls`, `rm`, `get`, `new` and `version` were answered with `permission` or nothing.
#[test]
fn words_of_other_programs_are_understood() {
    let world = World::start();
    let admin = world.admin();
    assert_eq!(admin.sactl("ls -o name").ok().stdout, admin.sactl("list -o name").ok().stdout);
    admin.sactl("new short --role viewer --generate").ok();
    admin.sactl("get short --columns name -o table").ok();
    admin.sactl("rm short --yes").ok();
    assert_eq!(admin.sactl("version").ok().stdout, admin.sactl("--version").ok().stdout);
    for (typed, meant) in [
        ("update", "sactl edit"),
        ("describe", "sactl show"),
        ("auth", "sactl login"),
        ("lst", "sactl list"),
        ("role lst", "sactl role list"),
    ] {
        let refused = admin.sactl(typed);
        refused.refused(2, &format!("hint: did you mean: {meant}\n"));
        assert!(refused.stderr.starts_with("error: there is no command"), "{refused}");
    }
    assert!(
        !admin.sactl("zzz").refused(2, "hint: list the commands with: sactl help").stderr.contains("mean")
    );
    let refused = admin.sactl("list --nonsense");
    assert!(
        refused
            .refused(2, "hint: list the options with: sactl help list")
            .stderr
            .lines()
            .all(|line| !line.is_empty()),
        "{refused}"
    );
}

/// F30: the shell of the sandbox looked like every other shell.
#[test]
fn the_sandbox_says_who_you_are_and_how_to_leave() {
    let env = Env::new().with("SHELL", "/bin/sh");
    let mut terminal = Terminal::start(&env, "sandbox");
    terminal.wait_for("you are admin@acme.example in Acme MSP (1)").wait_for("exit").type_line("exit");
    let (text, code) = terminal.finish();
    assert!(code == 0 && text.contains("The sandbox has ended"), "{text}");
    assert!(!env.sactl("sandbox -- true").ok().stderr.contains("Sandbox:"));
}

/// F27: the format of a seed file was described nowhere.
#[test]
fn the_seed_of_the_help_is_one() {
    let env = Env::new();
    let help = env.sactl("help seed").ok().stdout.clone();
    let example: String = help.lines().skip_while(|line| !line.contains("[[company]]\u{0}")).collect();
    assert!(example.is_empty());
    let (_, example) = help.split_once("Example\n").unwrap();
    let example: String = example.lines().flat_map(|line| [line.trim_start(), "\n"]).collect();
    let seed = env.file("seed.toml", example);
    let env = env.with("ADMIN_PASSWORD", SANDBOX_PASSWORD).with("FLEET_PASSWORD", SANDBOX_PASSWORD);
    let listed = env.run(["sandbox", "--seed", &seed, "--", "sactl", "list", "-o", "name"]);
    assert_eq!(listed.ok().stdout, "fleet-automation\n");
}

/// `role create --from`, and patterns of permissions: 12 names had to be typed.
#[test]
fn permissions_are_taken_from_a_role_and_from_a_pattern() {
    let world = World::start();
    let admin = world.admin();
    admin.run(["role", "create", "tech", "--from", "viewer", "--permission", "devices:*"]).ok();
    let has = |line: &str| -> Vec<String> {
        let permissions = admin.sactl(line).ok().json()["permissions"].clone();
        serde_json::from_value(permissions).unwrap()
    };
    let (tech, viewer) = (has("role show tech -o json"), has("role show viewer -o json"));
    assert!(viewer.iter().all(|one| tech.contains(one)), "{tech:?}");
    let more: Vec<_> = tech.iter().filter(|one| !viewer.contains(one)).collect();
    assert!(!more.is_empty() && more.iter().all(|one| one.starts_with("devices:")), "{more:?}");
    let granted = admin.run(["grant", "dormant-bot", "--permission", "alerts:*", "-o", "json"]).ok().json();
    let granted: Vec<String> = serde_json::from_value(granted["access"]["permissions"].clone()).unwrap();
    assert!(granted.len() > 1 && granted.iter().all(|one| one.starts_with("alerts:")), "{granted:?}");
    let refused = admin.run(["grant", "dormant-bot", "--permission", "alrts:*"]);
    refused.refused(7, "no permission matches alrts:*");
    admin.sactl("role create empty").refused(2, "--permission");
}

/// R21: `--jq` had no `--arg`.
#[test]
fn jq_knows_the_texts_of_arg() {
    let world = World::start();
    let admin = world.admin();
    let expression = ".owned[] | select(.name == $wanted) | .name + $end";
    let chosen =
        admin.run(["list", "--jq", expression, "--arg", "wanted", "dormant-bot", "--arg", "end", "\"-"]);
    assert_eq!(chosen.ok().stdout, "dormant-bot\"-\n");
    admin.run(["list", "--arg", "a", "b"]).refused(2, "--jq");
    admin.run(["list", "--jq", ".", "--arg", "a b", "c"]).refused(2, "a name has");
}

/// F38: the README named three of the pages of topics, and one that did not exist.
#[test]
fn the_readme_names_every_page_of_a_topic() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let pages = std::fs::read_dir(root.join("man")).unwrap().map(|page| page.unwrap().file_name());
    let named: Vec<String> = pages
        .map(|page| page.into_string().unwrap())
        .filter(|page| !page.ends_with(".1"))
        .map(|page| page.replace('.', "(") + ")")
        .collect();
    assert!(named.len() > 4 && named.iter().all(|page| readme.contains(page)), "{named:?}");
}

/// R22: with a relative `HOME`, credentials were written below the working directory.
#[test]
fn a_relative_home_is_no_home() {
    let world = World::start();
    let mut env = world.stranger();
    for name in ["SACTL_CONFIG_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
        env.unset(name);
    }
    env.set("HOME", "relative");
    let login = ["login", "--username", ACME_ADMIN, "--password-stdin", "--company", "1"];
    env.run_with_input(login, SANDBOX_PASSWORD).refused(2, "HOME is unset or not an absolute path");
    assert!(!env.work().join("relative").exists());
}

/// F35: `grant` without anything said that the access is missing, and nothing of the name.
#[test]
fn grant_says_everything_that_is_missing() {
    let world = World::start();
    let admin = world.admin();
    admin.sactl("grant").refused(2, "the account name is missing").refused(2, "what access to give");
    let without_access = admin.sactl("grant dormant-bot");
    assert!(!without_access.refused(2, "what access to give").stderr.contains("name is missing"));
}

/// F37: that a token is faster for a loop than a password was written nowhere.
#[test]
fn the_help_says_how_a_loop_signs_in_once() {
    let help = Env::new().sactl("help scripting").ok().stdout.clone();
    assert!(help.contains("SACTL_TOKEN=$(sactl token)"), "{help}");
}

/// A mistyped option was answered with a usage line of another option, and a group without its command with its help as
/// an error.
#[test]
fn wrong_options_and_missing_commands_say_what_was_meant() {
    let env = Env::new();
    for (line, expected) in [
        ("list --ownd", "error: sactl list has no option --ownd\nhint: did you mean --owned?\n"),
        ("list --ownd=x", "error: sactl list has no option --ownd\nhint: did you mean --owned?\n"),
        ("list --outpt json", "hint: did you mean --output?\n"),
        ("login --serer x", "hint: did you mean --server?\n"),
        ("--profil x", "hint: did you mean --profile?\n"),
        ("list -A", "hint: did you mean --companies all?\n"),
        ("api --generate", "hint: --generate is an option of sactl create, sactl passwd\n"),
        ("delete x --force", "hint: did you mean --yes?\n"),
        ("list --username x", "hint: --username is an option of sactl login\n"),
        ("--nonsense", "error: sactl has no option --nonsense\nhint: list the options with: sactl help\n"),
        (
            "list a-bot",
            "error: sactl list takes no further argument: a-bot\nhint: show one account with: sactl show a-bot\n",
        ),
        ("edit a-bot b", "hint: see its arguments with: sactl help edit\n"),
        ("list -o jsn", "hint: did you mean json?\n"),
        ("list -o wide", "hint: did you mean --wide?\n"),
        ("role", "error: sactl role needs a command: list, show, create, copy, edit, delete\n"),
        ("role", "hint: see what each does with: sactl help role\n"),
    ] {
        env.sactl(line).refused(2, expected);
    }
}

/// TAB offered a name again that was on the line already.
#[test]
fn a_name_on_the_line_is_not_completed_again() {
    let world = World::start();
    let env = world.admin();
    let offered = |line: &str| candidates(&env, known(&env, line));
    assert_eq!(offered("sactl show dormant-bot fleet"), ["fleet-automation"]);
    assert!(!offered("sactl show dormant-bot ").contains(&"dormant-bot".to_owned()));
}

/// In a pipe, a dry run showed its request and not what the server said to it.
#[test]
fn a_dry_run_in_a_pipe_says_what_would_change() {
    let world = World::start();
    let admin = world.admin();
    let tried = admin.sactl("grant dormant-bot --role viewer --dry-run");
    assert_eq!(tried.ok().stdout.lines().count(), 1, "{tried}");
    let told = "nothing was changed; dormant-bot would have viewer in Acme MSP (1); now: no access";
    assert!(tried.stderr.contains(told), "{tried}");
}

/// An empty file in place of a password was answered with every rule for passwords.
#[test]
fn an_empty_password_is_told_as_empty() {
    let world = World::start();
    let admin = world.admin();
    admin
        .run_with_input(["create", "x-bot", "--password-stdin"], "")
        .refused(2, "no password in standard input");
    let file = admin.file("nothing", "\n");
    admin.run(["passwd", "dormant-bot", "--yes", "--password-file", &file]).refused(2, "no password in");
}

/// After `logout`, "nothing is stored for" did not say that this means not signed in.
#[test]
fn a_command_after_logout_says_not_signed_in() {
    let world = World::start();
    let env = world.signed_in(ACME_ADMIN);
    env.sactl("logout").ok();
    env.sactl("list --company 1").refused(3, "not signed in");
}
