// A carry chain of an ECP5 that begins with a constant. Yosys leaves the constant on CIN, and nextpnr would make it in one cell of the chip,
// bring it to every such chain as a signal (900 of them on the 85F) and feed it in through one more CCU2C. Here that CCU2C makes it.
(* techmap_celltype = "CCU2C" *)
module constant_carry (
  input CIN, A0, B0, C0, D0, A1, B1, C1, D1,
  output S0, S1, COUT
);
  parameter [15:0] INIT0 = 0;
  parameter [15:0] INIT1 = 0;
  parameter INJECT1_0 = "NO";
  parameter INJECT1_1 = "NO";
  parameter _TECHMAP_CONSTMSK_CIN_ = 0;
  parameter _TECHMAP_CONSTVAL_CIN_ = 0;

  wire _TECHMAP_FAIL_ = _TECHMAP_CONSTMSK_CIN_ !== 1'b1 || (_TECHMAP_CONSTVAL_CIN_ !== 1'b0 && _TECHMAP_CONSTVAL_CIN_ !== 1'b1);

  wire carry;
  // first half: LUT4 = 0, so that its carry is its LUT2, which is the constant; second half: LUT4 = 1, carry passes
  CCU2C #(
    .INIT0(_TECHMAP_CONSTVAL_CIN_ === 1'b1 ? 16'h000f : 16'h0000),
    .INIT1(16'hffff),
    .INJECT1_0("NO"),
    .INJECT1_1("YES")
  ) \_TECHMAP_REPLACE_.first  (
    .CIN(1'bx), .A0(1'b1), .B0(1'b1), .C0(1'b1), .D0(1'b1), .A1(1'b1), .B1(1'b1), .C1(1'b1), .D1(1'b1),
    .COUT(carry)
  );
  CCU2C #(.INIT0(INIT0), .INIT1(INIT1), .INJECT1_0(INJECT1_0), .INJECT1_1(INJECT1_1)) _TECHMAP_REPLACE_ (
    .CIN(carry), .A0(A0), .B0(B0), .C0(C0), .D0(D0), .A1(A1), .B1(B1), .C1(C1), .D1(D1),
    .S0(S0), .S1(S1), .COUT(COUT)
  );
endmodule
