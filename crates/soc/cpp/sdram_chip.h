// An SDR SDRAM of 16 bits and 4 banks as its data sheet describes it, checking every rule that a controller can break.
//
// `edge` is called once per rising edge of the SDRAM's clock with the levels of the pins at that edge; it returns what the chip drives from then
// until its next edge. Times are in picoseconds and the clock in hertz: nothing is taken from the controller's own conversion to cycles.
// A broken rule is recorded as text, "cycle 123: tRCD: ...", and the chip goes on as best it can.
//
// Not modelled, and recorded as a violation when used: self refresh, power-down, clock suspend, write burst mode "single".
#pragma once
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <string>
#include <vector>

struct SdramSettings {
    uint64_t clock_hz;
    uint64_t t_ck_ps;        // shortest clock period at cas_latency; shorter CAS latencies are refused
    uint64_t t_rcd_ps;
    uint64_t t_rp_ps;
    uint64_t t_ras_ps;
    uint64_t t_ras_max_ps;
    uint64_t t_rc_ps;
    uint64_t t_rfc_ps;
    uint64_t t_rrd_ps;
    uint64_t t_wr_ps;
    uint64_t refresh_ps;     // every row within this time
    uint64_t power_up_ps;
    uint32_t t_rrd_clocks;
    uint32_t t_wr_clocks;
    uint32_t t_mrd_clocks;
    uint32_t refresh_rows;
    uint32_t power_up_refreshes;
    uint32_t column_bits;
    uint32_t row_bits;
    uint32_t cas_latency;
};

struct SdramPins {
    bool cke, cs_n, ras_n, cas_n, we_n;
    uint8_t ba;
    uint16_t a;
    uint8_t dqm;
    uint16_t dq;   // what the controller drives
    bool oe;       // and whether it does
};

struct SdramDrive {
    uint16_t dq;
    uint8_t bytes;   // bit 0: low byte driven, bit 1: high byte
};

class SdramChip {
  public:
    explicit SdramChip(const SdramSettings& settings)
        : s(settings), cells(static_cast<uint16_t*>(calloc(halfwords(), 2)), free),
          known(static_cast<uint8_t*>(calloc(halfwords(), 1)), free) {
        power_cycle();
    }

    // Power off and on: the power-up sequence has to come again. Contents stay, although a real chip's would not.
    void power_cycle() {
        for (Bank& bank : banks) bank = Bank{};
        for (Out& out : pipe) out = Out{};
        burst = Burst{};
        powered_at = last_activate = last_refresh = last_mode = NEVER;
        precharged = false;
        refreshes = mode = burst_length = 0;
        latency = 0;
        refresh_clock = 0;
        refresh_debt = 0;
        late_refresh = false;
        refresh_times.clear();
        last_drive = drive_before = SdramDrive{0, 0};
        last_dqm = 0;
    }

    SdramDrive edge(const SdramPins& pins) {
        now++;
        check_clock_enable(pins);
        if (pins.cke) {
            if (powered_at == NEVER) powered_at = now;
            close_by_auto_precharge();
            command(pins);
            check_open_time();
            check_refresh();
        }
        move_data(pins);
        return drive(pins);
    }

    uint64_t halfwords() const { return uint64_t(4) << (s.column_bits + s.row_bits); }
    // What a halfword that was never written holds: anything, but not the same everywhere.
    static uint16_t initial(uint64_t at) { return uint16_t(at * 0x9e3779b97f4a7c15u >> 40); }
    // Address: row, bank, column, from the top.
    uint16_t* memory() { return cells.get(); }
    // Marks a halfword that a test has put into `memory()` as written.
    void mark_known(uint64_t at) { known[at] = 1; }

    std::vector<std::string> violations;   // the first 100
    uint64_t violation_count = 0;
    uint64_t reads_of_unwritten = 0;       // halfwords
    uint64_t activates = 0, precharges = 0, reads = 0, writes = 0, refresh_commands = 0;

  private:
    static constexpr int64_t NEVER = -(int64_t(1) << 40);
    static constexpr int64_t POSTPONED = 8;   // refreshes that may be late

    struct Bank {
        bool open = false;
        bool too_long = false;
        unsigned row = 0;
        int64_t activated = NEVER;
        int64_t precharged = NEVER;
        int64_t written = NEVER;         // last data
        int64_t auto_precharge = NEVER;  // when it will happen
    };
    struct Burst {
        unsigned left = 0;
        bool write = false;
        bool auto_precharge = false;
        unsigned bank = 0, row = 0, column = 0, index = 0;
    };
    struct Out {
        bool valid = false;
        uint16_t value = 0;
    };

