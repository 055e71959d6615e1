//! The values of flags that are numbers or addresses.
//!
//! Responsible for one sentence for each kind that says what is accepted. Refuses everything else.

#[cfg(any(test, feature = "platform"))]
use std::net::SocketAddr;

#[cfg(any(test, feature = "platform"))]
use crate::domain::CompanyId;

/// How many things; none makes no sense.
pub(in crate::commands) fn at_least_one(text: &str) -> Result<u64, &'static str> {
    text.parse().ok().filter(|number| *number > 0).ok_or("it must be a whole number of at least 1")
}

/// Whole seconds.
#[cfg(any(test, feature = "platform"))]
pub(in crate::commands) fn seconds(text: &str) -> Result<u16, &'static str> {
    text.parse().map_err(|_| "it must be a whole number of seconds, from 0 to 65535")
}

/// The id of a company.
#[cfg(any(test, feature = "platform"))]
pub(in crate::commands) fn company_id(text: &str) -> Result<CompanyId, &'static str> {
    text.parse().map(CompanyId).map_err(|_| "it must be the id of a company, a whole number")
}

/// An address of this machine, with its port.
#[cfg(any(test, feature = "platform"))]
pub(in crate::commands) fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse()
        .map_err(|_| "it must be an IP address with a port, such as 127.0.0.1:8080 or [::]:8080; port 0 is any free port")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_of_the_kind_is_refused() {
        assert_eq!((at_least_one("1"), at_least_one("4000000000")), (Ok(1), Ok(4_000_000_000)));
        for bad in ["0", "-1", "x", "", "1.5", "18446744073709551616"] {
            assert!(at_least_one(bad).is_err(), "{bad}");
        }
        assert_eq!((seconds("0"), seconds("65535")), (Ok(0), Ok(65_535)));
        for bad in ["65536", "-1", "x", "", "1.5"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
        assert!(company_id("7").is_ok() && company_id("Acme").is_err());
        assert!(
            address("[::1]:0").is_ok() && address("localhost:8080").is_err() && address("127.0.0.1").is_err()
        );
    }
}
