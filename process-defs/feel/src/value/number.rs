//! FEEL's number: an exact decimal of 34 significant digits (DMN 1.5, 10.3.2.3.1; IEEE 754-2008
//! decimal128), rounded half-even.
//!
//! Why an own type: `fastnum::D128` was looked at first. Its coefficient is 128 bits wide, so `1 / 3` has
//! 39 digits and rounding happens there, not at 34; rounding a second time to 34 is not the same as rounding
//! once (0.5 may have been 0.4999...). The operations below keep everything within `u128`, round once, never
//! panic, and are judged by exact arithmetic in `laws.rs`. The functions that need more digits than they
//! give (`exp`, `log`, powers) work in `fastnum::D256`: `transcendental.rs`.

mod text;

pub use text::NotANumber;

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

/// Significant digits that a number carries.
pub const DIGITS: u32 = 34;
const EXPONENT_MAX: i32 = 6111;
const EXPONENT_MIN: i32 = -6176;

const POWERS: [u128; 39] = {
    let mut table = [1u128; 39];
    let mut i = 1;
    while i < 39 {
        table[i] = table[i - 1] * 10;
        i += 1;
    }
    table
};
/// The first coefficient that no longer fits: 10^34.
const LIMIT: u128 = POWERS[34];

/// How to choose between two neighbours when digits are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// To the nearest; ties to the even neighbour.
    HalfEven,
    /// To the nearest; ties away from zero.
    HalfUp,
    /// To the nearest; ties towards zero.
    HalfDown,
    /// Away from zero.
    Up,
    /// Towards zero.
    Down,
    /// Towards minus infinity.
    Floor,
    /// Towards plus infinity.
    Ceiling,
}

/// An exact decimal number of up to 34 significant digits: coefficient × 10^exponent.
///
/// Equality, order and hash are by value: `1.50` is `1.5`.
#[derive(Clone, Copy)]
pub struct Number {
    high: u64,
    low: u64,
    exponent: i16,
    negative: bool,
}

fn digits(n: u128) -> u32 {
    if n == 0 { 0 } else { n.ilog10() + 1 }
}

/// Drops `count` decimal digits of `n`, to which a non-zero rest (`sticky`) may belong further down.
fn drop_digits(n: u128, count: u32, sticky: bool, negative: bool, rounding: Rounding) -> u128 {
    let (kept, rest, half) = match count {
        0 => (n, 0, 0),
        1..=38 => {
            let power = POWERS[count as usize];
            (n / power, n % power, power / 2)
        }
        // Everything goes; what is left is below half of a unit, whatever it was.
        _ => (0, u128::from(n != 0), u128::MAX),
    };
    let inexact = rest != 0 || sticky;
    if !inexact {
        return kept;
    }
    let side = if count == 0 {
        Ordering::Less
    } else {
        rest.cmp(&half).then(if sticky {
            Ordering::Greater
        } else {
            Ordering::Equal
        })
    };
    let up = match rounding {
        Rounding::HalfEven => {
            side == Ordering::Greater || (side == Ordering::Equal && kept % 2 == 1)
        }
        Rounding::HalfUp => side != Ordering::Less,
        Rounding::HalfDown => side == Ordering::Greater,
        Rounding::Up => true,
        Rounding::Down => false,
        Rounding::Floor => negative,
        Rounding::Ceiling => !negative,
    };
    kept + u128::from(up)
}

impl Number {
    /// 0.
    pub const ZERO: Number = Number {
        high: 0,
        low: 0,
        exponent: 0,
        negative: false,
    };
    /// 1.
    pub const ONE: Number = Number {
        high: 0,
        low: 1,
        exponent: 0,
        negative: false,
    };

    fn coefficient(&self) -> u128 {
        (u128::from(self.high) << 64) | u128::from(self.low)
    }

    fn make(negative: bool, coefficient: u128, exponent: i32) -> Number {
        debug_assert!(coefficient < LIMIT);
        Number {
            high: (coefficient >> 64) as u64,
            low: coefficient as u64,
            exponent: if coefficient == 0 {
                exponent.clamp(-6176, 0) as i16
            } else {
                exponent as i16
            },
            negative: negative && coefficient != 0,
        }
    }

