//! The tables: one file each, all SQL of a table in its file, over `&mut sql::Tx`.
