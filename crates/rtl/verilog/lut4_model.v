// Simulation model of the Lattice ECP5 primitive LUT4.
module LUT4 #(parameter [15:0] INIT = 16'h0000) (input A, input B, input C, input D, output Z);
  assign Z = INIT[{D, C, B, A}];
endmodule
