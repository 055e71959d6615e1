//! `sactl grant`: access that is given, changed and adjusted, with flags and with questions.

use serde_json::json;

use super::acting::{ACME_OPERATOR, World, account};
use crate::common::http::Request;
use crate::common::proxy::{Cut, Proxy};
use crate::common::terminal::{DOWN, Terminal};

#[test]
fn grant_replaces_adjusts_and_revoke_removes() {
    let world = World::start();
    let admin = world.admin();
    let change = |line: &str| admin.sactl(&format!("{line} -o json")).ok().json();
    let replaced = change("grant dormant-bot --permission devices:view,alerts:view");
    assert_eq!(replaced["changed"], true);
    assert_eq!(replaced["access"]["role"], json!(null));
    assert_eq!(replaced["access"]["permissions"], json!(["alerts:view", "devices:view"]));
    let added = change("grant dormant-bot --add-permission devices:edit --remove-permission alerts:view");
    assert_eq!(added["access"]["permissions"], json!(["devices:edit", "devices:view"]));
    let again = change("grant dormant-bot --add-permission devices:edit");
    assert_eq!(again["changed"], false);
    let role = change("grant dormant-bot --role viewer");
    assert_eq!(role["access"]["role"], "viewer");
    let gone = change("revoke dormant-bot --yes");
    assert_eq!((&gone["changed"], &gone["account"]["access"]), (&json!(true), &json!(null)));
    assert_eq!(change("revoke dormant-bot --yes")["changed"], false);
}

/// `--yes` agrees to what is summed up, and answers no question.
#[test]
fn grant_offers_what_there_is_and_keeps_what_it_has() {
    let world = World::start();
    let admin = world.admin();
    let server = world.url();
    let mut terminal = Terminal::start(&admin, &format!("grant --yes --allow-http --server {server}"));
    terminal.wait_for("Which service account").press("backup\r");
    terminal.wait_for("here: devices:view").wait_for("Which access").press("\r");
    terminal.wait_for("Which permissions").press("alerts:view").wait_for("alerts:view").press(" \r");
    let (text, code) = terminal.finish();
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("in place of devices:view"), "{text}");
    let line = format!(
        "sactl grant backup-runner --company 1 --permission devices:view,alerts:view --server {server} \
         --allow-http"
    );
    assert!(text.contains(&line), "{text}");
    assert_eq!(
        account(&admin, "backup-runner")["access"]["permissions"],
        json!(["alerts:view", "devices:view"])
    );
}

/// What is chosen in a search leaves the search as it is, and Return alone gives least.
#[test]
fn nothing_is_given_by_a_slip_of_the_hand() {
    let world = World::start();
    let admin = world.admin();
    let mut terminal = Terminal::start(&admin, "grant dormant-bot");
    terminal.wait_for("Which access").press(&format!("{DOWN}\r"));
    terminal.wait_for("Which permissions").press("alerts:").wait_for("alerts:view");
    terminal.press(&format!(" {DOWN} {DOWN} {DOWN} \r"));
    terminal.wait_for("Apply?").type_line("");
    let (text, code) = terminal.finish();
    assert_eq!(code, 0, "{text}");
    let held = account(&admin, "dormant-bot")["access"]["permissions"].clone();
    assert_eq!(held, json!(["alerts:create", "alerts:delete", "alerts:edit", "alerts:view"]));
    admin.sactl("revoke dormant-bot --yes").ok();
    let mut terminal = Terminal::start(&admin, "grant dormant-bot");
    terminal.wait_for("Which access").press("\r");
    terminal.wait_for("Which role").press("\r");
    terminal.wait_for("the role viewer").wait_for("Apply?").type_line("");
    let (text, code) = terminal.finish();
    assert_eq!(code, 0, "{text}");
    assert_eq!(account(&admin, "dormant-bot")["access"]["role"], "viewer");
}

/// Only what one holds is offered.
#[test]
fn role_beyond_the_own_permissions_is_not_offered() {
    let world = World::start();
    let operator = world.acting(ACME_OPERATOR, 1);
    let mut terminal = Terminal::start(&operator, "grant dormant-bot");
    terminal.wait_for("Which access").press("\r");
    terminal
        .wait_for("Not offered, because you do not have all their permissions: company-admin")
        .wait_for_list("Which role");
    terminal.interrupt();
    let (text, code) = terminal.finish();
    assert_eq!(code, 130, "{text}");
}

/// The first answer was lost, and the repetition finds everything done: the answer does not deny the change.
#[test]
fn a_change_whose_first_answer_was_lost_is_not_denied() {
    let world = World::start();
    for (line, method) in
        [("grant dormant-bot --role viewer", "PUT"), ("revoke northwind-telemetry --yes", "DELETE")]
    {
        let is_put = |request: &Request| request.method == "PUT";
        let is_delete = |request: &Request| request.method == "DELETE";
        let wanted = if method == "PUT" { is_put } else { is_delete };
        let proxy = Proxy::cutting(&world.url(), Cut::BeforeTheAnswer, 1, wanted);
        let admin = world.admin().with("SACTL_SERVER", proxy.url());
        let answer = admin.sactl(&format!("{line} -o json")).ok().json();
        assert_eq!(answer["changed"], true, "{answer}");
        let again = admin.sactl(&format!("{line} -o json")).ok().json();
        assert_eq!(again["changed"], false, "{again}");
    }
}

/// A refused adjustment names the account and the company, and says whether there was any access.
#[test]
fn a_refused_adjustment_names_account_and_company() {
    let world = World::start();
    let admin = world.admin();
    for (line, why) in [
        ("grant dormant-bot --remove-permission devices:view", "dormant-bot has no access in Acme MSP (1)"),
        (
            "grant backup-runner --remove-permission devices:view",
            "backup-runner would have no permission left in Acme MSP (1)",
        ),
        (
            "grant northwind-telemetry --remove-permission devices:view",
            "northwind-telemetry has the role viewer in Acme MSP (1)",
        ),
    ] {
        admin.sactl(line).refused(7, why);
        let error = admin.sactl(&format!("{line} -o json")).error(7, "invalid_input");
        assert!(error["message"].as_str().unwrap().starts_with(why), "{error}");
    }
    admin.sactl("role edit viewer --permission devices:view").refused(7, "Acme MSP (1)");
}
