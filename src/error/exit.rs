//! The exit codes of the program: the table that scripts rely on.
//!
//! Responsible for the exit code of each error code. Refuses to depend on anything else than the code.

use crate::api::Code;

/// One exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit {
    /// The number.
    pub code: u8,
    /// What it means, in a few words.
    pub meaning: &'static str,
}

impl Exit {
    /// The error codes that end in it, in their order.
    pub fn codes(self) -> impl Iterator<Item = Code> {
        // The code of an interrupt says nothing more than the exit code does.
        let told = move |code: &Code| exit_code(*code) == self.code && *code != Code::Interrupted;
        Code::ALL.iter().copied().filter(told)
    }
}

/// Every exit code, in order.
pub const EXITS: &[Exit] = &[
    Exit { code: 0, meaning: "done, and confirmed by the server" },
    Exit { code: 1, meaning: "unexpected failure" },
    Exit {
        code: 2,
        meaning: "usage: invalid flags, arguments or files, confirmation missing, or no company chosen",
    },
    Exit { code: 3, meaning: "not signed in, credentials refused, or second factor required" },
    Exit { code: 4, meaning: "not allowed" },
    Exit { code: 5, meaning: "not found" },
    Exit { code: 6, meaning: "conflict" },
    Exit { code: 7, meaning: "invalid input" },
    Exit {
        code: 8,
        meaning: "server unreachable, timed out or busy, or the outcome is unknown; safe to repeat",
    },
    Exit { code: 9, meaning: "partly done: some of several operations failed" },
    Exit { code: 10, meaning: "there are differences" },
    Exit { code: 130, meaning: "interrupted" },
];

/// The exit code of every error code.
pub const fn exit_code(code: Code) -> u8 {
    match code {
        Code::Internal | Code::BadResponse | Code::Io | Code::Output => 1,
        Code::Usage
        | Code::Config
        | Code::ConfirmationRequired
        | Code::NoCompany
        | Code::Malformed
        | Code::MethodNotAllowed => 2,
        Code::NotSignedIn
        | Code::Unauthenticated
        | Code::InvalidGrant
        | Code::MfaRequired
        | Code::UnauthorizedClient
        | Code::CredentialStore => 3,
        Code::MissingPermission | Code::NotOwner | Code::Escalation | Code::SelfModification => 4,
        Code::NotFound => 5,
        Code::NameTaken | Code::RoleInUse | Code::AmbiguousCompany | Code::PlanStale | Code::Guard => 6,
        Code::InvalidInput => 7,
        Code::Unreachable | Code::Timeout | Code::OutcomeUnknown | Code::RateLimited | Code::Unavailable => 8,
        Code::Partial => 9,
        Code::Interrupted => 130,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_ends_in_an_exit_code_of_the_table() {
        for code in Code::ALL {
            let found = EXITS.iter().filter(|exit| exit.code == exit_code(*code)).count();
            assert_eq!(found, 1, "{code}");
        }
        assert!(EXITS.is_sorted_by_key(|exit| exit.code));
    }
}
