//! An operand of a widening multiplication.
use rust_hdl::core::prelude::*;
use std::ops::Mul;

/// An unsigned operand of `N` bits whose product has `P` bits: rust-hdl itself only multiplies 16 by 16 bits.
///
/// Exported as a plain `N`-bit signal and `a * b`. Verilog multiplies at the width of the assignment, so
/// assign the product directly to a `P`-bit signal, and slice or shift that; [`lint`](crate::lint) reports a
/// product used in any other place.
///
/// ```
/// use ef_hdl_kit::UInt;
/// use rust_hdl::prelude::*;
///
/// #[derive(LogicBlock, Default)]
/// struct Square {
///     pub a: Signal<In, Bits<24>>,
///     pub y: Signal<Out, Bits<48>>,
///     ma: Signal<Local, UInt<24, 48>>,
/// }
///
/// impl Logic for Square {
///     #[hdl_gen]
///     fn update(&mut self) {
///         self.ma.next = self.a.val().into();
///         self.y.next = self.ma.val() * self.ma.val();
///     }
/// }
/// # let product: Bits<48> = UInt::<24, 48>::from(Bits::from(0xff_ffff)) * UInt::from(Bits::from(0xff_fffe));
/// # let product: u64 = product.into();
/// # assert_eq!(product, 0xff_ffff * 0xff_fffe);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct UInt<const N: usize, const P: usize>(Bits<N>);

impl<const N: usize, const P: usize> From<Bits<N>> for UInt<N, P> {
    fn from(value: Bits<N>) -> Self {
        UInt(value)
    }
}

impl<const N: usize, const P: usize> From<UInt<N, P>> for Bits<N> {
    fn from(value: UInt<N, P>) -> Self {
        value.0
    }
}

impl<const N: usize, const P: usize> UInt<N, P> {
    const WIDTHS: () = assert!(N <= 64 && P <= 128, "UInt operands have up to 64 bits, products up to 128");
}

/// The product of two operands, modulo 2^P.
impl<const N: usize, const P: usize> Mul for UInt<N, P> {
    type Output = Bits<P>;

    fn mul(self, other: Self) -> Bits<P> {
        let () = Self::WIDTHS;
        let product = u128::from(u64::from(self.0)) * u128::from(u64::from(other.0));
        if P <= 64 {
            let mask = if P == 64 { u64::MAX } else { (1 << P) - 1 };
            // the mask makes the truncation explicit
            (product as u64 & mask).into()
        } else {
            let low: Bits<P> = (product as u64).into();
            let high: Bits<P> = ((product >> 64) as u64).into();
            (high << 64) | low
        }
    }
}

impl<const N: usize, const P: usize> Synth for UInt<N, P> {
    const BITS: usize = N;

    fn descriptor() -> TypeDescriptor {
        TypeDescriptor { name: format!("UInt{N}"), kind: TypeKind::Bits(N) }
    }
    fn vcd(self) -> VCDValue {
        self.0.vcd()
    }
    fn verilog(self) -> VerilogLiteral {
        self.0.verilog()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product<const N: usize, const P: usize>(a: u64, b: u64) -> Bits<P> {
        UInt::<N, P>::from(Bits::<N>::from(a)) * UInt::from(Bits::<N>::from(b))
    }

    #[test]
    fn products_have_all_their_bits() {
        assert_eq!(u64::from(product::<24, 48>(0xff_ffff, 0xff_ffff)), 0xff_ffff * 0xff_ffff);
        assert_eq!(u64::from(product::<18, 36>(0x3_ffff, 0x3_ffff)), 0x3_ffff * 0x3_ffff);
        assert_eq!(u64::from(product::<32, 64>(0xffff_ffff, 0xffff_ffff)), 0xffff_ffff * 0xffff_ffff);
        let wide = product::<64, 128>(u64::MAX, u64::MAX);
        assert_eq!(u64::from(wide.get_bits::<64>(0)), 1);
        assert_eq!(u64::from(wide.get_bits::<64>(64)), u64::MAX - 1);
    }

    #[test]
    fn a_narrow_product_wraps() {
        assert_eq!(u64::from(product::<8, 8>(0x13, 0x57)), (0x13 * 0x57) & 0xff);
    }
}
