// A HostLink between a UART at its pins and a register file and a memory behind it, all three slow at random.
#include <cstdint>
#include <cstring>
#include <deque>
#include <vector>

namespace {

// more cycles than the link waits for a word
constexpr uint64_t MEMORY_PATIENCE = 70000;

struct Settings {
    uint64_t memory_words;
    // clock cycles per bit of the UART at the pins, times 1024: need not be that of the link
    uint64_t bit_time;
    // percent of cycles in which a side is not ready
    uint32_t stall;
    uint32_t unused;
    uint64_t seed;
};

struct Write {
    uint32_t address;
    uint32_t value;
};

struct Bench {
    EfSim* sim;
    Settings settings;
    std::vector<uint32_t> memory;
    uint32_t registers[256] = {};
    std::vector<Write> writes;
    std::deque<uint8_t> to_send, received;
    uint64_t now = 0;
    uint64_t random;
    uint64_t reset_at = ~0ull;
    uint64_t frame_errors = 0;
    uint64_t memory_waits = 0;
    bool memory_dead = false;
    // what the transmitter sent in the last cycles: comes to the receiver as well; empty if the line is not looped
    std::deque<bool> loop;
    // the UART at the pins, in 1/1024 cycles
    uint64_t send_start = 0, receive_start = 0;
    int send_bit = -1, receive_bit = -1;
    uint8_t sending = 0, receiving = 0;
    // the register port and the memory port
    int answer_in = -1;
    uint32_t answer = 0;
    bool command = false, command_write = false, offered = false;
    uint32_t address = 0, left = 0;

    Bench(EfSim* s, const Settings& c) : sim(s), settings(c), memory(c.memory_words), random(c.seed | 1) {
        sim->top->rx = 1;
        schedule_reset(0);
        for (int i = 0; i < 40; i++) cycle();
    }

    uint32_t any(uint32_t below) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        return (random >> 24) % below;
    }

    bool slow() { return any(100) < settings.stall; }

    void schedule_reset(uint64_t in) { reset_at = now + in; }

    void drive_line() {
        if (send_bit < 0 && !to_send.empty()) {
            sending = to_send.front();
            to_send.pop_front();
            send_start = now * 1024;
            send_bit = 0;
        }
        while (send_bit >= 0 && now * 1024 >= send_start + settings.bit_time * (send_bit + 1)) {
            if (++send_bit == 10) send_bit = -1;
        }
        sim->top->rx = send_bit < 0 || send_bit == 9 ? 1 : send_bit == 0 ? 0 : (sending >> (send_bit - 1)) & 1;
        if (!loop.empty()) {
            sim->top->rx &= loop.front();
            loop.pop_front();
            loop.push_back(sim->top->tx);
        }
    }

    void sample_line() {
        if (receive_bit < 0) {
            if (sim->top->tx) return;
            receive_start = now * 1024;
            receive_bit = 0;
        }
        if (now * 1024 < receive_start + settings.bit_time * receive_bit + settings.bit_time / 2) return;
        if (receive_bit == 9) {
            if (sim->top->tx) received.push_back(receiving);
            receive_bit = -1;
            return;
        }
        if (receive_bit > 0) receiving = uint8_t(receiving >> 1 | (sim->top->tx ? 0x80 : 0));
        receive_bit++;
    }

    void cycle() {
        auto& top = *sim->top;
        top.reset = now >= reset_at;
        if (now >= reset_at + 8) reset_at = ~0ull;
        drive_line();
        top.accelerator_busy = registers[0x80] & 1;
        top.req_ready = answer_in < 0 && !slow();
        top.resp_valid = answer_in == 0;
        top.resp_data = answer;
        top.cmd_ready = !memory_dead && !command && !slow();
        top.wdata_ready = !memory_dead && command && command_write && !slow();
        // once offered, a word stays
        offered = command && !command_write && (offered || (!memory_dead && !slow()));
        top.rdata_valid = offered;
        top.rdata = offered ? memory.at(address) : 0;
        top.clock = 0;
        sim->eval();
        sample_line();
        if (top.reset) {
            answer_in = -1;
            command = false;
        } else {
            transfers();
        }
        frame_errors += top.frame_error;
        memory_waits = top.memory_request && send_bit < 0 ? memory_waits + 1 : 0;
        top.clock = 1;
        sim->eval();
        now++;
    }

