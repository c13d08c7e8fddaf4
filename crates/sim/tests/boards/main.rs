//! What becomes of the accelerator: a chip on a board, and a netlist of an FPGA's cells.

mod chip;
mod netlist;
mod training;
