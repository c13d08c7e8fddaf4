//! From the RTL of a board to its bitstream: Yosys, nextpnr, ecppack, and a report of what came out.
