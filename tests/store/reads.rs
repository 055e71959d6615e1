//! Lists: their order, their pages, their filters, and what they cost.

use sactl::api::Code;
use sactl::api::account::{AccountQuery, CreateAccount};
use sactl::api::company::CompanyQuery;
use sactl::api::envelope::PageQuery;
use sactl::api::role::CreateRole;
use sactl::domain::Ownership;
use sactl::platform::service::{account, company, role};

use super::story::{new_account, role_of};
use super::{ACME, NORTHWIND, World, code, on, on_both, rules, sign};
use crate::common::context::calling;
use crate::common::database::Database;

on_both!(
    pages_follow_the_bytes_of_names,
    filters_narrow,
    cursors_belong_to_their_list,
    companies_page,
    roles_page,
    no_text_upsets_the_database
);

async fn pages(world: &World, query: &AccountQuery) -> Vec<Vec<String>> {
    let admin = world.acting("admin@acme.example", ACME).await;
    let mut query = query.clone();
    let mut pages = Vec::new();
    loop {
        let page = account::list(&admin, &query).await.unwrap();
        pages.push(page.data.into_iter().map(|account| account.name).collect());
        query.cursor = page.next;
        if query.cursor.is_none() {
            return pages;
        }
    }
}

async fn create(world: &World, names: &[&str]) {
    let admin = world.acting("admin@acme.example", ACME).await;
    for name in names {
        let request = CreateAccount { description: Some(format!("100% {name}_x")), ..new_account(name) };
        account::create(&admin, request, None).await.unwrap();
    }
}

/// A linguistic order would ignore the punctuation.
async fn pages_follow_the_bytes_of_names(database: Database) {
    let world = World::sandbox(database).await;
    create(&world, &["a_b", "A-c", "a.a", "aab", "a+z"]).await;
    let query = AccountQuery { page_size: Some(3), ..AccountQuery::default() };
    assert_eq!(
        pages(&world, &query).await,
        [
            vec!["a+z", "A-c", "a.a"],
            vec!["a_b", "aab", "backup-runner"],
            vec!["dormant-bot", "fleet-automation", "northwind-telemetry"],
        ]
    );
    for size in [0, 1001] {
        let admin = world.acting("admin@acme.example", ACME).await;
        let query = AccountQuery { page_size: Some(size), ..AccountQuery::default() };
        assert_eq!(code(account::list(&admin, &query).await), Code::Malformed);
    }
}

async fn filters_narrow(database: Database) {
    let world = World::sandbox(database).await;
    create(&world, &["alpha", "beta"]).await;
    let all = async |query: AccountQuery| pages(&world, &query).await.concat();
    let search = |text: &str| AccountQuery { search: Some(text.into()), ..AccountQuery::default() };
    assert_eq!(all(search("100% ALPHA_X")).await, ["alpha"]);
    assert_eq!(all(search("%")).await, ["alpha", "beta"]);
    assert_eq!(all(search("a_x")).await, ["alpha", "beta"]);
    assert_eq!(all(search("FLEET")).await, ["fleet-automation"]);
    assert_eq!(all(search("a_b")).await, Vec::<String>::new());
    let role = AccountQuery { role: Some("viewer".into()), ..AccountQuery::default() };
    assert_eq!(all(role).await, ["northwind-telemetry"]);
    let external = AccountQuery { ownership: Some(Ownership::External), ..AccountQuery::default() };
    assert_eq!(all(external).await, ["northwind-telemetry"]);
    let owned = AccountQuery { ownership: Some(Ownership::Owned), ..AccountQuery::default() };
    assert_eq!(all(owned).await.len(), 5);
}