    SdramSettings s;
    std::unique_ptr<uint16_t[], decltype(&free)> cells;
    std::unique_ptr<uint8_t[], decltype(&free)> known;
    Bank banks[4];
    Burst burst;
    Out pipe[16];   // data valid at edge number modulo 16
    int64_t now = 0, powered_at, last_activate, last_refresh, last_mode;
    unsigned last_activated_bank = 0, refreshes, mode, burst_length, latency;
    uint64_t refresh_clock;   // since the last interval, in 1 / (clock_hz refresh_rows) ps
    int64_t refresh_debt;
    bool precharged, late_refresh;
    std::deque<int64_t> refresh_times;
    SdramDrive last_drive, drive_before;
    uint8_t last_dqm;

    __attribute__((format(printf, 3, 4))) void violate(const char* rule, const char* format, ...) {
        violation_count++;
        if (violations.size() >= 100) return;
        char text[200];
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(text, sizeof text, format, arguments);
        va_end(arguments);
        violations.push_back("cycle " + std::to_string(now) + ": " + rule + ": " + text);
    }

    // Whether `ps` have passed since edge `since`.
    bool passed(int64_t since, uint64_t ps) const {
        return since == NEVER || (unsigned __int128)(now - since) * 1000000000000u >= (unsigned __int128)ps * s.clock_hz;
    }
    bool clocks_passed(int64_t since, unsigned clocks) const { return since == NEVER || now - since >= clocks; }

    void need(const char* rule, int64_t since, uint64_t ps, const char* what, unsigned bank) {
        if (!passed(since, ps))
            violate(rule, "%s, bank %u, after %lld clocks, not %llu ps", what, bank, (long long)(now - since), (unsigned long long)ps);
    }

    void check_clock_enable(const SdramPins& pins) {
        const bool no_command = pins.cs_n || (pins.ras_n && pins.cas_n && pins.we_n);
        if (pins.cke) return;
        if (!no_command) violate("CKE", "a command while CKE is low");
        if (powered_at != NEVER) violate("CKE", "low after power-up: power-down and clock suspend are not modelled");
    }

    void command(const SdramPins& pins) {
        if (pins.cs_n) return;
        const unsigned code = pins.ras_n << 2 | pins.cas_n << 1 | pins.we_n;
        if (code == 7) return;
        if (!passed(powered_at, s.power_up_ps))
            violate("power-up", "a command %lld clocks after power-up, not %llu ps", (long long)(now - powered_at),
                    (unsigned long long)s.power_up_ps);
        need("tRFC", last_refresh, s.t_rfc_ps, "a command after REFRESH", 0);
        if (!clocks_passed(last_mode, s.t_mrd_clocks)) violate("tMRD", "a command %lld clocks after the mode register", (long long)(now - last_mode));
        switch (code) {
            case 3: activate(pins.ba, pins.a); break;
            case 5: column(pins, false); break;
            case 4: column(pins, true); break;
            case 2: precharge(pins); break;
            case 1: refresh(); break;
            case 0: load_mode(pins); break;
            case 6: terminate(); break;
        }
    }

    void activate(unsigned number, unsigned row) {
        activates++;
        Bank& bank = banks[number];
        if (!precharged || refreshes < s.power_up_refreshes || latency == 0)
            violate("power-up", "ACTIVATE before PRECHARGE ALL, %u refreshes and the mode register", s.power_up_refreshes);
        if (bank.open) violate("bank state", "ACTIVATE of bank %u, which is open", number);
        if (row >> s.row_bits) violate("address", "row %u", row);
        need("tRP", bank.precharged, s.t_rp_ps, "ACTIVATE after PRECHARGE", number);
        need("tRC", bank.activated, s.t_rc_ps, "ACTIVATE after ACTIVATE", number);
        if (last_activated_bank != number) {
            need("tRRD", last_activate, s.t_rrd_ps, "ACTIVATE after ACTIVATE of another bank", number);
            if (!clocks_passed(last_activate, s.t_rrd_clocks)) violate("tRRD", "ACTIVATE of bank %u, not %u clocks after another", number, s.t_rrd_clocks);
        }
        bank.open = true;
        bank.too_long = false;
        bank.row = row;
        bank.activated = last_activate = now;
        last_activated_bank = number;
    }

    void interrupt(const char* by) {
        if (burst.left && burst.auto_precharge) violate("interrupt", "%s interrupts a burst with auto precharge", by);
        burst.left = 0;
    }

