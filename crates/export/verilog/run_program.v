// Test bench for any simulator: loads a memory image with a program in it, writes registers, runs, dumps the memory.
//   memory.hex: 32-bit words    registers.hex: address and value, 32-bit words in turn; they say where the program is
`timescale 1ns / 1ps
module run_program;
  parameter MEMORY = 65536;
  parameter REGISTERS = 8;
  reg clock = 0, reset = 1;
  always #5 clock = ~clock;

  reg req_valid = 0, req_write = 0;
  reg [7:0] req_addr = 0;
  reg [31:0] req_data = 0;
  wire req_ready, resp_valid, busy, error, cmd_valid, cmd_write, wdata_valid, rdata_ready;
  wire [31:0] resp_data, cmd_addr, wdata;
  wire [15:0] cmd_len;

  // memory: one burst at a time, every other cycle a word
  reg [31:0] memory [0:MEMORY-1];
  reg active = 0, writing = 0, pause = 0;
  reg [31:0] address = 0;
  reg [15:0] remaining = 0;
  wire cmd_ready = !active;
  wire wdata_ready = active & writing & !pause;
  wire rdata_valid = active & !writing & !pause;
  wire [31:0] rdata = memory[address];
  always @(posedge clock) begin
    pause <= 0;
    if (!active & cmd_valid) begin
      active <= 1;
      writing <= cmd_write;
      address <= cmd_addr;
      remaining <= cmd_len;
    end
    if ((wdata_ready & wdata_valid) | (rdata_valid & rdata_ready)) begin
      if (writing) memory[address] <= wdata;
      address <= address + 1;
      remaining <= remaining - 1;
      pause <= 1;
      if (remaining == 1) active <= 0;
    end
  end

  ef_accelerator dut (
    .clock(clock), .reset(reset),
    .req_valid(req_valid), .req_ready(req_ready), .req_write(req_write), .req_addr(req_addr), .req_data(req_data),
    .resp_valid(resp_valid), .resp_ready(1'b1), .resp_data(resp_data),
    .cmd_valid(cmd_valid), .cmd_ready(cmd_ready), .cmd_write(cmd_write), .cmd_addr(cmd_addr), .cmd_len(cmd_len),
    .wdata_valid(wdata_valid), .wdata_ready(wdata_ready), .wdata(wdata),
    .rdata_valid(rdata_valid), .rdata_ready(rdata_ready), .rdata(rdata),
    .busy(busy), .error(error));

  task write(input [7:0] at, input [31:0] value);
    begin
      req_valid <= 1;
      req_write <= 1;
      req_addr <= at;
      req_data <= value;
      @(posedge clock);
      while (!req_ready) @(posedge clock);
      req_valid <= 0;
      @(posedge clock);
    end
  endtask

  reg [31:0] settings [0:2*REGISTERS-1];
  integer i, cycles;
  initial begin
    $readmemh("memory.hex", memory);
    $readmemh("registers.hex", settings);
    repeat (16) @(posedge clock);
    reset <= 0;
    @(posedge clock);
    for (i = 0; i < REGISTERS; i = i + 1) write(settings[2*i][7:0], settings[2*i+1]);
    write(8'h08, 1);
    repeat (16) @(posedge clock);
    cycles = 0;
    while (busy && cycles < 2000000) begin
      @(posedge clock);
      cycles = cycles + 1;
    end
    if (busy) $display("TIMEOUT");
    else if (error) $display("ERROR");
    else $display("DONE %0d", cycles);
    $writememh("result.hex", memory);
    $finish;
  end
endmodule
