use super::*;
use crate::domain::CompanyId;

const FILE: &str = r#"
current = "acme"
[profiles.acme]
server = "https://profile.example"
username = "admin@acme.example"
credential_store = "file"
cacert = "/profile.pem"
company = { id = 1, name = "Acme MSP" }
[profiles.other]
server = "https://other.example"
company = { id = 2, name = "Other" }
"#;

fn resolve(flags: &Flags, pairs: &[(&str, &str)], file: &str) -> Result<Settings> {
    let file: ConfigFile = toml::from_str(file).unwrap();
    Settings::with_file(flags, &Environment::of_pairs(pairs.iter().copied()), PathBuf::from("/folder"), &file)
}

fn server(flags: &Flags, pairs: &[(&str, &str)], file: &str) -> Option<(String, Source)> {
    let setting = resolve(flags, pairs, file).unwrap().server?;
    Some((setting.value.to_string(), setting.source))
}

/// The order for every setting: flag, environment, profile, default.
#[test]
fn the_nearest_names_the_server() {
    let flags = Flags { server: Some("https://flag.example".into()), ..Flags::default() };
    let none = Flags::default();
    let variable = [("SACTL_SERVER", "https://variable.example")];
    let empty = [("SACTL_SERVER", "")];
    for (flags, pairs, file, expected) in [
        (&flags, &variable[..], FILE, Some(("https://flag.example", Source::Flag))),
        (&none, &variable, FILE, Some(("https://variable.example", Source::Environment))),
        (&none, &empty, FILE, Some(("https://profile.example", Source::Profile))),
        (&none, &[], FILE, Some(("https://profile.example", Source::Profile))),
        (&none, &[], "", None),
    ] {
        let expected = expected.map(|(server, source)| (server.to_owned(), source));
        assert_eq!(server(flags, pairs, file), expected);
    }
}

#[test]
fn the_nearest_says_where_credentials_are_kept_and_how_long_to_wait() {
    let store = |flag, pairs: &[(&str, &str)], file: &str| {
        let flags = Flags { credential_store: flag, ..Flags::default() };
        let setting = resolve(&flags, pairs, file).unwrap().credential_store;
        (setting.value, setting.source)
    };
    let none = [("SACTL_CREDENTIAL_STORE", "none")];
    assert_eq!(store(Some(StoreKind::Keyring), &none, FILE), (StoreKind::Keyring, Source::Flag));
    assert_eq!(store(None, &none, FILE), (StoreKind::None, Source::Environment));
    assert_eq!(store(None, &[], FILE), (StoreKind::File, Source::Profile));
    assert_eq!(store(None, &[], ""), (StoreKind::Keyring, Source::Default));

    let timeout = |flag, pairs: &[(&str, &str)]| {
        let flags = Flags { timeout: flag, ..Flags::default() };
        let setting = resolve(&flags, pairs, FILE).unwrap().timeout;
        (setting.value.as_millis(), setting.source)
    };
    assert_eq!(timeout(Some(0.5), &[("SACTL_TIMEOUT", "7")]), (500, Source::Flag));
    assert_eq!(timeout(None, &[("SACTL_TIMEOUT", "7")]), (7000, Source::Environment));
    assert_eq!(timeout(None, &[("SACTL_TIMEOUT", "")]), (30_000, Source::Default));
}

