//! An answer that was about something else, or a list that was not whole, was taken as it came.
