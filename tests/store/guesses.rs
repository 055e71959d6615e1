//! Guessing passwords and codes: what it costs, what it gets, and what it does not do to others.

use sactl::api::Code;
use sactl::domain::secret::OneTimeCode;
use sactl::platform::service::session::{SignIn, sign_in};
use totp_rs::{Builder, Secret};

use super::{PASSWORD, World, attempt, code, on_both, sign, sign_with_code};
use crate::common::database::Database;
use crate::common::seed::PASSWORD_HASH;

on_both!(
    p14_guesses_are_counted_over_nodes_and_spellings,
    a_stranger_does_not_lock_out_whoever_was_here_before,
    p11_every_refusal_costs_one_hash,
    p15_a_code_opens_one_session,
    codes_are_braked_apart,
    clock_that_was_wrong_locks_no_account,
    p16_who_needs_a_second_factor,
);

const CONTOSO: &str = "admin@contoso.example";

/// P14: of many parallel guesses only a few are heard, the brake holds on another node and for other
/// spellings, and a caller who waits gets in.
async fn p14_guesses_are_counted_over_nodes_and_spellings(database: Database) {
    let world = World::sandbox(database).await;
    let nodes = [world.platform.clone(), world.other_node().await];
    let spellings = ["viewer@acme.example", "VIEWER@acme.example", "Viewer@Acme.Example"];
    let guesses: Vec<_> = (0..60)
        .map(|index: usize| {
            let (platform, name) = (nodes[index % 2].clone(), spellings[index % 3]);
            tokio::spawn(async move { code(sign(&platform, name, &format!("Wrong-{index}!")).await) })
        })
        .collect();
    let mut heard = 0;
    for guess in guesses {
        match guess.await.unwrap() {
            Code::InvalidGrant => heard += 1,
            Code::RateLimited => {}
            other => panic!("{other}"),
        }
    }
    assert!((10..20).contains(&heard), "{heard} guesses were heard");
    let restarted = world.other_node().await;
    let refused = sign(&restarted, "viewer@acme.example", PASSWORD).await.unwrap_err();
    assert_eq!(refused.code, Code::RateLimited);
    assert!(sign(&nodes[0], "operator@acme.example", PASSWORD).await.is_ok(), "others are not slowed");
    world.advance(i64::try_from(refused.retry_after.unwrap().as_secs()).unwrap() + 1);
    assert!(sign(&nodes[0], "viewer@acme.example", PASSWORD).await.is_ok());
    assert_eq!(code(sign(&nodes[0], "viewer@acme.example", "Wrong-1!").await), Code::InvalidGrant);
}

async fn a_stranger_does_not_lock_out_whoever_was_here_before(database: Database) {
    let world = World::sandbox(database).await;
    let p = &world.platform;
    assert!(sign(p, "viewer@acme.example", PASSWORD).await.is_ok());
    for _ in 0..11 {
        let stranger =
            SignIn { address: Some([198, 51, 100, 7].into()), ..attempt("viewer@acme.example", "Wrong-1!") };
        let refused = code(sign_in(p, stranger).await);
        assert!(matches!(refused, Code::InvalidGrant | Code::RateLimited));
    }
    let stranger =
        SignIn { address: Some([198, 51, 100, 7].into()), ..attempt("viewer@acme.example", PASSWORD) };
    assert_eq!(code(sign_in(p, stranger).await), Code::RateLimited);
    let elsewhere =
        SignIn { address: Some([203, 0, 113, 9].into()), ..attempt("viewer@acme.example", PASSWORD) };
    assert!(sign_in(p, elsewhere).await.is_ok());
    assert!(sign(p, "viewer@acme.example", PASSWORD).await.is_ok());
}

/// P11: unknown, wrong and deleted are the same answer at the same price.
async fn p11_every_refusal_costs_one_hash(database: Database) {
    let world = World::sandbox(database).await;
    let p = &world.platform;
    let mut told = Vec::new();
    for (name, password) in [
        ("nobody", PASSWORD),
        ("viewer@acme.example", "Wrong-1!"),
        ("", ""),
        ("x@y", "\0"),
        ("x\0y", PASSWORD),
    ] {
        let before = p.hashes_computed();
        let refused = sign(p, name, password).await.unwrap_err();
        assert_eq!(p.hashes_computed() - before, 1, "{name}");
        told.push((refused.code, refused.message));
    }
    assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
}

fn code_at(world: &World, seconds: i64) -> String {
    let secret = Secret::try_from_base32("JBSWY3DPEHPK3PXP").unwrap();
    let totp = Builder::new().with_secret(secret).build_noncompliant();
    let now = world.platform.now().as_second() + seconds;
    totp.generate(now.unsigned_abs()).to_string()
}

