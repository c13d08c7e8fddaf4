// A memory controller between random traffic and the SDRAM chip model: the traffic is checked against a plain memory.
//
// Needs sdram_chip.h before it and a model with the ports of the SDRAM controller.
#include <deque>

namespace {

struct Burst {
    uint32_t write, address, length;
};

struct Traffic {
    uint64_t seed;
    uint32_t capture;                  // cycles by which read data is late
    uint32_t stall[3];                 // percent of cycles without: command, written word, readiness for a word
    uint32_t ahead;                    // bursts whose words may be offered before they are taken
    uint64_t most_cycles_without_progress;
};

struct Result {
    uint64_t cycles, busy, moved, words_read, words_written, wrong, hung;
    uint32_t wrong_address, got, want, unused;
};

struct Bench {
    EfSim* sim;
    SdramChip chip;
    uint64_t random = 1;
    std::unique_ptr<uint32_t[], decltype(&free)> words;
    uint64_t address_mask;
    std::vector<bool> written;
    std::deque<std::pair<uint16_t, bool>> late;   // read data on its way
    Result result{};

    Bench(EfSim* s, const SdramSettings& settings)
        : sim(s), chip(settings), words(static_cast<uint32_t*>(calloc(chip.halfwords() / 2, 4)), free),
          address_mask(chip.halfwords() / 2 - 1), written(chip.halfwords() / 2) {}

    uint32_t& word(uint32_t at) {
        if (!written[at]) words[at] = SdramChip::initial(2 * at) | uint32_t(SdramChip::initial(2 * at + 1)) << 16;
        written[at] = true;
        return words[at];
    }

    uint32_t draw() {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        return random >> 32;
    }
    bool stalled(uint32_t percent) { return percent && draw() % 100 < percent; }

    // The edge after which the pins change, then the chip's.
    void edge(uint32_t capture) {
        auto& top = *sim->top;
        while (late.size() <= capture) late.push_back({0, false});
        const auto drive = late.back();
        late.pop_back();
        top.dq_in = drive.second ? drive.first : uint16_t(draw());
        top.clock = 0;
        sim->eval();
        top.clock = 1;
        sim->eval();
        const SdramPins pins{bool(top.cke), bool(top.cs_n), bool(top.ras_n), bool(top.cas_n), bool(top.we_n),
                             uint8_t(top.ba), uint16_t(top.a), uint8_t(top.dqm), uint16_t(top.dq_out), bool(top.dq_oe)};
        const SdramDrive next = chip.edge(pins);
        late.push_front({next.dq, next.bytes == 3});
        result.cycles++;
    }

    void run(const Traffic& traffic, const Burst* bursts, uint64_t count) {
        auto& top = *sim->top;
        random = traffic.seed * 2 + 1;
        std::deque<uint32_t> to_write;
        std::deque<std::pair<uint32_t, uint32_t>> to_read;   // address, value
        uint64_t prepared = 0, offered = 0, quiet = 0;
        bool cmd = false, data = false, ready;
        late.clear();
        while (offered < count || !to_write.empty() || !to_read.empty()) {
            while (prepared < count && prepared <= offered + traffic.ahead) {
                const Burst& burst = bursts[prepared++];
                for (uint32_t i = 0; i < burst.length; i++) {
                    const uint32_t at = (burst.address + i) & address_mask;
                    if (burst.write) to_write.push_back(word(at) = draw());
                    else to_read.push_back({at, word(at)});
                }
            }
            cmd = offered < count && (cmd || !stalled(traffic.stall[0]));
            data = !to_write.empty() && (data || !stalled(traffic.stall[1]));
            ready = !stalled(traffic.stall[2]);
            top.cmd_valid = cmd;
            if (cmd) {
                top.cmd_write = bursts[offered].write;
                top.cmd_addr = bursts[offered].address;
                top.cmd_len = bursts[offered].length;
            }
            top.wdata_valid = data;
            top.wdata = data ? to_write.front() : draw();
            top.rdata_ready = ready;
            const bool cmd_moves = cmd && top.cmd_ready, word_moves = data && top.wdata_ready;
            if (ready && top.rdata_valid) {
                if (to_read.empty()) result.wrong++;
                else {
                    const auto [at, want] = to_read.front();
                    if (top.rdata != want && result.wrong++ == 0) {
                        result.wrong_address = at;
                        result.got = top.rdata;
                        result.want = want;
                    }
                    to_read.pop_front();
                    result.words_read++;
                }
                quiet = 0;
            }
            result.busy += top.busy;
            result.moved += top.moving;
            edge(traffic.capture);
            if (cmd_moves) offered++, cmd = false;
            if (word_moves) {
                to_write.pop_front();
                data = false;
                result.words_written++;
            }
            quiet = cmd_moves || word_moves ? 0 : quiet + 1;
            if (quiet > traffic.most_cycles_without_progress) {
                result.hung = 1;
                return;
            }
        }
        for (int i = 0; i < 100; i++) idle(traffic);
    }

    void idle(const Traffic& traffic) {
        sim->top->cmd_valid = sim->top->wdata_valid = 0;
        edge(traffic.capture);
    }
};

}  // namespace

extern "C" {
Bench* sdram_bench_new(EfSim* sim, const SdramSettings* settings) {
    auto* bench = new Bench(sim, *settings);
    sim->top->reset = 1;
    sim->top->cmd_valid = sim->top->wdata_valid = sim->top->rdata_ready = 0;
    for (int i = 0; i < 4; i++) bench->edge(0);
    sim->top->reset = 0;
    return bench;
}
void sdram_bench_delete(Bench* bench) { delete bench; }
SdramChip* sdram_bench_chip(Bench* bench) { return &bench->chip; }
void sdram_bench_run(Bench* bench, const Traffic* traffic, const Burst* bursts, uint64_t count, Result* result) {
    bench->result = Result{};
    bench->run(*traffic, bursts, count);
    *result = bench->result;
}
// One clock of the chip alone, without the controller.
void sdram_bench_pins(Bench* bench, const SdramPins* pins, SdramDrive* drive) { *drive = bench->chip.edge(*pins); }
void sdram_bench_idle(Bench* bench, const Traffic* traffic, uint64_t cycles) {
    while (cycles--) bench->idle(*traffic);
}
}
