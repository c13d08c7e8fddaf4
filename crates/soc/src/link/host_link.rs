//! [`HostLink`]: the host's registers and memory accesses over a UART.
use super::executor::Executor;
use super::memory_word::MemoryWord;
use super::receiver::FrameReceiver;
use super::request_ram::RequestRam;
use super::sender::FrameSender;
use super::session::Session;
use super::slip_decoder::SlipDecoder;
use super::slip_encoder::SlipEncoder;
use super::uart_rx::UartRx;
use super::uart_tx::UartTx;
use anyhow::Result;
use ef_hdl_kit::{block, glue};
use rust_hdl::prelude::*;

/// What a [`HostLink`] must know of its surroundings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkSettings {
    /// The core clock, Hz.
    pub clock_hz: u64,
    /// Bits per second on the line.
    pub baud: u64,
    /// Size of the memory.
    pub memory_words: u32,
}

impl LinkSettings {
    /// `step` of the UART's [`BitTimer`](super::bit_timer::BitTimer)s.
    fn step(&self) -> Result<u64> {
        ef_board::bit_step(self.clock_hz, self.baud)
    }
}

block! {
    /// The board's end of the link: executes the requests of a host, one at a time, each once.
    ///
    /// ```text
    ///  rx -->UartRx-->SlipDecoder-->FrameReceiver--header-->+ Session +
    ///                                     |                    ^ |
    ///                                     v                    | v
    ///                                [RequestRam]<------->| Executor |<--> req_*, resp_*
    ///                                     |               |          |<--> MemoryWord <--> cmd_*, wdata_*, rdata_*
    ///  tx <--UartTx<--SlipEncoder<--FrameSender<--status--+----------+
    /// ```
    /// A frame is executed only after all of it is here and its CRC is right; the protocol is in `docs/link.md`. While a request is
    /// executed and answered, the line is not listened to: the host waits for the answer, and repeats what was not heard.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `clock`, `reset` | 1 | after a reset the host must start a new session; reset the memory controller at the same time |
    /// | `rx`, `tx` | 1 | pins; `rx` is asynchronous |
    /// | `req_*`, `resp_*` | | to the accelerator's register port |
    /// | `cmd_*`, `wdata_*`, `rdata_*` | | to the [`MemoryMux`](super::memory_mux::MemoryMux) |
    /// | `memory_request` | 1 | to the mux: a word is under way |
    /// | `accelerator_busy` | 1 | memory accesses are refused |
    /// | `activity` | 1 | a request was heard, one cycle |
    /// | `frame_error` | 1 | a frame was dropped, one cycle |
    ///
    /// ```
    /// use ef_soc::link::{HostLink, LinkSettings};
    /// let settings = LinkSettings { clock_hz: 100_000_000, baud: 3_000_000, memory_words: 1 << 23 };
    /// # ef_hdl_kit::export::verilog(&mut HostLink::new(&settings).unwrap(), "host_link").unwrap();
    /// ```
    ///
    /// It cannot be made if the clock cannot make the baud rate.
    pub struct HostLink(settings: &LinkSettings) -> Result<Self> {
        in clock: Clock,
        in reset, rx, req_ready, resp_valid, cmd_ready, wdata_ready, rdata_valid, accelerator_busy: Bit,
        in resp_data, rdata: Bits<32>,
        out tx, req_valid, req_write, resp_ready, cmd_valid, cmd_write, wdata_valid, rdata_ready: Bit,
        out memory_request, activity, frame_error: Bit, out req_addr: Bits<8>,
        out req_data, cmd_addr, wdata: Bits<32>, out cmd_len: Bits<16>,
        uart_rx: UartRx,
        uart_tx: UartTx,
        decoder: SlipDecoder,
        encoder: SlipEncoder,
        receiver: FrameReceiver,
        ram: RequestRam,
        session: Session,
        executor: Executor,
        memory_word: MemoryWord,
        sender: FrameSender,
        const step: Bits<21> = settings.step()?,
        const memory_words: Bits<32> = u64::from(settings.memory_words),
    }
}

glue! { HostLink; self => {
    wire!(self.{uart_rx, uart_tx, decoder, encoder, receiver, ram, session, executor} <- self: clock);
    wire!(self.{memory_word, sender} <- self: clock);
    wire!(self.{uart_rx, uart_tx, decoder, encoder, receiver, session, executor} <- self: reset);
    wire!(self.{memory_word, sender} <- self: reset);
    // in
    wire!(self.uart_rx <- self: rx, step);
    wire!(self.decoder <- self.uart_rx: in_valid = valid, in_data = data);
    wire!(self.receiver <- self.decoder: valid, data, finish, wrong);
    wire!(self.receiver.listen, self.executor.listen);
    wire!(self <- self.receiver: frame_error = dropped, activity = good);
    // words of the request and the reply
    wire!(self.ram <- self.receiver: received = write, received_index = index, received_word = word);
    wire!(self.ram <- self.executor: stored = store, stored_word = stored);
    wire!(self.ram <- self.executor: index, replying);
    wire!(self.ram.reply_index, self.sender.index);
    wire!(self.{executor, sender} <- self.ram: fetched = word);
    // judgement
    wire!(self.session <- self.receiver: op, number, count, length, session, address);
    wire!(self.session <- self: memory_words, busy = accelerator_busy);
    wire!(self.session <- self.executor: record, status);
    // execution
    wire!(self.executor <- self.receiver: good, op, count, address);
    wire!(self.executor <- self.session: verdict, proceed);
    wire!(self.executor <- self: memory_words, req_ready, resp_valid, resp_data);
    wire!(self <- self.executor: req_valid, req_write, req_addr, req_data, resp_ready);
    // memory
    wire!(self.memory_word <- self.executor: start = memory_start, write = memory_write);
    wire!(self.memory_word <- self.executor: address = memory_address, data = memory_data);
    wire!(self.executor <- self.memory_word: memory_busy = busy, memory_read = read);
    wire!(self.memory_word <- self: cmd_ready, wdata_ready, rdata_valid, rdata);
    wire!(self <- self.memory_word: cmd_valid, cmd_write, cmd_addr, cmd_len, wdata_valid, wdata, rdata_ready);
    wire!(self.memory_request, self.memory_word.busy);
    // out
    wire!(self.sender <- self.executor: send, words, status);
    wire!(self.sender <- self.receiver: op, number);
    wire!(self.executor.sent, self.sender.sent);
    wire!(self.encoder <- self.sender: in_valid = valid, in_end = is_end, in_data = data);
    wire!(self.sender.ready, self.encoder.in_ready);
    wire!(self.uart_tx <- self.encoder: valid, data);
    wire!(self.uart_tx.step, self.step);
    wire!(self.encoder.ready, self.uart_tx.ready);
    wire!(self.tx, self.uart_tx.tx);
}}
