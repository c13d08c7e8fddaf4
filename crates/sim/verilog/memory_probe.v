// Counts what an accelerator's bursts cost its memory. Bound into the chip in simulation; the signals are no pins.
//
// A burst belongs to a run of the accelerator if it is offered in it; the last one may end a little after the run does.
module ef_memory_probe(clock, running, busy, moving);
    input wire clock;
    input wire running;   // the accelerator executes a program
    input wire busy;      // a burst is offered or not complete
    input wire moving;    // a word was commanded: two cycles of data
    reg belongs = 1'b0;
    reg [63:0] busy_cycles /*verilator public_flat_rd*/ = 64'd0;
    reg [63:0] words /*verilator public_flat_rd*/ = 64'd0;
    always @(posedge clock) begin
        belongs <= running | (belongs & busy);
        if (belongs) begin
            busy_cycles <= busy_cycles + {63'd0, busy};
            words <= words + {63'd0, moving};
        end
    end
endmodule

bind ef_chip ef_memory_probe memory_probe(
    .clock(pll$core_clock), .running(accelerator$busy), .busy(memory$busy), .moving(memory$moving));
