//! Names that are nearly right: the refusal says which one was probably meant, in words and in the document, before
//! anything else that helps. A suggestion never shows a name that the caller may not see.

use super::acting::{ACME_ADMIN, CONTOSO_ADMIN, World};
use crate::common::env::Env;

/// A line with a slip, its exit and error code, and what was probably meant.
type Slip = (&'static str, i32, &'static str, &'static str);

/// Insists on the suggestion, as the first hint in words and at the beginning of the hint in the document.
#[track_caller]
fn assert_suggested(env: &Env, (line, exit, code, meant): Slip) {
    let words = env.sactl(line);
    words.refused(exit, "error: ");
    let hint = words.stderr.lines().find_map(|line| line.strip_prefix("hint: "));
    assert_eq!(hint, Some(meant), "{line}: {words}");
    let document = env.sactl(&format!("{line} -o json")).error(exit, code);
    assert!(document["hint"].as_str().unwrap().starts_with(meant), "{line}: {document}");
}

/// The admin of company 1, with a profile.
fn at_home(world: &World) -> Env {
    let env = world.signed_in(ACME_ADMIN);
    env.sactl("company use 1").ok();
    env
}

const ACCOUNTS: [Slip; 7] = [
    ("show backup-runer", 5, "not_found", "did you mean backup-runner?"),
    ("show telemetry", 5, "not_found", "did you mean northwind-telemetry?"),
    ("edit fleet-automatoin --description x", 5, "not_found", "did you mean fleet-automation?"),
    ("passwd dormant-bt --generate --yes", 5, "not_found", "did you mean dormant-bot?"),
    ("delete dormantbot --yes", 5, "not_found", "did you mean dormant-bot?"),
    ("grant northwind-telemtry --role viewer", 5, "not_found", "did you mean northwind-telemetry?"),
    ("revoke backup_runner --yes", 5, "not_found", "did you mean backup-runner?"),
];

const COMPANIES: [Slip; 5] = [
    ("list --company Northwnd", 5, "not_found", "did you mean Northwind Logistics (2)?"),
    ("company show acm", 5, "not_found", "did you mean Acme MSP (1)?"),
    ("company use logistic", 5, "not_found", "did you mean Northwind Logistics (2)?"),
    (
        "create a-bot --generate --grant Northwnd=viewer",
        5,
        "not_found",
        "did you mean Northwind Logistics (2)?",
    ),
    ("role list --company Acme", 5, "not_found", "did you mean Acme MSP (1)?"),
];

const ROLES: [Slip; 7] = [
    ("create a-bot --generate --role viwer", 7, "invalid_input", "did you mean the role viewer?"),
    ("create a-bot --generate --grant 2=opertor", 7, "invalid_input", "did you mean the role operator?"),
    ("grant dormant-bot --role watchr", 7, "invalid_input", "did you mean the role watcher?"),
    ("role show oprator", 5, "not_found", "did you mean the role operator?"),
    ("role edit wacher --add-permission devices:view", 5, "not_found", "did you mean the role watcher?"),
    ("role delete watchers --yes", 5, "not_found", "did you mean the role watcher?"),
    ("role show comapny-admin", 5, "not_found", "did you mean the role company-admin?"),
];

const PERMISSIONS: [Slip; 6] = [
    (
        "create a-bot --generate --permission devices:veiw",
        7,
        "invalid_input",
        "did you mean devices:view instead of devices:veiw?",
    ),
    (
        "create a-bot --generate --grant 2=devices:view,alert:view",
        7,
        "invalid_input",
        "did you mean alerts:view instead of alert:view?",
    ),
    (
        "grant dormant-bot --permission device:view",
        7,
        "invalid_input",
        "did you mean devices:view instead of device:view?",
    ),
    (
        "grant backup-runner --add-permission devics:edit",
        7,
        "invalid_input",
        "did you mean devices:edit instead of devics:edit?",
    ),
    (
        "role create mine --permission audting:view",
        7,
        "invalid_input",
        "did you mean auditing:view instead of audting:view?",
    ),
    (
        "role edit watcher --add-permission vpn-network:view",
        7,
        "invalid_input",
        "did you mean vpn-networks:view instead of vpn-network:view?",
    ),
];

#[test]
fn a_mistyped_name_of_the_platform_is_answered_with_the_right_one() {
    let world = World::start();
    let admin = at_home(&world);
    admin.sactl("role create watcher --permission devices:view").ok();
    for slip in ACCOUNTS.into_iter().chain(COMPANIES).chain(ROLES).chain(PERMISSIONS) {
        assert_suggested(&admin, slip);
    }
}

const PROFILES: [Slip; 5] = [
    ("profile show wrok", 5, "not_found", "did you mean work?"),
    ("profile use Work", 5, "not_found", "did you mean work?"),
    ("profile delete wok", 5, "not_found", "did you mean work?"),
    ("list --profile worc", 5, "not_found", "did you mean work?"),
    ("whoami --profile wor", 5, "not_found", "did you mean work?"),
];

/// Profiles are known here: no server is asked.
#[test]
fn a_mistyped_profile_is_answered_with_the_right_one() {
    let world = World::start();
    let env = world.stranger().with("SACTL_PROFILE", "work");
    super::acting::sign_in(&env, ACME_ADMIN).ok();
    let mut env = env;
    for name in ["SACTL_PROFILE", "SACTL_SERVER"] {
        env.unset(name);
    }
    drop(world);
    for slip in PROFILES {
        assert_suggested(&env, slip);
    }
    env.sactl("profile show holiday").refused(5, "hint: list them with: sactl profile list\n");
}

/// What is like nothing is answered with the way to see what there is.
#[test]
fn nothing_is_suggested_for_nonsense() {
    let world = World::start();
    let admin = world.admin();
    for (line, exit, way) in [
        ("show zzz", 5, "sactl list --company 1"),
        ("list --company zzz", 5, "sactl company list"),
        ("role show zzz", 5, "sactl role list --company 1"),
        ("grant dormant-bot --role zzz", 7, "sactl role list --company 1"),
        ("grant dormant-bot --permission zzz", 7, "sactl permission list"),
    ] {
        let refused = admin.sactl(line);
        refused.refused(exit, way);
        assert!(!refused.stderr.contains("did you mean"), "{line}: {refused}");
    }
}

/// Accounts, companies and roles of others are never suggested.
#[test]
fn nobody_learns_what_they_may_not_see() {
    let world = World::start();
    let admin = at_home(&world);
    world.acting(CONTOSO_ADMIN, 3).sactl("role create till-watcher --permission devices:view").ok();
    for line in [
        "show contoso-synk",
        "grant contoso-synk --role viewer",
        "company use Contoso",
        "list --company Retail",
        "role show till-watchr",
        "grant dormant-bot --role till-watchr",
    ] {
        let refused = admin.sactl(line);
        let text = refused.stderr.to_lowercase();
        assert!(matches!(refused.code(), Some(5 | 7)), "{line}: {refused}");
        assert!(
            !["sync", "retail (", "till-watcher"].iter().any(|name| text.contains(name)),
            "{line}: {refused}"
        );
    }
}

/// A command without its arguments names them, and shows a call that has them.
#[test]
fn a_missing_argument_is_named_with_an_example() {
    let env = Env::new();
    for (line, missing, example) in [
        ("rotate", "sactl rotate needs <NAME>...", "sactl rotate 'fleet-*' --password-dir secrets --dry-run"),
        ("onboard 2", "sactl onboard needs --like <ID|NAME>", "sactl onboard"),
        ("offboard", "sactl offboard needs <ID|NAME>", "sactl offboard 2 --dry-run"),
        ("review apply", "sactl review apply needs <FILE>", "sactl review apply review.csv --dry-run"),
        ("run show", "sactl run show needs <ID>", "sactl run show last"),
        (
            "role create night",
            "the permissions of the role night are missing",
            "sactl role create night --permission",
        ),
        ("edit", "name of the service account and its new description", "sactl edit NAME --description TEXT"),
        (
            "edit backup-runner",
            "description of backup-runner is missing",
            "sactl edit backup-runner --description",
        ),
        ("role edit", "the name of the role is missing", "sactl role edit NAME --add-permission PERMISSION"),
        (
            "role edit night",
            "no permission given for the role night",
            "sactl role edit night --add-permission",
        ),
    ] {
        let outcome = env.sactl(line);
        outcome.refused(2, missing);
        assert!(outcome.stderr.contains(example), "{line}: {outcome}");
        assert!(!outcome.stderr.contains("--yes"), "an example asks first: {outcome}");
    }
    let refused = env.run(["create", "bad name", "--generate"]);
    refused.refused(7, "\"bad name\" is no account name: ");
}
