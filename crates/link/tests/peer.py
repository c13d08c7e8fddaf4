"""A host of the link, written from docs/link.md alone: its standard output is the line to the board, its standard input the line back."""

import os
import random
import select
import struct
import sys

END, ESC, ESC_END, ESC_ESC = 0xC0, 0xDB, 0xDC, 0xDD
HELLO, WRITE_MEMORY, READ_MEMORY, WRITE_REGISTERS, READ_REGISTERS = 1, 2, 3, 4, 5
TIMEOUT_SECONDS, ATTEMPTS = 0.25, 12


def crc32(data):
    """CRC-32/ISO-HDLC: polynomial 0x04c11db7, reflected, so from the low end 0xedb88320."""
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0xEDB88320 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


def delimited(frame):
    escapes = {END: bytes([ESC, ESC_END]), ESC: bytes([ESC, ESC_ESC])}
    return bytes([END]) + b"".join(escapes.get(byte, bytes([byte])) for byte in frame) + bytes([END])


def frames(data):
    """The frames with a right CRC, without it, and what follows the last END."""
    *whole, rest = data.split(bytes([END]))
    found = []
    for raw in whole:
        frame = raw.replace(bytes([ESC, ESC_END]), bytes([END])).replace(bytes([ESC, ESC_ESC]), bytes([ESC]))
        if len(frame) >= 16 and crc32(frame[:-4]) == struct.unpack("<I", frame[-4:])[0]:
            found.append(frame[:-4])
    return found, rest


class Host:
    def __init__(self):
        self.session = random.randrange(1, 1 << 32)
        self.sequence = 0
        self.heard = b""
        self.repeated = 0

    def request(self, op, address=0, count=0, payload=(), answers=0):
        header = struct.pack("<BBHII", op, self.sequence, count, self.session, address)
        frame = header + struct.pack(f"<{len(payload)}I", *payload)
        wire = delimited(frame + struct.pack("<I", crc32(frame)))
        expected = (op + 0x80, self.sequence, self.session)
        self.sequence = (self.sequence + 1) % 256
        for attempt in range(ATTEMPTS):
            self.repeated += attempt > 0
            os.write(1, wire)
            while select.select([0], [], [], TIMEOUT_SECONDS)[0]:
                self.heard += os.read(0, 4096)
                found, self.heard = frames(self.heard)
                for reply in found:
                    op_back, sequence, words, session, status = struct.unpack("<BBHII", reply[:12])
                    payload_back = struct.unpack(f"<{len(reply) // 4 - 3}I", reply[12:])
                    if (op_back, sequence, session) != expected:
                        continue
                    assert status == 0, f"op {op}: status {status}"
                    assert len(payload_back) == words == answers
                    return payload_back
        sys.exit(f"op {op}: no answer")


def main():
    assert crc32(b"123456789") == 0xCBF43926
    host = Host()
    version, most, memory_words = host.request(HELLO, answers=3)
    assert (version, most, memory_words) == (1, 256, 1000), (version, most, memory_words)
    words = [(i * 0x9E3779B9 & 0xFFFFFFFF) ^ 0xC0DBDCDD for i in range(300)]
    parts = [(0, words[:most]), (most, words[most:])]
    for start, part in parts:
        host.request(WRITE_MEMORY, 100 + start, len(part), part)
    # two registers in turns: mask 1
    host.request(WRITE_REGISTERS, 0x41 | 1 << 8, 6, [0xDB0000C0 + i for i in range(6)])
    for start, part in parts:
        assert list(host.request(READ_MEMORY, 100 + start, len(part), answers=len(part))) == part
    assert host.request(READ_REGISTERS, 0x41, 2, answers=2) == (0xDB0000C4, 0xDB0000C5)
    print(f"{host.repeated} repeated", file=sys.stderr)


main()
