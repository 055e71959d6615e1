//! `sactl matrix`: shows who has what where.
//!
//! Responsible for reading the accounts and for the comparison with an earlier matrix. Refuses to change anything.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::shared::several;
use crate::api::Access;
use crate::config::secure_file;
use crate::context::Context;
use crate::domain::{AccountName, CompanyId};
use crate::error::{CliError, Result};
use crate::fleet::selectors::CompaniesArgs;
use crate::output::{MatrixAccount, MatrixChangesView, MatrixView, Op, Step};
use crate::text::CommandLine;
use crate::ui;

/// The exit code when there are differences.
const DIFFERENT: u8 = 10;
/// Most bytes of an earlier matrix.
const LIMIT: usize = 1024 * 1024 * 1024;

#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  sactl matrix --companies all --except 2\n  sactl matrix --companies all -o html > matrix.html\n  \
                  sactl matrix --companies all -o json > monday.json\n  \
                  sactl matrix --companies all --diff monday.json"
)]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    #[command(flatten)]
    companies: CompaniesArgs,

    /// Compare with an earlier matrix, which -o json wrote; the exit code is 10 if there are differences
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    diff: Option<PathBuf>,
}

/// Shows the matrix, or what has changed since an earlier one.
///
/// # Errors
/// Those of reading; `usage` for a file that is not a matrix.
pub async fn run(args: Args, context: &Context) -> Result<u8> {
    let earlier = args.diff.as_deref().map(earlier).transpose()?;
    let (companies, found) = several::seen(context, &args.companies).await?;
    let chosen: BTreeSet<CompanyId> = companies.iter().map(|company| company.id).collect();
    let accounts = found.accounts.into_values().map(|account| MatrixAccount {
        name: account.name,
        owner: account.owner,
        access: account.access.into_values().filter(|access| chosen.contains(&access.company.id)).collect(),
    });
    let view = MatrixView::new(companies, accounts.collect());
    let Some(earlier) = earlier else {
        ui::show(context.ui(), &view)?;
        return Ok(0);
    };
    let changes = MatrixChangesView { changes: changes(&earlier, &view) };
    ui::show(context.ui(), &changes)?;
    Ok(if changes.changes.is_empty() { 0 } else { DIFFERENT })
}

/// The matrix in a file.
fn earlier(path: &Path) -> Result<MatrixView> {
    let source = || CommandLine::new("matrix").flag("-o", "json").after("write a matrix with: ");
    let bytes = secure_file::read_bounded(path, LIMIT, source())?;
    serde_json::from_slice(&bytes).map_err(|error| {
        CliError::usage(format!("{} is not a matrix: {error}", path.display())).hint(source())
    })
}

/// From the earlier matrix to the present one, in the companies that both have.
fn changes(earlier: &MatrixView, now: &MatrixView) -> Vec<Step> {
    let common: BTreeSet<CompanyId> = earlier
        .companies
        .iter()
        .map(|company| company.id)
        .filter(|id| now.companies.iter().any(|company| company.id == *id))
        .collect();
    let cells = |matrix: &MatrixView| -> BTreeMap<(String, CompanyId), (String, Access)> {
        let pairs = matrix.accounts.iter().flat_map(|account| {
            let here = account.access.iter().filter(|access| common.contains(&access.company.id));
            here.map(|access| {
                let key = (AccountName::key_of(&account.name), access.company.id);
                (key, (account.name.clone(), access.clone()))
            })
        });
        pairs.collect()
    };
    let (before, after) = (cells(earlier), cells(now));
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let steps = keys.into_iter().filter_map(|key| {
        let (before, after) = (before.get(key), after.get(key));
        let same =
            |one: &Access, other: &Access| one.role == other.role && one.permissions == other.permissions;
        if let (Some((_, before)), Some((_, after))) = (before, after)
            && same(before, after)
        {
            return None;
        }
        let (name, access) = after.or(before)?;
        let op = if after.is_some() { Op::Grant } else { Op::Revoke };
        let access_of = |cell: Option<&(String, Access)>| cell.map(|(_, access)| access.clone());
        Some(Step::of_access(op, Some(name), &access.company, access_of(before), access_of(after)))
    });
    steps.collect()
}
