//! Points of alt_bn128 (y² = x³ + 3), as far as collections need them: hashing onto the curve,
//! compressing, adding. Everything here is public, so nothing needs constant time.

use ethers_core::types::{H256, U256, U512};
use ethers_core::utils::keccak256;
use thiserror::Error;

/// The order of the curve's field.
const P: U256 = U256([
    0x3c20_8c16_d87c_fd47,
    0x9781_6a91_6871_ca8d,
    0xb850_45b6_8181_585d,
    0x3064_4e72_e131_a029,
]);
/// The bit of a compressed point that says that y is odd.
const ODD_BIT: usize = 254;
/// The curve's constant.
const B: u64 = 3;

/// A collection id that belongs to no point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a collection id: no point of the curve has this x")]
pub struct NotOnCurve;

/// A point other than infinity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Point {
    x: U256,
    y: U256,
}

impl Point {
    /// The point of a condition's index set: the first x after its hash that is on the curve, with
    /// the y whose parity is the hash's highest bit.
    pub(super) fn of(condition: H256, index_set: u64) -> Self {
        let mut packed = [0; 64];
        let (head, tail) = packed.split_at_mut(32);
        head.copy_from_slice(condition.as_bytes());
        U256::from(index_set).to_big_endian(tail);
        let hash = U256::from(keccak256(packed));
        let mut x = hash % P;
        // Every second x is on the curve, so this ends; the contract has the same loop.
        loop {
            x = plus(x, U256::one());
            if let Some(y) = root(of_curve(x)) {
                return Self { x, y: with_parity(y, hash.bit(255)) };
            }
        }
    }
    pub(super) fn expanded(compressed: H256) -> Result<Self, NotOnCurve> {
        let number = U256::from(compressed.0);
        let odd = number.bit(ODD_BIT);
        let x = if odd { number ^ (U256::one() << ODD_BIT) } else { number };
        if x >= P {
            return Err(NotOnCurve);
        }
        let y = root(of_curve(x)).ok_or(NotOnCurve)?;
        Ok(Self { x, y: with_parity(y, odd) })
    }
    pub(super) fn compressed(&self) -> H256 {
        // Toggled, not set: x itself is below 2^254.
        let mask = if self.y.bit(0) { U256::one() << ODD_BIT } else { U256::zero() };
        let mut bytes = [0; 32];
        (self.x ^ mask).to_big_endian(&mut bytes);
        H256(bytes)
    }
    /// The sum of two points. Opposite points, whose sum is infinity, give the origin, as the
    /// curve's precompiled contract does.
    pub(super) fn plus(&self, other: &Self) -> Self {
        let slope = if self.x != other.x {
            times(minus(other.y, self.y), inverse(minus(other.x, self.x)))
        } else if self.y == other.y {
            let square = times(self.x, self.x);
            times(plus(plus(square, square), square), inverse(plus(self.y, self.y)))
        } else {
            return Self { x: U256::zero(), y: U256::zero() };
        };
        let x = minus(minus(times(slope, slope), self.x), other.x);
        Self { x, y: minus(times(slope, minus(self.x, x)), self.y) }
    }
}

fn of_curve(x: U256) -> U256 {
    plus(times(times(x, x), x), U256::from(B))
}

/// A square root, where there is one. P is 3 modulo 4, so a power is enough.
fn root(square: U256) -> Option<U256> {
    let candidate = power(square, (P + U256::one()) >> 2);
    (times(candidate, candidate) == square).then_some(candidate)
}

fn with_parity(y: U256, odd: bool) -> U256 {
    if y.bit(0) == odd { y } else { P - y }
}

fn inverse(value: U256) -> U256 {
    power(value, P - U256::from(2))
}

fn power(base: U256, exponent: U256) -> U256 {
    let mut result = U256::one();
    for bit in (0..exponent.bits()).rev() {
        result = times(result, result);
        if exponent.bit(bit) {
            result = times(result, base);
        }
    }
    result
}

/// Both below P, so the sum fits.
fn plus(a: U256, b: U256) -> U256 {
    (a + b) % P
}

fn minus(a: U256, b: U256) -> U256 {
    plus(a, P - b)
}

fn times(a: U256, b: U256) -> U256 {
    let product: U512 = a.full_mul(b) % U512::from(P);
    let [l0, l1, l2, l3, ..] = product.0;
    U256([l0, l1, l2, l3])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adding_points_stays_on_the_curve_and_does_not_depend_on_the_order() {
        let a = Point::of(H256::repeat_byte(1), 1);
        let b = Point::of(H256::repeat_byte(2), 2);
        assert_eq!(a.plus(&b), b.plus(&a));
        for point in [a.plus(&b), a.plus(&a)] {
            assert_eq!(times(point.y, point.y), of_curve(point.x));
        }
        assert_eq!(a.plus(&a).plus(&b), a.plus(&b).plus(&a));
        let opposite = Point { x: a.x, y: P - a.y };
        assert_eq!(a.plus(&opposite), Point { x: U256::zero(), y: U256::zero() });
    }

    #[test]
    fn a_number_that_is_no_collection_is_refused() {
        let over = P + U256::one();
        let mut bytes = [0; 32];
        over.to_big_endian(&mut bytes);
        assert_eq!(Point::expanded(H256(bytes)), Err(NotOnCurve));
        let point = Point::of(H256::repeat_byte(7), 1);
        assert_eq!(Point::expanded(point.compressed()), Ok(point));
    }
}
