//! The files of a SQLite database.

use sactl::platform::service::account;

use super::story::new_account;
use super::{ACME, World, on};
use crate::common::database::Database;

/// P28: no other user may read the database or its companion files, even if they were too open before.
#[cfg(unix)]
#[tokio::test]
async fn p28_database_files_are_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let database = Database::sqlite();
    let folder = database.folder().unwrap().to_owned();
    std::fs::write(folder.join("platform.db"), "").unwrap();
    std::fs::set_permissions(folder.join("platform.db"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let world = World::sandbox(database).await;
    let admin = world.acting("admin@acme.example", ACME).await;
    account::create(&admin, new_account("one-more"), None).await.unwrap();
    let mut seen = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.path());
        seen.push(entry.file_name().into_string().unwrap());
    }
    assert!(
        seen.contains(&"platform.db".to_owned()) && seen.contains(&"platform.db-wal".to_owned()),
        "{seen:?}"
    );
}

/// P25: what was acknowledged is on the disk, and what another process writes is seen at once.
#[tokio::test]
async fn p25_a_database_is_durable_and_checks_its_references() {
    let world = World::sandbox(Database::sqlite()).await;
    assert_eq!(world.number("SELECT COUNT(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'").await, 1);
    let admin = on(&world.other_node().await, &world.acting("admin@acme.example", ACME).await);
    account::delete(&admin, "fleet-automation").await.unwrap();
    let orphans = "SELECT COUNT(*) FROM access WHERE principal_id NOT IN (SELECT id FROM principal)";
    assert_eq!(world.number(orphans).await, 0);
}
