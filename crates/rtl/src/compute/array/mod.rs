//! The systolic array.

pub mod psum;
pub mod row;
pub mod row_start;
pub mod stationary;

use super::Row;
use ef_hdl_kit::{block, glue, vec_of};
use rust_hdl::prelude::*;

block! {
    /// T [`Row`]s in a chain: row m sees everything m cycles after row 0.
    ///
    /// ```text
    ///  x[T], swap, init, raddr, waddr, we --> row 0 --> row 1 --> ... --> row T-1 --> saturated
    ///  s[T], bias_we (all rows), s_we ------> row 0 --> row 1 --> ... --> row T-1
    ///  saddr (all rows) --------------------> sdata[T]
    /// ```
    ///
    /// The rows of a stationary matrix come in T consecutive cycles at `s`, `s_we` with row 0. The bias vector comes at `s` with
    /// `bias_we`: lane m is the bias of row m. `saturated` belongs to the vector whose `we` was T cycles ago.
    /// Timing of the other ports: see [`Row`].
    pub struct Array<const T: usize, const PAW: usize> {
        in clock: Clock, in s, x: Vec<Bits<32>> = vec_of(T), in s_we, bias_we, swap, we: Bit,
        in init: Bits<2>, in raddr, waddr, saddr: Bits<16>,
        out saturated: Bit, out sdata: Vec<Bits<32>> = vec_of(T),
        row: Vec<Row<T, PAW>> = vec_of(T),
        const not_saturated: Bit = false,
    }
}

glue! { [const T: usize, const PAW: usize] Array<T, PAW>; self => {
    for m in 0..T {
        wire!(self.row[m] <- self: clock, bias_we, saddr);
        wire!(self.row[m].bias, self.s[m]);
        wire!(self.sdata[m], self.row[m].sdata);
        for n in 0..T {
            wire!(self.row[m].s[n], self.s[n]);
            if m == 0 {
                wire!(self.row[m].x[n], self.x[n]);
            } else {
                wire!(self.row[m].x[n], self.row[m - 1].x_out[n]);
            }
        }
        if m == 0 {
            wire!(self.row[m] <- self: s_we, swap, init, raddr, we, waddr);
            wire!(self.row[m].saturated_in, self.not_saturated);
        } else {
            wire!(self.row[m] <- self.row[m - 1]: s_we = s_we_out, swap = swap_out, init = init_out);
            wire!(self.row[m] <- self.row[m - 1]: raddr = raddr_out, we = we_out, waddr = waddr_out);
            wire!(self.row[m] <- self.row[m - 1]: saturated_in = saturated_out);
        }
    }
    wire!(self.saturated, self.row[T - 1].saturated_out);
}}
