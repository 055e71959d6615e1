//! Files beside the database and the key that were used whatever they were.

#![cfg(unix)]

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use sactl::platform::app::Tls;
use sactl::platform::{DatabaseUrl, Platform};

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

/// Opens a database as `serve` does; says why it cannot. A start that hangs fails the test.
fn open(database: PathBuf) -> Result<(), String> {
    let (told, outcome) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let opened = runtime.block_on(Platform::open(&DatabaseUrl::Sqlite(database)));
        told.send(opened.map(drop).map_err(|error| format!("{error:#}"))).unwrap();
    });
    outcome.recv_timeout(Duration::from_mins(1)).expect("the start hangs")
}

/// S16: `.lock` and `-wal` beside the database could be links, and the mode of the target was changed.
#[test]
fn link_beside_the_database_is_refused_and_its_target_untouched() {
    for suffix in [".lock", "-wal", "-shm"] {
        let folder = tempfile::tempdir().unwrap();
        let (target, database) = (folder.path().join("target"), folder.path().join("platform.db"));
        std::fs::write(&target, "mine").unwrap();
        std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o644)).unwrap();
        let link = format!("{}{suffix}", database.display());
        symlink(&target, &link).unwrap();
        let refused = open(database.clone()).unwrap_err();
        assert!(refused.contains(&link) && refused.contains("remove it"), "{refused}");
        assert_eq!((mode(&target), std::fs::read_to_string(&target).unwrap().as_str()), (0o644, "mine"));
        std::fs::remove_file(&link).unwrap();
        open(database).unwrap();
    }
}

/// S16: a FIFO in the place of `.lock` hung the start for ever.
#[test]
fn pipe_in_place_of_the_lock_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("platform.db.lock");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let refused = open(folder.path().join("platform.db")).unwrap_err();
    assert!(refused.contains("platform.db.lock is not a plain file"), "{refused}");
}

/// S16: a TLS key that all users may read was used without a word.
#[test]
fn key_that_all_may_read_is_refused() {
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/tls");
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.pem");
    std::fs::copy(files.join("key.pem"), &key).unwrap();
    let load = |mode: u32| {
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
        Tls::from_files(&files.join("cert.pem"), &key).map_err(|error| error.to_string())
    };
    let refused = load(0o644).unwrap_err();
    assert!(refused.contains("key.pem") && refused.contains("chmod 600"), "{refused}");
    for private in [0o640, 0o600] {
        load(private).unwrap();
    }
}
