//! Writes that were answered with success were lost.

mod claims;
mod faults;
mod kills;
mod served;

use rustix::process::Signal;

use crate::common::lane::lane;
use crate::common::process::until;
use claims::Claims;
use faults::Fault;
use served::Served;

/// R1, S1, P25, P26, P31: after one "disk is full" the platform answered 200 to creations, resets, deletions and
/// revocations, and kept none of them.
#[test]
fn p25_a_full_disk_loses_no_acknowledged_write() {
    rounds(&Fault::full_disk(), lane(2, 6));
}

/// P31: a write whose bytes the disk refuses with an I/O error is no success, and costs no later write.
#[test]
fn an_io_error_loses_no_acknowledged_write() {
    rounds(&Fault::preloaded('w'), lane(1, 2));
}

/// P31: a write that the disk does not confirm (fsync fails) is no success. It is not there after a crash either.
#[test]
fn a_failing_fsync_loses_no_acknowledged_write() {
    rounds(&Fault::preloaded('s'), lane(1, 2));
}

/// Writes on every route while the disk fails and while it works, with a crash after either. Every write that
/// was answered with success is there, and no other is.
fn rounds(fault: &Fault, count: usize) {
    let seed = claims::seed(count);
    let mut served = Served::start(fault, &seed);
    let mut admin = served.sign_in("admin@acme.example", claims::PASSWORD);
    let mut all = Vec::new();
    for round in 0..count {
        let mut failing = Claims::prepare(&served, &admin, &format!("{round}-failing"));
        let mut working = Claims::prepare(&served, &admin, &format!("{round}-working"));
        fault.begin();
        failing.write(&served);
        if fault.is_total() || round == 0 {
            assert!(failing.failed() > 0, "the disk did not fail");
        }
        if failing.failed() > 0 {
            until(|| served.get("/readyz", None).0 == 503);
        }
        failing.check_reads(&served);
        if round % 2 == 1 {
            served.kill();
            fault.end();
            served = Served::start(fault, &seed);
        } else {
            fault.end();
            // Space is there again: the first write that is tried succeeds.
            admin = served.sign_in("admin@acme.example", claims::PASSWORD);
        }
        failing.check(&served);
        assert_eq!(served.get("/readyz", None).0, 200);
        working.use_token(&admin);
        working.write(&served);
        assert_eq!(working.failed(), 0, "a disk that works took no writes");
        working.check(&served);
        served.kill();
        served = Served::start(fault, &seed);
        failing.check(&served);
        working.check(&served);
        all.extend([failing, working]);
    }
    for claims in &all {
        claims.check(&served);
    }
    fault.begin();
    let mut last = Claims::prepare(&served, &admin, "last");
    last.write(&served);
    served.signal(Signal::TERM);
    assert_eq!(served.end().code(), Some(0), "SIGTERM ends the platform while its disk fails");
    fault.end();
}
