//! Prompts for access that is missing on the command line.
//!
//! Responsible for offering what the signed-in identity may grant. Refuses to change anything.

use super::access_args::AccessSpec;
use super::company_session::CompanySession;
use super::hints::{ActionDescription, held_in};
use crate::api::role::Role;
use crate::api::session::IdentityQuery;
use crate::api::{Access, Code};
use crate::client;
use crate::context::Context;
use crate::domain::decision;
use crate::domain::{Company, DefaultRole, Operation, Permission, PermissionSet, Refusal};
use crate::error::{CliError, Result};
use crate::text::CommandLine;
use crate::ui::{Choice, Ui};

/// How often a line is asked for again.
pub(in crate::commands) const QUESTIONS: usize = 3;

/// Asks for one line until `check` accepts it, and says each time why not.
///
/// # Errors
/// Those of asking; the last refusal.
pub(in crate::commands) async fn line<T>(
    ui: &Ui,
    question: &str,
    check: impl Fn(String) -> std::result::Result<T, crate::domain::Violation>,
) -> Result<T> {
    let mut asked = 1;
    loop {
        match check(ui.prompt(question).await?.trim().to_owned()) {
            Ok(answer) => return Ok(answer),
            Err(broken) if asked == QUESTIONS => return Err(CliError::invalid_input(vec![broken])),
            Err(broken) => ui.ask_about(&*broken.message),
        }
        asked += 1;
    }
}

/// The chosen access.
pub(in crate::commands) enum Chosen {
    /// No access.
    Nothing,
    /// This access.
    AccessSpec(AccessSpec, PermissionSet),
}

/// Asks for agreement to the summary; `--yes` agrees in advance.
///
/// # Errors
/// `confirmation_required` for a no, and those of asking.
pub(in crate::commands) async fn agreement(ui: &Ui, summary: &str, question: &str) -> Result<()> {
    ui.ask_about(summary);
    if ui.is_confirmed() || ui.agree(question).await? { Ok(()) } else { Err(CliError::not_confirmed()) }
}

/// Says how to do the same without questions, on the same server.
pub(in crate::commands) fn tell_line(context: &Context, line: CommandLine) {
    context.ui().hint(line.after("the same command without questions: "));
}

