//! The cache of names for shell completion: one small private file for each server, identity, company and kind of name.
//!
//! Responsible for reading and writing it. Refuses secrets, and to fail: a file that cannot be read does not exist, and
//! a name that cannot be written is not cached.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::config::secure_file::Folder;
use crate::domain::{CompanyId, Origin, Token};

/// How long names count without a word from the server.
const FRESH: SignedDuration = SignedDuration::from_secs(60);
/// How long they are better than nothing, where the server does not answer.
const STALE: SignedDuration = SignedDuration::from_hours(24);
/// Most bytes of a file.
const LONGEST: usize = 512 * 1024;
/// Most files; with one more, all are dropped.
const MOST: usize = 64;
/// The lock of the folder.
const LOCK: &str = "names";

/// Who has seen the names.
#[derive(Clone, Debug)]
pub enum Seer {
    /// A user or service account.
    User(String),
    /// The owner of this token.
    Bearer(Token),
}

/// What a file is about: names of one kind, as one identity sees them in one place.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The server that gave them.
    pub origin: Origin,
    /// Who has seen them.
    pub seer: Seer,
    /// The company in which they count; `None` for names of the whole server.
    pub company: Option<CompanyId>,
    /// What they are names of: one word.
    pub kind: &'static str,
}

impl Subject {
    fn file_name(&self) -> String {
        let company = self.company.map_or_else(|| "all".to_owned(), |company| company.to_string());
        format!("{}{}-{company}.json", prefix_of(&self.origin, &self.seer), self.kind)
    }
}

/// One name and what is said about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    /// As it is typed.
    pub value: String,
    /// What it is, in a few words.
    pub about: String,
    /// Whether the company that asks may change it: it owns the account, the role is its own.
    pub own: bool,
}

/// Names that were found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The names.
    pub names: Vec<Name>,
    /// Whether they count without a word from the server.
    pub fresh: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    server: Origin,
    seen_at: Timestamp,
    names: Vec<Name>,
}

/// The folder of remembered names.
#[derive(Clone, Debug)]
pub struct NameCache {
    folder: Option<PathBuf>,
}

impl NameCache {
    /// The cache in `folder`; without one nothing is remembered. Touches nothing.
    pub fn new(folder: Option<&Path>) -> Self {
        Self { folder: folder.map(Path::to_owned) }
    }

    /// The names of `subject`, if any are remembered that may still be good.
    pub fn read(&self, subject: &Subject, now: Timestamp) -> Option<Found> {
        let folder = Folder::open_private(self.folder.as_deref()?).ok()??;
        let bytes = folder.read(&subject.file_name(), LONGEST).ok()??;
        let content: Content = serde_json::from_slice(&bytes).ok()?;
        let age = now.duration_since(content.seen_at);
        // A time to come is the mark of a clock that was set back, or of a file that another user wrote.
        let counts = content.server == subject.origin && !age.is_negative() && age < STALE;
        counts.then_some(Found { names: content.names, fresh: age < FRESH })
    }

    /// Remembers the names of `subject`.
    pub fn write(&self, subject: &Subject, names: &[Name], now: Timestamp) {
        let content = Content { server: subject.origin.clone(), seen_at: now, names: names.to_vec() };
        let Ok(bytes) = serde_json::to_vec(&content) else { return };
        let Some(folder) = self.folder.as_deref().filter(|_| bytes.len() <= LONGEST) else { return };
        let Ok(folder) = Folder::make_private(folder) else { return };
        let Ok(Some(lock)) = folder.try_lock(LOCK) else { return };
        if self.files().len() >= MOST {
            self.forget("");
        }
        let _ = lock.replace_lightly(&subject.file_name(), &bytes);
    }

    /// Forgets what `seer` has seen on `origin`.
    pub fn forget_seer(&self, origin: &Origin, seer: &Seer) {
        self.forget(&prefix_of(origin, seer));
    }

    /// Forgets everything about `origin`: something was changed there.
    pub fn forget_server(&self, origin: &Origin) {
        self.forget(&prefix_of_server(origin));
    }

    fn forget(&self, prefix: &str) {
        for path in self.files() {
            let is_meant = path.file_name().and_then(|name| name.to_str());
            if is_meant.is_some_and(|name| name.starts_with(prefix)) {
                let _ = std::fs::remove_file(path);
            }
        }
    }

    /// The files of names. Other files in the folder are never touched.
    fn files(&self) -> Vec<PathBuf> {
        let Some(entries) = self.folder.as_ref().and_then(|folder| std::fs::read_dir(folder).ok()) else {
            return Vec::new();
        };
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect()
    }
}

/// Forgets every name of the server `origin` in the cache `folder`: something was changed there.
pub fn forget_names(folder: Option<&Path>, origin: &Origin) {
    NameCache::new(folder).forget_server(origin);
}

