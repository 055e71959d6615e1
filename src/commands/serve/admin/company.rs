//! `sactl serve admin company`: creates, renames and lists companies.
//!
//! Responsible for arguments and output. Refuses to decide: the service layer does.

use serde_json::json;

use super::super::database::Need;
use super::target::DatabaseArgs;
use crate::domain::CompanyId;
use crate::error::Result;
use crate::platform::DatabaseUrl;
use crate::platform::service::installation::{self, CompanyEntry};
use crate::text::sanitize::sanitise;
use crate::ui::Ui;

/// Create, rename and list companies
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  sactl serve admin company create \"Acme MSP\" --database sqlite:platform.db"
)]
pub(super) struct Args {
    /// What to do
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Create a company
    ///
    /// Several companies may have the same name; each has an id of its own.
    #[command(
        after_help = "Examples:\n  sactl serve admin company create \"Acme MSP\" --database sqlite:platform.db\n  \
                      sactl serve admin company create Contoso --two-factor --database sqlite:platform.db"
    )]
    Create {
        /// Name of the company
        company_name: String,
        /// Require a second factor of every user of the company
        #[arg(long)]
        two_factor: bool,
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Rename a company
    #[command(
        after_help = "Example:\n  sactl serve admin company rename 1 \"Acme Networks\" --database sqlite:platform.db"
    )]
    Rename {
        /// Id of the company
        company_id: i64,
        /// New name
        company_name: String,
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// List all companies of the installation
    #[command(after_help = "Example:\n  sactl serve admin company list --database sqlite:platform.db")]
    List {
        #[command(flatten)]
        database: DatabaseArgs,
    },
}

pub(super) async fn run(args: Args, otherwise: Option<DatabaseUrl>, ui: &Ui) -> Result<()> {
    match args.verb {
        Verb::Create { company_name, two_factor, database } => {
            let create =
                async |platform: &_| installation::create_company(platform, &company_name, two_factor).await;
            let made = database.with(otherwise, Need::Nothing, create).await?;
            ui.status(format!("Created the company {made}"));
            ui.answer(|out| {
                if ui.format().is_document() {
                    return writeln!(out, "{}", json!({ "id": made.id, "name": made.name }));
                }
                writeln!(out, "{}", made.id)
            })
        }
        Verb::Rename { company_id, company_name, database } => {
            let id = CompanyId(company_id);
            let rename = async |platform: &_| installation::rename_company(platform, id, &company_name).await;
            let before = database.with(otherwise, Need::Existing, rename).await?;
            ui.status(format!("Renamed {before} to {}", sanitise(&company_name)));
            Ok(())
        }
        Verb::List { database } => {
            let companies = database
                .with(otherwise, Need::UpToDate, async |platform: &_| installation::companies(platform).await)
                .await?;
            ui.answer(|out| {
                if ui.format().is_document() {
                    let row = |entry: &CompanyEntry| {
                        json!({ "id": entry.company.id, "name": entry.company.name, "two_factor": entry.two_factor })
                    };
                    let rows: Vec<_> = companies.iter().map(row).collect();
                    return writeln!(out, "{}", json!(rows));
                }
                companies.iter().try_for_each(|CompanyEntry { company, two_factor }| {
                    let demand = if *two_factor { "two-factor" } else { "" };
                    writeln!(out, "{}\t{}\t{demand}", company.id, sanitise(&company.name))
                })
            })
        }
    }
}
