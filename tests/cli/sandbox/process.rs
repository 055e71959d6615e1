//! `sactl sandbox` as a process: its data, its environment, its end.

use std::process::Output;

use rustix::process::Signal;
use serde_json::Value;

use crate::api::process::{Running, command, temporary};
use crate::common::env::{Env, program};
use crate::common::platform::{PASSWORD, Server};
use crate::common::terminal::Terminal;

fn sandbox(env: &Env, words: &[&str]) -> Output {
    let output = command(env, &[&["sandbox", "--"], words].concat()).output().unwrap();
    assert_nothing_is_left(env);
    output
}

#[track_caller]
fn assert_nothing_is_left(env: &Env) {
    let left: Vec<_> = std::fs::read_dir(temporary(env)).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The first command that a newcomer tries.
#[test]
fn it_lists_three_owned_accounts_and_one_external() {
    let env = Env::new();
    let output = sandbox(&env, &["sactl", "list", "-o", "json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let list: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(list["company"]["name"], "Acme MSP");
    assert_eq!((list["owned"].as_array().unwrap().len(), list["external"].as_array().unwrap().len()), (3, 1));
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
}

#[test]
fn its_exit_code_is_that_of_the_command() {
    let env = Env::new();
    for (script, code) in
        [("exit 0", 0), ("exit 7", 7), ("exit 255", 255), ("kill -KILL $$", 137), ("kill -TERM $$", 143)]
    {
        assert_eq!(sandbox(&env, &["sh", "-c", script]).status.code(), Some(code), "{script}");
    }
    let missing = sandbox(&env, &["no-such-program"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("cannot start no-such-program"));
}

/// The command gets what is documented and no variable of ours from the outer environment.
#[test]
fn its_environment_is_the_documented_one() {
    let env = Env::new();
    let mut command = command(&env, &["sandbox", "--", "env"]);
    command
        .env("SACTL_TOKEN", "inherited")
        .env("SACTL_COMPANY", "9")
        .env("no_proxy", "example.com")
        .env("KEPT", "yes");
    let output = command.output().unwrap();
    let said = text(&output.stdout);
    let value = |name: &str| {
        let line = said.lines().find(|line| line.starts_with(&format!("{name}=")));
        line.map(|line| line[name.len() + 1..].to_owned())
    };
    let mut ours: Vec<_> =
        said.lines().filter_map(|line| line.strip_prefix("SACTL_")?.split('=').next()).collect();
    ours.sort_unstable();
    assert_eq!(ours, ["CONFIG_DIR", "CREDENTIAL_STORE", "SERVER"]);
    assert!(value("SACTL_SERVER").unwrap().starts_with("http://127.0.0.1:"));
    assert_eq!(value("SACTL_CREDENTIAL_STORE").as_deref(), Some("file"));
    assert_eq!(value("NO_PROXY").as_deref(), Some("127.0.0.1,localhost"));
    assert_eq!(value("KEPT").as_deref(), Some("yes"));
    let own = program();
    assert!(value("PATH").unwrap().starts_with(&format!("{}:", own.parent().unwrap().display())));
    assert!(!said.contains(PASSWORD));
}

/// The profile `sandbox` is signed in with its password stored; the folder is private.
#[test]
fn the_profile_is_signed_in() {
    let env = Env::new();
    let output = sandbox(&env, &["sactl", "whoami", "-o", "json"]);
    let me: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&me["profile"], &me["username"]), (&"sandbox".into(), &"admin@acme.example".into()));
    assert_eq!(me["company"]["id"], 1);
    let script = "stat -c %a $SACTL_CONFIG_DIR/.. $SACTL_CONFIG_DIR ../platform.db $SACTL_CONFIG_DIR/credentials/*; \
                  cat $SACTL_CONFIG_DIR/credentials/*";
    let script = format!("cd $SACTL_CONFIG_DIR && {script}");
    let said = text(&sandbox(&env, &["sh", "-c", &script]).stdout);
    assert!(said.starts_with("700\n700\n600\n600\n"), "{said}");
    assert!(said.contains(PASSWORD), "so that it outlives the token");
}

/// Setting a name and a password for one command uses another account.
#[test]
fn one_call_acts_as_somebody_else() {
    let env = Env::new();
    let script = format!(
        "SACTL_USERNAME=viewer@acme.example SACTL_PASSWORD='{PASSWORD}' sactl edit dormant-bot --description x; \
         echo $?; sactl edit dormant-bot --description x; echo $?"
    );
    assert_eq!(
        text(&sandbox(&env, &["sh", "-c", &script]).stdout)
            .lines()
            .filter(|line| line.len() == 1)
            .collect::<Vec<_>>(),
        ["4", "0"]
    );
}

/// Interrupts and SIGTERM reach the command, and nothing is left when it has ended.
#[test]
fn signals_reach_the_command() {
    for (signal, name, code) in
        [(Signal::TERM, "TERM", 42), (Signal::INT, "INT", 42), (Signal::HUP, "HUP", 42)]
    {
        let env = Env::new();
        let script = format!("trap 'exit {code}' {name}; echo ready; while :; do read -r line || :; done");
        let mut command = command(&env, &["sandbox", "--", "sh", "-c", &script]);
        command.stdin(std::process::Stdio::piped());
        let mut running = Running::start(command);
        assert_eq!(running.line(), "ready");
        running.signal(signal);
        assert_eq!(running.end().0.code(), Some(code), "{name}");
        assert_nothing_is_left(&env);
    }
    let env = Env::new();
    let mut running =
        Running::start(command(&env, &["sandbox", "--", "sh", "-c", "echo ready; exec sleep 600"]));
    assert_eq!(running.line(), "ready");
    running.signal(Signal::TERM);
    assert_eq!(running.end().0.code(), Some(143), "a command that does not care is ended by it");
    assert_nothing_is_left(&env);
}

/// Under another file name, `sactl` is still this program.
#[test]
fn sactl_is_this_program_under_any_name() {
    let env = Env::new();
    // A second name of the same file: a copy could still be open for writing in a process that another test forks.
    let beside = tempfile::tempdir_in(program().parent().unwrap()).unwrap();
    let other = beside.path().join("renamed");
    std::fs::hard_link(program(), &other).unwrap();
    let script = "readlink -f \"$(command -v sactl)\"; sactl company list -o json";
    let mut renamed = std::process::Command::new(&other);
    renamed.env_clear().envs(env.variables().iter().cloned()).args(["sandbox", "--", "sh", "-c", script]);
    let output = renamed.output().unwrap();
    let said = text(&output.stdout);
    assert!(said.starts_with(&format!("{}\n", other.canonicalize().unwrap().display())), "{said}");
    assert!(output.status.success() && said.contains("Northwind Logistics"), "{said}");
    assert_nothing_is_left(&env);
}

/// Another seed says itself who signs in where.
#[test]
fn a_seed_replaces_the_data() {
    let env = Env::new();
    let seed = "[sandbox]\nuser = 'a@x.example'\ncompany = 'Second'\n\
                [[company]]\nname = 'First'\n[[company]]\nname = 'Second'\n\
                [[user]]\nemail = 'a@x.example'\npassword_file = 'password'\n\
                access = [{ company = 1, role = 'viewer' }, { company = 2, role = 'operator' }]\n";
    std::fs::write(env.work().join("seed.toml"), seed).unwrap();
    std::fs::write(env.work().join("password"), "Own-Pass-1\n").unwrap();
    let run = |arguments: &[&str]| command(&env, arguments).output().unwrap();
    let output = run(&["sandbox", "--seed", "seed.toml", "--", "sactl", "whoami", "-o", "json"]);
    let me: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&me["username"], &me["company"]["name"]), (&"a@x.example".into(), &"Second".into()));
    for (broken, told) in [
        (seed.replace("[sandbox]\nuser = 'a@x.example'\ncompany = 'Second'\n", ""), "[sandbox]"),
        (seed.replace("company = 'Second'", "company = 'Third'"), "Third"),
        (seed.replace("user = 'a@x.example'", "user = 'b@x.example'"), "b@x.example"),
        (seed.replace("[[company]]", "[[compny]]"), "line"),
    ] {
        std::fs::write(env.work().join("seed.toml"), broken).unwrap();
        let output = run(&["sandbox", "--seed", "seed.toml", "--", "true"]);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains(told), "{told}: {}", text(&output.stderr));
        assert_nothing_is_left(&env);
    }
}

