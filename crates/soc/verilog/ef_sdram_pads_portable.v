// Registers between SDRAM controller and pins, for any tool.
module ef_sdram_pads(
  input wire clock,
  input wire sdram_clock,
  input wire cke,
  input wire cs_n,
  input wire ras_n,
  input wire cas_n,
  input wire we_n,
  input wire [1:0] ba,
  input wire [12:0] a,
  input wire [1:0] dqm,
  input wire [15:0] dq_out,
  input wire dq_oe,
  output reg [15:0] dq_in,
  output wire sdram_clk,
  output reg sdram_cke,
  output reg sdram_cs_n,
  output reg sdram_ras_n,
  output reg sdram_cas_n,
  output reg sdram_we_n,
  output reg [1:0] sdram_ba,
  output reg [12:0] sdram_a,
  output reg [1:0] sdram_dqm,
  output reg [15:0] sdram_dq_out,
  output reg [15:0] sdram_dq_oe,
  input wire [15:0] sdram_dq_in
);
  assign sdram_clk = sdram_clock;
  initial begin
    dq_in = 0;
    sdram_cke = 0;
    sdram_cs_n = 1;
    sdram_ras_n = 0;
    sdram_cas_n = 0;
    sdram_we_n = 0;
    sdram_ba = 0;
    sdram_a = 0;
    sdram_dqm = 0;
    sdram_dq_out = 0;
    sdram_dq_oe = 0;
  end
  always @(posedge clock) begin
    dq_in <= sdram_dq_in;
    sdram_cke <= cke;
    sdram_cs_n <= cs_n;
    sdram_ras_n <= ras_n;
    sdram_cas_n <= cas_n;
    sdram_we_n <= we_n;
    sdram_ba <= ba;
    sdram_a <= a;
    sdram_dqm <= dqm;
    sdram_dq_out <= dq_out;
    sdram_dq_oe <= {16{dq_oe}};
  end
endmodule