/// P15: once, over all nodes, however it is written.
async fn p15_a_code_opens_one_session(database: Database) {
    let world = World::sandbox(database).await;
    let (p, other) = (&world.platform, world.other_node().await);
    let now = code_at(&world, 0);
    let (one, two) = tokio::join!(sign_with_code(p, CONTOSO, &now), sign_with_code(&other, CONTOSO, &now));
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    let spaced = format!("{} {}", &now[..3], &now[3..]);
    assert_eq!(code(sign_with_code(&other, CONTOSO, &spaced).await), Code::InvalidGrant);
    world.advance(30);
    assert!(sign_with_code(&other, CONTOSO, &code_at(&world, 0)).await.is_ok());
    assert_eq!(
        code(sign_with_code(p, CONTOSO, &now).await),
        Code::InvalidGrant,
        "an earlier one is spent too"
    );
}

async fn codes_are_braked_apart(database: Database) {
    let world = World::sandbox(database).await;
    let p = &world.platform;
    let mut refused = Vec::new();
    for _ in 0..7 {
        refused.push(code(sign_with_code(p, CONTOSO, "00000x").await));
    }
    assert_eq!(refused[..5], [Code::InvalidGrant; 5]);
    assert_eq!(refused[6], Code::RateLimited);
    assert_eq!(code(sign(p, CONTOSO, PASSWORD).await), Code::MfaRequired, "the password is not braked");
    world.advance(120);
    assert!(sign_with_code(p, CONTOSO, &code_at(&world, 0)).await.is_ok());
}

/// P16: the kind in the database decides, and only after the password was right.
async fn p16_who_needs_a_second_factor(database: Database) {
    let text = format!(
        "{}\n[[user]]\nemail = 'bare@contoso.example'\npassword_hash = '{}'\naccess = [{{ company = 3, role = 'viewer' }}]\n",
        super::SANDBOX,
        PASSWORD_HASH
    );
    let world = World::seeded(database, &text).await;
    let p = &world.platform;
    assert_eq!(code(sign(p, CONTOSO, PASSWORD).await), Code::MfaRequired);
    assert_eq!(code(sign(p, CONTOSO, "Wrong-1!").await), Code::InvalidGrant);
    assert_eq!(code(sign(p, "bare@contoso.example", PASSWORD).await), Code::MfaRequired);
    assert_eq!(code(sign_with_code(p, "bare@contoso.example", "000000").await), Code::MfaRequired);
    assert!(sign(p, "contoso-sync", PASSWORD).await.is_ok(), "a service account is never asked");
    for client in ["SWHWebApp", "swagger_ui", "swhwebapp"] {
        let through =
            |name: &str, password: &str| SignIn { client_id: client.to_owned(), ..attempt(name, password) };
        assert_eq!(code(sign_in(p, through("contoso-sync", PASSWORD)).await), Code::UnauthorizedClient);
        assert_eq!(code(sign_in(p, through("contoso-sync", "Wrong-1!")).await), Code::InvalidGrant);
        assert!(sign_in(p, through("viewer@acme.example", PASSWORD)).await.is_ok());
    }
}

/// Budgets, the last code and known addresses that a wrong clock has dated a year ahead hold for no longer than they
/// can, and guesses are counted as before.
async fn clock_that_was_wrong_locks_no_account(database: Database) {
    const YEAR: i64 = 365 * 24 * 60 * 60;
    let world = World::sandbox(database).await;
    let p = &world.platform;
    world.advance(YEAR);
    for host in 0..16 {
        world.advance(30);
        let otp = Some(OneTimeCode::new(code_at(&world, 0)));
        let from = SignIn { otp, address: Some([198, 51, 100, host].into()), ..attempt(CONTOSO, PASSWORD) };
        sign_in(p, from).await.unwrap();
    }
    let exhaust = async || {
        while code(sign_with_code(p, CONTOSO, "00000x").await) == Code::InvalidGrant {}
        let mut heard = 0;
        while code(sign(p, CONTOSO, "Wrong-1!").await) == Code::InvalidGrant {
            heard += 1;
        }
        heard
    };
    let before = exhaust().await;
    assert!((10..20).contains(&before), "{before}");

    world.advance(-YEAR);
    sign_with_code(p, CONTOSO, &code_at(&world, 0)).await.unwrap();
    assert_eq!(
        code(sign_with_code(p, CONTOSO, &code_at(&world, 0)).await),
        Code::InvalidGrant,
        "it was used"
    );
    let after = exhaust().await;
    assert!((9..20).contains(&after), "{after}");
    let now = p.now().as_millisecond();
    assert_eq!(world.number(&format!("SELECT COUNT(*) FROM familiar WHERE seen_at > {now}")).await, 0);
    assert_eq!(world.number("SELECT COUNT(*) FROM familiar WHERE address = '192.0.2.1'").await, 1);
}
