//! The C++ between Rust and a Verilated model.
use crate::ports::Port;

/// The C++ source that wraps model `Vtop`: everything Rust calls has C linkage. `extra` comes last and sees
/// all of it.
pub(super) fn source(ports: &[Port], trace: bool, extra: &str) -> String {
    let clocked = ports.iter().any(|port| port.input && port.bits == 1 && port.name == "clock");
    let addresses: String = ports
        .iter()
        .enumerate()
        .map(|(i, port)| format!("    to[{i}] = &sim->top->{};\n", mangle(&port.name)))
        .collect();
    let (include, open, close, dump) = if trace {
        (
            "#include \"verilated_fst_c.h\"\n",
            "trace = new VerilatedFstC; top->trace(trace, 99); trace->open(file); return true;",
            "if (trace) { trace->close(); delete trace; trace = nullptr; }",
            "if (trace) trace->dump(time);",
        )
    } else {
        ("class VerilatedFstC;\n", "return false;", "", "")
    };
    let tick = if clocked { "top->clock = 0; eval(); top->clock = 1; eval();" } else { "eval();" };
    format!(
        r#"#include "Vtop.h"
#include "verilated.h"
{include}
/// A model, its context and its trace. `eval` and `tick` record the trace when there is one.
struct EfSim {{
    VerilatedContext* context = new VerilatedContext;
    Vtop* top = nullptr;
    VerilatedFstC* trace = nullptr;
    uint64_t time = 0;

    EfSim() {{
        context->traceEverOn({trace});
        top = new Vtop(context);
    }}
    ~EfSim() {{
        close_trace();
        top->final();
        delete top;
        delete context;
    }}
    bool open_trace([[maybe_unused]] const char* file) {{ close_trace(); {open} }}
    void close_trace() {{ {close} }}
    void eval() {{ context->time(time); top->eval(); {dump} time += 1; }}
    void tick() {{ {tick} }}
}};

extern "C" {{
EfSim* ef_new() {{ return new EfSim; }}
void ef_delete(EfSim* sim) {{ delete sim; }}
void ef_eval(EfSim* sim) {{ sim->eval(); }}
void ef_ticks(EfSim* sim, uint64_t n) {{ for (uint64_t i = 0; i < n; i++) sim->tick(); }}
bool ef_trace_open(EfSim* sim, const char* file) {{ return sim->open_trace(file); }}
void ef_trace_close(EfSim* sim) {{ sim->close_trace(); }}
void ef_ports([[maybe_unused]] EfSim* sim, [[maybe_unused]] void** to) {{
{addresses}}}
}}

{extra}
"#
    )
}

/// The C++ name Verilator gives a Verilog name: `$` is `__024`, and the second of two underscores is `__05F`.
fn mangle(name: &str) -> String {
    let mut mangled = String::new();
    for c in name.chars() {
        match c {
            '_' if mangled.ends_with('_') => mangled.push_str("__05F"),
            c if c.is_ascii_alphanumeric() || c == '_' => mangled.push(c),
            c => mangled.push_str(&format!("__0{:02X}", u32::from(c))),
        }
    }
    mangled
}

#[cfg(test)]
mod tests {
    #[test]
    fn port_names_are_mangled_as_verilator_does() {
        assert_eq!(super::mangle("bus$valid"), "bus__024valid");
        assert_eq!(super::mangle("x$0"), "x__0240");
        assert_eq!(super::mangle("a__b"), "a___05Fb");
    }
}
