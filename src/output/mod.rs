//! Answers on standard output, in every format.
//!
//! Responsible for views, formats and tables. Refuses to print a wire document directly, and messages, which
//! [`crate::ui`] prints.
//!
//! A command builds a view (an [`Answer`]) from what the platform said and hands it to [`write()`], or, for rows
//! without end, to a [`RowWriter`] one by one.

mod documents;
mod format;
mod jq;
mod output_context;
mod schema;
mod selected;
mod selection;
mod table;
mod time;
mod view;
mod write;

pub use documents::{DOCUMENTS, Document, document, document_of};
pub use format::Format;
pub use jq::{Jq, JqError, evaluated};
pub use output_context::{OutputContext, Shape, Shown};
pub use selected::write_selected;
pub use selection::Selection;
pub use table::cell::{Cell, Tone};
pub use table::layout::Fit;
pub(crate) use time::grouped;
pub use view::account::{AccessView, AccountDetailView, AccountView};
pub use view::account_details::AccountDetailsView;
pub use view::account_list::{AccountListView, AccountListsView, AccountRow, Asked, Cut, May};
pub use view::audit::{AuditLogView, AuditLogsView, AuditRow};
pub use view::change::{CreatedView, DeletedView, GrantView, PasswordView, RevokeView};
pub use view::company::{CompanyListView, CompanyView};
pub use view::doctor::{CheckView, DoctorView, Status};
pub use view::dry_run::{CheckedView, DryRunView, PlannedView};
pub use view::error::{ErrorView, FailureView};
pub use view::help::HelpView;
pub use view::identity::IdentityView;
pub use view::manifest::{AccessEntry, AccountEntry, Companies, ExternalEntry, Manifest, RoleEntry};
pub use view::matrix::{Deviation, MatrixAccount, MatrixChangesView, MatrixRow, MatrixView};
pub use view::plan::{PlanView, Summary};
pub use view::profile::{ProfileListView, ProfileView, SignedOutView};
pub use view::raw::{RawView, TokenView};
pub use view::review::{ReviewRow, ReviewView};
pub use view::role::{PermissionListView, PermissionView, RoleDeletedView, RoleListView, RoleView};
pub use view::run::{Detail, Outcome, ResultView, RunCounts, RunListView, RunRow, RunView, State};
pub use view::step::{Descriptions, Op, Step, difference};
pub use view::{Answer, Block, Cells, Column, Field, Row};
pub use write::{RowWriter, write};
