//! The tables as SeaORM sees them: one module for one table, one field for one column.
//!
//! Responsible for the names and types of columns. Refuses queries: the other modules of the store have them.

/// Random keys that belong to this database.
pub mod setting {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "setting")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub value: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Companies.
pub mod company {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "company")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub name: String,
        pub name_key: String,
        pub two_factor: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Humans and service accounts.
pub mod principal {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "principal")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub kind: String,
        pub name: String,
        pub name_key: String,
        pub password_hash: String,
        pub created_at: i64,
        pub password_changed_at: i64,
        pub last_used_at: Option<i64>,
        pub display_name: Option<String>,
        pub totp_secret: Option<String>,
        pub last_totp_step: Option<i64>,
        pub description: Option<String>,
        pub search_key: Option<String>,
        pub owner_company_id: Option<i64>,
        pub created_by: Option<i64>,
        pub idempotency_key: Option<String>,
        pub request_digest: Option<String>,
        pub created_by_kind: Option<String>,
        pub created_by_name: Option<String>,
        pub password_by_kind: Option<String>,
        pub password_by_id: Option<i64>,
        pub password_by_name: Option<String>,
        /// When that author set it; another author has set it since where it is not `password_changed_at`.
        pub password_by_at: Option<i64>,
    }

    /// Shows neither the password hash nor the TOTP secret.
    impl std::fmt::Debug for Model {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.debug_struct("principal")
                .field("id", &self.id)
                .field("name", &self.name)
                .finish_non_exhaustive()
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::company::Entity",
            from = "Column::OwnerCompanyId",
            to = "super::company::Column::Id"
        )]
        Owner,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// Custom roles.
pub mod role {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "role")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub company_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub permissions: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Who has which access where.
pub mod access {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "access")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub principal_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub company_id: i64,
        pub role: Option<String>,
        pub permissions: Option<String>,
        /// The name key of an account that the company does not own.
        pub external_key: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::company::Entity",
            from = "Column::CompanyId",
            to = "super::company::Column::Id"
        )]
        Company,
        #[sea_orm(
            belongs_to = "super::role::Entity",
            from = "(Column::CompanyId, Column::Role)",
            to = "(super::role::Column::CompanyId, super::role::Column::Name)"
        )]
        Role,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// Hashes of bearer tokens.
pub mod token {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "token")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: String,
        pub principal_id: i64,
        pub client_id: String,
        pub created_at: i64,
        pub expires_at: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::principal::Entity",
            from = "Column::PrincipalId",
            to = "super::principal::Column::Id"
        )]
        Principal,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// The audit log.
pub mod audit {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, sqlx::FromRow)]
    #[sea_orm(table_name = "audit")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub at: i64,
        pub company_id: i64,
        pub action: String,
        pub actor_kind: String,
        pub actor_id: i64,
        pub actor_name: String,
        pub account_id: Option<i64>,
        pub account_name: Option<String>,
        pub role_name: Option<String>,
        pub detail: String,
        pub request_id: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Refused sign-ins.
pub mod refused {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "refused_sign_in")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub principal_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub hour: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub reason: String,
        pub kind: String,
        pub name: String,
        pub owner_company_id: Option<i64>,
        pub times: i64,
        pub first_at: i64,
        pub last_at: i64,
        pub request_id: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// How far the budgets of guesses are spent.
pub mod guess_budget {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, sqlx::FromRow)]
    #[sea_orm(table_name = "guess_budget")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub bucket: String,
        pub full_at: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The addresses from which a principal has signed in before.
pub mod known_address {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "familiar")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub principal_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub address: String,
        pub seen_at: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What a seed file has added once.
pub mod seeded {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "seeded")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub id: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
