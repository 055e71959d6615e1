//! Has the linker make a program that starts quickly.
//!
//! The functions that a client calls are put next to each other: they lie all over a large program otherwise, and
//! whoever calls a few of them has most of it in memory. Their names are in `hot.ld`, beside this file; one that no
//! longer exists does no harm. Addresses that are settled at the start are listed in the short form, where this
//! machine's C library reads it. What unwinds the stack comes from the archive of the C compiler, so that there is
//! one library less to load.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=.link");
    if !is_known() {
        return;
    }
    let folder = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    // Names of the older kind do not say for which types a function is.
    if flags().contains("symbol-mangling-version=v0") {
        println!("cargo::rustc-link-arg-bins=-T");
        println!("cargo::rustc-link-arg-bins={}", Path::new(&folder).join(".link/hot.ld").display());
    }
    // Rust asks for `gcc_s` by name, whatever else was asked for: here that name stands for the archive.
    let libraries = env::var_os("OUT_DIR").unwrap_or_default();
    let alias = Path::new(&libraries).join("libgcc_s.so");
    if has_archive() && fs::write(alias, "INPUT(-lgcc_eh)\n").is_ok() {
        println!("cargo::rustc-link-search=native={}", Path::new(&libraries).display());
    }
    if reads_short_addresses() {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// The flags of the compiler.
fn flags() -> String {
    env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default()
}

/// Whether the program is built as it is shipped, where its functions have these names, and linked with what is
/// known to read such a file: no other linker was configured, so it is GNU's or LLVM's.
fn is_known() -> bool {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    is("PROFILE", "release")
        && is("CARGO_CFG_TARGET_ARCH", "x86_64")
        && is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
        && env::var_os("RUSTC_LINKER").is_none()
        && !flags().contains("link")
}

/// Whether the C compiler comes with the archive of what unwinds the stack.
fn has_archive() -> bool {
    let output = Command::new("cc").arg("-print-file-name=libgcc_eh.a").output();
    output.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_absolute())
}

/// Whether the program will run with GNU's C library from 2.36 on: it is made for this machine, which has it.
fn reads_short_addresses() -> bool {
    let output = Command::new("getconf").arg("GNU_LIBC_VERSION").output();
    let version =
        output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let minor = version.trim().strip_prefix("glibc 2.").and_then(|minor| minor.parse::<u32>().ok());
    env::var_os("HOST") == env::var_os("TARGET") && minor.is_some_and(|minor| minor >= 36)
}
