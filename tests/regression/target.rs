//! A command acted in another place than the one that was typed.
