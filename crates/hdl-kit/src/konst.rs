//! A constant with a width.
use rust_hdl::core::prelude::*;
use rust_hdl::core::signal::get_signal_id;

/// The constant `V`, `W` bits wide, as a field of a block.
///
/// rust-hdl exports a literal in an expression as 32 bits wide, so `a + 1 == b` does not wrap in Verilog as
/// it does in Rust. A `K` is exported as `localparam name = W'hV;` and keeps its width. Unlike rust-hdl's
/// `Constant` it implements `Default`, so a block that contains one can derive it too.
///
/// ```
/// use ef_hdl_kit::K;
/// use rust_hdl::prelude::*;
///
/// #[derive(LogicBlock, Default)]
/// struct AtLimit {
///     pub count: Signal<In, Bits<4>>,
///     pub last: Signal<Out, Bit>,
///     next: Signal<Local, Bits<4>>,
///     one: K<4, 1>,
///     limit: K<4, 9>,
/// }
///
/// impl Logic for AtLimit {
///     #[hdl_gen]
///     fn update(&mut self) {
///         self.next.next = self.count.val() + self.one.val();
///         self.last.next = self.next.val() == self.limit.val();
///     }
/// }
/// # assert!(ef_hdl_kit::lint(&AtLimit::default()).is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct K<const W: usize, const V: u64> {
    id: usize,
}

impl<const W: usize, const V: u64> K<W, V> {
    const FITS: () = assert!(W >= 64 || V >> W == 0, "the value of a K does not fit its width");

    /// The constant, usable in `#[hdl_gen]` bodies.
    pub fn val(&self) -> Bits<W> {
        V.into()
    }
}

impl<const W: usize, const V: u64> Default for K<W, V> {
    fn default() -> Self {
        let () = Self::FITS;
        K { id: get_signal_id() }
    }
}

impl<const W: usize, const V: u64> Logic for K<W, V> {
    fn update(&mut self) {}
}

impl<const W: usize, const V: u64> Atom for K<W, V> {
    fn bits(&self) -> usize {
        W
    }
    fn connected(&self) -> bool {
        true
    }
    fn changed(&self) -> bool {
        false
    }
    fn kind(&self) -> AtomKind {
        AtomKind::Constant
    }
    fn descriptor(&self) -> TypeDescriptor {
        Bits::<W>::descriptor()
    }
    fn vcd(&self) -> VCDValue {
        self.val().vcd()
    }
    fn verilog(&self) -> VerilogLiteral {
        self.val().verilog()
    }
    fn id(&self) -> usize {
        self.id
    }
    fn constraints(&self) -> Vec<PinConstraint> {
        Vec::new()
    }
}

impl<const W: usize, const V: u64> Block for K<W, V> {
    fn connect_all(&mut self) {}
    fn update_all(&mut self) {}
    fn has_changed(&self) -> bool {
        false
    }
    fn accept(&self, name: &str, probe: &mut dyn Probe) {
        probe.visit_atom(name, self);
    }
}
