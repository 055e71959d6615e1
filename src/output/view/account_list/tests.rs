use super::*;
use crate::api;
use crate::output::{AccountDetailView, Format, OutputContext, write};

fn company(id: i64, name: &str) -> Company {
    Company { id: crate::domain::CompanyId(id), name: name.to_owned() }
}

fn access(id: i64, name: &str, role: Option<&str>, permissions: &[&str]) -> api::Access {
    api::Access {
        company: company(id, name),
        role: role.map(str::to_owned),
        permissions: permissions.iter().collect(),
    }
}

fn account(name: &str, ownership: Ownership, owner: Company, access: Option<api::Access>) -> api::Account {
    let is_ours = ownership == Ownership::Owned;
    api::Account {
        id: crate::domain::AccountId(7),
        name: name.to_owned(),
        description: Some("Nightly jobs".to_owned()),
        ownership,
        owner,
        company_count: is_ours.then_some(u64::from(access.is_some())),
        access,
        created_at: "2026-11-01T08:00:00Z".parse().ok(),
        password_changed_at: "2026-11-20T08:30:00Z".parse().ok(),
        last_used_at: is_ours.then(|| "2026-11-22T09:00:00Z".parse().unwrap()),
        use_known: is_ours,
        companies: None,
    }
}

fn acme() -> Company {
    company(1, "Acme MSP")
}

fn fleet() -> api::Account {
    let role = access(1, "Acme MSP", Some("operator"), &["devices:view", "devices:edit", "alerts:view"]);
    account("fleet-automation", Ownership::Owned, acme(), Some(role))
}

fn backup() -> api::Account {
    let list = ["devices:view", "alerts:view", "alerts:edit", "views:manage"];
    account("backup-runner", Ownership::Owned, acme(), Some(access(1, "Acme MSP", None, &list)))
}

fn dormant() -> api::Account {
    let mut account = account("dormant-bot", Ownership::Owned, acme(), None);
    account.description = None;
    account.last_used_at = None;
    account
}

fn telemetry() -> api::Account {
    let owner = company(2, "Northwind Logistics");
    let role = access(1, "Acme MSP", Some("viewer"), &["devices:view"]);
    account("northwind-telemetry", Ownership::External, owner, Some(role))
}

fn list(accounts: Vec<api::Account>, asked: Asked) -> AccountListView {
    AccountListView::new(
        acme(),
        accounts.into_iter().map(|account| AccountRow::new(account, acme())).collect(),
        asked,
    )
}

fn shown(answer: &impl Answer, format: Option<Format>, width: Option<u16>) -> String {
    let now = "2026-11-22T12:00:00Z".parse().unwrap();
    let output_context = OutputContext { format, width, now, ..OutputContext::default() };
    let mut out = Vec::new();
    write(answer, &mut out, &output_context).unwrap();
    String::from_utf8(out).unwrap()
}

fn everything() -> AccountListView {
    list(vec![backup(), dormant(), fleet(), telemetry()], Asked::default())
}

