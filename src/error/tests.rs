use super::*;
use crate::text::{CommandLine, Hint};

/// Every row of the table, by its name, so that no code can be moved unnoticed.
#[test]
fn every_code_has_its_exit_code() {
    let table = [
        (1, "internal bad_response io output"),
        (2, "usage config confirmation_required no_company malformed method_not_allowed"),
        (3, "not_signed_in unauthenticated invalid_grant mfa_required unauthorized_client credential_store"),
        (4, "missing_permission not_owner escalation self_modification"),
        (5, "not_found"),
        (6, "name_taken role_in_use ambiguous_company plan_stale guard"),
        (7, "invalid_input"),
        (8, "unreachable timeout outcome_unknown rate_limited unavailable"),
        (9, "partial"),
        (130, "interrupted"),
    ];
    let mut seen = 0;
    for (exit, codes) in table {
        for name in codes.split(' ') {
            let code = Code::parse(name).unwrap();
            assert_eq!(CliError::new(code, "x").exit_code(), exit, "{name}");
            seen += 1;
        }
    }
    assert_eq!(seen, Code::ALL.len());
}

#[test]
fn text_shows_causes_rules_and_hints_on_their_own_lines() {
    let error = CliError::invalid_input(vec![
        Violation::new("password", "password_policy", "at least 8 characters"),
        Violation::new("name", "invalid_name", "two\nlines"),
    ])
    .caused_by(std::io::Error::other("deep\u{1b}[31m"))
    .hint("do this");
    assert_eq!(
        error.to_text(None),
        "error: the input breaks these rules: deep\\u{1b}[31m\n  password: at least 8 characters\n  \
         name: two\\nlines\nhint: do this\n"
    );
}

#[test]
fn one_broken_rule_is_told_once() {
    let error = CliError::invalid_input(vec![Violation::new("name", "invalid_name", "too short")]);
    assert_eq!(error.to_text(None), "error: too short\n");
}

#[test]
fn the_document_has_only_what_there_is() {
    let document = CliError::usage("unknown\u{9b} flag").to_document();
    assert_eq!(
        document,
        "{\"error\":{\"code\":\"usage\",\"message\":\"unknown\\u009b flag\",\"exit_code\":2}}\n"
    );
    let full = CliError::invalid_input(vec![Violation::new("password", "password_policy", "short")])
        .hint("a")
        .hint("b")
        .to_document();
    assert_eq!(
        full,
        "{\"error\":{\"code\":\"invalid_input\",\"message\":\"short\",\"hint\":\"a; b\",\"exit_code\":7,\
         \"errors\":[{\"field\":\"password\",\"code\":\"password_policy\",\"message\":\"short\"}]}}\n"
    );
}

#[test]
fn a_closed_pipe_is_a_quiet_success_and_a_full_disk_is_not() {
    assert_eq!(CliError::answer(std::io::ErrorKind::BrokenPipe.into()).exit_code(), 0);
    assert_eq!(CliError::answer(std::io::ErrorKind::StorageFull.into()).exit_code(), 1);
}

#[test]
fn only_an_outcome_in_doubt_names_the_command_that_shows_the_state() {
    let mut failed_there = crate::client::Error::new(Code::Internal, "oops");
    failed_there.status = Some(500);
    assert_eq!(CliError::from(failed_there).state_shown_by(CommandLine::new("show x")).hints().len(), 1);
    assert!(CliError::internal("here").state_shown_by(CommandLine::new("show x")).hints().is_empty());

    let refused: Result<()> =
        Err::<(), _>(CliError::new(Code::NotOwner, "no")).state_shown_by(|| CommandLine::new("show x"));
    assert!(refused.unwrap_err().hints().is_empty());
    let unknown: Result<()> = Err::<(), _>(CliError::new(Code::OutcomeUnknown, "cut"))
        .state_shown_by(|| CommandLine::new("show x"));
    assert_eq!(
        unknown.unwrap_err().hints(),
        [CommandLine::new("show x").after("check the current state with: ")]
    );
}

#[test]
fn a_lost_answer_is_told_even_when_only_the_reader_went_away() {
    assert_eq!(CliError::answer(std::io::ErrorKind::BrokenPipe.into()).told().exit_code(), 1);
}

#[test]
fn a_hint_that_fits_better_takes_the_place_and_none_leaves_it() {
    let error = || CliError::usage("x").hint("general");
    assert_eq!(error().rather_hint(["special"]).hints(), [Hint::from("special")]);
    assert_eq!(error().rather_hint([""; 0]).hints(), [Hint::from("general")]);
}
