//! Checks of the configuration files for `doctor`.
//!
//! Responsible for owner and mode of every file. Refuses to open one.

use std::fs::Metadata;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::{Error, Result, credentials, file};

/// What the rights of a file allow others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// Nothing: it holds secrets.
    Private,
    /// To read, but not to change: it says which server is used.
    Unchanged,
}

impl Wanted {
    const fn forbidden(self) -> u32 {
        match self {
            Self::Private => 0o077,
            Self::Unchanged => 0o022,
        }
    }
}

/// What is wrong with the files in the configuration folder, each with its fix; nothing where there is no
/// folder yet.
///
/// # Errors
/// `io` when a folder cannot be looked into.
pub fn faults(config_folder: &Path) -> Result<Vec<Error>> {
    let secrets = config_folder.join(credentials::FOLDER);
    let mut looked_at = vec![
        (config_folder.to_owned(), Wanted::Unchanged),
        (config_folder.join(file::NAME), Wanted::Unchanged),
    ];
    looked_at.extend(below(&secrets)?.into_iter().map(|path| (path, Wanted::Private)));
    looked_at.push((secrets, Wanted::Private));
    Ok(looked_at.iter().filter_map(|(path, wanted)| fault(path, *wanted)).collect())
}

/// Tries to write a file where a sign-in writes, and leaves nothing there.
///
/// # Errors
/// `credential_store` with the folder that takes no file.
pub fn try_write(config_folder: &Path) -> Result<()> {
    let secrets = config_folder.join(credentials::FOLDER);
    for folder in [config_folder, &secrets].into_iter().filter(|folder| folder.exists()) {
        let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| file.write_all(b"\n"));
        written.map_err(|error| {
            Error::store(format!("cannot write to {}", folder.display()))
                .hint("make the folder writable, or use another one with SACTL_CONFIG_DIR")
                .caused_by(error)
        })?;
    }
    Ok(())
}

fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
    entries
        .map(|entry| entry.map(|entry| entry.path()).map_err(|error| Error::io("look into", folder, error)))
        .collect()
}

fn fault(path: &Path, wanted: Wanted) -> Option<Error> {
    let link = path.symlink_metadata().ok()?;
    if link.is_symlink() && wanted == Wanted::Private {
        return Some(
            Error::store(format!("{} is a symbolic link", path.display()))
                .hint(format!("replace it with the file itself: rm {}", path.display())),
        );
    }
    let found = path.metadata().ok()?;
    foreign(path, &found).or_else(|| loose(path, &found, wanted))
}

fn foreign(path: &Path, found: &Metadata) -> Option<Error> {
    let own = rustix::process::geteuid().as_raw();
    (found.uid() != own).then(|| {
        Error::store(format!("{} belongs to user {}, not to you ({own})", path.display(), found.uid()))
            .hint(format!("move it away: mv {0} {0}.foreign", path.display()))
    })
}

fn loose(path: &Path, found: &Metadata, wanted: Wanted) -> Option<Error> {
    let mode = found.permissions().mode() & 0o777;
    let right = if found.is_dir() { "700" } else { "600" };
    (mode & wanted.forbidden() != 0).then(|| {
        let verb = if wanted == Wanted::Private { "read or change" } else { "change" };
        Error::store(format!("others may {verb} {} (mode {mode:03o})", path.display()))
            .hint(format!("chmod {right} {}", path.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    fn messages(folder: &Path) -> Vec<String> {
        faults(folder)
            .unwrap()
            .into_iter()
            .map(|error| {
                format!("{} | {}", error.message, error.hints[0].on(&crate::text::Target::default()))
            })
            .collect()
    }

    #[test]
    fn every_file_is_looked_at_and_every_fault_has_its_mend() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("sactl");
        assert_eq!(messages(&folder), Vec::<String>::new());

        let secrets = folder.join(credentials::FOLDER);
        std::fs::create_dir_all(&secrets).unwrap();
        let (config, secret) = (folder.join(file::NAME), secrets.join("credentials.json"));
        std::fs::write(&config, "").unwrap();
        std::fs::write(&secret, "").unwrap();
        for (path, mode) in [(&folder, 0o755), (&config, 0o644), (&secrets, 0o700), (&secret, 0o600)] {
            set(path, mode);
        }
        assert_eq!(messages(&folder), Vec::<String>::new());

        for (path, mode) in [(&folder, 0o775), (&config, 0o666), (&secrets, 0o750), (&secret, 0o640)] {
            set(path, mode);
        }
        let found = messages(&folder);
        assert_eq!(found.len(), 4, "{found:#?}");
        for path in [&folder, &secrets] {
            assert!(found.iter().any(|line| line.ends_with(&format!("chmod 700 {}", path.display()))));
        }
        for path in [&config, &secret] {
            assert!(found.iter().any(|line| line.ends_with(&format!("chmod 600 {}", path.display()))));
        }
    }

    #[test]
    fn a_link_among_secrets_is_a_fault() {
        let root = tempfile::tempdir().unwrap();
        let secrets = root.path().join(credentials::FOLDER);
        std::fs::create_dir(&secrets).unwrap();
        set(&secrets, 0o700);
        set(root.path(), 0o700);
        std::os::unix::fs::symlink("/nonexistent", secrets.join("credentials.json")).unwrap();
        assert!(messages(root.path())[0].contains("symbolic link"));
    }
}
