// A board: the FPGA's pins, an SDRAM on them, a reset button, and a UART peer at the other end of the serial line.
//
// PIN_* are the board's nets (defined by the caller), so that this file serves every board. The oscillator is the core clock here: the PLL's
// simulation model does not multiply it. The SDRAM sees its clock pin; what it drives reaches the FPGA `read_delay` core cycles later than
// with pads and wires that take no time.
#include "Vtop___024root.h"

// A signal of memory_probe.v.
#define PROBE(signal) rootp->ef_board__DOT__inner__DOT__memory_probe__DOT__##signal

struct ChipSettings {
    SdramSettings sdram;
    uint32_t read_delay;
    uint32_t baud;
};

class ChipBench {
  public:
    ChipBench(EfSim* sim, const ChipSettings& settings)
        : chip(settings.sdram), sim(sim), top(*sim->top), s(settings), cycles_per_bit(double(s.sdram.clock_hz) / s.baud) {
        delayed.assign(s.read_delay + 1, SdramDrive{0, 0});
        PIN_BUTTON = 0;
        PIN_UART_RX = 1;
        sim->eval();
    }

    void cycle() {
        PIN_UART_RX = send();
        PIN_CLOCK_IN = 1;
        sim->eval();
        sdram_edge();
        receive(PIN_UART_TX);
        PIN_CLOCK_IN = 0;
        sim->eval();
        sdram_edge();
        now++;
    }

    void button(bool pressed) { PIN_BUTTON = pressed; }
    unsigned led() const { return PIN_LED; }
    // Of all runs of the accelerator.
    uint64_t busy_cycles() const { return top.PROBE(busy_cycles); }
    uint64_t words() const { return top.PROBE(words); }

    SdramChip chip;
    uint64_t now = 0;
    std::deque<uint8_t> to_board, from_board;
    uint64_t framing_errors = 0;
    uint64_t losses = 0;

  private:
    EfSim* sim;
    Vtop& top;
    ChipSettings s;
    double cycles_per_bit;
    bool clock_before = false, cke_before = false;
    std::deque<SdramDrive> delayed;
    // the peer's transmitter: bits of the byte that is on the line, the start bit first
    unsigned sending = 0, bits_left = 0;
    double next_bit = 0;
    // and its receiver
    unsigned received = 0, bits_seen = 0;
    double sample_at = 0;
    bool receiving = false, line_before = true;

    void sdram_edge() {
        const bool clock = PIN_SDRAM_CLK;
        if (clock && !clock_before) {
            SdramPins pins;
            pins.cke = PIN_SDRAM_CKE;
            pins.cs_n = PIN_SDRAM_CS_N;
            pins.ras_n = PIN_SDRAM_RAS_N;
            pins.cas_n = PIN_SDRAM_CAS_N;
            pins.we_n = PIN_SDRAM_WE_N;
            pins.ba = PIN_SDRAM_BA;
            pins.a = PIN_SDRAM_A;
            pins.dqm = PIN_SDRAM_DQM;
            pins.dq = PIN_SDRAM_DQ_OUT;
            pins.oe = PIN_SDRAM_DQ_OE == 0xffff;
            // only a reset takes the clock from the SDRAM: what it holds is lost, since nobody refreshes it, and its power-up sequence has to come again
            if (cke_before && !pins.cke) {
                chip.power_cycle();
                losses++;
            }
            cke_before = pins.cke;
            delayed.push_back(chip.edge(pins));
            delayed.pop_front();
            // lines that nobody drives hold anything
            const uint16_t noise = uint16_t(now * 40503u);
            const SdramDrive& drive = delayed.front();
            const uint16_t mask = (drive.bytes & 1 ? 0x00ff : 0) | (drive.bytes & 2 ? 0xff00 : 0);
            PIN_SDRAM_DQ_IN = (drive.dq & mask) | (noise & ~mask);
        }
        clock_before = clock;
    }

    // The level of the line to the board, 8N1, low bit first.
    bool send() {
        if (bits_left == 0) {
            if (to_board.empty()) return true;
            sending = to_board.front() << 1 | 0x200;
            to_board.pop_front();
            bits_left = 10;
            next_bit = now + cycles_per_bit;
        } else if (now >= next_bit) {
            sending >>= 1;
            next_bit += cycles_per_bit;
            if (--bits_left == 0) return send();
        }
        return sending & 1;
    }

    void receive(bool line) {
        if (!receiving && line_before && !line) {
            receiving = true;
            bits_seen = 0;
            sample_at = now + cycles_per_bit / 2;
        } else if (receiving && now >= sample_at) {
            sample_at += cycles_per_bit;
            bits_seen++;
            if (bits_seen == 1 && line) receiving = false;   // a glitch
            if (bits_seen > 1 && bits_seen < 10) received = received >> 1 | unsigned(line) << 7;
            if (bits_seen == 10) {
                receiving = false;
                if (line) from_board.push_back(uint8_t(received));
                else framing_errors++;
            }
        }
        line_before = line;
    }
};

extern "C" {
ChipBench* chip_bench_new(EfSim* sim, const ChipSettings* settings) { return new ChipBench(sim, *settings); }
void chip_bench_delete(ChipBench* bench) { delete bench; }
SdramChip* chip_bench_sdram(ChipBench* bench) { return &bench->chip; }
void chip_bench_button(ChipBench* bench, bool pressed) { bench->button(pressed); }
unsigned chip_bench_led(const ChipBench* bench) { return bench->led(); }
uint64_t chip_bench_now(const ChipBench* bench) { return bench->now; }
uint64_t chip_bench_framing_errors(const ChipBench* bench) { return bench->framing_errors; }
uint64_t chip_bench_losses(const ChipBench* bench) { return bench->losses; }
uint64_t chip_bench_busy_cycles(const ChipBench* bench) { return bench->busy_cycles(); }
uint64_t chip_bench_words(const ChipBench* bench) { return bench->words(); }
void chip_bench_run(ChipBench* bench, uint64_t cycles) { while (cycles--) bench->cycle(); }
void chip_bench_send(ChipBench* bench, const uint8_t* bytes, uint64_t count) { bench->to_board.insert(bench->to_board.end(), bytes, bytes + count); }
// Runs until there is a byte, at most so many cycles; takes at most `room` bytes, returns how many.
uint64_t chip_bench_receive(ChipBench* bench, uint8_t* bytes, uint64_t room, uint64_t cycles) {
    while (bench->from_board.empty() && cycles--) bench->cycle();
    uint64_t count = 0;
    for (; count < room && !bench->from_board.empty(); count++) {
        bytes[count] = bench->from_board.front();
        bench->from_board.pop_front();
    }
    return count;
}
}
