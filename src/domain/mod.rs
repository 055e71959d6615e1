//! The rules that client and platform both follow, each written once.
//!
//! Responsible for names, descriptions, passwords, permissions, roles, ownership and the decision who may do what.
//! Refuses I/O, clocks, and any knowledge of the command line, HTTP or SQL. Everything here is a pure function or a
//! value.
//!
//! The client uses it to check input before it sends and to explain a refusal; the platform uses it to decide.

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
