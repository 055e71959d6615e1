//! The list on terminals of several widths, whole, and for a screen reader.

use super::*;

/// What a terminal of so many columns shows.
fn on_terminal(answer: &impl Answer, width: u16, wide: bool) -> String {
    let now = "2026-11-22T12:00:00Z".parse().unwrap();
    let output_context =
        OutputContext { is_terminal: true, width: Some(width), wide, now, ..OutputContext::default() };
    let mut out = Vec::new();
    write(answer, &mut out, &output_context).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn columns_give_way_one_after_the_other() {
    insta::assert_snapshot!(on_terminal(&everything(), 100, false), @r"
    Owned by Acme MSP (1) — 3 accounts
    NAME              ACCESS                               COMPANIES  LAST USED    DESCRIPTION
    backup-runner     alerts:edit, alerts:view and 2 more  1          3 hours ago  Nightly jobs
    dormant-bot       none                                 0          never
    fleet-automation  operator                             1          3 hours ago  Nightly jobs

    External, with access to Acme MSP (1) — 1 account
    NAME                 ACCESS  OWNER                    DESCRIPTION
    northwind-telemetry  viewer  Northwind Logistics (2)  Nightly jobs
    ");
    insta::assert_snapshot!(on_terminal(&everything(), 80, false), @r"
    Owned by Acme MSP (1) — 3 accounts
    NAME              ACCESS                  COMPANIES  LAST USED    DESCRIPTION
    backup-runner     alerts:edit and 3 more  1          3 hours ago  Nightly jobs
    dormant-bot       none                    0          never
    fleet-automation  operator                1          3 hours ago  Nightly jobs

    External, with access to Acme MSP (1) — 1 account
    NAME                 ACCESS  OWNER                    DESCRIPTION
    northwind-telemetry  viewer  Northwind Logistics (2)  Nightly jobs
    ");
    insta::assert_snapshot!(on_terminal(&everything(), 60, false), @r"
    Owned by Acme MSP (1) — 3 accounts
    NAME              ACCESS         COMPANIES  LAST USED
    backup-runner     4 permissions  1          3 hours ago
    dormant-bot       none           0          never
    fleet-automation  operator       1          3 hours ago

    External, with access to Acme MSP (1) — 1 account
    NAME                 ACCESS  OWNER
    northwind-telemetry  viewer  Northwind Logistics (2)
    ");
}

/// F17: one long name turned every row of the table into labelled lines.
#[test]
fn one_long_name_does_not_ruin_the_table() {
    let mut long = backup();
    long.name = "a-name-of-sixty-four-characters-that-another-company-has-chosen-x".to_owned();
    let owned = Asked { only: Some(Ownership::Owned), ..Asked::default() };
    let accounts = vec![long.clone(), dormant(), fleet(), backup()];
    insta::assert_snapshot!(on_terminal(&list(accounts, owned), 80, false), @r"
    Owned by Acme MSP (1) — 4 accounts
    NAME              ACCESS                  COMPANIES  LAST USED    DESCRIPTION
    a-name-of-sixty-four-characters-that-another-company-has-chosen-x
                      alerts:edit and 3 more  1          3 hours ago  Nightly jobs
    dormant-bot       none                    0          never
    fleet-automation  operator                1          3 hours ago  Nightly jobs
    backup-runner     alerts:edit and 3 more  1          3 hours ago  Nightly jobs
    ");
    let described = |length| api::Account { description: Some("x".repeat(length)), ..long.clone() };
    let shown = on_terminal(&list(vec![described(500)], Asked::default()), 40, false);
    assert!(shown.lines().count() < 20 && shown.contains('…'), "{shown}");
}

#[test]
fn a_terminal_too_narrow_for_a_table_gets_labelled_lines() {
    insta::assert_snapshot!(on_terminal(&everything(), 40, false), @r"
    Owned by Acme MSP (1) — 3 accounts
    Name         backup-runner
    Access       alerts:edit, alerts:view
                 and 2 more
    Companies    1
    Last used    3 hours ago
    Description  Nightly jobs

    Name         dormant-bot
    Access       none
    Companies    0
    Last used    never

    Name         fleet-automation
    Access       operator
    Companies    1
    Last used    3 hours ago
    Description  Nightly jobs

    External, with access to Acme MSP (1)
    1 account
    Name         northwind-telemetry
    Access       viewer
    Owner        Northwind Logistics (2)
    Description  Nightly jobs
    ");
}

#[test]
fn a_whole_table_leaves_nothing_out() {
    insta::assert_snapshot!(on_terminal(&everything(), 200, true), @r"
    Owned by Acme MSP (1) — 3 accounts
    NAME              ID  ACCESS                                                COMPANIES  LAST USED    PASSWORD SET  CREATED      DESCRIPTION
    backup-runner     7   alerts:edit, alerts:view, devices:view, views:manage  1          3 hours ago  2 days ago    21 days ago  Nightly jobs
    dormant-bot       7   none                                                  0          never        2 days ago    21 days ago
    fleet-automation  7   operator                                              1          3 hours ago  2 days ago    21 days ago  Nightly jobs

    External, with access to Acme MSP (1) — 1 account
    NAME                 ID  ACCESS  OWNER                    PASSWORD SET  CREATED      DESCRIPTION
    northwind-telemetry  7   viewer  Northwind Logistics (2)  2 days ago    21 days ago  Nightly jobs
    ");
}

/// F36: `--wide` wrote other times and other words into the columns, and 200 columns did not show what 40 hid.
#[test]
fn a_wide_table_only_adds_columns_and_room_is_used() {
    let mut many = backup();
    let permissions = (0..9).map(|at| format!("devices:view{at}"));
    many.access.as_mut().unwrap().permissions = permissions.collect();
    let shown = |width, wide| on_terminal(&list(vec![many.clone(), fleet()], Asked::default()), width, wide);
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let (narrow, whole) = (shown(200, false), shown(300, true));
    assert!(narrow.contains("devices:view8") && !narrow.contains("more"), "{narrow}");
    for (line, wide) in narrow.lines().zip(whole.lines()) {
        let wide = words(wide);
        assert!(words(line).iter().all(|word| wide.contains(word)), "{line}\n{whole}");
    }
    assert!(shown(110, false).contains("devices:view2 and 6 more"), "{}", shown(110, false));
}

#[test]
fn a_screen_reader_gets_sentences_and_labels() {
    let now = "2026-11-22T12:00:00Z".parse().unwrap();
    let output_context =
        OutputContext { is_terminal: true, accessible: true, now, color: true, ..OutputContext::default() };
    let mut out = Vec::new();
    write(&everything(), &mut out, &output_context).unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r"
    Owned by Acme MSP (1): 3 accounts.
    Name: backup-runner
    Access: alerts:edit, alerts:view and 2 more
    Companies: 1
    Last used: 3 hours ago
    Description: Nightly jobs

    Name: dormant-bot
    Access: none
    Companies: 0
    Last used: never

    Name: fleet-automation
    Access: operator
    Companies: 1
    Last used: 3 hours ago
    Description: Nightly jobs

    External, with access to Acme MSP (1): 1 account.
    Name: northwind-telemetry
    Access: viewer
    Owner: Northwind Logistics (2)
    Description: Nightly jobs
    ");
}