async fn cursors_belong_to_their_list(database: Database) {
    let world = World::sandbox(database).await;
    let admin = world.acting("admin@acme.example", ACME).await;
    let query = AccountQuery { page_size: Some(1), ..AccountQuery::default() };
    let first = account::list(&admin, &query).await.unwrap();
    assert_eq!((first.data.len(), first.total), (1, Some(4)));
    let next = AccountQuery { cursor: first.next, ..query };
    let second = account::list(&on(&world.other_node().await, &admin), &next).await.unwrap();
    assert_eq!((second.data[0].name.as_str(), second.total), ("dormant-bot", None));
    let elsewhere = world.acting("admin@acme.example", NORTHWIND).await;
    assert_eq!(code(account::list(&elsewhere, &next).await), Code::Malformed);
    let filtered = AccountQuery { search: Some("o".into()), ..next };
    assert_eq!(code(account::list(&admin, &filtered).await), Code::Malformed);
}

async fn companies_page(database: Database) {
    let world = World::sandbox(database).await;
    let contoso = calling(&world.platform, &world.caller("admin@contoso.example").await);
    let query = CompanyQuery { page_size: Some(1), ..CompanyQuery::default() };
    let first = company::list(&contoso, &query).await.unwrap();
    assert_eq!((first.data[0].id.0, first.total), (3, Some(2)));
    let second = CompanyQuery { cursor: first.next, ..query };
    let second = company::list(&contoso, &second).await.unwrap();
    assert_eq!((second.data[0].id.0, second.next), (4, None));
    let named = CompanyQuery { name: Some("Acme MSP".into()), ..CompanyQuery::default() };
    assert_eq!(company::list(&contoso, &named).await.unwrap().total, Some(0));
}

/// Default and custom roles in one order, each page with the holders of its roles.
async fn roles_page(database: Database) {
    let world = World::sandbox(database).await;
    let admin = world.acting("admin@acme.example", ACME).await;
    for name in ["aa", "night", "zz"] {
        let permissions = vec!["devices:view".to_owned()];
        role::create(&admin, CreateRole { name: name.into(), permissions }).await.unwrap();
    }
    account::set_access(&admin, "dormant-bot", role_of("zz")).await.unwrap();
    let mut query = PageQuery { page_size: Some(2), ..PageQuery::default() };
    let (mut rows, mut totals) = (Vec::new(), Vec::new());
    loop {
        let page = role::list(&admin, &query).await.unwrap();
        rows.extend(page.data.into_iter().map(|role| (role.name, role.default, role.holders)));
        totals.push(page.total);
        query.cursor = page.next;
        if query.cursor.is_none() {
            break;
        }
    }
    let whole = role::list(&admin, &PageQuery::default()).await.unwrap().data;
    assert_eq!(
        rows,
        whole.into_iter().map(|role| (role.name, role.default, role.holders)).collect::<Vec<_>>()
    );
    assert_eq!(totals[0], Some(rows.len() as u64));
    assert!(totals[1..].iter().all(Option::is_none));
    assert!(rows.is_sorted() && rows.contains(&("aa".into(), false, Some(0))), "{rows:?}");
    assert!(
        rows.contains(&("zz".into(), false, Some(1)))
            && rows.contains(&("company-admin".into(), true, Some(1)))
    );
}

/// What no rule admits is looked up all the same, and simply not there.
async fn no_text_upsets_the_database(database: Database) {
    let world = World::sandbox(database).await;
    let (p, admin) = (&world.platform, world.acting("admin@acme.example", ACME).await);
    for odd in ["\0", "a\0b", "' OR 1 = 1 --", "\u{fffd}\u{202e}", &"x".repeat(60_000)] {
        assert_eq!(code(account::show(&admin, odd).await), Code::NotFound);
        assert_eq!(code(account::delete(&admin, odd).await), Code::NotFound);
        assert_eq!(code(role::show(&admin, odd).await), Code::NotFound);
        assert_eq!(code(role::delete(&admin, odd).await), Code::NotFound);
        assert_eq!(code(sign(p, odd, odd).await), Code::InvalidGrant);
        let given = account::set_access(&admin, "dormant-bot", role_of(odd)).await;
        assert_eq!(rules(given), ["unknown_role"]);
        let query = AccountQuery { search: Some(odd.into()), ..AccountQuery::default() };
        match account::list(&admin, &query).await {
            Ok(page) => assert_eq!(page.total, Some(0)),
            Err(refused) => assert_eq!(refused.code, Code::Malformed),
        }
    }
}
