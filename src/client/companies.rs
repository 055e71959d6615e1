//! The companies one belongs to.

use super::about::Asked;
use super::session::fill;
use super::{Pages, Result, Session};
use crate::api::company::CompanyQuery;
use crate::api::path;
use crate::domain::{Company, CompanyId, page};

impl Session {
    /// The companies one belongs to, all or those of exactly this name, page by page.
    ///
    /// # Errors
    /// `internal` only; the requests are made by [`Pages::next`].
    pub fn list_companies(&self, name: Option<&str>) -> Result<Pages<'_, Company>> {
        let query =
            CompanyQuery { name: name.map(str::to_owned), cursor: None, page_size: Some(page::MAX_SIZE) };
        Pages::new(self, path::COMPANIES.to_owned(), None, &query)
    }

    /// One company one belongs to.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn show_company(&self, company: CompanyId) -> Result<Company> {
        self.get_about(&fill(path::COMPANY, &[&company.to_string()])?, Asked::company(company)).await
    }
}
