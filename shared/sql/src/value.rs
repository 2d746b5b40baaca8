//! The values that both databases share.

use std::borrow::Cow;

/// An integer, a text, bytes, or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// SQL `NULL`.
    Null,
    /// `INTEGER` / `BIGINT`; booleans are 0 and 1.
    Int(i64),
    /// `TEXT`.
    Text(Cow<'a, str>),
    /// `BLOB` / `BYTEA`.
    Blob(Cow<'a, [u8]>),
}

/// What can be a parameter.
pub trait ToValue {
    /// Borrows where it can.
    fn to_value(&self) -> Value<'_>;
}

macro_rules! ints {
    ($($ty:ty),*) => {$(impl ToValue for $ty { fn to_value(&self) -> Value<'_> { Value::Int(i64::from(*self)) } })*};
}
ints!(i64, i32, u32, u16, u8, bool);

impl ToValue for u64 {
    /// Counters and revisions: never above `i64::MAX`.
    fn to_value(&self) -> Value<'_> {
        Value::Int(i64::try_from(*self).unwrap_or(i64::MAX))
    }
}

impl ToValue for str {
    fn to_value(&self) -> Value<'_> {
        Value::Text(Cow::Borrowed(self))
    }
}

impl ToValue for String {
    fn to_value(&self) -> Value<'_> {
        Value::Text(Cow::Borrowed(self))
    }
}

impl ToValue for [u8] {
    fn to_value(&self) -> Value<'_> {
        Value::Blob(Cow::Borrowed(self))
    }
}

impl ToValue for Vec<u8> {
    fn to_value(&self) -> Value<'_> {
        Value::Blob(Cow::Borrowed(self))
    }
}

impl<const N: usize> ToValue for [u8; N] {
    fn to_value(&self) -> Value<'_> {
        Value::Blob(Cow::Borrowed(self))
    }
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value<'_> {
        (**self).to_value()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, ToValue::to_value)
    }
}
