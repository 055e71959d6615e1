//! P7: exit 0 means that the server confirmed the whole effect; a write that is cut off says that its outcome
//! is unknown, and repeating it is safe. A proxy breaks every kind of request before, within and after, in
//! front of the real platform.

use serde_json::Value;

use super::acting::World;
use crate::common::env::Env;
use crate::common::http::Request;
use crate::common::lane::takes;
use crate::common::output::Outcome;
use crate::common::proxy::{Cut, Proxy};

const CUTS: [Cut; 4] =
    [Cut::BeforeTheRequest, Cut::WithinTheRequest, Cut::BeforeTheAnswer, Cut::WithinTheAnswer];

/// One kind of write, on an object of its own, with what tells whether it is done.
struct Write {
    /// What must be there before; `NAME` is the object.
    before: &'static [&'static str],
    /// The command under test.
    command: &'static str,
    /// Shows the state; what it answers tells whether the write is done.
    shown_by: &'static str,
    is_done: fn(&Outcome) -> bool,
    /// Exit codes of the same command when it was done already.
    again: &'static [i32],
}

const WRITES: [Write; 9] = [
    Write {
        before: &[],
        command: "create NAME --password-file password --role viewer",
        shown_by: "show NAME",
        is_done: |shown| shown.code() == Some(0) && shown.json()["access"]["role"] == "viewer",
        again: &[6],
    },
    Write {
        before: &["create NAME --password-file password"],
        command: "edit NAME --description after",
        shown_by: "show NAME",
        is_done: |shown| shown.json()["description"] == "after",
        again: &[0],
    },
    Write {
        before: &["create NAME --password-file password"],
        command: "passwd NAME --password-file other --yes",
        shown_by: "show NAME",
        is_done: |shown| shown.json()["created_at"] != shown.json()["password_changed_at"],
        again: &[0],
    },
    Write {
        before: &["create NAME --password-file password"],
        command: "grant NAME --role viewer",
        shown_by: "show NAME",
        is_done: |shown| shown.json()["access"]["role"] == "viewer",
        again: &[0],
    },
    Write {
        before: &["create NAME --password-file password --permission devices:view"],
        command: "grant NAME --add-permission alerts:view",
        shown_by: "show NAME",
        is_done: |shown| shown.json()["access"]["permissions"].as_array().unwrap().len() == 2,
        again: &[0],
    },
    Write {
        before: &["create NAME --password-file password --role viewer"],
        command: "revoke NAME --yes",
        shown_by: "show NAME",
        is_done: |shown| shown.json()["access"] == Value::Null,
        again: &[0],
    },
    Write {
        before: &["create NAME --password-file password"],
        command: "delete NAME --yes",
        shown_by: "show NAME",
        is_done: |shown| shown.code() == Some(5),
        again: &[5],
    },
    Write {
        before: &[],
        command: "role create NAME --permission devices:view",
        shown_by: "role show NAME",
        is_done: |shown| shown.code() == Some(0),
        again: &[6],
    },
    Write {
        before: &["role create NAME --permission devices:view"],
        command: "role delete NAME --yes",
        shown_by: "role show NAME",
        is_done: |shown| shown.code() == Some(5),
        again: &[5],
    },
];

fn is_write(request: &Request) -> bool {
    request.method != "GET"
}

/// The same person behind another server.
fn behind(proxy: &Proxy, person: &Env) -> Env {
    let token = person.variables().iter().find(|(name, _)| name == "SACTL_TOKEN").unwrap().1.clone();
    let env = Env::new().with("SACTL_SERVER", proxy.url()).with("SACTL_TOKEN", token);
    prepared(env.with("SACTL_COMPANY", "1"))
}

fn prepared(env: Env) -> Env {
    env.file("password", "Before-the-cut-1!");
    env.file("other", "After-the-cut-2!");
    env
}

/// One write, cut at one place so many times, told by who can see what became of it.
struct Case<'a> {
    world: &'a World,
    admin: &'a Env,
    write: &'a Write,
    cut: Cut,
    name: String,
}

