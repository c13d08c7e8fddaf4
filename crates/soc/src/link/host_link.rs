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
use ef_hdl_kit::glue;
use rust_hdl::prelude::*;

/// What a [`HostLink`] must know of its surroundings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkSettings {
    pub clock_hz: u64,
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
#[derive(LogicBlock)]
pub struct HostLink {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub rx: Signal<In, Bit>,
    pub tx: Signal<Out, Bit>,
    pub req_valid: Signal<Out, Bit>,
    pub req_ready: Signal<In, Bit>,
    pub req_write: Signal<Out, Bit>,
    pub req_addr: Signal<Out, Bits<8>>,
    pub req_data: Signal<Out, Bits<32>>,
    pub resp_valid: Signal<In, Bit>,
    pub resp_ready: Signal<Out, Bit>,
    pub resp_data: Signal<In, Bits<32>>,
    pub cmd_valid: Signal<Out, Bit>,
    pub cmd_ready: Signal<In, Bit>,
    pub cmd_write: Signal<Out, Bit>,
    pub cmd_addr: Signal<Out, Bits<32>>,
    pub cmd_len: Signal<Out, Bits<16>>,
    pub wdata_valid: Signal<Out, Bit>,
    pub wdata_ready: Signal<In, Bit>,
    pub wdata: Signal<Out, Bits<32>>,
    pub rdata_valid: Signal<In, Bit>,
    pub rdata_ready: Signal<Out, Bit>,
    pub rdata: Signal<In, Bits<32>>,
    pub memory_request: Signal<Out, Bit>,
    pub accelerator_busy: Signal<In, Bit>,
    pub activity: Signal<Out, Bit>,
    pub frame_error: Signal<Out, Bit>,
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
    step: Constant<Bits<21>>,
    memory_words: Constant<Bits<32>>,
}

impl HostLink {
    /// The link of a board; an error if the clock cannot make the baud rate.
    pub fn new(settings: &LinkSettings) -> Result<Self> {
        Ok(Self {
            clock: Default::default(),
            reset: Default::default(),
            rx: Default::default(),
            tx: Default::default(),
            req_valid: Default::default(),
            req_ready: Default::default(),
            req_write: Default::default(),
            req_addr: Default::default(),
            req_data: Default::default(),
            resp_valid: Default::default(),
            resp_ready: Default::default(),
            resp_data: Default::default(),
            cmd_valid: Default::default(),
            cmd_ready: Default::default(),
            cmd_write: Default::default(),
            cmd_addr: Default::default(),
            cmd_len: Default::default(),
            wdata_valid: Default::default(),
            wdata_ready: Default::default(),
            wdata: Default::default(),
            rdata_valid: Default::default(),
            rdata_ready: Default::default(),
            rdata: Default::default(),
            memory_request: Default::default(),
            accelerator_busy: Default::default(),
            activity: Default::default(),
            frame_error: Default::default(),
            uart_rx: Default::default(),
            uart_tx: Default::default(),
            decoder: Default::default(),
            encoder: Default::default(),
            receiver: Default::default(),
            ram: Default::default(),
            session: Default::default(),
            executor: Default::default(),
            memory_word: Default::default(),
            sender: Default::default(),
            step: Constant::new(settings.step()?.into()),
            memory_words: Constant::new(u64::from(settings.memory_words).into()),
        })
    }
}

