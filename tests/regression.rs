//! What once went wrong, each with what a user saw, so that it does not go wrong again.
