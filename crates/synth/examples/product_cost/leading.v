    // The leading two bits of each factor of `la rb + ra lb`: 31 less their sum less a bias of 4, at edge 2.
    function [3:0] times(input [1:0] x, input [1:0] y);
        times = x[1] ? x[0] ? {&y, y[1] & ~y[0], ^y, y[0]} : {1'b0, y, 1'b0} : x[0] ? {2'b0, y} : 4'd0;
    endfunction
    wire [3:0] leading = times(a[5:4], b[11:10]);
    reg [3:0] left, right;
    reg [4:0] lead;
    always @(posedge clock) begin
        left <= ~{|leading[3:2], ~leading[2], leading[1:0]};
        right <= times(b[5:4], a[11:10]);
        lead <= {1'b1, left} - right;
    end
