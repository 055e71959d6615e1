//! The threads that compute password hashes.
//!
//! Responsible for computing one hash on each thread at a time, in memory that the thread keeps: clearing fresh memory
//! costs a fifth of the time. Refuses to compete equally with requests: on Linux the threads have a lower priority.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use argon2::Block;
use tokio::sync::oneshot;

/// The nice value of the threads. Where a hash and a request want the same core, the hash gets a quarter of it.
#[cfg(target_os = "linux")]
const NICE: i32 = 5;

type Work = Box<dyn FnOnce(&mut Vec<Block>) + Send>;

/// The threads. After this is dropped they finish the work that waits, then end.
pub(super) struct Threads {
    work: Sender<Work>,
}

impl Threads {
    /// Starts `count` threads.
    ///
    /// # Errors
    /// Fails if the system cannot start a thread.
    pub(super) fn start(count: usize) -> io::Result<Self> {
        let (work, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..count {
            let waiting = Arc::clone(&waiting);
            thread::Builder::new().name("password-hash".to_owned()).spawn(move || work_through(&waiting))?;
        }
        Ok(Self { work })
    }

    /// Carries out `work` when a thread is free, even if the caller no longer waits for it.
    ///
    /// # Errors
    /// The work panicked.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vec<Block>) -> T + Send + 'static,
    ) -> anyhow::Result<T> {
        let (answer, answered) = oneshot::channel();
        let work = Box::new(|memory: &mut Vec<Block>| drop(answer.send(work(memory))));
        self.work.send(work).map_err(|_| anyhow::anyhow!("the threads for password hashes have ended"))?;
        Ok(answered.await?)
    }
}

fn work_through(waiting: &Mutex<Receiver<Work>>) {
    // On Linux this is about the calling thread alone. A refusal leaves the usual priority.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(NICE);
    let mut memory = Vec::new();
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = next else { return };
        // A panic ends this work only: its caller gets an error.
        let _ = catch_unwind(AssertUnwindSafe(|| work(&mut memory)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_that_panics_costs_no_thread() {
        let threads = Threads::start(1).unwrap();
        threads.run(|_| -> () { panic!("on purpose") }).await.unwrap_err();
        assert_eq!(threads.run(|memory| memory.len()).await.unwrap(), 0);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn threads_have_a_lower_priority_than_requests() {
        let nice = |stat: std::io::Result<String>| {
            // The name, in brackets, may contain spaces; nice is the seventeenth field after it.
            let stat = stat.unwrap();
            stat.rsplit_once(") ").unwrap().1.split(' ').nth(16).unwrap().parse::<i32>().unwrap()
        };
        let here = nice(std::fs::read_to_string("/proc/thread-self/stat"));
        let threads = Threads::start(1).unwrap();
        let there = threads.run(|_| std::fs::read_to_string("/proc/thread-self/stat")).await.unwrap();
        assert_eq!(nice(there), (here + NICE).min(19));
    }
}
