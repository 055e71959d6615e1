//! What must hold for every input whatsoever. The property tests try inputs made to a plan, the fuzz targets
//! inputs that find their own way; both call these.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use sactl::api::{Account, Code, Page, bounds};
use sactl::client;
use sactl::config::ConfigFile;
use sactl::config::credentials::FileStore;
use sactl::config::credentials::Slot;
use sactl::domain::password::{self, Rule};
use sactl::domain::{Company, CompanyId, Password};
use sactl::error::CliError;
use sactl::output::{AccountListView, AccountRow, Asked, Format, OutputContext};
use sactl::text::sanitize::{is_hidden, json_visible, sanitise};

/// In a file of credentials, everything secret begins with this word, so that it can be looked for.
pub(crate) const CANARY: &str = "canary";

/// Insists that nothing in `text` commands a terminal.
fn assert_tame(text: &str) {
    let wild = |one: char| is_hidden(one) && one != '\n' && one != '\t';
    assert!(!text.contains(wild), "{text:?}");
}

/// An error says what is wrong: not with success, in bounded length, and without commanding a terminal.
fn assert_decent(error: &CliError) {
    assert!((1..=8).contains(&error.exit_code()), "{error:?}");
    let (text, document) = (error.to_text(None), error.to_document());
    assert_tame(&text);
    assert_tame(&document);
    assert_eq!(document.lines().count(), 1, "{document:?}");
    let parsed: serde_json::Value = serde_json::from_str(&document).unwrap();
    let code = parsed["error"]["code"].as_str().unwrap();
    assert_eq!(Code::parse(code), Some(error.code()));
}

fn put(path: &Path, bytes: &[u8]) {
    let folder = path.parent().unwrap();
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).unwrap();
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(path).unwrap();
    std::io::Write::write_all(&mut file, bytes).unwrap();
}

/// A configuration file is read or refused; what is read says the same when it is written again.
pub(crate) fn config_file(folder: &Path, bytes: &[u8]) {
    put(&folder.join("config.toml"), bytes);
    match ConfigFile::load(folder) {
        Ok(read) => {
            let written = toml::to_string(&read).unwrap();
            put(&folder.join("config.toml"), written.as_bytes());
            assert_eq!(ConfigFile::load(folder).unwrap(), read, "{written:?}");
        }
        Err(error) => assert_decent(&error.into()),
    }
}

/// A file of credentials is read or refused; a refusal repeats no secret of it.
pub(crate) fn credential_file(folder: &Path, bytes: &[u8]) {
    let store = FileStore::new(folder);
    put(store.path(), bytes);
    let slot = Slot { origin: "https://gateway.example".parse().unwrap(), username: "admin".to_owned() };
    match store.load(&slot) {
        Ok(None) => {}
        Ok(Some(credentials)) => assert!(!format!("{credentials:?}").contains(CANARY)),
        Err(error) => {
            assert!(!format!("{error:?}").contains(CANARY), "{error:?}");
            let error = CliError::from(error);
            assert!(
                !error.to_text(None).contains(CANARY) && !error.to_document().contains(CANARY),
                "{error:?}"
            );
            assert_decent(&error);
        }
    }
}

/// Any answer without success is an error that a person can read.
pub(crate) fn error_body(status: u16, body: &[u8]) {
    let error = client::Error::of_answer(status, body);
    assert!(error.message.chars().count() <= 2_001, "{} characters", error.message.len());
    assert_decent(&error.into());
}

fn output_context(format: Option<Format>, is_terminal: bool) -> OutputContext {
    OutputContext { format, is_terminal, width: Some(80), ..OutputContext::default() }
}

/// A page of accounts is read or refused; what is read is shown tame in every form, a row for each account,
/// and as JSON it says what the server said.
pub(crate) fn account_list(body: &[u8]) {
    let Ok(text) = str::from_utf8(body) else { return };
    let Ok(page) = bounds::read::<Page<Account>>(text) else { return };
    let names: Vec<String> = page.data.iter().map(|account| account.name.clone()).collect();
    let company = page.company.unwrap_or(Company { id: CompanyId(1), name: "Acme MSP".to_owned() });
    let row = |account| AccountRow::new(account, company.clone());
    let accounts: Vec<AccountRow> = page.data.into_iter().map(row).collect();
    let list = AccountListView::new(company, accounts, Asked::default());
    let write = |format, is_terminal| {
        let mut out = Vec::new();
        sactl::output::write(&list, &mut out, &output_context(format, is_terminal)).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_tame(&text);
        text
    };
    for format in [Format::Table, Format::Yaml] {
        write(Some(format), true);
    }
    for (format, header) in
        [(Some(Format::Jsonl), 0), (Some(Format::Csv), 1), (Some(Format::Name), 0), (None, 0)]
    {
        let text = write(format, false);
        assert_eq!(text.lines().count(), names.len() + header, "{format:?}: {text:?}");
    }
    let document: serde_json::Value = serde_json::from_str(&write(Some(Format::Json), true)).unwrap();
    let tables = [&document["owned"], &document["external"]];
    let mut shown: Vec<&str> = tables
        .into_iter()
        .flat_map(|table| table.as_array().unwrap())
        .map(|account| account["name"].as_str().unwrap())
        .collect();
    let mut said: Vec<&str> = names.iter().map(String::as_str).collect();
    shown.sort_unstable();
    said.sort_unstable();
    assert_eq!(shown, said);
}

/// Text made safe is one line without any command, and text without any is left alone; JSON made safe means the
/// same.
pub(crate) fn sanitiser(text: &str) {
    let shown = sanitise(text);
    assert!(!shown.contains(is_hidden), "{shown:?}");
    assert_eq!(shown.lines().count().min(1), usize::from(!shown.is_empty()));
    assert_eq!(text.contains(is_hidden), shown != text, "{text:?}");
    assert_eq!(sanitise(&shown), shown);
    let json = serde_json::to_string(text).unwrap();
    let visible = json_visible(&json);
    assert_tame(&visible);
    assert_eq!(serde_json::from_str::<String>(&visible).unwrap(), text);
}

/// The password policy, told a second time in other words.
pub(crate) fn password_policy(text: &str) {
    let letters: Vec<char> = text.chars().collect();
    let special = |one: &char| !one.is_alphanumeric() && !one.is_whitespace() && !one.is_control();
    let expected: Vec<Rule> = [
        (Rule::MinLength, letters.len() >= 8),
        (Rule::MaxLength, letters.len() <= 256),
        (Rule::Uppercase, letters.iter().any(|one| one.is_uppercase())),
        (Rule::Number, "0123456789".chars().any(|digit| letters.contains(&digit))),
        (Rule::Special, letters.iter().any(special)),
        (Rule::NoControl, !letters.iter().any(|one| one.is_control())),
    ]
    .into_iter()
    .filter_map(|(rule, is_kept)| (!is_kept).then_some(rule))
    .collect();
    let given = Password::new(text);
    assert_eq!(password::check(&given).err().unwrap_or_default(), expected, "{text:?}");
    assert_eq!(given.expose(), text);
    if expected.is_empty() {
        let remark = password::weakness(&given, &["robot"]).unwrap_or_default();
        assert!(!remark.contains(text), "{remark:?}");
    }
}
