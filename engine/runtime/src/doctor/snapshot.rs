//! One consistent view of a database, which a server may go on writing to.

use redthread_core::Key;
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, FromQueryResult,
    IsolationLevel, Statement, TransactionOptions, TransactionTrait, Value,
};

use crate::database::{Database, padded};
use crate::schema::Row;

/// Keys in one statement at most.
const AT_ONCE: usize = 256;

/// A transaction that reads, and sees the database as it was when it began.
pub(super) struct Snapshot {
    pub tx: DatabaseTransaction,
}

impl Snapshot {
    pub async fn begin(database: &Database) -> Result<Snapshot, DbErr> {
        let readers = database.readers();
        let postgres = readers.get_database_backend() == DbBackend::Postgres;
        // A transaction that reads on SQLite sees one moment anyhow.
        let options = TransactionOptions {
            isolation_level: postgres.then_some(IsolationLevel::RepeatableRead),
            access_mode: postgres.then_some(AccessMode::ReadOnly),
            ..TransactionOptions::default()
        };
        let tx = readers.begin_with_options(options).await?;
        if postgres {
            // Between two reads there may be much to compute, or a reader of the findings who takes his time.
            tx.execute_unprepared("SET LOCAL idle_in_transaction_session_timeout = '10min'")
                .await?;
        }
        Ok(Snapshot { tx })
    }

    /// The rows with these primary keys; one may come more than once.
    pub async fn with_keys<T: Row + FromQueryResult>(
        &self,
        keys: &[Vec<Value>],
    ) -> Result<Vec<T>, DbErr> {
        let mut rows = Vec::new();
        for some in keys.chunks(AT_ONCE) {
            let some = padded(some);
            let mut next = 1..;
            let tuples: Vec<String> = some
                .iter()
                .map(|key| format!("({})", self.places(key.len(), &mut next)))
                .collect();
            // Rows are looked up one by one: SQLite would read the whole table for `(due, key) IN (VALUES ...)`.
            let of_table = |column: &&str| format!("{}.{column}", T::TABLE);
            let columns: Vec<String> = T::COLUMNS.iter().map(of_table).collect();
            let keys = T::KEY.iter().map(of_table).zip(1..);
            let same: Vec<String> = keys
                .map(|(column, nth)| format!("{column} = v.column{nth}"))
                .collect();
            let sql = format!(
                "SELECT {} FROM (VALUES {}) AS v CROSS JOIN {} WHERE {}",
                columns.join(", "),
                tuples.join(", "),
                T::TABLE,
                same.join(" AND ")
            );
            rows.extend(self.all(sql, some.concat()).await?);
        }
        Ok(rows)
    }

    /// The next rows in the order of their primary keys.
    pub async fn page<T: Row + FromQueryResult>(
        &self,
        after: Option<&Vec<Value>>,
        limit: usize,
    ) -> Result<Vec<T>, DbErr> {
        let key = T::KEY.join(", ");
        let mut sql = format!("SELECT {} FROM {}", T::COLUMNS.join(", "), T::TABLE);
        if let Some(after) = after {
            sql += &format!(
                " WHERE ({key}) > ({})",
                self.places(after.len(), &mut (1..))
            );
        }
        sql += &format!(" ORDER BY {key} LIMIT {limit}");
        self.all(sql, after.cloned().unwrap_or_default()).await
    }

    pub async fn all<T: FromQueryResult>(
        &self,
        sql: String,
        values: Vec<Value>,
    ) -> Result<Vec<T>, DbErr> {
        let statement = Statement::from_sql_and_values(self.tx.get_database_backend(), sql, values);
        T::find_by_statement(statement).all(&self.tx).await
    }

    /// Rows of numbers.
    pub async fn numbers(&self, sql: &str) -> Result<Vec<Vec<Option<i64>>>, DbErr> {
        let statement = Statement::from_string(self.tx.get_database_backend(), sql);
        let rows = self.tx.query_all_raw(statement).await?;
        rows.iter()
            .map(|row| {
                (0..row.column_names().len())
                    .map(|at| row.try_get_by_index(at))
                    .collect()
            })
            .collect()
    }

    /// The number that a query gives.
    pub async fn number(&self, sql: &str) -> Result<i64, DbErr> {
        let rows = self.numbers(sql).await?;
        Ok(rows
            .first()
            .and_then(|row| row.first().copied().flatten())
            .unwrap_or(0))
    }

    /// Of these instances, those that are there, with their states in a word.
    pub async fn statuses(
        &self,
        instances: impl IntoIterator<Item = Key>,
    ) -> Result<std::collections::BTreeMap<Key, String>, DbErr> {
        #[derive(FromQueryResult)]
        struct Found {
            key: i64,
            status: String,
        }
        let keys: Vec<Value> = instances
            .into_iter()
            .map(|key| key.as_i64().into())
            .collect();
        let mut found = std::collections::BTreeMap::new();
        for some in keys.chunks(AT_ONCE) {
            let some = padded(some);
            let places = self.places(some.len(), &mut (1..));
            let sql = format!("SELECT key, status FROM instance WHERE key IN ({places})");
            for row in self.all::<Found>(sql, some).await? {
                found.insert(Key::from_i64(row.key), row.status);
            }
        }
        Ok(found)
    }

    fn places(&self, count: usize, next: &mut std::ops::RangeFrom<usize>) -> String {
        let sign = match self.tx.get_database_backend() {
            DbBackend::Postgres => '$',
            _ => '?',
        };
        let places: Vec<String> = next.take(count).map(|nth| format!("{sign}{nth}")).collect();
        places.join(", ")
    }
}
