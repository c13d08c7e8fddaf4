//! Structural wiring: one body of `wire!`s becomes simulation, driver declarations and Verilog.
use rust_hdl::core::ast::Verilog;
use std::cell::RefCell;

thread_local! {
    static WIRES: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Implements `Logic` for a block that only connects things, with arbitrary Rust around the connections.
///
/// `#[hdl_gen]` understands one index per path and no const generic in it. In `glue!` the body is ordinary
/// Rust (`if`, loops, any expression of const generics and of array lengths), run once for the simulation,
/// once for rust-hdl's driver check and once for the Verilog; `wire!(destination, source)` is the only
/// operation on signals, and means something else each time. So the structure must not depend on signal
/// values. Both paths start with the receiver's name; indices are single values. Signals of one part, or of
/// several, are connected in groups, by their names:
///
/// | | stands for |
/// |---|---|
/// | `wire!(self.a.x, self.y)` | input x of part a is y |
/// | `wire!(self.a <- self.b: x, y)` | `wire!(self.a.x, self.b.x)`, `wire!(self.a.y, self.b.y)` |
/// | `wire!(self.a <- self: x = z, y = b.y)` | `wire!(self.a.x, self.z)`, `wire!(self.a.y, self.b.y)` |
/// | `wire!(self <- self.b: x)` | `wire!(self.x, self.b.x)` |
/// | `wire!(self.{a, b[i]} <- self: clock)` | `wire!(self.a.clock, self.clock)`, `wire!(self.b[i].clock, self.clock)` |
///
/// ```
/// use ef_hdl_kit::{block, glue, vec_of};
/// use rust_hdl::prelude::*;
///
/// block! {
///     /// Eight bits, T cycles later.
///     struct Delay<const T: usize> {
///         in clock: Clock,
///         in x: Bits<8>,
///         out y: Bits<8>,
///         stage: Vec<DFF<Bits<8>>> = vec_of(T),
///     }
/// }
///
/// glue! { [const T: usize] Delay<T>; self => {
///     wire!(self.stage[0].d, self.x);
///     for i in 0..T {
///         wire!(self.stage[i].clock, self.clock);
///     }
///     for i in 1..T {
///         wire!(self.stage[i].d, self.stage[i - 1].q);
///     }
///     wire!(self.y, self.stage[T - 1].q);
/// }}
/// # ef_hdl_kit::export::verilog(&mut Delay::<4>::default(), "delay").unwrap();
/// ```
///
/// A block without generics is written `glue! { MyBlock; self => { ... } }`; bounds such as `[T: Synth]
/// Fifo<T>` work too.
#[macro_export]
macro_rules! glue {
    ([$($generics:tt)*] $block:ty; $me:ident => $body:block) => {
        // branches that differ in their source only expand to the same `connect`
        #[allow(clippy::needless_range_loop, clippy::if_same_then_else)]
        impl<$($generics)*> $crate::rust_hdl::core::logic::Logic for $block {
            fn update(&mut $me) {
                #[allow(unused_imports)]
                use $crate::__wire_update as wire;
                $body
            }
            fn connect(&mut $me) {
                #[allow(unused_imports)]
                use $crate::__wire_connect as wire;
                $body
            }
            fn hdl(&$me) -> $crate::rust_hdl::core::ast::Verilog {
                #[allow(unused_imports)]
                use $crate::__wire_hdl as wire;
                $crate::__glue::begin();
                $body
                $crate::__glue::finish()
            }
        }
    };
    ($block:ty; $me:ident => $body:block) => {
        $crate::glue! { [] $block; $me => $body }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __wire_update {
    ($d:ident $(. $df:ident $([$di:expr])*)+, $s:ident $(. $sf:ident $([$si:expr])*)+) => {
        $d $(. $df $([$di])*)+ .next = $s $(. $sf $([$si])*)+ .val()
    };
    ($($group:tt)+) => {
        $crate::__wires!(__wire_update; $($group)+)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __wire_connect {
    ($d:ident $(. $df:ident $([$di:expr])*)+, $s:ident $(. $sf:ident $([$si:expr])*)+) => {
        $crate::rust_hdl::core::logic::Logic::connect(&mut $d $(. $df $([$di])*)+)
    };
    ($($group:tt)+) => {
        $crate::__wires!(__wire_connect; $($group)+)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __wire_hdl {
    ($d:ident $(. $df:ident $([$di:expr])*)+, $s:ident $(. $sf:ident $([$si:expr])*)+) => {
        $crate::__glue::wire(
            &[$($crate::__glue::step(stringify!($df), &[$($di),*])),+],
            &[$($crate::__glue::step(stringify!($sf), &[$($si),*])),+],
        )
    };
    ($($group:tt)+) => {
        $crate::__wires!(__wire_hdl; $($group)+)
    };
}

/// The two forms of `wire!` that connect signals of equal names, taken apart into single wires of the macro `$wire`.
#[doc(hidden)]
#[macro_export]
macro_rules! __wires {
    // to several parts
    ($wire:ident; $d:ident . {$($part:ident $([$pi:expr])*),+ $(,)?} <- $($source:tt)+) => {
        $crate::__wires!(@source $wire; [$(($d . $part $([$pi])*))+] $($source)+)
    };
    // to one part, or to the block itself
    ($wire:ident; $d:ident $(. $df:ident $([$di:expr])*)* <- $($source:tt)+) => {
        $crate::__wires!(@source $wire; [($d $(. $df $([$di])*)*)] $($source)+)
    };
    (@source $wire:ident; $to:tt $s:ident $(. $sf:ident $([$si:expr])*)* : $($names:tt)+) => {
        $crate::__wires!(@names $wire; $to ($s $(. $sf $([$si])*)*) $($names)+)
    };
    (@names $wire:ident; $to:tt $from:tt) => {};
    (@names $wire:ident; $to:tt $from:tt $name:ident $([$ni:expr])*
        = $p:ident $([$pi:expr])* $(. $q:ident $([$qi:expr])*)* $(, $($rest:tt)*)?) => {
        $crate::__wires!(@each $wire; $to $from ($name $([$ni])*) ($p $([$pi])* $(. $q $([$qi])*)*));
        $crate::__wires!(@names $wire; $to $from $($($rest)*)?);
    };
    (@names $wire:ident; $to:tt $from:tt $name:ident $(, $($rest:tt)*)?) => {
        $crate::__wires!(@each $wire; $to $from ($name) ($name));
        $crate::__wires!(@names $wire; $to $from $($($rest)*)?);
    };
    (@each $wire:ident; [$($to:tt)+] $from:tt $name:tt $path:tt) => {
        $($crate::__wires!(@one $wire; $to $from $name $path);)+
    };
    (@one $wire:ident; ($($to:tt)+) ($($from:tt)+) ($($name:tt)+) ($($path:tt)+)) => {
        $crate::$wire!($($to)+ . $($name)+, $($from)+ . $($path)+)
    };
}

/// One step of a path: a field and the indices applied to it.
pub type Step<'a> = (&'a str, &'a [usize]);

/// One step of a path.
pub fn step<'a>(field: &'a str, indices: &'a [usize]) -> Step<'a> {
    (field, indices)
}

/// Starts collecting the wires of one block.
pub fn begin() {
    WIRES.with_borrow_mut(String::clear);
}

/// Adds one wire to the block being collected.
pub fn wire(destination: &[Step], source: &[Step]) {
    let line = format!("    {} = {};\n", flat(destination), flat(source));
    WIRES.with_borrow_mut(|wires| wires.push_str(&line));
}

/// The Verilog of all wires since [`begin`].
pub fn finish() -> Verilog {
    let wires = WIRES.take();
    Verilog::Custom(if wires.is_empty() { wires } else { format!("always @(*) begin\n{wires}end\n") })
}

/// rust-hdl's Verilog name of a path: everything joined by `$`.
fn flat(path: &[Step]) -> String {
    let mut name = String::new();
    for (field, indices) in path {
        if !name.is_empty() {
            name.push('$');
        }
        name.push_str(field);
        for index in *indices {
            name.push_str(&format!("${index}"));
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::flat;

    #[test]
    fn paths_are_named_as_rust_hdl_names_them() {
        assert_eq!(flat(&[("row", &[3, 1]), ("x", &[0]), ("q", &[])]), "row$3$1$x$0$q");
    }
}
