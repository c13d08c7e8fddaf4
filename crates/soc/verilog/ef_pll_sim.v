// Simulation model of the clock generator: no frequency change, the SDRAM's clock half a cycle late, lock after 16 edges.
module ef_pll(
  input wire clki,
  output wire clkop,
  output wire clkos,
  output wire locked
);
  reg [4:0] edges = 5'd0;
  assign clkop = clki;
  assign clkos = !clki;
  assign locked = edges[4];
  always @(posedge clki) if (!locked) edges <= edges + 5'd1;
endmodule
