//! Commands that acted in another place than the one that was typed, and a `doctor` that saw nothing wrong.

use serde_json::Value;

use crate::cli::acting::{ACME_ADMIN, ACME_OPERATOR, NORTHWIND_ADMIN, World, sign_in};
use crate::cli::credentials::{Gateway, PASSWORD, USER, login, login_as, with_file_store};
use crate::common::env::Env;
use crate::common::output::SANDBOX_PASSWORD;
use crate::common::stub::Answer;

/// A machine with the profiles `dev` and `prod`, of which `prod` is the current one.
fn with_two_profiles(dev: &Gateway, prod: &Gateway) -> Env {
    let env = with_file_store();
    login(&env, &dev.url(), "--profile dev").ok();
    login(&env, &prod.url(), "--profile prod").ok();
    env
}

/// R3, P32: with `--profile dev` typed and `SACTL_SERVER=prod` set, a deletion went to prod with exit 0.
#[test]
fn typed_profile_against_another_server_in_the_environment_is_refused() {
    let (dev, prod) = (Gateway::start("dev"), Gateway::start("prod"));
    let mut env = with_two_profiles(&dev, &prod);
    let before = (dev.lines().len(), prod.lines().len());
    env.set("SACTL_SERVER", prod.url());
    for line in ["delete robot --yes", "list", "grant robot --role viewer", "logout"] {
        let refused = env.sactl(&format!("--profile dev {line} -o json"));
        let error = refused.error(2, "usage");
        let message = error["message"].as_str().unwrap();
        for part in ["--profile dev", &dev.url(), "SACTL_SERVER", &prod.url()] {
            assert!(message.contains(part), "{part}: {refused}");
        }
    }
    let login = ["--profile", "dev", "login", "--username", USER, "--password-stdin", "-o", "json"];
    env.run_with_input(login, PASSWORD).error(2, "usage");
    env.sactl("--profile dev doctor").expect(2);
    assert_eq!((dev.lines().len(), prod.lines().len()), before, "nothing is sent");

    env.set("SACTL_SERVER", dev.url());
    env.sactl("--profile dev whoami").ok();
    assert_eq!((dev.lines().len(), prod.lines().len()), (before.0 + 1, before.1));
    env.run(["--profile", "dev", "whoami", "--server", &prod.url()]).expect(3);
}

/// R3: credentials of the environment acted in place of those of the typed profile.
#[test]
fn typed_profile_against_other_credentials_in_the_environment_is_refused() {
    let (dev, prod) = (Gateway::start("dev"), Gateway::start("prod"));
    let before = |gateway: &Gateway| gateway.lines().len();
    for (variable, value) in [
        ("SACTL_TOKEN", "sat_other"),
        ("SACTL_USERNAME", "another-account"),
        ("SACTL_PASSWORD", PASSWORD),
        ("SACTL_PASSWORD_FILE", "/nonexistent"),
    ] {
        let mut env = with_two_profiles(&dev, &prod);
        env.set("SACTL_SERVER", dev.url());
        env.set(variable, value);
        let asked = before(&dev);
        let refused = env.sactl("--profile dev delete robot --yes -o json");
        let message = refused.error(2, "usage")["message"].as_str().unwrap().to_owned();
        assert!(message.contains("--profile dev") && message.contains(variable), "{refused}");
        assert!(!message.contains(PASSWORD) && !message.contains("sat_other"), "{refused}");
        assert_eq!(before(&dev), asked, "nothing is sent");
    }
    let mut env = with_two_profiles(&dev, &prod);
    env.set("SACTL_USERNAME", USER);
    env.sactl("--profile dev whoami").ok();
}

/// R3: the company of the environment stood above that of the typed profile; later, the command was refused.
#[test]
fn typed_profile_against_another_company_in_the_environment_acts_in_its_own() {
    let world = World::start();
    let mut env = world.signed_in(NORTHWIND_ADMIN);
    let name = world.url().trim_start_matches("http://").to_owned();
    for company in ["1", "2", "Northwind Logistics", "Nowhere"] {
        env.set("SACTL_COMPANY", company);
        let list = env.run(["--profile", &name, "list", "-o", "json"]).ok().json();
        assert_eq!(list["company"]["id"], 2, "{company}");
    }
    env.run(["--profile", &name, "--company", "1", "list"]).expect(5);
}

