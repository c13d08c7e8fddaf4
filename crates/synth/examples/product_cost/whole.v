    // `la rb + ra lb`, 13 bits between edges 2 and 3.
    function [7:0] row(input [1:0] digit, input [7:0] once, input [7:0] thrice);
        row = digit[1] ? digit[0] ? thrice : once << 1 : digit[0] ? once : 8'd0;
    endfunction
    reg [5:0] middle_a, middle_b, low_b;
    reg [7:0] triple_b;
    reg [11:0] left, right;
    wire [12:0] missing = left + right;
    always @(posedge clock) begin
        middle_a <= a[11:6];
        middle_b <= b[11:6];
        low_b <= b[5:0];
        triple_b <= b[5:0] + {b[5:0], 1'b0};
        left <= row(middle_b[1:0], single$q, triple$q) + (row(middle_b[3:2], single$q, triple$q) << 2)
            + (row(middle_b[5:4], single$q, triple$q) << 4);
        right <= row(middle_a[1:0], low_b, triple_b) + (row(middle_a[3:2], low_b, triple_b) << 2)
            + (row(middle_a[5:4], low_b, triple_b) << 4);
    end