impl CompanySession<'_> {
    /// Refuses before the first question what would be refused after the last one.
    ///
    /// # Errors
    /// `missing_permission`, and those of reading.
    pub(in crate::commands) async fn require_right_to_ask(
        &self,
        operation: Operation,
        name: &str,
    ) -> Result<()> {
        let Some(me) = self.client.me_where_told(&IdentityQuery::default()).await? else { return Ok(()) };
        let needed = operation.permission();
        match decision::require(needed, held_in(&me, self.company)) {
            Err(Refusal::MissingPermission(_)) => {
                let company = self.named_company().await;
                let why = format!("this needs the permission {needed} in {company}");
                let refusal = client::Error::new(Code::MissingPermission, why).in_company(company);
                Err(self.explain(refusal, &ActionDescription::new(operation, name)).await)
            }
            _ => Ok(()),
        }
    }

    /// What the caller may do here, and so may give; everything where the server does not tell.
    ///
    /// # Errors
    /// Those of reading.
    pub(in crate::commands) async fn own_permissions(&self) -> Result<PermissionSet> {
        Ok(match self.client.me_where_told(&IdentityQuery::default()).await? {
            Some(me) => held_in(&me, self.company).unwrap_or_default(),
            None => Permission::all().collect(),
        })
    }

    /// Whether the company sees an account of this name, so that it is not available. One that only others
    /// see shows when the new account is made.
    pub(in crate::commands) async fn sees_account(&self, name: &str) -> bool {
        self.client.show_account(self.company, name).await.is_ok()
    }

    /// A role or a list of permissions; where `may_be_none`, also nothing. What the account has now is chosen
    /// beforehand.
    ///
    /// # Errors
    /// Those of asking and of reading.
    pub(in crate::commands) async fn ask_access(
        &self,
        may_be_none: bool,
        present: Option<&Access>,
    ) -> Result<Chosen> {
        let held = self.own_permissions().await?;
        let kept = present.map(|access| PermissionSet::known(access.permissions.iter())).unwrap_or_default();
        let offered = held | kept;
        let mut kinds = vec![
            Choice::new("A role", "a named set of permissions; changes apply to every account that has it"),
            Choice::new("Individual permissions", "you choose each permission"),
        ];
        if may_be_none {
            let later = CommandLine::new("grant").after("give it later with: ");
            kinds.insert(0, Choice::new("No access yet", later.on(&self.ui.target())));
        }
        let start = usize::from(present.is_some_and(|access| access.role.is_none()));
        let kind = self.ui.choose("Which access", kinds, Some(start)).await?;
        match (kind, may_be_none) {
            (0, true) => Ok(Chosen::Nothing),
            (0, false) | (1, true) => {
                let (role, permissions) = self.ask_role(offered, present).await?;
                Ok(Chosen::AccessSpec(AccessSpec::Role(role), permissions))
            }
            _ => {
                let permissions = self.ask_permissions(offered, kept).await?;
                let known = PermissionSet::known(&permissions);
                Ok(Chosen::AccessSpec(AccessSpec::Permissions(permissions), known))
            }
        }
    }

    async fn ask_role(
        &self,
        offered: PermissionSet,
        present: Option<&Access>,
    ) -> Result<(String, PermissionSet)> {
        let permissions = |role: &Role| PermissionSet::known(role.permissions.iter());
        let (roles, withheld): (Vec<Role>, Vec<Role>) =
            self.roles().await?.into_iter().partition(|role| permissions(role).is_subset(offered));
        if !withheld.is_empty() {
            let names: Vec<&str> = withheld.iter().map(|role| role.name.as_str()).collect();
            self.ui.ask_about(format!(
                "Not offered, because you do not have all their permissions: {}",
                names.join(", ")
            ));
        }
        if roles.is_empty() {
            return Err(CliError::new(Code::Escalation, "you cannot grant any role of this company")
                .hint("you can only grant permissions that you have; ask an admin of the company"));
        }
        let choices = roles.iter().map(|role| Choice::new(&role.name, counted(role.permissions.len())));
        let has = |role: &Role| present.is_some_and(|access| access.role.as_ref() == Some(&role.name));
        let start = roles.iter().position(has).or_else(|| least(&roles));
        let role = &roles[self.ui.choose("Which role", choices.collect(), start).await?];
        Ok((role.name.clone(), permissions(role)))
    }

    /// The roles of the company; the default ones for a caller who may not see roles.
    async fn roles(&self) -> Result<Vec<Role>> {
        match self.client.list_roles(self.company)?.all().await {
            Err(error) if error.code == Code::MissingPermission => Ok(DefaultRole::ALL
                .map(|role| Role {
                    name: role.as_str().to_owned(),
                    default: true,
                    permissions: role.permissions().known_names().collect(),
                    holders: None,
                })
                .into()),
            outcome => Ok(outcome?),
        }
    }

    /// Permissions among those `offered`; those in `kept` are chosen beforehand.
    ///
    /// # Errors
    /// `escalation` where none is offered, and those of asking.
    pub(in crate::commands) async fn ask_permissions(
        &self,
        offered: PermissionSet,
        kept: PermissionSet,
    ) -> Result<Vec<String>> {
        let all: Vec<Permission> = offered.iter().collect();
        let withheld = PermissionSet::ALL.len() - all.len();
        if withheld > 0 {
            self.ui.ask_about(format!("Not offered, because you do not have them: {}", counted(withheld)));
        }
        if all.is_empty() {
            return Err(CliError::new(Code::Escalation, "you cannot grant any permission in this company"));
        }
        let choices = all.iter().map(|one| Choice::new(one.to_string(), "")).collect();
        let present = all.iter().enumerate().filter(|(_, one)| kept.contains(**one));
        let present = present.map(|(place, _)| place).collect();
        let chosen = self.ui.choose_many("Which permissions", choices, present).await?;
        Ok(chosen.into_iter().map(|place| all[place].to_string()).collect())
    }
}

/// `viewer`, or the permissions one by one where they are few.
pub(in crate::commands) fn held(access: &Access) -> String {
    const SHOWN: usize = 3;
    match &access.role {
        Some(role) => role.clone(),
        None if access.permissions.len() <= SHOWN => access.permissions.listed(),
        None => counted(access.permissions.len()),
    }
}

/// What is asked for, in words.
pub(in crate::commands) fn in_words(
    rights: &AccessSpec,
    permissions: PermissionSet,
    company: &Company,
) -> String {
    match rights {
        AccessSpec::Role(role) => format!("the role {role} ({}) in {company}", counted(permissions.len())),
        AccessSpec::Permissions(names) => format!("{} in {company}", names.join(", ")),
    }
}

/// The flags that ask for `rights`.
pub(in crate::commands) fn flags(line: CommandLine, rights: &AccessSpec) -> CommandLine {
    match rights {
        AccessSpec::Role(role) => line.flag("--role", role),
        AccessSpec::Permissions(names) => line.flag("--permission", names.join(",")),
    }
}

/// The place of the role that gives least: Return alone, pressed too often, must not give most.
fn least(roles: &[Role]) -> Option<usize> {
    (0..roles.len()).min_by_key(|place| roles[*place].permissions.len())
}

pub(in crate::commands) fn counted(permissions: usize) -> String {
    if permissions == 1 { "1 permission".to_owned() } else { format!("{permissions} permissions") }
}
