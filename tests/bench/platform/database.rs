//! A database of one's own, which waits for the disk as a real one does.

use std::path::Path;

use tempfile::TempDir;

use crate::postgres::Cluster;

/// An empty database; it ends when dropped.
pub(crate) struct Database {
    /// The name of its kind.
    pub(crate) kind: &'static str,
    /// Where it is.
    pub(crate) url: String,
    /// Where a process may work.
    pub(crate) folder: TempDir,
    _cluster: Option<Cluster>,
}

impl Database {
    /// The file of SQLite.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.url.strip_prefix("sqlite:").map(Path::new)
    }
}

/// A SQLite file.
pub(crate) fn sqlite() -> Database {
    let folder = folder();
    let url = format!("sqlite:{}", folder.path().join("platform.db").display());
    Database { kind: "SQLite", url, folder, _cluster: None }
}

/// A PostgreSQL server.
pub(crate) fn postgres() -> Database {
    let cluster = Cluster::start();
    let url = cluster.url.clone();
    Database { kind: "PostgreSQL", url, folder: folder(), _cluster: Some(cluster) }
}

fn folder() -> TempDir {
    TempDir::with_prefix("sactl-bench-").unwrap()
}
