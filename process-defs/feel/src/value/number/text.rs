//! Numbers from text and as text.

use super::{Number, POWERS};
use std::fmt;
use std::str::FromStr;

/// The text is not a decimal number that 34 digits and decimal128's exponents can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("This is not a number.")]
pub struct NotANumber;

impl FromStr for Number {
    type Err = NotANumber;

    /// Reads `-12.5`, `.5`, `1e3`, `1.2E-7`: optional sign, digits with at most one point, optional
    /// exponent. More than 34 digits are rounded half-even.
    fn from_str(text: &str) -> Result<Number, NotANumber> {
        let bytes = text.as_bytes();
        let mut at = 0;
        let negative = match bytes.first() {
            Some(b'-') => {
                at = 1;
                true
            }
            Some(b'+') => {
                at = 1;
                false
            }
            _ => false,
        };
        let (mut n, mut exponent, mut sticky) = (0u128, 0i64, false);
        let (mut seen, mut point) = (false, false);
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'0'..=b'9' => {
                    seen = true;
                    if n < POWERS[36] {
                        n = n * 10 + u128::from(byte - b'0');
                        exponent -= i64::from(point);
                    } else {
                        sticky |= byte != b'0';
                        exponent += i64::from(!point);
                    }
                }
                b'.' if !point => point = true,
                _ => break,
            }
            at += 1;
        }
        if !seen {
            return Err(NotANumber);
        }
        if let Some(b'e' | b'E') = bytes.get(at) {
            let rest = &text[at + 1..];
            let digits = rest.strip_prefix(['+', '-']).unwrap_or(rest);
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(NotANumber);
            }
            let power = rest.strip_prefix('+').unwrap_or(rest).parse::<i64>();
            let most = if rest.starts_with('-') {
                -1_000_000
            } else {
                1_000_000
            };
            exponent += power.unwrap_or(most).clamp(-1_000_000, 1_000_000);
            at = bytes.len();
        }
        if at != bytes.len() {
            return Err(NotANumber);
        }
        let exponent = exponent.clamp(-20_000, 20_000) as i32;
        Number::rounded(negative, n, exponent, sticky).ok_or(NotANumber)
    }
}

impl fmt::Display for Number {
    /// Plain notation (`0.001`, `1200`), without trailing zeros; with an exponent only when plain
    /// notation would need more than 20 zeros that the number does not have as digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (negative, n, exponent) = self.to_parts();
        if negative {
            f.write_str("-")?;
        }
        let text = n.to_string();
        let length = text.len() as i32;
        if exponent >= 0 {
            if exponent <= 20 || exponent + length <= 40 {
                return write!(f, "{text}{:0<1$}", "", exponent as usize);
            }
        } else if -exponent < length {
            let (whole, fraction) = text.split_at((length + exponent) as usize);
            return write!(f, "{whole}.{fraction}");
        } else if -exponent - length <= 20 {
            return write!(f, "0.{:0<1$}{text}", "", (-exponent - length) as usize);
        }
        let (first, rest) = text.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        write!(f, "{first}{point}{rest}E{:+}", exponent + length - 1)
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
