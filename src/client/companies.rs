//! The companies of the signed-in identity.
//!
//! Responsible for listing and showing them. Refuses an answer about another company.

use super::about::Asked;
use super::{Pages, Result, Session};
use crate::api::company::CompanyQuery;
use crate::api::routes::{ApiOperation, Place};
use crate::domain::{Company, CompanyId, page};

impl Session {
    /// The companies of the signed-in identity, all or those of exactly this name, page by page.
    ///
    /// # Errors
    /// `internal` only; the requests are made by [`Pages::next`].
    pub fn list_companies(&self, name: Option<&str>) -> Result<Pages<'_, Company>> {
        let query =
            CompanyQuery { name: name.map(str::to_owned), cursor: None, page_size: Some(page::MAX_SIZE) };
        let pages = Pages::new(self, ApiOperation::ListCompanies, Place::default(), &query)?;
        Ok(match name.map(str::to_owned) {
            // The filter of other servers matches parts of names, or is not known to them.
            Some(name) => pages.keeping(move |company: &Company| company.name == name),
            None => pages,
        })
    }

    /// One company of the signed-in identity.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn show_company(&self, company: CompanyId) -> Result<Company> {
        let place = Place::of(company);
        self.get_about(ApiOperation::ShowCompany, place, Asked::of_company(company)).await
    }
}
