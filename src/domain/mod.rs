//! The rules that client and platform both obey, each spelled once.
//!
//! Names, descriptions, passwords, permissions, roles, ownership and the decision of what may be done to
//! whom. Everything here is a pure function or a value. This module refuses I/O, clocks, and any knowledge
//! of the command line, HTTP or SQL: the client uses it to check before it sends and to explain a refusal,
//! the platform uses it to decide.

pub mod account;
pub mod age;
pub mod company;
pub mod company_set;
pub mod decision;
pub mod mask;
pub mod origin;
pub mod page;
pub mod password;
pub mod pattern;
pub mod permission;
pub mod role;
pub mod secret;
pub mod violation;

pub use account::{AccountId, AccountName, Description, Ownership};
pub use age::{Age, Moment};
pub use company::{Company, CompanyId};
pub use company_set::CompanySet;
pub use decision::{Operation, Refusal, Relation};
pub use origin::Origin;
pub use permission::{Permission, PermissionSet};
pub use role::{DefaultRole, RoleName};
pub use secret::{Password, Token};
pub use violation::Violation;
