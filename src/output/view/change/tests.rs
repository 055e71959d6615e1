use super::*;
use crate::output::{Format, OutputContext, write};

fn account() -> api::Account {
    serde_json::from_str(
        r#"{
            "id": 9, "name": "ci", "description": null, "ownership": "owned", "owner": {"id": 1, "name": "Acme MSP"},
            "access": null, "company_count": 0, "created_at": "2026-11-22T11:59:59Z",
            "password_changed_at": "2026-11-22T11:59:59Z", "last_used_at": null
        }"#,
    )
    .unwrap()
}

fn created(password: Option<&str>) -> CreatedView {
    let detail = api::AccountDetail {
        account: account(),
        companies: Some(vec![]),
        created_by: None,
        password_changed_by: None,
    };
    CreatedView::new(detail, password.map(Password::new))
}

fn granted(changed: bool) -> GrantView {
    let access = api::Access {
        company: Company { id: crate::domain::CompanyId(1), name: "Acme MSP".to_owned() },
        role: Some("viewer".to_owned()),
        permissions: ["devices:view"].into_iter().collect(),
    };
    let before = api::account::Before::Known(None);
    GrantView::from(api::account::AccessChange { account: account(), access, before, changed })
}

fn shown(answer: &impl Answer, format: Option<Format>) -> String {
    let now = "2026-11-22T12:00:00Z".parse().unwrap();
    let output_context = OutputContext { format, width: Some(80), now, ..OutputContext::default() };
    let mut out = Vec::new();
    write(answer, &mut out, &output_context).unwrap();
    String::from_utf8(out).unwrap()
}

fn document(answer: &impl Answer) -> serde_json::Value {
    serde_json::from_str(&shown(answer, Some(Format::Json))).unwrap()
}

fn keys(document: &serde_json::Value) -> Vec<&str> {
    document.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn a_generated_password_is_shown_once_and_clearly() {
    insta::assert_snapshot!(shown(&created(Some("Abc-123456!")), Some(Format::Table)), @r"
    Name          ci
    Id            9
    Owner         Acme MSP (1)
    Description   none
    Access here   none
    Companies     0
    Created       2026-11-22T11:59:59Z
    Password set  2026-11-22T11:59:59Z
    Last used     never

    Access in no company
    Give it access with: sactl grant ci --role viewer

    Password (shown only once)
    Abc-123456!
    ");
}

#[test]
fn a_pipe_gets_a_generated_password_alone() {
    assert_eq!(shown(&created(Some("Abc-123456!")), None), "Abc-123456!\n");
    assert_eq!(
        shown(&PasswordView::new(account(), Some(Password::new("Abc-123456!"))), None),
        "Abc-123456!\n"
    );
    assert!(shown(&created(None), None).starts_with("owned\tci\t9\t"));
}

#[test]
fn documents_have_a_password_only_where_it_is_shown() {
    let account = [
        "id",
        "name",
        "description",
        "ownership",
        "owner",
        "access",
        "company_count",
        "created_at",
        "password_changed_at",
        "last_used_at",
        "use_known",
        "companies",
        "created_by",
        "password_changed_by",
    ];
    assert_eq!(keys(&document(&created(None))), account);
    let with = document(&created(Some("Abc-123456!")));
    assert_eq!(keys(&with), [&account[..], &["password"]].concat());
    assert_eq!(with["password"], "Abc-123456!");
    assert_eq!(keys(&document(&PasswordView::new(self::account(), None))), ["account"]);
}

#[test]
fn changes_have_the_published_shape() {
    assert_eq!(keys(&document(&granted(true))), ["account", "access", "before", "changed"]);
    let company = Company { id: crate::domain::CompanyId(1), name: "Acme MSP".to_owned() };
    let removal = api::account::AccessRemoval { account: None, company, before: None, changed: true };
    let revoked = RevokeView::new(removal, "ci");
    assert_eq!(
        document(&revoked),
        serde_json::json!({"account": null, "company": {"id": 1, "name": "Acme MSP"}, "before": null, "changed": true})
    );
    assert_eq!(shown(&revoked, None), "external\tci\t1\tAcme MSP\ttrue\n");
    let deletion = api::account::Deletion { id: AccountId(9), name: "ci".to_owned(), deleted: true };
    let deleted = DeletedView::from(deletion);
    assert_eq!(document(&deleted), serde_json::json!({"id": 9, "name": "ci", "deleted": true}));
    assert_eq!(shown(&DeletedView::gone("ci"), Some(Format::Name)), "ci\n");
}

#[test]
fn csv_rows_are_as_wide_as_their_header() {
    let answers = [
        shown(&created(Some("Abc-123456!")), Some(Format::Csv)),
        shown(&created(None), Some(Format::Csv)),
        shown(&PasswordView::new(account(), None), Some(Format::Csv)),
        shown(&granted(false), Some(Format::Csv)),
        shown(&DeletedView::gone("ci"), Some(Format::Csv)),
    ];
    for answer in answers {
        let mut reader = csv::Reader::from_reader(answer.as_bytes());
        let width = reader.headers().unwrap().len();
        assert_eq!(reader.records().next().unwrap().unwrap().len(), width, "{answer}");
    }
}

#[test]
fn no_change_is_said() {
    insta::assert_snapshot!(shown(&granted(false), Some(Format::Table)), @r"
    Name     ci
    Company  Acme MSP (1)
    Access   viewer (1 permission)
    Changed  no (already set)
    ");
}