/// R3: a mistyped profile became the server and the token of the environment.
#[test]
fn typed_profile_that_does_not_exist_is_not_the_server_of_the_environment() {
    let prod = Gateway::start("prod");
    let env = Env::new().with("SACTL_SERVER", prod.url()).with("SACTL_TOKEN", "sat_x");
    env.sactl("--profile dve delete robot --yes -o json").error(5, "not_found");
    assert_eq!(prod.lines(), Vec::<String>::new());
}

/// R3: a new profile for the server of the environment is no conflict.
#[test]
fn sign_in_to_a_new_profile_takes_the_server_of_the_environment() {
    let prod = Gateway::start("prod");
    let env = with_file_store().with("SACTL_SERVER", prod.url()).with("SACTL_USERNAME", USER);
    env.run_with_input(["login", "--profile", "new", "--password-stdin"], PASSWORD).ok();
    env.sactl("--profile new whoami").ok();
}

/// R3: a write did not say at which server it was done.
#[test]
fn write_says_its_profile_or_server_and_company_and_account() {
    let world = World::start();
    let url = world.url();
    let name = url.trim_start_matches("http://");
    let (own, given) = (world.signed_in(ACME_ADMIN), world.admin());
    let by_profile = format!("; profile {name}");
    let by_server = format!("; server {url}");
    for (env, place) in [(&own, &by_profile), (&given, &by_server)] {
        for line in [
            "create place-bot --role viewer --generate",
            "edit place-bot --description new",
            "grant place-bot --role operator",
            "passwd place-bot --generate --yes",
            "revoke place-bot --yes",
            "delete place-bot --yes",
            "role create place-role --permission devices:view",
            "role edit place-role --add-permission alerts:view",
            "role delete place-role --yes",
        ] {
            let outcome = env.sactl(&format!("{line} --company 1"));
            for part in ["place-", "Acme MSP (1)", place.as_str()] {
                assert!(outcome.ok().stderr.contains(part), "{part}: {outcome}");
            }
        }
    }
}

/// F4: a new sign-in took the company of the profile that another user had used.
#[test]
fn sign_in_of_another_user_does_not_inherit_the_company() {
    let world = World::start();
    let env = world.stranger();
    let company = |user: &str| {
        sign_in(&env, user).ok();
        env.sactl("whoami -o json").ok().json()["company"]["id"].clone()
    };
    assert_eq!(company(NORTHWIND_ADMIN), 2);
    assert_eq!(company(ACME_ADMIN), Value::Null, "a member of 1 and 2 chooses");
    env.sactl("company use 2").ok();
    assert_eq!(company(ACME_OPERATOR), 1, "the only company is taken");
    assert_eq!(company(ACME_ADMIN), 2, "the company of one's own profile stays");

    let env = world.signed_in(NORTHWIND_ADMIN).with("SACTL_USERNAME", ACME_ADMIN);
    let env = env.with("SACTL_PASSWORD", SANDBOX_PASSWORD);
    env.sactl("list -o json").error(2, "no_company");
}

/// F5: `login --profile prod --server OTHER` pointed the profile at another server without a word.
#[test]
fn sign_in_over_a_profile_of_another_server_or_user_needs_a_confirmation() {
    let (dev, prod) = (Gateway::start("dev"), Gateway::start("prod"));
    let env = with_two_profiles(&dev, &prod);
    let config = || std::fs::read(env.config().join("config.toml")).unwrap();
    let (before, asked) = (config(), dev.lines().len());
    for (url, user) in [(dev.url(), USER), (prod.url(), "another-account")] {
        let refused = login_as(&env, &url, user, "--profile prod -o json");
        let message = refused.error(2, "confirmation_required")["message"].as_str().unwrap().to_owned();
        for part in ["prod", USER, user, &prod.url(), &url] {
            assert!(message.contains(part), "{part}: {refused}");
        }
    }
    assert_eq!((config(), dev.lines().len()), (before, asked), "nothing is stored or sent");
    login(&env, &prod.url(), "--profile prod").ok();
    login(&env, &dev.url(), "--profile prod --yes").ok();
    assert!(env.sactl("profile show prod").ok().stdout.contains(&dev.url()));
}

