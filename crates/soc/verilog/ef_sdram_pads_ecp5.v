// Registers between SDRAM controller and pins, in the I/O cells of an ECP5: yosys maps OFS1P3* and IFS1P3* to flip-flops that nextpnr packs there.
// The B kinds start high.
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
  output wire [15:0] dq_in,
  output wire sdram_clk,
  output wire sdram_cke,
  output wire sdram_cs_n,
  output wire sdram_ras_n,
  output wire sdram_cas_n,
  output wire sdram_we_n,
  output wire [1:0] sdram_ba,
  output wire [12:0] sdram_a,
  output wire [1:0] sdram_dqm,
  output wire [15:0] sdram_dq_out,
  output wire [15:0] sdram_dq_oe,
  input wire [15:0] sdram_dq_in
);
  // forwards the clock: high in the first half of its cycle
  ODDRX1F clk_cell(.SCLK(sdram_clock), .RST(1'b0), .D0(1'b1), .D1(1'b0), .Q(sdram_clk));

  OFS1P3BX cs_n_cell(.SCLK(clock), .SP(1'b1), .PD(1'b0), .D(cs_n), .Q(sdram_cs_n));

  wire [20:0] command = {cke, ras_n, cas_n, we_n, ba, a, dqm};
  wire [20:0] sdram_command;
  assign {sdram_cke, sdram_ras_n, sdram_cas_n, sdram_we_n, sdram_ba, sdram_a, sdram_dqm} = sdram_command;

  genvar i;
  generate
    for (i = 0; i < 21; i = i + 1) begin : command_cells
      OFS1P3DX out_cell(.SCLK(clock), .SP(1'b1), .CD(1'b0), .D(command[i]), .Q(sdram_command[i]));
    end
    for (i = 0; i < 16; i = i + 1) begin : data_cells
      // a tristate driver is disabled by a high level
      wire disable_drive;
      OFS1P3DX out_cell(.SCLK(clock), .SP(1'b1), .CD(1'b0), .D(dq_out[i]), .Q(sdram_dq_out[i]));
      OFS1P3BX enable_cell(.SCLK(clock), .SP(1'b1), .PD(1'b0), .D(!dq_oe), .Q(disable_drive));
      IFS1P3DX in_cell(.SCLK(clock), .SP(1'b1), .CD(1'b0), .D(sdram_dq_in[i]), .Q(dq_in[i]));
      assign sdram_dq_oe[i] = !disable_drive;
    end
  endgenerate
endmodule
