//! The values that both databases share.

use std::borrow::Cow;

/// An integer, a text, bytes, or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// SQL `NULL` of no type; where PostgreSQL cannot tell the type (`?1 IS NULL`), pass an `Option` instead.
    Null,
    /// SQL `NULL` in place of a value of this kind: what an `Option` that is `None` becomes.
    NullOf(Kind),
    /// `INTEGER` / `BIGINT`; booleans are 0 and 1.
    Int(i64),
    /// `TEXT`.
    Text(Cow<'a, str>),
    /// `BLOB` / `BYTEA`.
    Blob(Cow<'a, [u8]>),
}

/// What a value is, when it is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// [`Value::Int`]
    Int,
    /// [`Value::Text`]
    Text,
    /// [`Value::Blob`]
    Blob,
    /// Not known.
    Any,
}

/// What can be a parameter.
pub trait ToValue {
    /// The kind of values that this type makes; PostgreSQL wants to know it of a null too.
    const KIND: Kind = Kind::Any;

    /// Borrows where it can.
    fn to_value(&self) -> Value<'_>;
}

macro_rules! ints {
    ($($ty:ty),*) => {$(impl ToValue for $ty { const KIND: Kind = Kind::Int; fn to_value(&self) -> Value<'_> { Value::Int(i64::from(*self)) } })*};
}
ints!(i64, i32, u32, u16, u8, bool);

impl ToValue for u64 {
    const KIND: Kind = Kind::Int;

    /// Counters and revisions: never above `i64::MAX`.
    fn to_value(&self) -> Value<'_> {
        Value::Int(i64::try_from(*self).unwrap_or(i64::MAX))
    }
}

impl ToValue for str {
    const KIND: Kind = Kind::Text;

    fn to_value(&self) -> Value<'_> {
        Value::Text(Cow::Borrowed(self))
    }
}

impl ToValue for String {
    const KIND: Kind = Kind::Text;

    fn to_value(&self) -> Value<'_> {
        Value::Text(Cow::Borrowed(self))
    }
}

impl ToValue for [u8] {
    const KIND: Kind = Kind::Blob;

    fn to_value(&self) -> Value<'_> {
        Value::Blob(Cow::Borrowed(self))
    }
}

impl ToValue for Vec<u8> {
    const KIND: Kind = Kind::Blob;

    fn to_value(&self) -> Value<'_> {
        Value::Blob(Cow::Borrowed(self))
    }
}

impl<const N: usize> ToValue for [u8; N] {
    const KIND: Kind = Kind::Blob;

    fn to_value(&self) -> Value<'_> {
        Value::Blob(Cow::Borrowed(self))
    }
}

impl<T: ToValue + ?Sized> ToValue for &T {
    const KIND: Kind = T::KIND;

    fn to_value(&self) -> Value<'_> {
        (**self).to_value()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    const KIND: Kind = T::KIND;

    fn to_value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::NullOf(T::KIND), ToValue::to_value)
    }
}
