//! Values to PostgreSQL's binary format and back.

use std::error::Error as StdError;

use ::postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use bytes::BytesMut;

use crate::error::Error;
use crate::value::{Kind, Value};

/// The type to prepare a statement with; a null of no kind leaves it to the server.
pub(super) fn of(value: &Value<'_>) -> Type {
    match value {
        Value::Null | Value::NullOf(Kind::Any) => Type::UNKNOWN,
        Value::Int(_) | Value::NullOf(Kind::Int) => Type::INT8,
        Value::Text(_) | Value::NullOf(Kind::Text) => Type::TEXT,
        Value::Blob(_) | Value::NullOf(Kind::Blob) => Type::BYTEA,
    }
}

/// A statement prepared with `types` can be run with `values`; a null fits anywhere.
pub(super) fn fits(types: &[Type], values: &[Value<'_>]) -> bool {
    types.len() == values.len()
        && types
            .iter()
            .zip(values)
            .all(|(ty, value)| matches!(value, Value::Null | Value::NullOf(_)) || *ty == of(value))
}

impl ToSql for Value<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Value::Null | Value::NullOf(_) => Ok(IsNull::Yes),
            Value::Int(value) => value.to_sql(ty, out),
            // The server would refuse it too, but only after the transaction is spoiled.
            Value::Text(value) if value.contains('\0') => Err("a text holds U+0000".into()),
            Value::Text(value) => value.to_sql(ty, out),
            Value::Blob(value) => (&**value).to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// Any whole number.
struct Whole(i64);

impl<'r> FromSql<'r> for Whole {
    fn from_sql(ty: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Whole(match *ty {
            Type::INT8 => i64::from_sql(ty, raw)?,
            Type::INT4 => i32::from_sql(ty, raw)?.into(),
            Type::INT2 => i16::from_sql(ty, raw)?.into(),
            Type::BOOL => bool::from_sql(ty, raw)?.into(),
            _ => whole_numeric(raw).ok_or("not a whole number of 64 bits")?,
        }))
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT8 | Type::INT4 | Type::INT2 | Type::BOOL | Type::NUMERIC)
    }
}

/// `numeric` on the wire: count of digits, weight of the first, sign, scale, then digits to the base 10,000.
fn whole_numeric(raw: &[u8]) -> Option<i64> {
    let mut words = raw.chunks_exact(2).map(|pair| i16::from_be_bytes([pair[0], pair[1]]));
    let (count, weight, sign, _scale) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let digits: Vec<i16> = words.collect();
    if digits.len() != usize::try_from(count).ok()? || !matches!(sign, 0 | 0x4000) {
        return None;
    }
    // `weight` counts the digits before the point, less one; those that are not sent are zeros.
    let before = usize::try_from(weight.max(-1) + 1).ok()?;
    let mut total: i128 = 0;
    for place in 0..before {
        total = total.checked_mul(10_000)?.checked_add(digits.get(place).copied().unwrap_or(0).into())?;
    }
    let fraction = digits.iter().skip(before).any(|digit| *digit != 0);
    let signed = if sign == 0 { total } else { -total };
    if fraction { None } else { i64::try_from(signed).ok() }
}

pub(crate) fn get_int(row: &::postgres::Row, column: usize) -> Result<Option<i64>, Error> {
    get::<Whole>(row, column).map(|found| found.map(|whole| whole.0))
}

pub(crate) fn get_text(row: &::postgres::Row, column: usize) -> Result<Option<String>, Error> {
    get(row, column)
}

pub(crate) fn get_blob(row: &::postgres::Row, column: usize) -> Result<Option<Vec<u8>>, Error> {
    get(row, column)
}

fn get<T: for<'r> FromSql<'r>>(row: &::postgres::Row, column: usize) -> Result<Option<T>, Error> {
    row.try_get(column).map_err(|e| Error::Bug(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numeric(weight: i16, sign: i16, digits: &[i16]) -> Vec<u8> {
        let count = i16::try_from(digits.len()).unwrap_or(i16::MAX);
        [count, weight, sign, 0].iter().chain(digits).flat_map(|word| word.to_be_bytes()).collect()
    }

    #[test]
    fn whole_numerics_are_read_and_fractions_refused() {
        assert_eq!(whole_numeric(&numeric(0, 0, &[])), Some(0));
        assert_eq!(whole_numeric(&numeric(0, 0, &[7])), Some(7));
        assert_eq!(whole_numeric(&numeric(1, 0, &[1])), Some(10_000));
        assert_eq!(whole_numeric(&numeric(1, 0x4000, &[12, 34])), Some(-120_034));
        assert_eq!(whole_numeric(&numeric(4, 0, &[922, 3372, 368, 5477, 5807])), Some(i64::MAX));
        assert_eq!(whole_numeric(&numeric(4, 0, &[922, 3372, 368, 5477, 5808])), None);
        assert_eq!(whole_numeric(&numeric(0, 0, &[1, 5000])), None);
        assert_eq!(whole_numeric(&numeric(-1, 0, &[5000])), None);
        assert_eq!(whole_numeric(&[1]), None);
    }
}
