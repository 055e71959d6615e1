//! Password hashes alone: the most sign-ins that a processor can give.

use std::thread;
use std::time::{Duration, Instant};

use argon2::Argon2;

/// How long `count` password hashes take, on every core at once and with memory that is used again.
pub(crate) fn hashes(count: usize) -> Duration {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let started = Instant::now();
    thread::scope(|scope| {
        for first in 0..cores {
            scope.spawn(move || {
                let (engine, mut blocks) = (Argon2::default(), vec![argon2::Block::default(); 19 * 1024]);
                for number in (first..count).step_by(cores) {
                    let mut output = [0; 32];
                    let password = number.to_le_bytes();
                    engine
                        .hash_password_into_with_memory(
                            &password,
                            b"0123456789abcdef",
                            &mut output,
                            &mut blocks,
                        )
                        .unwrap();
                }
            });
        }
    });
    started.elapsed()
}
