//! One company's answers got slower with another company's data, and what was found beside that.