impl Case<'_> {
    fn line(&self, line: &str) -> String {
        line.replace("NAME", &self.name)
    }

    fn is_done(&self) -> bool {
        (self.write.is_done)(&self.admin.sactl(&format!("{} -o json", self.line(self.write.shown_by))))
    }

    fn prepare(&self) {
        for line in self.write.before {
            self.admin.sactl(&self.line(line)).ok();
        }
        // Times are whole seconds: a change is later than what was before.
        self.world.server().advance(1);
        assert!(!self.is_done(), "{} is done before it began", self.line(self.write.command));
    }

    fn cut_off(&self, times: usize) -> Outcome {
        let proxy = Proxy::cutting(&self.world.url(), self.cut, times, is_write);
        behind(&proxy, self.admin).sactl(&format!("{} -o json", self.line(self.write.command)))
    }

    /// Cut once: an automatic repetition has succeeded, or the outcome is unknown and says so.
    fn once(&self) {
        self.prepare();
        let outcome = self.cut_off(1);
        let told = format!("{:?} {}\n{outcome}", self.cut, self.line(self.write.command));
        match outcome.code() {
            Some(0) => assert!(self.is_done(), "success without effect: {told}"),
            _ => self.assert_unknown(&outcome, &told),
        }
    }

    /// Cut for good: never success; what is then the case is one of two things, and repeating ends well.
    fn always(&self) {
        self.prepare();
        let outcome = self.cut_off(usize::MAX);
        let told = format!("{:?} {}\n{outcome}", self.cut, self.line(self.write.command));
        self.assert_unknown(&outcome, &told);
        let was_done = self.is_done();
        let again = self.admin.sactl(&self.line(self.write.command));
        let allowed: &[i32] = if was_done { self.write.again } else { &[0] };
        assert!(allowed.contains(&again.code().unwrap()), "done: {was_done}; {told}\nrepeated:\n{again}");
        assert!(self.is_done(), "{told}\nrepeated:\n{again}");
    }

    fn assert_unknown(&self, outcome: &Outcome, told: &str) {
        assert_eq!(outcome.code(), Some(8), "{told}");
        let document: Value = serde_json::from_str(&outcome.stderr).unwrap();
        let error = &document["error"];
        let is_unknown = error["code"] == "outcome_unknown";
        assert!(is_unknown || !self.is_done(), "it is done, and the answer denies it: {told}");
        if self.cut != Cut::BeforeTheRequest {
            assert!(is_unknown, "something was sent: {told}");
        }
        let hint = error["hint"].as_str().unwrap_or_default();
        assert!(hint.contains("sactl "), "nothing shows the state: {told}");
    }
}

/// Every write × every place to cut × once and for good.
#[test]
fn p7_no_cut_is_taken_for_success_or_done_twice() {
    let world = World::start();
    let admin = prepared(world.admin());
    std::thread::scope(|scope| {
        for (number, write) in WRITES.iter().enumerate() {
            let (world, admin) = (&world, &admin);
            scope.spawn(move || {
                for (place, cut) in CUTS.into_iter().enumerate() {
                    let name = |how: &str| format!("cut-{number}-{how}-{cut:?}").to_lowercase();
                    if takes(number + place, 2) {
                        Case { world, admin, write, cut, name: name("once") }.once();
                    }
                    if takes(number + place + 1, 2) {
                        Case { world, admin, write, cut, name: name("always") }.always();
                    }
                }
            });
        }
    });
    let list = admin.sactl("list -o json").ok().json();
    let mut names = super::acting::names(&list["owned"]);
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all, "something was created twice");
}

/// Reads that are cut off once are repeated; those cut off for good never answer with less than everything.
#[test]
fn p7_no_cut_read_is_an_answer() {
    let world = World::start();
    let admin = world.admin();
    let lines = ["list -o json", "show fleet-automation -o json", "role list -o json", "whoami -o json"];
    // Most of the time goes into waiting before the next attempt: all lines wait together.
    std::thread::scope(|scope| {
        for (row, line) in lines.into_iter().enumerate() {
            let (world, admin) = (&world, &admin);
            scope.spawn(move || {
                // In each case, the address of the server is the proxy's own.
                let whole = admin.sactl(line).ok().stdout.replace(&world.url(), "");
                for (_, cut) in CUTS.into_iter().enumerate().filter(|(place, _)| takes(row + place, 2)) {
                    let proxy = Proxy::cutting(&world.url(), cut, 1, |request| request.method == "GET");
                    let outcome = behind(&proxy, admin).sactl(line);
                    assert_eq!(outcome.ok().stdout.replace(&proxy.url(), ""), whole, "{cut:?} {line}");
                }
                let proxy = Proxy::cutting(&world.url(), Cut::WithinTheAnswer, usize::MAX, |_| true);
                behind(&proxy, admin).sactl(line).error(8, "unreachable");
            });
        }
    });
}

/// A sign-in that is cut off leaves no half-stored session, and the next one works.
#[test]
fn p7_a_cut_sign_in_leaves_nothing_behind() {
    let world = World::start();
    std::thread::scope(|scope| {
        for cut in CUTS {
            let url = world.url();
            let home = world.stranger();
            scope.spawn(move || {
                let proxy = Proxy::cutting(&url, cut, usize::MAX, |_| true);
                let home = home.with("SACTL_SERVER", proxy.url());
                let before = home.files();
                let arguments =
                    ["login", "--username", super::acting::ACME_ADMIN, "--password-stdin", "-o", "json"];
                let password = crate::common::output::SANDBOX_PASSWORD;
                home.run_with_input(arguments, password).expect(8);
                assert_eq!(home.files(), before, "{cut:?}");
                home.with("SACTL_SERVER", url).run_with_input(arguments, password).ok();
            });
        }
    });
}
