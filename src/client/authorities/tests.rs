//! Asking in parts comes to what one store of all would say.

use std::io::Write;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::crypto::ring::default_provider;

use super::*;

type Issuer = CertifiedIssuer<'static, KeyPair>;

const SERVER: &str = "gateway.example";

fn issuing(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

fn over(mut params: CertificateParams) -> CertificateParams {
    (params.not_before, params.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1));
    params
}

fn root(params: CertificateParams) -> Issuer {
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn below(issuer: &Issuer, params: CertificateParams) -> Issuer {
    CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), issuer).unwrap()
}

fn serving(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

fn leaf(issuer: &Issuer, params: &CertificateParams) -> Certificate {
    params.signed_by(&KeyPair::generate().unwrap(), issuer).unwrap()
}

/// What a server sends: its own certificate, and others that it thinks will help.
struct Chain {
    what: &'static str,
    end: CertificateDer<'static>,
    others: Vec<CertificateDer<'static>>,
}

fn chain(what: &'static str, end: &Certificate, others: &[&Certificate]) -> Chain {
    Chain { what, end: end.der().clone(), others: others.iter().map(|one| one.der().clone()).collect() }
}

/// Roots, two of them with one name and a third with the same that is over; and chains, good and bad, below them
/// and below somebody whom nobody knows.
fn world() -> ([Issuer; 4], Vec<Chain>) {
    let roots =
        [root(issuing("Root")), root(issuing("Root")), root(over(issuing("Root"))), root(issuing("Other"))];
    let [first, second, over_root, other] = &roots;
    let stranger = root(issuing("Stranger"));
    let namesake = root(issuing("Root"));
    // The stranger's own key, vouched for by one of the roots.
    let crossed = issuing("Stranger").signed_by(stranger.key(), other).unwrap();
    let middle = below(first, issuing("Middle"));
    let middle_of_stranger = below(&stranger, issuing("Middle of Stranger"));
    let middle_over = below(first, over(issuing("Middle over")));
    let no_issuer = below(first, serving("no-issuer.example"));
    let good = serving(SERVER);
    let mut of_client = serving(SERVER);
    of_client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let chains = vec![
        chain("below the first", &leaf(first, &good), &[]),
        chain("below its namesake", &leaf(second, &good), &[]),
        chain("below a root that is over", &leaf(over_root, &good), &[]),
        chain("below an intermediate", &leaf(&middle, &good), &[middle.as_ref()]),
        chain("below an intermediate that is not sent", &leaf(&middle, &good), &[]),
        chain("below an intermediate that is over", &leaf(&middle_over, &good), &[middle_over.as_ref()]),
        chain("below what is no issuer", &leaf(&no_issuer, &good), &[no_issuer.as_ref()]),
        chain("below a stranger", &leaf(&stranger, &good), &[stranger.as_ref()]),
        chain("below a stranger with a known name", &leaf(&namesake, &good), &[namesake.as_ref()]),
        chain("cross-signed", &leaf(&stranger, &good), &[&crossed]),
        chain(
            "cross-signed further up, with both",
            &leaf(&middle_of_stranger, &good),
            &[middle_of_stranger.as_ref(), stranger.as_ref(), &crossed],
        ),
        chain("another name", &leaf(first, &serving("elsewhere.example")), &[]),
        chain("over", &leaf(first, &over(serving(SERVER))), &[]),
        chain("of a client", &leaf(first, &of_client), &[]),
    ];
    (roots, chains)
}

fn verdict(verifier: &dyn ServerCertVerifier, chain: &Chain) -> Result<ServerCertVerified, Error> {
    let name = ServerName::try_from(SERVER).unwrap();
    verifier.verify_server_cert(&chain.end, &chain.others, &name, &[], UnixTime::now())
}

/// The kind of an error, without its particulars.
fn kind(error: &Error) -> String {
    let text = format!("{error:?}");
    text.split([' ', '{']).next().unwrap_or_default().trim_end_matches("Context").to_owned()
}

/// A bundle that holds also what is no certificate, as files do that people edit.
fn bundle(roots: &[&Issuer]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "# by hand\n-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----").unwrap();
    for root in roots {
        file.write_all(root.pem().as_bytes()).unwrap();
    }
    write!(file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----")
        .unwrap();
    file
}

#[test]
fn parts_say_what_the_whole_says() {
    let (roots, chains) = world();
    let provider = Arc::new(default_provider());
    let mut accepted = 0;
    // Each root is named, in the bundle, or both; the last splits leave some out.
    for split in [
        "nnnn", "-nn-", "bbbb", "nbnb", "bnbn", "nnbb", "bbnn", "xxxx", "n---", "-b--", "--bn", "n--b",
        "bn--",
    ] {
        let at = |places: &str| {
            let chosen = roots.iter().zip(split.chars()).filter(|(_, place)| places.contains(*place));
            chosen.map(|(root, _)| root).collect::<Vec<_>>()
        };
        let all = at("nbx").into_iter().map(|root| root.der().clone());
        let all = rustls_platform_verifier::Verifier::new_with_extra_roots(all, provider.clone()).unwrap();
        let named = at("nx").into_iter().map(|root| root.der().clone()).collect();
        let file = bundle(&at("bx"));
        let parts = Authorities::new(provider.clone(), named, Some(file.path().to_owned())).unwrap();
        for chain in &chains {
            let (expected, found) = (verdict(&all, chain), verdict(&parts, chain));
            accepted += usize::from(found.is_ok());
            assert_eq!(found.is_ok(), expected.is_ok(), "{}, {split}: {found:?}", chain.what);
            // The bundle of a test is no part of what the system trusts, and a refusal is in the words of all.
            if !split.contains(['b', 'x']) {
                let kind = |verdict: Result<_, _>| verdict.map(drop).map_err(|error| kind(&error));
                assert_eq!(kind(found), kind(expected), "{}, {split}", chain.what);
            }
        }
    }
    assert!(accepted > 20, "most chains are good: {accepted}");
}

/// Nobody is trusted by mistake: a bundle that is not there, is a folder, or holds nothing, adds nobody.
#[test]
fn an_unusable_bundle_adds_nobody() {
    let (roots, chains) = world();
    let provider = Arc::new(default_provider());
    let empty = bundle(&[]);
    let folder = tempfile::tempdir().unwrap();
    for path in [empty.path(), folder.path(), &folder.path().join("nothing")] {
        let named = vec![roots[3].der().clone()];
        let parts = Authorities::new(provider.clone(), named, Some(path.to_owned())).unwrap();
        let refused = verdict(&parts, &chains[0]).unwrap_err();
        assert_eq!(refused, Error::InvalidCertificate(CertificateError::UnknownIssuer));
    }
    assert!(Authorities::new(provider, vec![CertificateDer::from(vec![1, 2, 3])], None).is_err());
}
