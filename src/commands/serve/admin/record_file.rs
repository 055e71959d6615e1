//! The file that exported records are appended to.
//!
//! Responsible for whole lines that are on the disk, from one writer at a time. Refuses a file that does not end in a
//! record, a symbolic link and a device. The file is opened for each batch, so that log rotation can rename it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::error::{CliError, Result};

/// How each line begins, up to its number and behind it.
const BEGINNING: [&[u8]; 2] = [b"{\"id\":", b",\"at\":"];
/// Bytes that are read at a time to find the last line.
const PIECE: u64 = 64 * 1024;

/// Appends whole lines; they are on the disk when this returns. An incomplete last line, which a crash has left, is
/// removed first: the cursor is still before it, so it is exported again.
///
/// # Errors
/// `config` for a file that does not end in a record, or that another process writes to; `io`.
pub(super) fn append(path: &Path, lines: &str) -> Result<()> {
    let failed = |error: io::Error| CliError::io(format!("cannot write to {}", path.display()), error);
    let mut file = open(path).map_err(failed)?;
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(CliError::config(format!("{} is not a regular file", path.display())));
    }
    // Two at once would each write where the other does. The lock ends with `file`.
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(CliError::config(format!("another export writes to {}", path.display()))
                .hint("name another file with --out, or run one export after the other"));
        }
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    let (length, rest) = last_line(&mut file).map_err(failed)?;
    if !is_cut(&rest) {
        return Err(CliError::config(format!("{} is not a file of audit records", path.display()))
            .hint("its last line is not a record; use another file for --out"));
    }
    let begin = length - rest.len() as u64;
    let written = file
        .set_len(begin)
        .and_then(|()| file.seek(SeekFrom::Start(begin)))
        .and_then(|_| file.write_all(lines.as_bytes()))
        .and_then(|()| file.sync_all());
    written.map_err(failed)?;
    if begin == 0 {
        // The entry of a new file in its folder is on the disk too.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new("."))).and_then(|it| it.sync_all()).map_err(failed)?;
    }
    Ok(())
}

fn open(path: &Path) -> io::Result<File> {
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options.mode(0o600).custom_flags(flags.bits().cast_signed()).open(path)
}

/// Whether `rest` is empty, or the beginning of a record.
fn is_cut(rest: &[u8]) -> bool {
    let [before, behind] = BEGINNING;
    let Some(rest) = rest.strip_prefix(before) else { return before.starts_with(rest) };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = &rest[digits..];
    if digits == 0 { rest.is_empty() } else { rest.starts_with(behind) || behind.starts_with(rest) }
}

/// The length of the file, and what follows its last line feed.
fn last_line(file: &mut File) -> io::Result<(u64, Vec<u8>)> {
    let length = file.metadata()?.len();
    let (mut begin, mut rest) = (length, Vec::new());
    while begin > 0 {
        let piece = begin.min(PIECE);
        begin -= piece;
        let mut read = vec![0; usize::try_from(piece).unwrap_or_default()];
        file.seek(SeekFrom::Start(begin))?;
        file.read_exact(&mut read)?;
        let end = memchr::memrchr(b'\n', &read).map(|end| end + 1);
        read.drain(..end.unwrap_or_default());
        read.append(&mut rest);
        rest = read;
        if end.is_some() {
            break;
        }
    }
    Ok((length, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(before: &str, lines: &str) -> std::result::Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records");
        std::fs::write(&path, before).unwrap();
        append(&path, lines).map_err(|error| error.to_string())?;
        Ok(std::fs::read_to_string(&path).unwrap())
    }

    #[test]
    fn line_that_was_cut_is_removed() {
        let long = format!("{{\"id\":3,\"at\":\"{}", "x".repeat(200_000));
        for rest in ["", "{", "{\"id", "{\"id\":", "{\"id\":31", "{\"id\":3,", "{\"id\":3,\"at\"", &long] {
            for whole in ["", "{\"id\":1}\n{\"id\":2}\n"] {
                let found = after(&format!("{whole}{rest}"), "{\"id\":3}\n").unwrap();
                assert_eq!(found, format!("{whole}{{\"id\":3}}\n"));
            }
        }
    }

    #[test]
    fn file_of_another_kind_is_refused_and_stays() {
        let documents = ["{\"id\":5,\"name\":\"mine\"}", "{\"id\":\"5\"", "{\"id\":,\"at\":1}", "{\"id\":5}"];
        for other in ["root:x:0", "line\nroot:x:0", "\u{7f}"].into_iter().chain(documents) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("other");
            std::fs::write(&path, other).unwrap();
            let refused = append(&path, "{\"id\":3}\n").unwrap_err().to_string();
            assert!(refused.contains("not a file of audit records"), "{other}: {refused}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), other);
        }
    }

    #[test]
    fn file_that_another_writes_to_is_refused_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records");
        append(&path, "{\"id\":1}\n").unwrap();
        let other = File::open(&path).unwrap();
        other.lock().unwrap();
        let refused = append(&path, "{\"id\":2}\n").unwrap_err().to_string();
        assert!(refused.contains("another export writes to"), "{refused}");
        drop(other);
        append(&path, "{\"id\":3}\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"id\":1}\n{\"id\":3}\n");
    }

    #[test]
    fn link_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        std::os::unix::fs::symlink(&target, &link).unwrap();
        append(&link, "{\"id\":3}\n").unwrap_err();
        assert!(!target.exists());
    }
}
