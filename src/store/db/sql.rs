//! Statements and their arguments: how one text is two where the databases differ.

use sqlx::Arguments;

/// A statement. Almost always the same text on both databases; the type shows where it is not.
#[derive(Clone, Copy, Debug)]
pub struct Sql {
    /// For SQLite.
    pub sqlite: &'static str,
    /// For PostgreSQL.
    pub postgres: &'static str,
}

impl Sql {
    /// One text for both.
    pub const fn same(text: &'static str) -> Self {
        Self { sqlite: text, postgres: text }
    }
}

/// One text for both, that goes by way of this index on SQLite: it has no statistics, and takes the tenant for a narrow choice. The
/// index stands between the pieces, behind its table; the verb stands apart, since the pieces are no statement by themselves.
macro_rules! by_index {
    ($index:literal, $verb:literal, $before:literal, $after:expr) => {
        $crate::store::db::Sql {
            sqlite: concat!($verb, $before, " INDEXED BY ", $index, " ", $after),
            postgres: concat!($verb, $before, " ", $after),
        }
    };
}
pub(in crate::store) use by_index;

/// Rows of a table whose column is in a list, which is `$2`: of `ids`, or of `texts`. The list is gone through, on SQLite by the index that is
/// named, `""` for the table's key. The verb stands apart, as in [`by_index`].
///
/// PostgreSQL is kept (`OFFSET 0`) from doing it the other way round: a tenant or a campaign that just came to a hundred thousand rows has a
/// few as far as it knows, and it would read all of them to look for the list's.
macro_rules! each_of {
    (ids, $columns:expr, $table:literal $alias:literal, $index:literal, $column:literal, $joins:literal, $rest:literal) => {
        each_of!(@ "CAST(json_array_elements_text($2::json) AS BIGINT)", $columns, $table $alias, $index, $column, $joins, $rest)
    };
    (texts, $columns:expr, $table:literal $alias:literal, $index:literal, $column:literal, $joins:literal, $rest:literal) => {
        each_of!(@ "json_array_elements_text($2::json)", $columns, $table $alias, $index, $column, $joins, $rest)
    };
    (@ $value:literal, $columns:expr, $table:literal $alias:literal, $index:literal, $column:literal, $joins:literal, $rest:literal) => {
        $crate::store::db::Sql {
            sqlite: concat!(
                "SELECT ", $columns, " FROM json_each($2) w CROSS JOIN ", $table, " ", $alias, $index, " ", $joins,
                " WHERE ", $alias, ".tenant_id = $1 AND ", $alias, ".", $column, " = w.value ", $rest
            ),
            postgres: concat!(
                "SELECT ", $columns, " FROM (SELECT ", $value, " AS value) w CROSS JOIN LATERAL (SELECT * FROM ", $table,
                " WHERE tenant_id = $1 AND ", $column, " = w.value OFFSET 0) ", $alias, " ", $joins, " WHERE TRUE ", $rest
            ),
        }
    };
}
pub(in crate::store) use each_of;

/// Several values as one argument: JSON, which both databases take apart.
pub(in crate::store) fn list<T: serde::Serialize>(values: &[T]) -> String {
    serde_json::to_string(values).expect("a list of plain values always serialises")
}

/// The only kinds of value that cross the store's border.
#[derive(Clone, Debug)]
pub enum Arg {
    /// Text, also JSON.
    Text(Option<String>),
    /// Ids, times, numbers.
    Int(Option<i64>),
    /// Fractions.
    Real(Option<f64>),
    /// Flags.
    Bool(Option<bool>),
}

macro_rules! arg_from {
    ($($ty:ty => $variant:ident, |$v:ident| $conv:expr;)*) => {$(
        impl From<$ty> for Arg { fn from($v: $ty) -> Self { Arg::$variant(Some($conv)) } }
        impl From<Option<$ty>> for Arg { fn from(v: Option<$ty>) -> Self { Arg::$variant(v.map(|$v| $conv)) } }
    )*};
}
arg_from! {
    &str => Text, |v| v.to_owned();
    &String => Text, |v| v.clone();
    String => Text, |v| v;
    i64 => Int, |v| v;
    f64 => Real, |v| v;
    bool => Bool, |v| v;
}

/// The arguments of a statement, in the order of `$1`, `$2` …
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::db::Arg::from($value)),*] };
}

/// The arguments as one of the databases takes them.
pub(super) fn fill<'t, A: Arguments>(args: Vec<Arg>) -> A
where
    Option<String>: sqlx::Encode<'t, A::Database> + sqlx::Type<A::Database>,
    Option<i64>: sqlx::Encode<'t, A::Database> + sqlx::Type<A::Database>,
    Option<f64>: sqlx::Encode<'t, A::Database> + sqlx::Type<A::Database>,
    Option<bool>: sqlx::Encode<'t, A::Database> + sqlx::Type<A::Database>,
{
    let mut out = A::default();
    for arg in args {
        match arg {
            Arg::Text(v) => out.add(v),
            Arg::Int(v) => out.add(v),
            Arg::Real(v) => out.add(v),
            Arg::Bool(v) => out.add(v),
        }
        .expect("plain values always encode");
    }
    out
}
