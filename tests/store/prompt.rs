//! Signing in in two steps: the password first, the code when it is asked for.

use sactl::api::Code;
use totp_rs::{Builder, Secret};

use super::{PASSWORD, World, code, on_both, sign, sign_with_code};
use crate::common::database::Database;

on_both!(p14_a_stranger_does_not_stand_between_password_and_code);

const CONTOSO: &str = "admin@contoso.example";

/// P14: where guesses are slowed down, the right password without its code is not held against the code.
async fn p14_a_stranger_does_not_stand_between_password_and_code(database: Database) {
    let world = World::sandbox(database).await;
    let p = &world.platform;
    for _ in 0..10 {
        assert_eq!(code(sign(p, CONTOSO, "Wrong-1234!").await), Code::InvalidGrant);
    }
    assert_eq!(code(sign(p, CONTOSO, PASSWORD).await), Code::RateLimited);
    world.advance(2);
    assert_eq!(code(sign(p, CONTOSO, PASSWORD).await), Code::MfaRequired);
    let secret = Secret::try_from_base32("JBSWY3DPEHPK3PXP").unwrap();
    let now = p.now().as_second().unsigned_abs();
    let right = Builder::new().with_secret(secret).build_noncompliant().generate(now).to_string();
    sign_with_code(p, CONTOSO, &right).await.unwrap();
}