    void transfers() {
        auto& top = *sim->top;
        if (answer_in > 0) answer_in--;
        if (top.resp_valid && top.resp_ready) answer_in = -1;
        if (top.req_valid && top.req_ready) {
            if (top.req_write) {
                registers[top.req_addr] = top.req_data;
                writes.push_back({top.req_addr, top.req_data});
            } else {
                answer = registers[top.req_addr];
                answer_in = 4 + any(4);
            }
        }
        if (top.wdata_valid && top.wdata_ready) {
            memory.at(address++) = top.wdata;
            if (--left == 0) command = false;
        }
        if (top.rdata_valid && top.rdata_ready) {
            address++;
            offered = false;
            if (--left == 0) command = false;
        }
        if (top.cmd_valid && top.cmd_ready) {
            command = true;
            command_write = top.cmd_write;
            address = top.cmd_addr;
            left = top.cmd_len;
        }
    }

    bool moving() {
        auto& top = *sim->top;
        return !to_send.empty() || send_bit >= 0 || receive_bit >= 0 || top.req_valid || top.resp_ready || reset_at != ~0ull ||
               (memory_waits > 0 && memory_waits < MEMORY_PATIENCE);
    }
};

}  // namespace

extern "C" {

Bench* bench_new(EfSim* sim, const Settings* settings) { return new Bench(sim, *settings); }
void bench_delete(Bench* b) { delete b; }
void bench_send(Bench* b, const uint8_t* bytes, uint64_t n) { b->to_send.insert(b->to_send.end(), bytes, bytes + n); }

// Runs until a byte has come or nothing has moved for `quiet` cycles; false in the second case.
bool bench_run(Bench* b, uint64_t quiet) {
    for (uint64_t still = 0; still < quiet; still++) {
        if (!b->received.empty()) return true;
        b->cycle();
        if (b->moving()) still = 0;
    }
    return !b->received.empty();
}

// Runs until nothing has moved for `quiet` cycles; what comes is kept.
void bench_settle(Bench* b, uint64_t quiet) {
    for (uint64_t still = 0; still < quiet; still++) {
        b->cycle();
        if (b->moving()) still = 0;
    }
}

void bench_cycles(Bench* b, uint64_t n) {
    while (n--) b->cycle();
}

uint64_t bench_receive(Bench* b, uint8_t* bytes, uint64_t most) {
    uint64_t n = 0;
    for (; n < most && !b->received.empty(); n++) {
        bytes[n] = b->received.front();
        b->received.pop_front();
    }
    return n;
}

// Resets soon: at random in the time that the bytes on their way and a reply of some words take.
void bench_reset(Bench* b) {
    const uint64_t bytes = b->to_send.size() + 1;
    b->schedule_reset((bytes * 10 * b->settings.bit_time >> 10) + b->any(4000));
}

uint32_t* bench_memory(Bench* b) { return b->memory.data(); }
// Wires the transmitter to the receiver, over a line on which a bit is under way for so many cycles; 0 parts them.
void bench_loop(Bench* b, uint64_t delay) { b->loop.assign(delay, true); }
void bench_memory_dead(Bench* b, bool dead) { b->memory_dead = dead; }
uint64_t bench_now(Bench* b) { return b->now; }
uint64_t bench_frame_errors(Bench* b) { return b->frame_errors; }

uint64_t bench_take_writes(Bench* b, uint32_t* pairs, uint64_t most) {
    const uint64_t n = b->writes.size() < most ? b->writes.size() : most;
    memcpy(pairs, b->writes.data(), n * sizeof(Write));
    b->writes.erase(b->writes.begin(), b->writes.begin() + n);
    return n;
}
}
