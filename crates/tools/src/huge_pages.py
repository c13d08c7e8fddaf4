# Runs before a YoWASP program and asks Linux for large pages behind its memory: nextpnr reads and writes
# more than a gigabyte of it at random. What is not there is no error, the program then runs in small pages.
import ctypes
import sys

import wasmtime

MADV_HUGEPAGE = 14
ADDRESS_SPACE = 4 << 30  # of a WebAssembly program; wasmtime reserves all of it at the start


def instantiate(linker, store, module, original=wasmtime.Linker.instantiate):
    app = original(linker, store, module)
    try:
        memory = ctypes.cast(app.exports(store)["memory"].data_ptr(store), ctypes.c_void_p)
        ctypes.CDLL(None).madvise(memory, ctypes.c_size_t(ADDRESS_SPACE), MADV_HUGEPAGE)
    except (AttributeError, KeyError, OSError, TypeError):
        pass
    return app


if sys.platform == "linux":
    wasmtime.Linker.instantiate = instantiate