    /// Rounds to 34 digits and checks the exponent: `None` when the number is too large to be held.
    /// What is too small becomes zero, as decimal128 lets it.
    fn rounded(negative: bool, n: u128, exponent: i32, sticky: bool) -> Option<Number> {
        if n < LIMIT && !sticky && (EXPONENT_MIN..=EXPONENT_MAX).contains(&exponent) {
            return Some(Number::make(negative, n, exponent));
        }
        let mut n = n;
        let mut exponent = exponent;
        let excess = digits(n).saturating_sub(DIGITS);
        let subnormal = (EXPONENT_MIN - exponent).max(0) as u32;
        let count = excess.max(subnormal);
        n = drop_digits(n, count, sticky, negative, Rounding::HalfEven);
        exponent += count as i32;
        if n >= LIMIT {
            // 9.99...9 went up to 10.0...0: the last digit is a zero.
            n /= 10;
            exponent += 1;
        }
        if exponent > EXPONENT_MAX {
            let room = DIGITS - digits(n);
            let need = (exponent - EXPONENT_MAX) as u32;
            if n == 0 {
                return Some(Number::ZERO);
            }
            if need > room {
                return None;
            }
            n *= POWERS[need as usize];
            exponent = EXPONENT_MAX;
        }
        Some(Number::make(negative, n, exponent))
    }

    /// coefficient × 10^exponent, rounded half-even to 34 digits; `None` beyond decimal128's range.
    pub fn from_parts(negative: bool, coefficient: u128, exponent: i32) -> Option<Number> {
        Number::rounded(
            negative,
            coefficient,
            exponent.clamp(-20_000, 20_000),
            false,
        )
    }

    /// Sign, coefficient and exponent, without trailing zeros in the coefficient.
    pub fn to_parts(&self) -> (bool, u128, i32) {
        let short = self.normalized();
        (
            short.negative,
            short.coefficient(),
            i32::from(short.exponent),
        )
    }

    /// Whether it is 0.
    pub fn is_zero(&self) -> bool {
        self.high == 0 && self.low == 0
    }

    /// Whether it is below 0.
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// Whether it has no fraction.
    pub fn is_integer(&self) -> bool {
        self.exponent >= 0 || self.normalized().exponent >= 0
    }

    /// The same value without trailing zeros in its coefficient.
    fn normalized(&self) -> Number {
        let mut n = self.coefficient();
        if n == 0 {
            return Number::ZERO;
        }
        let mut exponent = i32::from(self.exponent);
        for step in [16u32, 8, 4, 2, 1] {
            while n.is_multiple_of(POWERS[step as usize]) && exponent + step as i32 <= EXPONENT_MAX
            {
                n /= POWERS[step as usize];
                exponent += step as i32;
            }
        }
        Number::make(self.negative, n, exponent)
    }

    /// The number as a whole `i64`; `None` with a fraction or beyond its range.
    pub fn to_i64(&self) -> Option<i64> {
        if self.exponent == 0 && self.high == 0 {
            let n = i128::from(self.low);
            return i64::try_from(if self.negative { -n } else { n }).ok();
        }
        i64::try_from(self.to_i128()?).ok()
    }

    /// The number as a whole `i128`; `None` with a fraction or beyond its range.
    pub fn to_i128(&self) -> Option<i128> {
        let short = self.normalized();
        let exponent = usize::try_from(short.exponent).ok()?;
        let n = short.coefficient().checked_mul(*POWERS.get(exponent)?)?;
        let n = i128::try_from(n).ok()?;
        Some(if self.negative { -n } else { n })
    }

