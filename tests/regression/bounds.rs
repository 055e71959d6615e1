//! Requests and connections that cost their sender nothing cost the platform too much.
