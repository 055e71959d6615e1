//! Writes that were answered with success were lost.