glue! { HostLink; self => {
    wire!(self.uart_rx.clock, self.clock);
    wire!(self.uart_tx.clock, self.clock);
    wire!(self.decoder.clock, self.clock);
    wire!(self.encoder.clock, self.clock);
    wire!(self.receiver.clock, self.clock);
    wire!(self.ram.clock, self.clock);
    wire!(self.session.clock, self.clock);
    wire!(self.executor.clock, self.clock);
    wire!(self.memory_word.clock, self.clock);
    wire!(self.sender.clock, self.clock);
    wire!(self.uart_rx.reset, self.reset);
    wire!(self.uart_tx.reset, self.reset);
    wire!(self.decoder.reset, self.reset);
    wire!(self.encoder.reset, self.reset);
    wire!(self.receiver.reset, self.reset);
    wire!(self.session.reset, self.reset);
    wire!(self.executor.reset, self.reset);
    wire!(self.memory_word.reset, self.reset);
    wire!(self.sender.reset, self.reset);
    // in
    wire!(self.uart_rx.rx, self.rx);
    wire!(self.uart_rx.step, self.step);
    wire!(self.decoder.in_valid, self.uart_rx.valid);
    wire!(self.decoder.in_data, self.uart_rx.data);
    wire!(self.receiver.valid, self.decoder.valid);
    wire!(self.receiver.data, self.decoder.data);
    wire!(self.receiver.finish, self.decoder.finish);
    wire!(self.receiver.wrong, self.decoder.wrong);
    wire!(self.receiver.listen, self.executor.listen);
    wire!(self.frame_error, self.receiver.dropped);
    wire!(self.activity, self.receiver.good);
    // words of the request and the reply
    wire!(self.ram.received, self.receiver.write);
    wire!(self.ram.received_index, self.receiver.index);
    wire!(self.ram.received_word, self.receiver.word);
    wire!(self.ram.stored, self.executor.store);
    wire!(self.ram.stored_word, self.executor.stored);
    wire!(self.ram.index, self.executor.index);
    wire!(self.ram.replying, self.executor.replying);
    wire!(self.ram.reply_index, self.sender.index);
    wire!(self.executor.fetched, self.ram.word);
    wire!(self.sender.fetched, self.ram.word);
    // judgement
    wire!(self.session.op, self.receiver.op);
    wire!(self.session.number, self.receiver.number);
    wire!(self.session.count, self.receiver.count);
    wire!(self.session.length, self.receiver.length);
    wire!(self.session.session, self.receiver.session);
    wire!(self.session.address, self.receiver.address);
    wire!(self.session.memory_words, self.memory_words);
    wire!(self.session.busy, self.accelerator_busy);
    wire!(self.session.record, self.executor.record);
    wire!(self.session.status, self.executor.status);
    // execution
    wire!(self.executor.good, self.receiver.good);
    wire!(self.executor.op, self.receiver.op);
    wire!(self.executor.count, self.receiver.count);
    wire!(self.executor.address, self.receiver.address);
    wire!(self.executor.verdict, self.session.verdict);
    wire!(self.executor.proceed, self.session.proceed);
    wire!(self.executor.memory_words, self.memory_words);
    wire!(self.executor.req_ready, self.req_ready);
    wire!(self.executor.resp_valid, self.resp_valid);
    wire!(self.executor.resp_data, self.resp_data);
    wire!(self.req_valid, self.executor.req_valid);
    wire!(self.req_write, self.executor.req_write);
    wire!(self.req_addr, self.executor.req_addr);
    wire!(self.req_data, self.executor.req_data);
    wire!(self.resp_ready, self.executor.resp_ready);
    // memory
    wire!(self.memory_word.start, self.executor.memory_start);
    wire!(self.memory_word.write, self.executor.memory_write);
    wire!(self.memory_word.address, self.executor.memory_address);
    wire!(self.memory_word.data, self.executor.memory_data);
    wire!(self.executor.memory_busy, self.memory_word.busy);
    wire!(self.executor.memory_read, self.memory_word.read);
    wire!(self.memory_word.cmd_ready, self.cmd_ready);
    wire!(self.memory_word.wdata_ready, self.wdata_ready);
    wire!(self.memory_word.rdata_valid, self.rdata_valid);
    wire!(self.memory_word.rdata, self.rdata);
    wire!(self.cmd_valid, self.memory_word.cmd_valid);
    wire!(self.cmd_write, self.memory_word.cmd_write);
    wire!(self.cmd_addr, self.memory_word.cmd_addr);
    wire!(self.cmd_len, self.memory_word.cmd_len);
    wire!(self.wdata_valid, self.memory_word.wdata_valid);
    wire!(self.wdata, self.memory_word.wdata);
    wire!(self.rdata_ready, self.memory_word.rdata_ready);
    wire!(self.memory_request, self.memory_word.busy);
    // out
    wire!(self.sender.send, self.executor.send);
    wire!(self.sender.op, self.receiver.op);
    wire!(self.sender.number, self.receiver.number);
    wire!(self.sender.words, self.executor.words);
    wire!(self.sender.status, self.executor.status);
    wire!(self.executor.sent, self.sender.sent);
    wire!(self.encoder.in_valid, self.sender.valid);
    wire!(self.encoder.in_end, self.sender.is_end);
    wire!(self.encoder.in_data, self.sender.data);
    wire!(self.sender.ready, self.encoder.in_ready);
    wire!(self.uart_tx.valid, self.encoder.valid);
    wire!(self.uart_tx.data, self.encoder.data);
    wire!(self.uart_tx.step, self.step);
    wire!(self.encoder.ready, self.uart_tx.ready);
    wire!(self.tx, self.uart_tx.tx);
}}
