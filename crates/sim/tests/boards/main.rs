//! What becomes of the accelerator: a chip on a board, and a netlist of an FPGA's cells.

mod chip;
mod efficiency;
mod netlist;
mod training;
