// 18x18 unsigned multiply for any tool: registers on the operands and on the product (latency 2), PIPELINED: one more between them (3).
module ef_mult18 #(parameter PIPELINED = 0) (
  input wire clk,
  input wire [17:0] a,
  input wire [17:0] b,
  output reg [35:0] p
);
  reg [17:0] a_q;
  reg [17:0] b_q;
  reg [35:0] product_q;
  wire [35:0] product = a_q * b_q;
  initial begin
    a_q = 18'd0;
    b_q = 18'd0;
    product_q = 36'd0;
    p = 36'd0;
  end
  always @(posedge clk) begin
    a_q <= a;
    b_q <= b;
    product_q <= product;
    p <= PIPELINED ? product_q : product;
  end
endmodule
