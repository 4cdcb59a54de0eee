//! Square root, exponential, logarithm and powers, computed with 77 digits in `fastnum::D256` and
//! rounded once to FEEL's 34.

use super::number::Number;
use fastnum::D256;
use fastnum::decimal::Context;

fn wide(n: &Number) -> Option<D256> {
    let ctx = Context::default().without_traps();
    let (negative, coefficient, exponent) = n.to_parts();
    let text = format!(
        "{}{coefficient}E{exponent}",
        if negative { "-" } else { "" }
    );
    D256::from_str(&text, ctx).ok()
}

fn narrow(n: D256) -> Option<Number> {
    if !n.is_finite() {
        return None;
    }
    format!("{n:e}").parse().ok()
}

impl Number {
    /// Square root; `None` below zero.
    ///
    /// From the 16 digits of the floating-point root, one step of Newton's method gives 32, and a second
    /// one 64: more than the 34 that it is rounded to.
    pub fn sqrt(&self) -> Option<Number> {
        if self.is_negative() {
            return None;
        }
        if self.is_zero() {
            return Some(Number::ZERO);
        }
        let (_, coefficient, exponent) = self.to_parts();
        // An even power of ten goes apart, so that floating point holds the rest.
        let apart = exponent - exponent.rem_euclid(2);
        let near = Number::from_parts(false, coefficient, exponent - apart)?;
        let two = Number::from(2);
        let rough: Number = format!("{:e}", near.to_f64().sqrt()).parse().ok()?;
        let close = rough.add(&near.divide(&rough)?)?.divide(&two)?;
        let root = (wide(&close)? + wide(&near)? / wide(&close)?) / wide(&two)?;
        let (_, coefficient, exponent) = narrow(root)?.to_parts();
        Number::from_parts(false, coefficient, exponent + apart / 2)
    }

    /// e to the power of this number; `None` when the result is too large.
    pub fn exp(&self) -> Option<Number> {
        // Beyond this the result is out of decimal128's range anyway, and the series would be long.
        let bound = Number::from(14_200);
        if *self > bound {
            return None;
        }
        if self.negate() > bound {
            return Some(Number::ZERO);
        }
        narrow(wide(self)?.exp())
    }

    /// Natural logarithm; `None` unless above zero.
    ///
    /// From the 16 digits of the floating-point logarithm, one step of Halley's method gives 48: a
    /// single exponential, where a series would need many times that.
    pub fn ln(&self) -> Option<Number> {
        if self.is_zero() || self.is_negative() {
            return None;
        }
        let (_, coefficient, exponent) = self.to_parts();
        // Beyond what floating point holds, powers of ten go apart.
        let apart = if exponent.abs() > 200 { exponent } else { 0 };
        let near = Number::from_parts(false, coefficient, exponent - apart)?;
        let guess = wide(&format!("{:e}", near.to_f64().ln()).parse().ok()?)?;
        let (x, y) = (wide(&near)?, guess.exp());
        let two = wide(&Number::from(2))?;
        let log = guess + two * (x - y) / (x + y);
        narrow(log + wide(&Number::from(apart))? * D256::LN_10)
    }

    /// This number to the power of another; `None` where there is no real result, or it is too large.
    pub fn power(&self, exponent: &Number) -> Option<Number> {
        if let Some(n) = exponent.to_i64().filter(|n| n.unsigned_abs() <= 1_000_000) {
            return self.whole_power(n);
        }
        if self.is_zero() {
            return (!exponent.is_negative()).then_some(Number::ZERO);
        }
        if self.is_negative() {
            return None;
        }
        let product = wide(&self.ln()?)? * wide(exponent)?;
        narrow(product)?.exp()
    }

    /// By repeated squaring with 77 digits.
    fn whole_power(&self, n: i64) -> Option<Number> {
        if n == 0 {
            return Some(Number::ONE);
        }
        if self.is_zero() {
            return (n > 0).then_some(Number::ZERO);
        }
        let mut base = wide(self)?;
        let mut left = n.unsigned_abs();
        let mut result = wide(&Number::ONE)?;
        while left > 0 {
            if left & 1 == 1 {
                result *= base;
            }
            left >>= 1;
            if left > 0 {
                base *= base;
            }
            if !result.is_finite() || !base.is_finite() {
                return None;
            }
        }
        let result = if n < 0 {
            wide(&Number::ONE)? / result
        } else {
            result
        };
        narrow(result)
    }
}