fn prefix_of_server(origin: &Origin) -> String {
    format!("{}-", digest("server", &origin.to_string()))
}

fn prefix_of(origin: &Origin, seer: &Seer) -> String {
    let seer = match seer {
        Seer::User(name) => digest("user", name),
        Seer::Bearer(token) => digest("token", token.expose()),
    };
    format!("{}{seer}-", prefix_of_server(origin))
}

/// Part of a file name that identifies `text` without containing it.
fn digest(kind: &str, text: &str) -> String {
    let digest = Sha256::digest(format!("names of {kind}\n{text}"));
    digest.iter().take(8).fold(String::new(), |name, byte| format!("{name}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn subject(origin: &str, user: &str) -> Subject {
        let seer = Seer::User(user.to_owned());
        Subject { origin: origin.parse().unwrap(), seer, company: Some(CompanyId(1)), kind: "roles" }
    }

    fn names(values: &[&str]) -> Vec<Name> {
        let name = |value: &&str| Name { value: (*value).to_owned(), about: String::new(), own: false };
        values.iter().map(name).collect()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn names_are_fresh_then_stale_then_gone() {
        let root = tempfile::tempdir().unwrap();
        let cache = NameCache::new(Some(&root.path().join("deep/cache")));
        let here = subject("https://a.example", "u");
        assert!(cache.read(&here, at(0)).is_none());
        cache.write(&here, &names(&["viewer"]), at(0));
        let fresh = |now| cache.read(&here, now).map(|found| found.fresh);
        assert_eq!(fresh(at(59)), Some(true));
        assert_eq!(fresh(at(60)), Some(false));
        assert_eq!(fresh(at(86_399)), Some(false));
        assert_eq!(fresh(at(86_400)), None);
        assert_eq!(fresh(at(-1)), None, "from the future");
        assert_eq!(cache.read(&here, at(1)).unwrap().names, names(&["viewer"]));
    }

    #[test]
    fn everybody_has_names_of_their_own_and_forgets_only_those() {
        let root = tempfile::tempdir().unwrap();
        let cache = NameCache::new(Some(&root.path().join("cache")));
        let (a, b) = (subject("https://a.example", "u"), subject("https://a.example", "v"));
        let elsewhere = subject("https://b.example", "u");
        let other_company = Subject { company: None, ..a.clone() };
        let bearer = Subject { seer: Seer::Bearer(Token::new("u")), ..a.clone() };
        let all = [&a, &b, &elsewhere, &other_company, &bearer];
        for (index, subject) in all.iter().enumerate() {
            assert!(cache.read(subject, at(0)).is_none());
            cache.write(subject, &names(&[&index.to_string()]), at(0));
        }
        for (index, subject) in all.iter().enumerate() {
            assert_eq!(cache.read(subject, at(0)).unwrap().names[0].value, index.to_string());
        }
        let there = || all.map(|subject| cache.read(subject, at(0)).is_some());
        cache.forget_seer(&a.origin, &a.seer);
        assert_eq!(there(), [false, true, true, false, true]);
        cache.forget_server(&a.origin);
        assert_eq!(there(), [false, false, true, false, false]);
    }

    #[test]
    fn what_others_could_have_written_or_broken_is_not_there() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("cache");
        let cache = NameCache::new(Some(&folder));
        let here = subject("https://a.example", "u");
        cache.write(&here, &names(&["viewer"]), at(0));
        let file = folder.join(here.file_name());
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
        let good = std::fs::read(&file).unwrap();
        for bad in [&b""[..], b"{", b"[]", b"\xff\xfe", &good[..good.len() - 1], &vec![b' '; LONGEST + 1]] {
            std::fs::write(&file, bad).unwrap();
            assert!(cache.read(&here, at(0)).is_none());
        }
        std::fs::write(&file, String::from_utf8(good.clone()).unwrap().replace("a.example", "b.example"))
            .unwrap();
        assert!(cache.read(&here, at(0)).is_none(), "of another server");
        std::fs::write(&file, &good).unwrap();
        assert!(cache.read(&here, at(0)).is_some());
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).unwrap();
        assert!(cache.read(&here, at(0)).is_none(), "another user may have written it");
        cache.write(&here, &names(&["x"]), at(0));
        assert_eq!(std::fs::read(&file).unwrap(), good);
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
        std::fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &file).unwrap();
        assert!(cache.read(&here, at(0)).is_none(), "a link");
    }

    #[test]
    fn it_does_not_grow_for_ever() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("cache");
        let cache = NameCache::new(Some(&folder));
        for user in 0..200 {
            cache.write(&subject("https://a.example", &user.to_string()), &names(&["viewer"]), at(0));
            assert!(cache.files().len() <= MOST);
        }
        let here = subject("https://a.example", "long");
        cache.write(&here, &names(&[&"x".repeat(LONGEST)]), at(0));
        assert!(cache.read(&here, at(0)).is_none());
    }
}
