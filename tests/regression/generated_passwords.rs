//! Generated passwords were lost, altered or in the way of a repetition.