/// The sample data is the documented one.
#[test]
fn the_sample_data_is_the_documented_one() {
    let server = Server::sandbox();
    let mut lines = Vec::new();
    for name in [
        "admin@acme.example",
        "operator@acme.example",
        "viewer@acme.example",
        "admin@northwind.example",
        "admin@contoso.example",
        "fleet-automation",
        "backup-runner",
        "dormant-bot",
        "northwind-telemetry",
        "contoso-sync",
    ] {
        let me = server.sign_in(name).get("/api/users/me").data(200);
        let access = me["companies"].as_array().unwrap().iter().map(|access| {
            let what = access["role"].as_str().map_or(access["permissions"].to_string(), str::to_owned);
            format!("{} {}: {what}", access["company"]["id"], access["company"]["name"].as_str().unwrap())
        });
        lines.push(format!("{name}: {}", access.collect::<Vec<_>>().join(", ")));
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    admin@acme.example: 1 Acme MSP: company-admin, 2 Northwind Logistics: operator
    operator@acme.example: 1 Acme MSP: operator
    viewer@acme.example: 1 Acme MSP: viewer
    admin@northwind.example: 2 Northwind Logistics: company-admin
    admin@contoso.example: 3 Contoso Retail: company-admin, 4 Contoso Retail: company-admin
    fleet-automation: 1 Acme MSP: operator, 2 Northwind Logistics: operator
    backup-runner: 1 Acme MSP: ["devices:view"]
    dormant-bot: 
    northwind-telemetry: 1 Acme MSP: viewer, 2 Northwind Logistics: viewer
    contoso-sync: 3 Contoso Retail: viewer, 4 Contoso Retail: viewer
    "#);
    for (name, company, ownership) in [
        ("fleet-automation", 1, "owned"),
        ("northwind-telemetry", 2, "owned"),
        ("northwind-telemetry", 1, "external"),
    ] {
        let admin = server.sign_in("admin@acme.example");
        let shown = admin.get(&format!("/api/companies/{company}/service-accounts/{name}")).data(200);
        assert_eq!(shown["ownership"], ownership);
    }
    for name in ["admin@acme.example", "dormant-bot", "contoso-sync"] {
        assert_eq!(server.token_form(name, PASSWORD).status, 200, "{name}");
    }
    let contoso = server.sign_in("admin@contoso.example");
    assert_eq!(contoso.get("/api/companies/3/service-accounts/contoso-sync").data(200)["ownership"], "owned");
}

/// At a terminal an interrupt reaches the command once, from the terminal, and the sandbox waits for its end.
#[test]
fn an_interrupt_at_the_terminal_reaches_the_command_once() {
    let env = Env::new();
    let script =
        "n=0; trap 'n=$((n+1)); echo caught $n' INT; echo ready; read a; read b; echo total $n; exit 9";
    let mut command = env.command();
    command.args(["sandbox", "--", "sh", "-c", script]);
    let mut terminal = Terminal::program(&command);
    terminal.wait_for("ready").interrupt().wait_for("caught 1").type_line("").type_line("");
    let (text, code) = terminal.finish();
    assert!(text.contains("total 1\n") && code == 9, "{code}: {text}");
    assert_nothing_is_left(&env);
}
