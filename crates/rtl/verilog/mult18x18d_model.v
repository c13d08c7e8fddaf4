// Simulation model of the Lattice ECP5 primitive MULT18X18D, as this project uses it.
//
// Modelled: the operand registers A and B, the pipeline register and the output register, each present ("CLK0") or absent ("NONE"), with clock
// enable CE0 and synchronous reset RST0; SIGNEDA / SIGNEDB. Not modelled: other clocks, enables and resets, operand C,
// the shift chains (SOURCEA / SOURCEB). Registers start at zero, as the configured device does.
module MULT18X18D(
  input A0, input A1, input A2, input A3, input A4, input A5, input A6, input A7, input A8, input A9, input A10,
  input A11, input A12, input A13, input A14, input A15, input A16, input A17, input B0, input B1, input B2,
  input B3, input B4, input B5, input B6, input B7, input B8, input B9, input B10, input B11, input B12, input B13,
  input B14, input B15, input B16, input B17, input C0, input C1, input C2, input C3, input C4, input C5, input C6,
  input C7, input C8, input C9, input C10, input C11, input C12, input C13, input C14, input C15, input C16,
  input C17, input CLK0, input CLK1, input CLK2, input CLK3, input CE0, input CE1, input CE2, input CE3, input RST0,
  input RST1, input RST2, input RST3, input SIGNEDA, input SIGNEDB, input SOURCEA, input SOURCEB, output P0,
  output P1, output P2, output P3, output P4, output P5, output P6, output P7, output P8, output P9, output P10,
  output P11, output P12, output P13, output P14, output P15, output P16, output P17, output P18, output P19,
  output P20, output P21, output P22, output P23, output P24, output P25, output P26, output P27, output P28,
  output P29, output P30, output P31, output P32, output P33, output P34, output P35
);
  parameter REG_INPUTA_CLK = "NONE";
  parameter REG_INPUTB_CLK = "NONE";
  parameter REG_PIPELINE_CLK = "NONE";
  parameter REG_OUTPUT_CLK = "NONE";

  wire [17:0] a = {
    A17, A16, A15, A14, A13, A12, A11, A10, A9, A8, A7, A6, A5, A4, A3, A2, A1, A0
  };
  wire [17:0] b = {
    B17, B16, B15, B14, B13, B12, B11, B10, B9, B8, B7, B6, B5, B4, B3, B2, B1, B0
  };
  reg [17:0] a_q;
  reg [17:0] b_q;
  reg [35:0] product_q;
  reg [35:0] p_q;
  initial begin
    a_q = 18'd0;
    b_q = 18'd0;
    product_q = 36'd0;
    p_q = 36'd0;
  end

  wire [17:0] a_used = (REG_INPUTA_CLK == "CLK0") ? a_q : a;
  wire [17:0] b_used = (REG_INPUTB_CLK == "CLK0") ? b_q : b;
  // 36 bits of the product of the sign- or zero-extended operands are exact for every combination of signs
  wire [35:0] product = {{18{SIGNEDA & a_used[17]}}, a_used} * {{18{SIGNEDB & b_used[17]}}, b_used};
  wire [35:0] product_used = (REG_PIPELINE_CLK == "CLK0") ? product_q : product;

  always @(posedge CLK0) begin
    if (CE0) begin
      a_q <= RST0 ? 18'd0 : a;
      b_q <= RST0 ? 18'd0 : b;
      product_q <= RST0 ? 36'd0 : product;
      p_q <= RST0 ? 36'd0 : product_used;
    end
  end

  assign {
    P35, P34, P33, P32, P31, P30, P29, P28, P27, P26, P25, P24, P23, P22, P21, P20, P19, P18, P17, P16, P15, P14,
    P13, P12, P11, P10, P9, P8, P7, P6, P5, P4, P3, P2, P1, P0
  } = (REG_OUTPUT_CLK == "CLK0") ? p_q : product_used;
endmodule