    /// The nearest `f64`: for charts and statistics, never for amounts.
    pub fn to_f64(&self) -> f64 {
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// Sum, rounded to 34 digits; `None` beyond the range.
    pub fn add(&self, other: &Number) -> Option<Number> {
        if self.exponent == other.exponent {
            let exponent = i32::from(self.exponent);
            return Number::add_aligned(
                (self.negative, self.coefficient()),
                (other.negative, other.coefficient()),
                exponent,
                false,
            );
        }
        let (wide, narrow) = if self.exponent > other.exponent {
            (self, other)
        } else {
            (other, self)
        };
        if wide.is_zero() {
            return Some(*narrow);
        }
        if narrow.is_zero() {
            return Some(*wide);
        }
        let gap = (i32::from(wide.exponent) - i32::from(narrow.exponent)) as u32;
        let room = 37 - digits(wide.coefficient());
        let shift = gap.min(room);
        let left = wide.coefficient() * POWERS[shift as usize];
        let lost = gap - shift;
        let (right, sticky) = match lost {
            0 => (narrow.coefficient(), false),
            1..=38 => {
                let power = POWERS[lost as usize];
                (
                    narrow.coefficient() / power,
                    narrow.coefficient() % power != 0,
                )
            }
            _ => (0, true),
        };
        let exponent = i32::from(wide.exponent) - shift as i32;
        Number::add_aligned(
            (wide.negative, left),
            (narrow.negative, right),
            exponent,
            sticky,
        )
    }

    /// `sticky`: something non-zero below `b`'s last digit was left out; only with `a` of 37 digits,
    /// so that two guard digits remain whatever is taken away.
    fn add_aligned(
        a: (bool, u128),
        b: (bool, u128),
        exponent: i32,
        sticky: bool,
    ) -> Option<Number> {
        if a.0 == b.0 {
            return Number::rounded(a.0, a.1 + b.1, exponent, sticky);
        }
        match a.1.cmp(&b.1) {
            Ordering::Greater => {
                Number::rounded(a.0, a.1 - b.1 - u128::from(sticky), exponent, sticky)
            }
            Ordering::Equal => Some(Number::make(false, 0, exponent.clamp(EXPONENT_MIN, 0))),
            Ordering::Less => Number::rounded(b.0, b.1 - a.1, exponent, sticky),
        }
    }

    /// Difference, rounded to 34 digits; `None` beyond the range.
    pub fn subtract(&self, other: &Number) -> Option<Number> {
        self.add(&other.negate())
    }

    /// Product, rounded to 34 digits; `None` beyond the range.
    pub fn multiply(&self, other: &Number) -> Option<Number> {
        let negative = self.negative != other.negative;
        let exponent = i32::from(self.exponent) + i32::from(other.exponent);
        if self.high == 0 && other.high == 0 {
            let product = u128::from(self.low) * u128::from(other.low);
            return Number::rounded(negative, product, exponent, false);
        }
        // 34 × 34 digits, by halves of 17: product = upper × 10^34 + lower.
        let half = POWERS[17];
        let (a, b) = (self.coefficient(), other.coefficient());
        let (a1, a0) = (a / half, a % half);
        let (b1, b0) = (b / half, b % half);
        let middle = a1 * b0 + a0 * b1;
        let low = a0 * b0 + (middle % half) * half;
        let upper = a1 * b1 + middle / half + low / LIMIT;
        let lower = low % LIMIT;
        let dropped = digits(upper);
        if dropped == 0 {
            return Number::rounded(negative, lower, exponent, false);
        }
        // Keep one digit more than is wanted, so that rounding sees it, and the rest as "sticky".
        let cut = POWERS[dropped as usize - 1];
        let kept = upper * POWERS[(DIGITS - dropped + 1) as usize] + lower / cut;
        Number::rounded(
            negative,
            kept,
            exponent + dropped as i32 - 1,
            !lower.is_multiple_of(cut),
        )
    }

    /// Quotient, rounded to 34 digits; `None` when dividing by zero or beyond the range.
    pub fn divide(&self, other: &Number) -> Option<Number> {
        let divisor = other.coefficient();
        if divisor == 0 {
            return None;
        }
        let negative = self.negative != other.negative;
        let mut exponent = i32::from(self.exponent) - i32::from(other.exponent);
        let mut quotient = self.coefficient() / divisor;
        let mut rest = self.coefficient() % divisor;
        // Long division by as many decimal digits at a time as fit; 35 digits decide the rounding.
        while rest != 0 && digits(quotient) <= DIGITS {
            let step = (38 - digits(divisor)).min(38 - digits(quotient)).max(1);
            let power = POWERS[step as usize];
            let scaled = rest * power;
            quotient = quotient * power + scaled / divisor;
            rest = scaled % divisor;
            exponent -= step as i32;
        }
        let rounded = Number::rounded(negative, quotient, exponent, rest != 0)?;
        Some(if rest == 0 { rounded.plain() } else { rounded })
    }

    /// Strips trailing zeros of a fraction, not of a whole number (`10 / 2` stays `5`, not `50E-1`).
    fn plain(&self) -> Number {
        if self.exponent >= 0 {
            return *self;
        }
        let short = self.normalized();
        if short.exponent <= 0 {
            return short;
        }
        let n = short.coefficient() * POWERS[short.exponent as usize % 35];
        if n < LIMIT {
            Number::make(short.negative, n, 0)
        } else {
            short
        }
    }

    /// The number with the other sign.
    pub fn negate(&self) -> Number {
        Number {
            negative: !self.negative && !self.is_zero(),
            ..*self
        }
    }

    /// The number without its sign.
    pub fn abs(&self) -> Number {
        Number {
            negative: false,
            ..*self
        }
    }

    /// Rounded to `scale` digits after the point (before it, when negative).
    pub fn round(&self, scale: i32, rounding: Rounding) -> Option<Number> {
        let exponent = i32::from(self.exponent);
        let count = scale.checked_neg()?.checked_sub(exponent)?;
        if count <= 0 {
            return Some(*self);
        }
        let n = drop_digits(
            self.coefficient(),
            count as u32,
            false,
            self.negative,
            rounding,
        );
        Number::rounded(self.negative, n, -scale, false)
    }

    /// The largest whole number that is not above this one.
    pub fn floor(&self) -> Number {
        self.round(0, Rounding::Floor).unwrap_or(*self)
    }

    /// The whole part, towards zero.
    pub fn truncate(&self) -> Number {
        self.round(0, Rounding::Down).unwrap_or(*self)
    }

    /// `self - divisor × floor(self / divisor)`: the sign is the divisor's (DMN 1.5, table 80).
    pub fn modulo(&self, divisor: &Number) -> Option<Number> {
        if divisor.is_zero() {
            return None;
        }
        let rest = self.remainder(divisor)?;
        if !rest.is_zero() && rest.negative != divisor.negative {
            return rest.add(divisor);
        }
        Some(rest)
    }

    /// The exact rest of truncated division, by long division on aligned coefficients.
    fn remainder(&self, divisor: &Number) -> Option<Number> {
        let (a, b) = (self.normalized(), divisor.normalized());
        if a.is_zero() || a.abs() < b.abs() {
            return Some(*self);
        }
        let gap = i32::from(a.exponent) - i32::from(b.exponent);
        let n = b.coefficient();
        let (rest, exponent) = if gap >= 0 {
            let mut rest = a.coefficient() % n;
            let mut left = gap as u32;
            let step = (38 - digits(n)).max(1);
            while left > 0 && rest != 0 {
                let now = left.min(step);
                rest = (rest * POWERS[now as usize]) % n;
                left -= now;
            }
            (rest, i32::from(b.exponent))
        } else {
            // |a| >= |b| and b has the larger exponent: b aligned to a is not longer than a.
            let aligned = n * POWERS[gap.unsigned_abs() as usize];
            (a.coefficient() % aligned, i32::from(a.exponent))
        };
        Number::from_parts(self.negative, rest, exponent)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Number) -> Ordering {
        if self.negative != other.negative {
            return if self.negative {
                Ordering::Less
            } else {
                Ordering::Greater
            };
        }
        let size = if self.exponent == other.exponent {
            self.coefficient().cmp(&other.coefficient())
        } else {
            compare_sizes(self, other)
        };
        if self.negative { size.reverse() } else { size }
    }
}

fn compare_sizes(a: &Number, b: &Number) -> Ordering {
    let (x, y) = (a.coefficient(), b.coefficient());
    if x == 0 || y == 0 {
        return x.cmp(&y);
    }
    let magnitude = |n: u128, e: i16| digits(n) as i32 + i32::from(e);
    magnitude(x, a.exponent)
        .cmp(&magnitude(y, b.exponent))
        .then_with(|| {
            // As many digits before the point on both sides, so the gap is below 34.
            let gap = i32::from(a.exponent) - i32::from(b.exponent);
            let power = POWERS[gap.unsigned_abs() as usize];
            if gap > 0 {
                (x * power).cmp(&y)
            } else {
                x.cmp(&(y * power))
            }
        })
}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let (negative, coefficient, exponent) = self.to_parts();
        negative.hash(state);
        coefficient.hash(state);
        exponent.hash(state);
    }
}

impl From<i64> for Number {
    fn from(n: i64) -> Number {
        Number::make(n < 0, u128::from(n.unsigned_abs()), 0)
    }
}

impl From<i32> for Number {
    fn from(n: i32) -> Number {
        Number::from(i64::from(n))
    }
}

impl From<u64> for Number {
    fn from(n: u64) -> Number {
        Number::make(false, u128::from(n), 0)
    }
}

impl From<usize> for Number {
    fn from(n: usize) -> Number {
        Number::from(n as u64)
    }
}
