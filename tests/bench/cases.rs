//! What is measured, against what, and what must hold.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::accounts::{COMPANIES, PAGE, cursor};
use crate::process::{Program, Taken};
use crate::server::{Server, list_path};

/// What must hold for a case.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    /// Median time, at most so many times that of the other side.
    Ratio(f64),
    /// Median time, at most so many milliseconds.
    Millis(f64),
    /// Greatest memory, at most so many MiB.
    Peak(f64),
    /// Greatest memory, at most so many times that of another case.
    PeakTimes(f64, &'static str),
}

/// One line of the table, before it is measured.
struct Case {
    name: &'static str,
    ours: Program,
    other: Option<(&'static str, Program)>,
    targets: Vec<Target>,
    repetitions: usize,
}

/// One line of the table.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) ours: Vec<Taken>,
    pub(crate) other: Option<(&'static str, Vec<Taken>)>,
    pub(crate) targets: Vec<Target>,
}

/// Everything that cases need: the server, a private home, the programs.
pub(crate) struct Place {
    folder: TempDir,
    server: Server,
    hello: PathBuf,
    cacert: PathBuf,
}

/// The program under measurement.
fn sactl_path() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_sactl"))
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = TempDir::with_prefix("sactl-bench-").unwrap();
        let server = Server::start();
        let cacert = folder.path().join("authority.pem");
        std::fs::write(&cacert, &server.authority).unwrap();
        let hello = hello_world(folder.path());
        settle(sactl_path());
        let place = Self { folder, server, hello, cacert };
        println!("{}", first_line(Command::new("curl").arg("--version")));
        println!("{}", first_line(Command::new(sactl_path()).arg("--version")));
        place.sign_in();
        place
    }

    fn http(&self) -> String {
        format!("http://{}", self.server.http)
    }

    fn https(&self) -> String {
        format!("https://{}", self.server.https)
    }

    /// The program in a private home, without a server.
    fn alone(&self) -> Program {
        let at = |name: &str| self.folder.path().join(name).display().to_string();
        Program::new(sactl_path()).env("HOME", at("home")).env("SACTL_CONFIG_DIR", at("config"))
    }

    /// The program with a token and a company, as in a pipeline of a CI.
    fn sactl(&self, server: String, company: usize) -> Program {
        self.alone()
            .env("SACTL_SERVER", server)
            .env("SACTL_TOKEN", "sat_0000000000000000")
            .env("SACTL_COMPANY", company.to_string())
    }

    /// The program signed in as a person is, with a profile and credentials in a file.
    fn signed_in(&self, company: usize) -> Program {
        self.alone().env("SACTL_COMPANY", company.to_string())
    }

    /// Completion at the TAB key, without a cache: where names would be, a file is in the way.
    fn completion(&self, company: usize) -> Program {
        let folder = self.folder.path().join("uncached");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("cache"), "").unwrap();
        self.sactl(self.http(), company)
            .env("SACTL_CONFIG_DIR", folder.display().to_string())
            .env("SACTL_COMPLETE", "zsh")
            .args(["--", "sactl", "show", ""])
    }

    fn sign_in(&self) {
        let at = |name: &str| self.folder.path().join(name);
        let password = at("password");
        std::fs::write(&password, "Sandbox-1234!\n").unwrap();
        let login = ["login", "--username", "admin@acme.example", "--credential-store", "file"];
        let mut command = Command::new(sactl_path());
        command.args(login).arg("--password-stdin").arg("--server").arg(self.http()).env_clear();
        command.env("HOME", at("home")).env("SACTL_CONFIG_DIR", at("config"));
        let output = command.stdin(File::open(password).unwrap()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// curl for the same bytes: the same requests, one after the other on one connection.
    fn curl(&self, server: &str, company: usize) -> Program {
        let page = |number: usize| {
            let cursor = if number == 0 { String::new() } else { format!("&cursor={}", cursor(number)) };
            format!("{server}{}?page_size={PAGE}{cursor}", list_path(company))
        };
        Program::new("/usr/bin/curl")
            .args([
                "-sS",
                "-H",
                "authorization: Bearer sat_0000000000000000",
                "-H",
                "accept: application/json",
            ])
            .args(
                server
                    .starts_with("https")
                    .then_some(["--cacert".into(), self.cacert()])
                    .into_iter()
                    .flatten(),
            )
            .args((0..company.div_ceil(PAGE)).map(page))
    }

    /// What a shell needs to start the program by hand; the lists are those of other companies too.
    pub(crate) fn settings(&self) -> String {
        let (http, https, cacert) = (self.http(), self.https(), self.cacert());
        format!(
            "export SACTL_SERVER={http} SACTL_TOKEN=sat_0000000000000000 SACTL_COMPANY={}\n\
             # companies: {COMPANIES:?}; over TLS: --server {https} --cacert {cacert}",
            COMPANIES[1]
        )
    }

    fn cacert(&self) -> String {
        self.cacert.display().to_string()
    }

    fn cases(&self) -> Vec<Case> {
        use Target::{Millis, Peak, PeakTimes, Ratio};
        let [small, middle, large] = COMPANIES;
        let (http, https) = (self.http(), self.https());
        let plain = |company| Some(("curl", self.curl(&http, company)));
        let list = |company| self.sactl(http.clone(), company).args(["list"]);
        let secure = self.sactl(https.clone(), small).args(["list", "--cacert", &self.cacert()]);
        let hello = Some(("hello", Program::new(&self.hello)));
        let case = |name, ours, other, targets, repetitions| Case { name, ours, other, targets, repetitions };
        vec![
            case("--help", self.alone().args(["--help"]), hello.clone(), vec![Ratio(2.2)], 200),
            case("--version", self.alone().args(["--version"]), hello, vec![], 100),
            case("list 100", list(small), plain(small), vec![Ratio(0.55), Peak(10.0)], 80),
            case(
                "list 100, TLS",
                secure,
                Some(("curl", self.curl(&https, small))),
                vec![Ratio(0.8), Peak(10.0)],
                80,
            ),
            case(
                "list 100, signed in",
                self.signed_in(small).args(["list"]),
                plain(small),
                vec![Ratio(0.55), Peak(10.0)],
                40,
            ),
            case("list 10,000", list(middle), plain(middle), vec![Ratio(2.5)], 40),
            case(
                "list 100,000 jsonl",
                list(large).args(["-o", "jsonl"]),
                plain(large),
                vec![Ratio(5.0), PeakTimes(1.5, "list 10,000")],
                10,
            ),
            case("completion", self.completion(small), None, vec![Millis(20.0)], 40),
            case("list 10,000 table", list(middle).args(["-o", "table"]), plain(middle), vec![], 10),
            case("list 10,000 json", list(middle).args(["-o", "json"]), plain(middle), vec![], 10),
            case("list 10,000 csv", list(middle).args(["-o", "csv"]), plain(middle), vec![], 10),
            case("whoami", self.sactl(http.clone(), small).args(["whoami"]), plain(small), vec![], 20),
            case("sandbox -- true", self.alone().args(["sandbox", "--", "true"]), None, vec![], 20),
        ]
    }
}

/// Measures the cases whose name has every word of `wanted`.
pub(crate) fn run(place: &Place, wanted: &[&str]) -> Vec<Row> {
    let cases = place.cases().into_iter();
    cases.filter(|case| wanted.iter().all(|word| case.name.contains(word))).map(measured).collect()
}

/// Both sides in turns, after one turn each that does not count.
fn measured(case: Case) -> Row {
    let mut ours = Vec::new();
    let mut other = Vec::new();
    case.ours.run();
    for _ in 0..case.repetitions {
        ours.push(case.ours.run());
        other.extend(case.other.as_ref().map(|(_, program)| program.run()));
    }
    assert!(ours.iter().all(|taken| taken.bytes == ours[0].bytes), "{}: not always the same", case.name);
    let other = case.other.map(|(name, _)| (name, other));
    Row { name: case.name, ours, other, targets: case.targets }
}

fn first_line(command: &mut Command) -> String {
    let output = command.output().unwrap();
    String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned()
}

/// The smallest program that says something, made as the measured one is.
fn hello_world(folder: &Path) -> PathBuf {
    let (source, program) = (folder.join("hello.rs"), folder.join("hello"));
    std::fs::write(&source, "fn main() { println!(\"Hello, world!\"); }\n").unwrap();
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let status = Command::new(rustc).args(["-O", "-o"]).arg(&program).arg(&source).status().unwrap();
    assert!(status.success(), "rustc is needed for the comparison");
    program
}

/// Has the system read a file anew, as it does after a start of the machine. Of a file that was written just now it
/// holds larger pieces, which count as memory of the process that uses a part of them.
fn settle(program: &Path) {
    let file = File::open(program).unwrap();
    file.sync_all().unwrap();
    rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed).unwrap();
}