/// Seed: "The interface distinguishes between accounts owned by your company and accounts that only have
/// access to it."
#[test]
fn owned_and_external_accounts_are_two_tables() {
    insta::assert_snapshot!(shown(&everything(), Some(Format::Table), Some(100)), @r"
    Owned by Acme MSP (1) — 3 accounts
    NAME              ACCESS                               COMPANIES  LAST USED             DESCRIPTION
    backup-runner     alerts:edit, alerts:view and 2 more  1          2026-11-22T09:00:00Z  Nightly jobs
    dormant-bot       none                                 0          never
    fleet-automation  operator                             1          2026-11-22T09:00:00Z  Nightly jobs

    External, with access to Acme MSP (1) — 1 account
    NAME                 ACCESS  OWNER                    DESCRIPTION
    northwind-telemetry  viewer  Northwind Logistics (2)  Nightly jobs
    ");
}

#[test]
fn empty_tables_say_what_to_do_next() {
    insta::assert_snapshot!(shown(&list(vec![], Asked::default()), Some(Format::Table), None), @r"
    Owned by Acme MSP (1) — no accounts
    Acme MSP (1) owns no service account yet. Create one with: sactl create NAME --role viewer --generate

    External, with access to Acme MSP (1) — no accounts
    No other company's account has access to Acme MSP (1). Give one access with: sactl grant NAME --role viewer
    ");
    let filtered = Asked {
        only: Some(Ownership::External),
        conditions: vec!["contains \"x\"".to_owned()],
        ..Asked::default()
    };
    insta::assert_snapshot!(shown(&list(vec![], filtered), Some(Format::Table), None), @r#"
    External, with access to Acme MSP (1) — no matching accounts
    None contains "x". See all with: sactl list
    "#);
}

#[test]
fn a_cut_list_does_not_pretend_to_be_whole() {
    let cut = Some(Cut { total: Some(9) });
    let cut = Asked { owned_cut: cut, external_cut: Some(Cut { total: None }), ..Asked::default() };
    insta::assert_snapshot!(shown(&list(vec![dormant(), telemetry()], cut), Some(Format::Table), None), @r"
    Owned by Acme MSP (1) — 1 of 9 accounts
    NAME         ACCESS  COMPANIES  LAST USED  DESCRIPTION
    dormant-bot  none    0          never

    External, with access to Acme MSP (1) — 1 account shown
    NAME                 ACCESS  OWNER                    DESCRIPTION
    northwind-telemetry  viewer  Northwind Logistics (2)  Nightly jobs
    ");
}

#[test]
fn colours_are_around_text_only() {
    let now = "2026-11-22T12:00:00Z".parse().unwrap();
    let output_context =
        OutputContext { is_terminal: true, width: Some(80), color: true, now, ..OutputContext::default() };
    let mut out = Vec::new();
    let owned = Asked { only: Some(Ownership::Owned), ..Asked::default() };
    write(&list(vec![dormant()], owned), &mut out, &output_context).unwrap();
    let text = String::from_utf8(out).unwrap().replace('\u{1b}', "^");
    insta::assert_snapshot!(text, @r"
    ^[1mOwned by Acme MSP (1)^[0m^[2m — 1 account^[0m
    ^[2mNAME^[0m         ^[2mACCESS^[0m  ^[2mCOMPANIES^[0m  ^[2mLAST USED^[0m  ^[2mDESCRIPTION^[0m
    ^[1mdormant-bot^[0m  ^[2mnone^[0m    0          ^[2mnever^[0m
    ");
}

#[test]
fn rows_in_a_pipe_start_with_whose_the_account_is() {
    let text = shown(&list(vec![fleet(), telemetry()], Asked::default()), None, None);
    insta::assert_snapshot!(text.replace('\t', "|"), @r"
    owned|fleet-automation|7|1|Acme MSP|operator|alerts:view,devices:edit,devices:view|1|2026-11-01T08:00:00Z|2026-11-20T08:30:00Z|2026-11-22T09:00:00Z|Nightly jobs|1|Acme MSP
    external|northwind-telemetry|7|2|Northwind Logistics|viewer|devices:view||2026-11-01T08:00:00Z|2026-11-20T08:30:00Z||Nightly jobs|1|Acme MSP
    ");
}

#[test]
fn csv_has_the_same_columns_and_a_header() {
    insta::assert_snapshot!(shown(&list(vec![fleet()], Asked::default()), Some(Format::Csv), None), @r#"
    ownership,name,id,owner_id,owner,role,permissions,company_count,created_at,password_changed_at,last_used_at,description,company_id,company
    owned,fleet-automation,7,1,Acme MSP,operator,"alerts:view,devices:edit,devices:view",1,2026-11-01T08:00:00Z,2026-11-20T08:30:00Z,2026-11-22T09:00:00Z,Nightly jobs,1,Acme MSP
    "#);
}

#[test]
fn names_stand_alone() {
    assert_eq!(
        shown(&everything(), Some(Format::Name), None),
        "backup-runner\ndormant-bot\nfleet-automation\nnorthwind-telemetry\n"
    );
}

#[test]
fn json_has_the_published_shape() {
    insta::assert_snapshot!(shown(&list(vec![dormant(), telemetry()], Asked::default()), Some(Format::Json), None), @r#"
    {
      "company": {
        "id": 1,
        "name": "Acme MSP"
      },
      "owned": [
        {
          "id": 7,
          "name": "dormant-bot",
          "description": null,
          "ownership": "owned",
          "owner": {
            "id": 1,
            "name": "Acme MSP"
          },
          "access": null,
          "company_count": 0,
          "created_at": "2026-11-01T08:00:00Z",
          "password_changed_at": "2026-11-20T08:30:00Z",
          "last_used_at": null,
          "use_known": true
        }
      ],
      "external": [
        {
          "id": 7,
          "name": "northwind-telemetry",
          "description": "Nightly jobs",
          "ownership": "external",
          "owner": {
            "id": 2,
            "name": "Northwind Logistics"
          },
          "access": {
            "company": {
              "id": 1,
              "name": "Acme MSP"
            },
            "role": "viewer",
            "permissions": [
              "devices:view"
            ]
          },
          "company_count": null,
          "created_at": "2026-11-01T08:00:00Z",
          "password_changed_at": "2026-11-20T08:30:00Z",
          "last_used_at": null,
          "use_known": false
        }
      ]
    }
    "#);
}

#[test]
fn jsonl_is_one_account_a_line() {
    let text = shown(&everything(), Some(Format::Jsonl), None);
    let names: Vec<_> = text
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["name"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(names, ["backup-runner", "dormant-bot", "fleet-automation", "northwind-telemetry"]);
}

#[test]
fn the_owner_sees_every_company_of_an_account() {
    let elsewhere = access(2, "Northwind Logistics", None, &["devices:view", "alerts:view"]);
    let companies = Some(vec![api::Access::clone(&fleet().access.unwrap()), elsewhere]);
    let view = AccountDetailView::from(api::AccountDetail {
        account: fleet(),
        companies,
        created_by: None,
        password_changed_by: None,
    });
    insta::assert_snapshot!(shown(&view, Some(Format::Table), Some(80)), @r"
    Name          fleet-automation
    Id            7
    Owner         Acme MSP (1)
    Description   Nightly jobs
    Access here   operator (3 permissions)
    Companies     1
    Created       2026-11-01T08:00:00Z
    Password set  2026-11-20T08:30:00Z
    Last used     2026-11-22T09:00:00Z

    Access in 2 companies
    COMPANY                  ACCESS
    Acme MSP (1)             operator (3 permissions)
    Northwind Logistics (2)  alerts:view, devices:view
    ");
}

/// Seed: "If your active company is not the owner of a service account, management is limited to your own
/// scope. You can: edit permissions, remove access."
#[test]
fn an_external_account_says_what_can_be_done_here() {
    let view = AccountDetailView::from(api::AccountDetail {
        account: telemetry(),
        companies: None,
        created_by: None,
        password_changed_by: None,
    });
    insta::assert_snapshot!(shown(&view, Some(Format::Table), Some(100)), @r"
    Name          northwind-telemetry
    Id            7
    Owner         Northwind Logistics (2)
    Description   Nightly jobs
    Access here   viewer (1 permission)
    Created       2026-11-01T08:00:00Z
    Password set  2026-11-20T08:30:00Z

    External account
    Only its owner can change its description, reset its password or delete it.
    Change its access here with: sactl grant northwind-telemetry --role ROLE
    Remove its access here with: sactl revoke northwind-telemetry
    ");
    insta::assert_snapshot!(shown(&view, Some(Format::Yaml), None), @r#"
    id: 7
    name: northwind-telemetry
    description: Nightly jobs
    ownership: external
    owner:
      id: 2
      name: Northwind Logistics
    access:
      company:
        id: 1
        name: Acme MSP
      role: viewer
      permissions:
      - devices:view
    company_count: null
    created_at: "2026-11-01T08:00:00Z"
    password_changed_at: "2026-11-20T08:30:00Z"
    last_used_at: null
    use_known: false
    companies: null
    created_by: null
    password_changed_by: null
    "#);
}

/// P5: a table is as safe as any other format.
#[test]
fn no_server_text_orders_the_terminal() {
    let mut evil = telemetry();
    evil.name = "a\u{1b}]52;c;x\u{7}\u{9b}2J".to_owned();
    evil.description = Some("x\r\ny\u{202e}z".to_owned());
    evil.owner = company(7, "\u{1b}[31mred");
    for format in [
        None,
        Some(Format::Table),
        Some(Format::Json),
        Some(Format::Jsonl),
        Some(Format::Csv),
        Some(Format::Yaml),
        Some(Format::Name),
    ] {
        let text = shown(&list(vec![evil.clone()], Asked::default()), format, Some(80));
        let ordering = |one: char| crate::text::sanitize::is_hidden(one) && !matches!(one, '\n' | '\t');
        assert!(!text.contains(ordering), "{format:?}: {text:?}");
        assert!(!text.contains('\r'));
    }
}

mod rooms;
