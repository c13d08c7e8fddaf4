// The accelerator with a DRAM model: batch stepping, so that a run is one call and not one per clock edge.
//
// The DRAM model is a timing model of a burst memory behind the accelerator's memory port:
//   - commands wait in a queue of `QUEUE` and are executed in order;
//   - a burst's data starts `latency` cycles after its command was accepted and not before `restart` cycles after the
//     end of the burst before it;
//   - then a word moves every `cycles_per_word` cycles, if the accelerator is ready;
//   - with `stall` > 0 every word may be late by a random number of cycles (for tests).
#include <chrono>
#include <cstdint>
#include <deque>
#include <vector>

namespace {

constexpr size_t QUEUE = 4;

struct Command {
    bool write;
    uint32_t address;
    uint32_t remaining;
    uint64_t ready_at;
};

struct Settings {
    uint64_t words;
    uint32_t cycles_per_word;
    uint32_t latency;
    uint32_t restart;
    uint32_t stall;
    uint64_t seed;
};

struct Harness {
    EfSim* sim;
    Settings settings;
    std::vector<uint32_t> memory;
    std::deque<Command> queue;
    uint64_t now = 0;
    uint64_t next_word = 0;
    uint64_t bus_free = 0;
    uint64_t random;
    uint64_t out_of_range = 0;
    uint64_t harness_ns = 0;
    uint64_t eval_ns = 0;

    Harness(EfSim* s, const Settings& c) : sim(s), settings(c), memory(c.words), random(c.seed | 1) {}

    uint32_t late() {
        if (settings.stall == 0) return 0;
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        return (random >> 32) % 100 < settings.stall ? (random >> 40) % 8 : 0;
    }

    void schedule_head() {
        if (queue.empty()) return;
        const uint64_t at = queue.front().ready_at;
        next_word = (at > bus_free ? at : bus_free) + late();
    }

    void word_moved() {
        Command& head = queue.front();
        head.address++;
        if (--head.remaining == 0) {
            queue.pop_front();
            bus_free = now + settings.cycles_per_word + settings.restart;
            schedule_head();
        } else {
            next_word = now + settings.cycles_per_word + late();
        }
    }

    uint32_t* at(uint32_t address) {
        if (address < memory.size()) return &memory[address];
        out_of_range++;
        return &memory[0];
    }

    // One clock cycle, inputs settled before the rising edge.
    void cycle() {
        auto& top = *sim->top;
        const bool sample = (now & 1023) == 0;
        std::chrono::steady_clock::time_point t0, t1, t2, t3, t4;
        if (sample) t0 = std::chrono::steady_clock::now();

        const bool head_ready = !queue.empty() && now >= next_word;
        const bool reading = head_ready && !queue.front().write;
        const bool writing = head_ready && queue.front().write;
        top.cmd_ready = queue.size() < QUEUE;
        top.wdata_ready = writing;
        top.rdata_valid = reading;
        if (reading) top.rdata = *at(queue.front().address);

        if (sample) t1 = std::chrono::steady_clock::now();
        top.clock = 0;
        sim->eval();
        if (sample) t2 = std::chrono::steady_clock::now();

        const bool command = top.cmd_valid && top.cmd_ready;
        Command next{bool(top.cmd_write), uint32_t(top.cmd_addr), uint32_t(top.cmd_len), now + settings.latency};
        if (reading && top.rdata_ready) word_moved();
        if (writing && top.wdata_valid) {
            *at(queue.front().address) = top.wdata;
            word_moved();
        }
        if (command) {
            queue.push_back(next);
            if (queue.size() == 1) schedule_head();
        }

        if (sample) t3 = std::chrono::steady_clock::now();
        top.clock = 1;
        sim->eval();
        if (sample) {
            t4 = std::chrono::steady_clock::now();
            auto ns = [](auto d) { return uint64_t(std::chrono::duration_cast<std::chrono::nanoseconds>(d).count()); };
            harness_ns += ns(t1 - t0) + ns(t3 - t2);
            eval_ns += ns(t2 - t1) + ns(t4 - t3);
        }
        now++;
    }
};

}  // namespace

extern "C" {

void* harness_new(EfSim* sim, const Settings* settings) {
    auto* h = new Harness(sim, *settings);
    auto& top = *sim->top;
    top.reset = 1;
    top.req_valid = 0;
    top.resp_ready = 1;
    for (int i = 0; i < 16; i++) h->cycle();
    top.reset = 0;
    h->cycle();
    return h;
}

void harness_delete(Harness* h) { delete h; }

uint32_t* harness_memory(Harness* h) { return h->memory.data(); }

// A register access; returns false if the port did not answer within 10000 cycles.
bool harness_register(Harness* h, bool write, uint32_t address, uint32_t* data) {
    auto& top = *h->sim->top;
    top.req_valid = 1;
    top.req_write = write;
    top.req_addr = address;
    top.req_data = write ? *data : 0;
    top.resp_ready = 1;
    bool taken = false;
    for (int i = 0; i < 10000; i++) {
        top.clock = 0;
        h->sim->eval();
        const bool take = top.req_valid && top.req_ready;
        const bool answer = !write && top.resp_valid && (taken || take);
        if (answer) *data = top.resp_data;
        h->cycle();
        if (take) {
            top.req_valid = 0;
            taken = true;
        }
        if (answer || (write && taken)) return true;
    }
    top.req_valid = 0;
    return false;
}

// Runs until the accelerator is not busy or `most` cycles have passed; returns the cycles run.
uint64_t harness_run(Harness* h, uint64_t most) {
    uint64_t n = 0;
    while (n < most && h->sim->top->busy) {
        h->cycle();
        n++;
    }
    return n;
}

bool harness_busy(Harness* h) { return h->sim->top->busy; }

void harness_cycles(Harness* h, uint64_t n) {
    while (n--) h->cycle();
}

// [0] cycles so far, [1] accesses outside the memory, [2] sampled ns in the harness, [3] sampled ns in the RTL
void harness_statistics(Harness* h, uint64_t* out) {
    out[0] = h->now;
    out[1] = h->out_of_range;
    out[2] = h->harness_ns;
    out[3] = h->eval_ns;
}
}