#[test]
fn the_nearest_names_files_profiles_and_companies() {
    let cacert = |flag: Option<&str>, pairs: &[(&str, &str)]| {
        let flags = Flags { cacert: flag.map(PathBuf::from), ..Flags::default() };
        resolve(&flags, pairs, FILE).unwrap().cacert.map(|setting| (setting.value, setting.source))
    };
    let variable = [("SACTL_CACERT", "/variable.pem")];
    assert_eq!(cacert(Some("/flag.pem"), &variable), Some(("/flag.pem".into(), Source::Flag)));
    assert_eq!(cacert(None, &variable), Some(("/variable.pem".into(), Source::Environment)));
    assert_eq!(cacert(None, &[]), Some(("/profile.pem".into(), Source::Profile)));

    let profile = |flag: Option<&str>, pairs: &[(&str, &str)]| {
        let flags = Flags { profile: flag.map(str::to_owned), ..Flags::default() };
        resolve(&flags, pairs, FILE).unwrap().profile.map(|setting| (setting.value, setting.source))
    };
    let variable = [("SACTL_PROFILE", "variable")];
    assert_eq!(profile(Some("flag"), &variable), Some(("flag".into(), Source::Flag)));
    assert_eq!(profile(None, &variable), Some(("variable".into(), Source::Environment)));
    assert_eq!(profile(None, &[]), Some(("acme".into(), Source::Default)));

    let company = |flag: Option<&str>, pairs: &[(&str, &str)]| {
        let flags = Flags { company: flag.map(|text| text.parse().unwrap()), ..Flags::default() };
        resolve(&flags, pairs, FILE).unwrap().company.map(|setting| (setting.value, setting.source))
    };
    let named = |text: &str| ChosenCompany::Named(text.parse().unwrap());
    let variable = [("SACTL_COMPANY", "Contoso Retail")];
    let acme = ChosenCompany::Stored(Company { id: CompanyId(1), name: "Acme MSP".into() });
    assert_eq!(company(Some("12"), &variable), Some((named("12"), Source::Flag)));
    assert_eq!(company(None, &variable), Some((named("Contoso Retail"), Source::Environment)));
    assert_eq!(company(None, &[]), Some((acme, Source::Profile)));
}

/// P3: what a profile holds for its server counts for that exact origin only.
#[test]
fn a_profile_speaks_for_its_own_server_only() {
    for (server, own) in [
        ("https://profile.example", true),
        ("https://PROFILE.example:443/", true),
        ("https://profile.example:8443", false),
        ("http://profile.example", false),
        ("https://other.example", false),
    ] {
        let settings = resolve(&Flags::default(), &[("SACTL_SERVER", server)], FILE).unwrap();
        assert_eq!(settings.company.is_some(), own, "{server}");
        assert_eq!(settings.cacert.is_some(), own, "{server}");
        assert_eq!(settings.stored_username().is_some(), own, "{server}");
    }
}

#[test]
fn what_makes_no_sense_is_told_with_its_name() {
    for (flags, pairs, word) in [
        (Flags::default(), &[("SACTL_SERVER", "https://x/path")][..], "SACTL_SERVER"),
        (Flags::default(), &[("SACTL_TIMEOUT", "-1")], "SACTL_TIMEOUT"),
        (Flags::default(), &[("SACTL_TIMEOUT", "soon")], "SACTL_TIMEOUT"),
        (Flags::default(), &[("SACTL_TIMEOUT", "NaN")], "SACTL_TIMEOUT"),
        (Flags::default(), &[("SACTL_CREDENTIAL_STORE", "paper")], "SACTL_CREDENTIAL_STORE"),
        (Flags::default(), &[("SACTL_COMPANY", "99999999999999999999")], "SACTL_COMPANY"),
        (Flags { server: Some("nonsense/path".into()), ..Flags::default() }, &[], "--server"),
        (Flags { timeout: Some(0.0), ..Flags::default() }, &[], "--timeout"),
        (Flags { client_cert: Some("x".into()), ..Flags::default() }, &[], "--client-key"),
    ] {
        let error = resolve(&flags, pairs, "").unwrap_err();
        assert!(error.message.contains(word), "{word}: {}", error.message);
    }
}

#[test]
fn a_profile_that_does_not_exist_yet_is_empty() {
    let flags = Flags { profile: Some("new".into()), ..Flags::default() };
    let settings = resolve(&flags, &[], FILE).unwrap();
    assert_eq!(settings.stored, Profile::default());
    assert_eq!(settings.server, None);
}

#[test]
fn a_profile_that_was_chosen_and_does_not_exist_is_known() {
    let missing = |flag: Option<&str>, pairs: &[(&str, &str)]| {
        let flags = Flags { profile: flag.map(str::to_owned), ..Flags::default() };
        resolve(&flags, pairs, FILE).map(|settings| settings.missing_profile().map(str::to_owned))
    };
    let variable = [("SACTL_PROFILE", "nope")];
    assert_eq!(missing(None, &[]).unwrap(), None);
    assert_eq!(missing(Some("other"), &variable).unwrap(), None);
    assert_eq!(missing(None, &variable).unwrap().as_deref(), Some("nope"));
    assert_eq!(missing(Some("nine"), &[]).unwrap().as_deref(), Some("nine"));
    assert!(missing(Some(""), &[]).is_err());
}
