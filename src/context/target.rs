//! The target of the commands in hints: what the flags of this call name.
//!
//! Responsible for profile, server and company. Refuses what variables name, because it holds for the next command too.

use std::path::PathBuf;

use super::global::Global;
use crate::domain::Origin;
use crate::text::Target;

/// The target of a call.
pub(super) fn target(global: &Global) -> Target {
    let file = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
    // Text that is no origin may hold anything, also a password.
    let origin = |text: &String| text.parse::<Origin>().ok().map(|origin| origin.to_string());
    let flags = [
        ("--profile", global.profile.clone()),
        ("--server", global.server.as_ref().and_then(origin)),
        ("--cacert", file(&global.cacert)),
        ("--client-cert", file(&global.client_cert)),
        ("--client-key", file(&global.client_key)),
        ("--credential-store", global.credential_store.map(|store| store.to_string())),
    ];
    let valued = flags.into_iter().filter(|(_, value)| value.is_some());
    let place = valued.chain(global.allow_http.then_some(("--allow-http", None)));
    let target = place.fold(Target::default(), |target, (flag, value)| target.place(flag, value));
    match &global.company {
        Some(company) => target.company(company),
        None => target,
    }
}
