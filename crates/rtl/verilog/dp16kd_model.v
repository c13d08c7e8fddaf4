// Simulation model of the ECP5's block RAM as Yosys uses it: no output registers, widths 1, 2, 4, 9, 18 and, with port A writing and port B
// reading, 36. Address and data wires are used as the family data sheet says: byte enables in the lowest address bits, nine bits a byte.
// A word that is read and written in the same cycle by different ports reads as it was; the device promises nothing.
module DP16KD(
  input wire DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9, DIA8, DIA7, DIA6, DIA5, DIA4, DIA3, DIA2, DIA1, DIA0, ADA13, ADA12,
  input wire ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5, ADA4, ADA3, ADA2, ADA1, ADA0, CEA, OCEA, CLKA, WEA, RSTA, CSA2, CSA1, CSA0, DIB17,
  input wire DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9, DIB8, DIB7, DIB6, DIB5, DIB4, DIB3, DIB2, DIB1, DIB0, ADB13, ADB12, ADB11,
  input wire ADB10, ADB9, ADB8, ADB7, ADB6, ADB5, ADB4, ADB3, ADB2, ADB1, ADB0, CEB, OCEB, CLKB, WEB, RSTB, CSB2, CSB1, CSB0,
  output wire DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9, DOA8, DOA7, DOA6, DOA5, DOA4, DOA3, DOA2, DOA1, DOA0, DOB17, DOB16,
  output wire DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9, DOB8, DOB7, DOB6, DOB5, DOB4, DOB3, DOB2, DOB1, DOB0
);
  parameter DATA_WIDTH_A = 18;
  parameter DATA_WIDTH_B = 18;
  parameter REGMODE_A = "NOREG";
  parameter REGMODE_B = "NOREG";
  parameter RESETMODE = "SYNC";
  parameter ASYNC_RESET_RELEASE = "SYNC";
  parameter CSDECODE_A = "0b000";
  parameter CSDECODE_B = "0b000";
  parameter CLKAMUX = "CLKA";
  parameter CLKBMUX = "CLKB";
  parameter WRITEMODE_A = "NORMAL";
  parameter WRITEMODE_B = "NORMAL";
  parameter GSR = "AUTO";
  parameter [319:0] INITVAL_00 = 320'd0;
  parameter [319:0] INITVAL_01 = 320'd0;
  parameter [319:0] INITVAL_02 = 320'd0;
  parameter [319:0] INITVAL_03 = 320'd0;
  parameter [319:0] INITVAL_04 = 320'd0;
  parameter [319:0] INITVAL_05 = 320'd0;
  parameter [319:0] INITVAL_06 = 320'd0;
  parameter [319:0] INITVAL_07 = 320'd0;
  parameter [319:0] INITVAL_08 = 320'd0;
  parameter [319:0] INITVAL_09 = 320'd0;
  parameter [319:0] INITVAL_0A = 320'd0;
  parameter [319:0] INITVAL_0B = 320'd0;
  parameter [319:0] INITVAL_0C = 320'd0;
  parameter [319:0] INITVAL_0D = 320'd0;
  parameter [319:0] INITVAL_0E = 320'd0;
  parameter [319:0] INITVAL_0F = 320'd0;
  parameter [319:0] INITVAL_10 = 320'd0;
  parameter [319:0] INITVAL_11 = 320'd0;
  parameter [319:0] INITVAL_12 = 320'd0;
  parameter [319:0] INITVAL_13 = 320'd0;
  parameter [319:0] INITVAL_14 = 320'd0;
  parameter [319:0] INITVAL_15 = 320'd0;
  parameter [319:0] INITVAL_16 = 320'd0;
  parameter [319:0] INITVAL_17 = 320'd0;
  parameter [319:0] INITVAL_18 = 320'd0;
  parameter [319:0] INITVAL_19 = 320'd0;
  parameter [319:0] INITVAL_1A = 320'd0;
  parameter [319:0] INITVAL_1B = 320'd0;
  parameter [319:0] INITVAL_1C = 320'd0;
  parameter [319:0] INITVAL_1D = 320'd0;
  parameter [319:0] INITVAL_1E = 320'd0;
  parameter [319:0] INITVAL_1F = 320'd0;
  parameter [319:0] INITVAL_20 = 320'd0;
  parameter [319:0] INITVAL_21 = 320'd0;
  parameter [319:0] INITVAL_22 = 320'd0;
  parameter [319:0] INITVAL_23 = 320'd0;
  parameter [319:0] INITVAL_24 = 320'd0;
  parameter [319:0] INITVAL_25 = 320'd0;
  parameter [319:0] INITVAL_26 = 320'd0;
  parameter [319:0] INITVAL_27 = 320'd0;
  parameter [319:0] INITVAL_28 = 320'd0;
  parameter [319:0] INITVAL_29 = 320'd0;
  parameter [319:0] INITVAL_2A = 320'd0;
  parameter [319:0] INITVAL_2B = 320'd0;
  parameter [319:0] INITVAL_2C = 320'd0;
  parameter [319:0] INITVAL_2D = 320'd0;
  parameter [319:0] INITVAL_2E = 320'd0;
  parameter [319:0] INITVAL_2F = 320'd0;
  parameter [319:0] INITVAL_30 = 320'd0;
  parameter [319:0] INITVAL_31 = 320'd0;
  parameter [319:0] INITVAL_32 = 320'd0;
  parameter [319:0] INITVAL_33 = 320'd0;
  parameter [319:0] INITVAL_34 = 320'd0;
  parameter [319:0] INITVAL_35 = 320'd0;
  parameter [319:0] INITVAL_36 = 320'd0;
  parameter [319:0] INITVAL_37 = 320'd0;
  parameter [319:0] INITVAL_38 = 320'd0;
  parameter [319:0] INITVAL_39 = 320'd0;
  parameter [319:0] INITVAL_3A = 320'd0;
  parameter [319:0] INITVAL_3B = 320'd0;
  parameter [319:0] INITVAL_3C = 320'd0;
  parameter [319:0] INITVAL_3D = 320'd0;
  parameter [319:0] INITVAL_3E = 320'd0;
  parameter [319:0] INITVAL_3F = 320'd0;

  reg [17:0] mem [0:1023];
  reg [35:0] a_out = 36'd0;
  reg [35:0] b_out = 36'd0;
  wire [13:0] a_address = {ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5, ADA4, ADA3, ADA2, ADA1, ADA0};
  wire [13:0] b_address = {ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7, ADB6, ADB5, ADB4, ADB3, ADB2, ADB1, ADB0};
  wire [17:0] a_in = {DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9, DIA8, DIA7, DIA6, DIA5, DIA4, DIA3, DIA2, DIA1, DIA0};
  wire [17:0] b_in = {DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9, DIB8, DIB7, DIB6, DIB5, DIB4, DIB3, DIB2, DIB1, DIB0};
  assign {DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9, DOA8, DOA7, DOA6, DOA5, DOA4, DOA3, DOA2, DOA1, DOA0} = DATA_WIDTH_B == 36 ? b_out[17:0] : a_out[17:0];
  assign {DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9, DOB8, DOB7, DOB6, DOB5, DOB4, DOB3, DOB2, DOB1, DOB0} = DATA_WIDTH_B == 36 ? b_out[35:18] : b_out[17:0];

  // 16 words of 18 bits, 20 bits apart.
  task fill(input integer block, input [319:0] words);
    integer i;
    for (i = 0; i < 16; i = i + 1) mem[block * 16 + i] = words[i * 20 +: 18];
  endtask
  initial begin
    fill(0, INITVAL_00);
    fill(1, INITVAL_01);
    fill(2, INITVAL_02);
    fill(3, INITVAL_03);
    fill(4, INITVAL_04);
    fill(5, INITVAL_05);
    fill(6, INITVAL_06);
    fill(7, INITVAL_07);
    fill(8, INITVAL_08);
    fill(9, INITVAL_09);
    fill(10, INITVAL_0A);
    fill(11, INITVAL_0B);
    fill(12, INITVAL_0C);
    fill(13, INITVAL_0D);
    fill(14, INITVAL_0E);
    fill(15, INITVAL_0F);
    fill(16, INITVAL_10);
    fill(17, INITVAL_11);
    fill(18, INITVAL_12);
    fill(19, INITVAL_13);
    fill(20, INITVAL_14);
    fill(21, INITVAL_15);
    fill(22, INITVAL_16);
    fill(23, INITVAL_17);
    fill(24, INITVAL_18);
    fill(25, INITVAL_19);
    fill(26, INITVAL_1A);
    fill(27, INITVAL_1B);
    fill(28, INITVAL_1C);
    fill(29, INITVAL_1D);
    fill(30, INITVAL_1E);
    fill(31, INITVAL_1F);
    fill(32, INITVAL_20);
    fill(33, INITVAL_21);
    fill(34, INITVAL_22);
    fill(35, INITVAL_23);
    fill(36, INITVAL_24);
    fill(37, INITVAL_25);
    fill(38, INITVAL_26);
    fill(39, INITVAL_27);
    fill(40, INITVAL_28);
    fill(41, INITVAL_29);
    fill(42, INITVAL_2A);
    fill(43, INITVAL_2B);
    fill(44, INITVAL_2C);
    fill(45, INITVAL_2D);
    fill(46, INITVAL_2E);
    fill(47, INITVAL_2F);
    fill(48, INITVAL_30);
    fill(49, INITVAL_31);
    fill(50, INITVAL_32);
    fill(51, INITVAL_33);
    fill(52, INITVAL_34);
    fill(53, INITVAL_35);
    fill(54, INITVAL_36);
    fill(55, INITVAL_37);
    fill(56, INITVAL_38);
    fill(57, INITVAL_39);
    fill(58, INITVAL_3A);
    fill(59, INITVAL_3B);
    fill(60, INITVAL_3C);
    fill(61, INITVAL_3D);
    fill(62, INITVAL_3E);
    fill(63, INITVAL_3F);
  end

  // What a port of this width sees at an address.
  function [35:0] seen(input [13:0] address, input integer width);
    reg [17:0] word;
    reg [8:0] eight;
    begin
      word = mem[address[13:4]];
      eight = address[3] ? word[17:9] : word[8:0];
      case (width)
        1: seen = {35'd0, eight[address[2:0]]};
        2: seen = {34'd0, eight[{address[2:1], 1'b0} +: 2]};
        4: seen = {32'd0, eight[{address[2], 2'b00} +: 4]};
        9: seen = {27'd0, eight};
        18: seen = {18'd0, word};
        default: seen = {mem[{address[13:5], 1'b1}], mem[{address[13:5], 1'b0}]};
      endcase
    end
  endfunction

  // The bits of an 18-bit word that a port of this width writes, and where its data goes.
  function [17:0] mask(input [13:0] address, input integer width);
    case (width)
      1: mask = 18'd1 << (address[3] ? 9 : 0) + address[2:0];
      2: mask = 18'd3 << (address[3] ? 9 : 0) + {address[2:1], 1'b0};
      4: mask = 18'd15 << (address[3] ? 9 : 0) + {address[2], 2'b00};
      9: mask = address[3] ? 18'h3fe00 : 18'h001ff;
      default: mask = {{9{address[1]}}, {9{address[0]}}};
    endcase
  endfunction
  function [17:0] placed(input [13:0] address, input [17:0] data, input integer width);
    case (width)
      1: placed = {17'd0, data[0]} << (address[3] ? 9 : 0) + address[2:0];
      2: placed = {16'd0, data[1:0]} << (address[3] ? 9 : 0) + {address[2:1], 1'b0};
      4: placed = {14'd0, data[3:0]} << (address[3] ? 9 : 0) + {address[2], 2'b00};
      9: placed = {data[8:0], data[8:0]};
      default: placed = data;
    endcase
  endfunction

  wire [17:0] a_mask = mask(a_address, DATA_WIDTH_A);
  wire [17:0] b_mask = mask(b_address, DATA_WIDTH_B);
  always @(posedge CLKA) begin
    if (CEA && WEA) begin
      if (DATA_WIDTH_A == 36) begin
        if (a_address[0]) mem[{a_address[13:5], 1'b0}][8:0] <= a_in[8:0];
        if (a_address[1]) mem[{a_address[13:5], 1'b0}][17:9] <= a_in[17:9];
        if (a_address[2]) mem[{a_address[13:5], 1'b1}][8:0] <= b_in[8:0];
        if (a_address[3]) mem[{a_address[13:5], 1'b1}][17:9] <= b_in[17:9];
      end else begin
        mem[a_address[13:4]] <= (mem[a_address[13:4]] & ~a_mask) | (placed(a_address, a_in, DATA_WIDTH_A) & a_mask);
      end
    end
    if (RSTA) a_out <= 36'd0;
    else if (CEA && (!WEA || WRITEMODE_A == "READBEFOREWRITE")) a_out <= seen(a_address, DATA_WIDTH_A);
  end
  always @(posedge CLKB) begin
    if (CEB && WEB)
      mem[b_address[13:4]] <= (mem[b_address[13:4]] & ~b_mask) | (placed(b_address, b_in, DATA_WIDTH_B) & b_mask);
    if (RSTB) b_out <= 36'd0;
    else if (CEB && (!WEB || WRITEMODE_B == "READBEFOREWRITE")) b_out <= seen(b_address, DATA_WIDTH_B);
  end
endmodule
