//! Who is signed in. Found by the hash of the token that the browser keeps.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("user_session")
            .col(
                ColumnDef::new("token_hash")
                    .binary_len(32)
                    .not_null()
                    .primary_key(),
            )
            .col(ColumnDef::new("user").big_integer().not_null())
            .col(ColumnDef::new("created_at").big_integer().not_null())
            .col(ColumnDef::new("last_seen_at").big_integer().not_null())
            .col(ColumnDef::new("expires_at").big_integer().not_null())
            .to_owned();
        manager.create_table(table).await?;
        let by_user = Index::create()
            .name("user_session_user")
            .table("user_session")
            .col("user")
            .to_owned();
        manager.create_index(by_user).await?;
        let by_expiry = Index::create()
            .name("user_session_expires")
            .table("user_session")
            .col("expires_at")
            .to_owned();
        manager.create_index(by_expiry).await
    }
}
