//! The command line as users and scripts meet it: the real program as a process of its own.

mod transport;