    void column(const SdramPins& pins, bool write) {
        (write ? writes : reads)++;
        const char* name = write ? "WRITE" : "READ";
        Bank& bank = banks[pins.ba];
        if (!bank.open) violate("bank state", "%s in bank %u, which is closed", name, pins.ba);
        if (bank.auto_precharge != NEVER) violate("bank state", "%s in bank %u, which closes by auto precharge", name, pins.ba);
        need("tRCD", bank.activated, s.t_rcd_ps, name, pins.ba);
        const unsigned columns = 1u << s.column_bits;
        const unsigned at = (pins.a & 0x3ff) | (pins.a & 0x1800) >> 1;
        if (at >= columns) violate("address", "column %u", at);
        interrupt(name);
        burst.left = burst_length;
        burst.write = write;
        burst.auto_precharge = pins.a >> 10 & 1;
        burst.bank = pins.ba;
        burst.row = bank.row;
        burst.column = at & (columns - 1);
        burst.index = 0;
    }

    void precharge(const SdramPins& pins) {
        precharges++;
        const bool all = pins.a >> 10 & 1;
        for (unsigned number = 0; number < 4; number++) {
            Bank& bank = banks[number];
            if (!(all || number == pins.ba) || !bank.open) continue;
            need("tRAS", bank.activated, s.t_ras_ps, "PRECHARGE after ACTIVATE", number);
            need_write_recovery(bank, number);
            if (burst.left && burst.bank == number) interrupt("PRECHARGE");
            bank.open = false;
            bank.auto_precharge = NEVER;
            bank.precharged = now;
        }
        precharged |= all;
    }

    void need_write_recovery(const Bank& bank, unsigned number) {
        need("tWR", bank.written, s.t_wr_ps, "PRECHARGE after written data", number);
        if (!clocks_passed(bank.written, s.t_wr_clocks))
            violate("tWR", "PRECHARGE of bank %u %lld clocks after written data", number, (long long)(now - bank.written));
    }

    void need_all_closed(const char* what) {
        for (unsigned number = 0; number < 4; number++) {
            if (banks[number].open) violate("bank state", "%s with bank %u open", what, number);
            need("tRP", banks[number].precharged, s.t_rp_ps, what, number);
            need("tRC", banks[number].activated, s.t_rc_ps, what, number);
        }
    }

    void refresh() {
        refresh_commands++;
        if (!precharged) violate("power-up", "REFRESH before PRECHARGE ALL");
        need_all_closed("REFRESH");
        last_refresh = now;
        refreshes++;
        if (refreshes > s.power_up_refreshes && refresh_debt > -POSTPONED) refresh_debt--;
        late_refresh = false;
        refresh_times.push_back(now);
        if (refresh_times.size() > s.refresh_rows - POSTPONED) refresh_times.pop_front();
    }

    void load_mode(const SdramPins& pins) {
        if (!precharged) violate("power-up", "the mode register before PRECHARGE ALL");
        need_all_closed("the mode register");
        mode = pins.a;
        latency = mode >> 4 & 7;
        const unsigned length = mode & 7;
        if (pins.ba || mode >> 10) violate("mode register", "reserved bits are not 0");
        if (mode >> 7 & 3) violate("mode register", "operating mode %u", mode >> 7 & 3);
        if (mode >> 9 & 1) violate("mode register", "single writes are not modelled");
        if (latency != 2 && latency != 3) violate("mode register", "CAS latency %u", latency);
        if (latency < s.cas_latency || (latency == s.cas_latency && (unsigned __int128)s.clock_hz * s.t_ck_ps > 1000000000000u))
            violate("tCK", "CAS latency %u at %llu Hz", latency, (unsigned long long)s.clock_hz);
        if (length > 3 && !(length == 7 && !(mode >> 3 & 1))) violate("mode register", "burst length code %u", length);
        burst_length = length == 7 ? 1u << s.column_bits : 1u << length;
        if (latency < 2) latency = 2;
        if (latency > 3) latency = 3;
        last_mode = now;
    }

    void terminate() { interrupt("BURST TERMINATE"); }

    // Address of the burst's next halfword: it wraps within a block of its length.
    uint64_t next_cell() {
        const unsigned block = burst_length - 1;
        const unsigned within = mode >> 3 & 1 ? (burst.column ^ burst.index) & block : (burst.column + burst.index) & block;
        const uint64_t row = uint64_t(burst.row) << 2 | burst.bank;
        return row << s.column_bits | (burst.column & ~block) | within;
    }

