use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use super::*;
use crate::config::ErrorKind;

const NAME: &str = "secrets";

fn private() -> (tempfile::TempDir, Folder) {
    let root = tempfile::tempdir().unwrap();
    let folder = Folder::make_private(&root.path().join("private")).unwrap();
    (root, folder)
}

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path).unwrap().mode() & 0o777
}

/// P2: what cannot be trusted is neither read nor written, and stays as it is.
fn assert_refused(folder: &Folder, because: &str) {
    let read = folder.read(NAME, 100).unwrap_err();
    let written = folder.lock(NAME).unwrap().replace(NAME, b"new").unwrap_err();
    for error in [read, written] {
        assert_eq!(error.kind, ErrorKind::CredentialStore);
        assert!(error.message.contains(because), "{}", error.message);
        assert!(!error.hints.is_empty());
    }
}

#[test]
fn files_and_folders_are_private_from_the_first_byte() {
    let (root, folder) = private();
    folder.lock(NAME).unwrap().replace(NAME, b"one").unwrap();
    assert_eq!(mode(folder.path()), 0o700);
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
    }
    let new = root.path().join("new");
    create_private(&new, b"x").unwrap();
    assert_eq!(mode(&new), 0o600);
    assert!(create_private(&new, b"y").is_err());
}

#[test]
fn what_others_may_read_is_refused_with_the_mend() {
    let (_root, folder) = private();
    let path = folder.path().join(NAME);
    std::fs::write(&path, b"old").unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    assert_refused(&folder, "mode 644");
    assert_eq!(std::fs::read(&path).unwrap(), b"old");

    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let error = Folder::open_private(folder.path()).unwrap_err();
    assert!(
        error.hints[0].on(&crate::text::Target::default()).starts_with("chmod 700 "),
        "{:?}",
        error.hints
    );
}

#[test]
fn links_and_pipes_are_refused_without_waiting() {
    let (root, folder) = private();
    let elsewhere = root.path().join("elsewhere");
    std::fs::write(&elsewhere, b"old").unwrap();
    symlink(&elsewhere, folder.path().join(NAME)).unwrap();
    assert_refused(&folder, "not a regular file");
    assert_eq!(std::fs::read(&elsewhere).unwrap(), b"old");

    std::fs::remove_file(folder.path().join(NAME)).unwrap();
    rustix::fs::mknodat(&folder.fd, NAME, FileType::Fifo, owner_only(), 0).unwrap();
    assert_refused(&folder, "not a regular file");

    let link = root.path().join("link");
    symlink(folder.path(), &link).unwrap();
    assert!(Folder::open_private(&link).is_err());
}

#[test]
fn what_a_killed_writer_left_does_not_matter() {
    let (_root, folder) = private();
    folder.lock(NAME).unwrap().replace(NAME, b"old").unwrap();
    std::fs::write(folder.path().join(".secrets.new"), b"half").unwrap();
    assert_eq!(folder.read(NAME, 100).unwrap().unwrap().as_slice(), b"old");
    folder.lock(NAME).unwrap().replace(NAME, b"new").unwrap();
    assert_eq!(folder.read(NAME, 100).unwrap().unwrap().as_slice(), b"new");
    assert!(!folder.path().join(".secrets.new").exists());
}

#[test]
fn writers_take_turns() {
    let (_root, folder) = private();
    folder.lock(NAME).unwrap().replace(NAME, b"").unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..20 {
                    let lock = folder.lock(NAME).unwrap();
                    let mut content = folder.read(NAME, 1000).unwrap().unwrap();
                    content.push(b'x');
                    lock.replace(NAME, &content).unwrap();
                }
            });
        }
    });
    assert_eq!(folder.read(NAME, 1000).unwrap().unwrap().len(), 160);
}

#[test]
fn reading_is_bounded() {
    let (_root, folder) = private();
    folder.lock(NAME).unwrap().replace(NAME, &[b'x'; 101]).unwrap();
    assert!(folder.read(NAME, 100).is_err());
    assert_eq!(folder.read(NAME, 101).unwrap().unwrap().len(), 101);
    assert!(read_regular(Path::new("/dev/zero"), 100).is_err());
    assert!(read_bounded(Path::new("/dev/zero"), 100, "another file").is_err());
}
