//! What an answer looks like on standard output, in every format.
//!
//! A command builds a view (an [`Answer`]) from what the platform said and hands it to [`write()`], or, where
//! rows come without end, to a [`RowWriter`] one by one. Views are explicit: a wire document is never printed
//! as it came. Everything said to a person while working is `ui`'s, not this module's.

mod account;
mod account_list;
mod cell;
mod change;
mod company;
mod csv;
mod doctor;
mod documents;
mod error;
mod format;
mod help;
mod identity;
mod jq;
mod json;
mod layout;
mod people;
mod profile;
mod raw;
mod rehearsal;
mod role;
mod schema;
mod selected;
mod selection;
mod spoken;
mod surroundings;
mod time;
mod view;
mod write;
mod yaml;

pub use account::{AccessView, AccountDetailView, AccountView};
pub use account_list::{AccountListView, Asked, May};
pub use cell::{Cell, Tone};
pub use change::{CreatedView, DeletedView, GrantView, PasswordView, RevokeView};
pub use company::{CompanyListView, CompanyView};
pub use doctor::{CheckView, DoctorView, Status};
pub use documents::{DOCUMENTS, Document, document, document_of};
pub use error::{ErrorView, FailureView};
pub use format::Format;
pub use help::HelpView;
pub use identity::IdentityView;
pub use jq::{Jq, JqError, evaluated};
pub use layout::Fit;
pub use profile::{ProfileListView, ProfileView, SignedOutView};
pub use raw::{RawView, TokenView};
pub use rehearsal::{CheckedView, PlannedView, RehearsalView};
pub use role::{PermissionListView, PermissionView, RoleDeletedView, RoleListView, RoleView};
pub use selected::write_selected;
pub use selection::Selection;
pub use surroundings::{Shape, Shown, Surroundings};
pub(crate) use time::grouped;
pub use view::{Answer, Block, Cells, Column, Field, Row};
pub use write::{RowWriter, write};