    void move_data(const SdramPins& pins) {
        pipe[now & 15].valid = false;   // what was valid at this edge is over
        if (!burst.left) return;
        const uint64_t at = next_cell();
        Bank& bank = banks[burst.bank];
        if (burst.write) {
            const uint16_t mask = (pins.dqm & 1 ? 0 : 0x00ff) | (pins.dqm & 2 ? 0 : 0xff00);
            if (mask && !pins.oe) violate("data", "WRITE data is not driven");
            if (!known[at]) cells[at] = initial(at);
            cells[at] = (cells[at] & ~mask) | (pins.dq & mask);
            if (mask) known[at] = 1;
            bank.written = now;
        } else {
            Out& out = pipe[(now + latency) & 15];
            out.valid = true;
            out.value = known[at] ? cells[at] : initial(at);
            if (!known[at]) reads_of_unwritten++;
        }
        burst.index++;
        if (--burst.left == 0 && burst.auto_precharge) {
            bank.auto_precharge = burst.write ? now : now + 1;
            burst.auto_precharge = false;
        }
    }

    void close_by_auto_precharge() {
        for (Bank& bank : banks) {
            if (bank.auto_precharge == NEVER || now < bank.auto_precharge || !passed(bank.activated, s.t_ras_ps)) continue;
            if (!passed(bank.written, s.t_wr_ps) || !clocks_passed(bank.written, s.t_wr_clocks)) continue;
            bank.open = false;
            bank.auto_precharge = NEVER;
            bank.precharged = now;
        }
    }

    // What the chip drives until the next edge, so what is valid at that edge; DQM acts two edges later.
    SdramDrive drive(const SdramPins& pins) {
        const bool before = last_drive.bytes != 0, before_that = drive_before.bytes != 0;
        const Out& out = pipe[(now + 1) & 15];
        SdramDrive result{0, 0};
        if (out.valid) {
            result.bytes = ~last_dqm & 3;
            result.dq = out.value;
        }
        if (pins.oe) {
            if (result.bytes || before) violate("contention", "the controller drives dq while the chip does");
            else if (before_that) violate("contention", "no idle cycle between read data and written data");
        }
        drive_before = last_drive;
        last_drive = result;
        last_dqm = pins.dqm;
        return result;
    }
    void check_open_time() {
        for (unsigned number = 0; number < 4; number++) {
            Bank& bank = banks[number];
            if (!bank.open || bank.too_long || !passed(bank.activated, s.t_ras_max_ps + 1)) continue;
            violate("tRAS max", "bank %u is open for too long", number);
            bank.too_long = true;
        }
    }

    // Once the power-up sequence is over: on average one refresh per interval, `POSTPONED` late at most, over any time and over `refresh_ps`.
    void check_refresh() {
        if (latency == 0 || refreshes < s.power_up_refreshes) return;
        refresh_clock += s.refresh_rows * 1000000000000u;
        if (refresh_clock >= s.refresh_ps * s.clock_hz) {
            refresh_clock -= s.refresh_ps * s.clock_hz;
            refresh_debt++;
        }
        if (refresh_debt > POSTPONED) {
            violate("refresh", "%d refreshes are missing", int(refresh_debt));
            refresh_debt = 0;
        }
        if (!late_refresh && passed(last_refresh, (POSTPONED + 1) * s.refresh_ps / s.refresh_rows + 1)) {
            violate("refresh", "none for %lld clocks", (long long)(now - last_refresh));
            late_refresh = true;
        }
        if (refresh_times.size() == s.refresh_rows - POSTPONED && passed(refresh_times.front(), s.refresh_ps + 1)) {
            violate("refresh", "fewer than %zu in the refresh period", refresh_times.size());
            refresh_times.clear();
        }
    }
};

// For callers of another language; `chip` stays the caller's.
extern "C" {
uint64_t sdram_chip_violations(const SdramChip* chip) { return chip->violation_count; }
// Text of one of the first 100 violations, or null.
const char* sdram_chip_violation(const SdramChip* chip, uint64_t i) { return i < chip->violations.size() ? chip->violations[i].c_str() : nullptr; }
uint64_t sdram_chip_reads_of_unwritten(const SdramChip* chip) { return chip->reads_of_unwritten; }
// Halfwords, address: row, bank, column from the top.
uint16_t* sdram_chip_memory(SdramChip* chip) { return chip->memory(); }
void sdram_chip_mark_known(SdramChip* chip, uint64_t at) { chip->mark_known(at); }
}
