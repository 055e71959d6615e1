//! What the server tells: companies with as many service accounts as their number says, in pages made
//! beforehand with the types of the wire contract.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use sactl::api::{Access, Account, Page};
use sactl::domain::{AccountId, Company, CompanyId, Ownership, PermissionSet};

/// Rows of a page, as the program asks for them.
pub(crate) const PAGE: usize = 1000;

/// The companies that there are: the number is also that of their accounts.
pub(crate) const COMPANIES: [usize; 3] = [100, 10_000, 100_000];

/// Every page of every company, as JSON.
pub(crate) struct Pages(BTreeMap<usize, Vec<String>>);

impl Pages {
    pub(crate) fn new() -> Self {
        Self(COMPANIES.into_iter().map(|count| (count, pages(count))).collect())
    }

    /// One page of the company with this number.
    pub(crate) fn of(&self, company: usize) -> impl Iterator<Item = &String> {
        self.0[&company].iter()
    }
}

/// The cursor of a page, as it is in the query of a request.
pub(crate) fn cursor(page: usize) -> String {
    format!("page-{page}")
}

fn pages(count: usize) -> Vec<String> {
    let last = count.div_ceil(PAGE) - 1;
    let page = |number: usize| Page {
        success: true,
        data: (number * PAGE..count.min((number + 1) * PAGE)).map(|index| account(index, count)).collect(),
        next: (number < last).then(|| cursor(number + 1)),
        total: (number == 0).then_some(count as u64),
        company: Some(company(count)),
    };
    (0..=last).map(|number| serde_json::to_string(&page(number)).unwrap()).collect()
}

fn company(number: usize) -> Company {
    Company { id: CompanyId(i64::try_from(number).unwrap()), name: "Acme MSP".to_owned() }
}

/// Accounts as companies have them: most owned, many with a role, some with a list of permissions, one in ten
/// without any access.
fn account(index: usize, count: usize) -> Account {
    let owned = index % 4 != 3;
    let names: Vec<_> = PermissionSet::ALL.known_names().map(Cow::Borrowed).collect();
    let (role, permissions) = match index % 10 {
        0 => (None, Vec::new()),
        1 | 2 => (None, names.iter().step_by(7).cloned().collect()),
        3..=5 => (Some("operator"), names[..29].to_vec()),
        _ => (Some("viewer"), names[..10].to_vec()),
    };
    let access = Access {
        company: company(count),
        role: role.map(str::to_owned),
        permissions: permissions.into_iter().collect(),
    };
    let other = || Company { id: CompanyId(7), name: "Northwind".to_owned() };
    let second = i64::try_from(index).unwrap() * 977;
    let day = |number: i64| 1_700_000_000 + number * 86_400 + second % 50_000_000;
    // As the platform writes them: to the millisecond.
    let time = |number: i64| Timestamp::from_millisecond(day(number) * 1000 + second % 1000).unwrap();
    Account {
        id: AccountId(i64::try_from(index).unwrap() + 1),
        name: format!("account-{index:06}"),
        description: (!index.is_multiple_of(3)).then(|| format!("Reads signal and traffic of site {index}")),
        ownership: if owned { Ownership::Owned } else { Ownership::External },
        owner: if owned { company(count) } else { other() },
        access: (!index.is_multiple_of(10)).then_some(access),
        company_count: owned.then_some(2),
        created_at: Some(time(0)),
        password_changed_at: Some(time(1)),
        last_used_at: (owned && !index.is_multiple_of(5)).then(|| time(2)),
        use_known: owned,
        companies: None,
    }
}
