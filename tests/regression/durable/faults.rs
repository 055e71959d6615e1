//! Disks that fail when they are told to.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A disk for a database, and a way to make it fail.
pub(super) struct Fault {
    folder: TempDir,
    /// What the preloaded library does; `None` is a small file system that is filled.
    letter: Option<char>,
}

impl Fault {
    /// A small file system; where the test may not mount one, writes that fail as on a full one.
    pub(super) fn full_disk() -> Self {
        let disk = Self { folder: tempfile::tempdir().unwrap(), letter: None };
        std::fs::create_dir(disk.disk()).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=12m", "tmpfs"]).arg(disk.disk());
        let is_mounted = mount.output().is_ok_and(|output| output.status.success());
        if is_mounted { disk } else { Self::preloaded('n') }
    }

    /// A library between the program and the system; the letters are those of `faults.c`.
    pub(super) fn preloaded(letter: char) -> Self {
        let disk = Self { folder: tempfile::tempdir().unwrap(), letter: Some(letter) };
        std::fs::create_dir(disk.disk()).unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/regression/durable/faults.c");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(disk.library()).arg(source).arg("-ldl");
        let output = compiler.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        disk
    }

    /// Whether no write at all succeeds while it fails. A full disk has room where old data stood.
    pub(super) fn is_total(&self) -> bool {
        self.letter.is_some()
    }

    /// From now on the disk fails.
    pub(super) fn begin(&self) {
        if let Some(letter) = self.letter {
            std::fs::write(self.control(), letter.to_string()).unwrap();
        } else {
            // Ends with the error that there is no space left.
            let filled = std::fs::write(self.filler(), vec![0; 16 << 20]);
            assert!(filled.is_err(), "the disk is not full");
        }
    }

    /// From now on the disk works.
    pub(super) fn end(&self) {
        let file = if self.letter.is_some() { self.control() } else { self.filler() };
        std::fs::remove_file(file).unwrap();
    }

    /// The file of the database.
    pub(super) fn database(&self) -> PathBuf {
        self.disk().join("platform.db")
    }

    /// The variables of the program whose disk this is.
    pub(super) fn variables(&self) -> Vec<(&'static str, PathBuf)> {
        match self.letter {
            Some(_) => vec![("LD_PRELOAD", self.library()), ("FAULTS_FILE", self.control())],
            None => Vec::new(),
        }
    }

    fn disk(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    fn control(&self) -> PathBuf {
        self.folder.path().join("control")
    }

    fn library(&self) -> PathBuf {
        self.folder.path().join("faults.so")
    }

    fn filler(&self) -> PathBuf {
        self.disk().join("filler")
    }
}

impl Drop for Fault {
    fn drop(&mut self) {
        if self.letter.is_none() {
            let _ = Command::new("umount").arg("--lazy").arg(self.disk()).status();
        }
    }
}