/// The check `sign-in` or `files` of a `doctor` that ends with `exit`.
#[track_caller]
fn doctor(env: &Env, exit: i32, name: &str) -> Value {
    let outcome = env.sactl("doctor -o json");
    outcome.expect(exit);
    let document = outcome.json();
    let checks = document["checks"].as_array().unwrap();
    checks.iter().find(|check| check["name"] == name).unwrap().clone()
}

/// F6: `doctor` ended with 0 after `logout`, with an ended token, and where no account had ever signed in.
#[test]
fn doctor_fails_where_the_next_command_cannot_sign_in() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    assert_eq!(doctor(&env, 3, "sign-in")["status"], "failed");
    login(&env, &gateway.url(), "").ok();
    assert_eq!(doctor(&env, 0, "sign-in")["status"], "ok");
    env.sactl("logout").ok();
    assert_eq!(doctor(&env, 3, "sign-in")["status"], "failed");

    gateway.set_lifetime(0);
    login(&env, &gateway.url(), "").ok();
    let check = doctor(&env, 3, "sign-in");
    assert!(check["message"].as_str().unwrap().contains("expired"), "{check}");
}

/// R8: `doctor` was content with a stored password that no longer signs in.
#[test]
fn doctor_signs_in_with_the_stored_password_and_leaves_no_token() {
    let gateway = Gateway::start("a");
    let env = with_file_store();
    login(&env, &gateway.url(), "--store-password").ok();
    assert_eq!(doctor(&env, 0, "sign-in")["status"], "ok");
    assert_eq!(gateway.sign_ins(), 2);
    assert!(gateway.lines().last().unwrap().ends_with("/revocation"));
    env.sactl("whoami").ok();
    assert_eq!(gateway.sign_ins(), 2, "the stored token is still good");

    let refusal = r#"{"error":"invalid_grant","error_description":"wrong name or password"}"#;
    gateway.answer_sign_in(Answer::json(400, refusal));
    assert_eq!(doctor(&env, 3, "sign-in")["status"], "failed");
    gateway.end_tokens();
    assert_eq!(doctor(&env, 3, "sign-in")["status"], "failed");
}

/// R8: `doctor` was content with a folder that cannot be written.
#[test]
fn doctor_fails_where_the_folder_cannot_be_written() {
    let mut env = with_file_store();
    if rustix::process::geteuid().is_root() {
        // AccessSpec do not stop root; this folder is root's own, and takes no file.
        env.set("SACTL_CONFIG_DIR", "/proc/sys");
    } else {
        std::fs::create_dir(env.config()).unwrap();
        crate::cli::credentials::chmod(&env.config(), 0o500);
    }
    let check = doctor(&env, 3, "files");
    assert_eq!(check["status"], "failed");
    assert!(check["message"].as_str().unwrap().contains("cannot write"), "{check}");
}

/// S16: the settings of another user, or that another user can change, decided without a word where a command goes.
#[test]
fn config_of_another_user_is_refused() {
    let env = with_file_store();
    std::fs::create_dir_all(env.config()).unwrap();
    let file = env.config().join("config.toml");
    std::fs::write(&file, "[profiles.a]\nserver = \"http://127.0.0.1:1\"\n").unwrap();
    env.sactl("profile list").ok();
    crate::cli::credentials::chmod(&file, 0o606);
    env.sactl("profile list").refused(2, "other users can change it");
    crate::cli::credentials::chmod(&file, 0o600);
    // Only root can give a file away.
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(&file, Some(1000), None).unwrap();
        env.sactl("profile list").refused(2, "belongs to another user");
    }
}
