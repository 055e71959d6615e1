//! The terminal was left without echo, or showed what was typed, after a signal.
