//! A node of another release: its program, on the database of the test.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use sactl::platform::DatabaseUrl;

/// A running node; it is stopped when it is dropped.
pub(crate) struct OtherNode {
    child: Child,
    /// Where it is, without a slash at the end.
    pub(crate) url: String,
}

impl OtherNode {
    /// Starts `program` on a PostgreSQL database.
    pub(crate) fn start(program: &Path, database: &DatabaseUrl) -> Self {
        let DatabaseUrl::Postgres(database) = database else { panic!("not PostgreSQL: {database}") };
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--database", database]).env("SACTL_LOG", "off");
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim_end().strip_prefix("Listening on ");
        let url = url.unwrap_or_else(|| panic!("{} does not serve: {line}", program.display())).to_owned();
        Self { child, url }
    }
}

impl Drop for OtherNode {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
