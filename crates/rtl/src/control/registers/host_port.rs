//! The handshake of the host's register port.
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// Takes requests, hands writes on, waits for the read multiplexer, gives responses.
    ///
    /// ```text
    ///  req_* ->[address, data]--> write, address, data --> registers
    ///                        \--> select0..2 ------------> ReadMux --(3 cycles)--> value
    ///  resp_* <-[response]<------------------------------------------------------- value
    /// ```
    /// Writes: one per cycle, `write` is up in the cycle after the handshake. Reads: `req_ready` falls until the response is taken;
    /// `resp_valid` rises 5 cycles after the handshake of the request. Requests are handled in order.
    pub struct HostPort {
        in clock: Clock, in reset, req_valid, req_write, resp_ready: Bit, in req_addr: Bits<8>,
        in req_data, value: Bits<32>,
        out req_ready, resp_valid, write: Bit, out resp_data, data: Bits<32>, out address: Bits<8>,
        out select0, select1, select2: Bits<2>,
        reg reading, writing => write, answered => resp_valid: Bit, reg at => address: Bits<8>,
        reg word => data, answer => resp_data: Bits<32>, reg wait_mux: [Bit; 4],
        net take: Bit,
        const nothing: Bits<32> = 0,
    }
}

impl Logic for HostPort {
    #[hdl_gen]
    fn update(&mut self) {
        self.req_ready.next = !self.reading.q.val();
        self.take.next = self.req_valid.val() & !self.reading.q.val();
        self.writing.d.next = self.take.val() & self.req_write.val();
        self.wait_mux[0].d.next = self.take.val() & !self.req_write.val();
        for i in 1..4 {
            self.wait_mux[i].d.next = self.wait_mux[i - 1].q.val();
        }
        if self.take.val() {
            self.at.d.next = self.req_addr.val();
            self.word.d.next = self.req_data.val();
            self.reading.d.next = !self.req_write.val();
        }
        if self.answered.q.val() & self.resp_ready.val() {
            self.answered.d.next = false;
            self.reading.d.next = false;
        }
        if self.wait_mux[3].q.val() {
            self.answered.d.next = true;
            self.answer.d.next = self.value.val();
            if (self.at.q.val() & 0xc0) != 0 {
                self.answer.d.next = self.nothing.val();
            }
        }
        if self.reset.val() {
            self.reading.d.next = false;
            self.writing.d.next = false;
            self.answered.d.next = false;
            for i in 0..4 {
                self.wait_mux[i].d.next = false;
            }
        }
        self.select0.next = self.at.q.val().get_bits::<2>(0);
        self.select1.next = self.at.q.val().get_bits::<2>(2);
        self.select2.next = self.at.q.val().get_bits::<2>(4);
    }
}
