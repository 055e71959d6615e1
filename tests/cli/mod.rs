//! The command line as users and scripts meet it: the real program as a process of its own.

mod ci;
mod credentials;
mod doctor;
mod hostile_answers;
mod hostile_memory;
mod hostile_text;
mod interruption;
mod secrets;
mod transport;
