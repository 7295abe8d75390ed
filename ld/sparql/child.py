"""A child process as it sees itself: it ends with its parent, stays within its memory, and opens nothing."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import socket
import struct
import sys
import threading
from pathlib import Path


def parent(descriptor: int) -> socket.socket:
    """Return the socket to the parent, with which this process ends, whatever it does.

    Signals that are sent to all at once are for the parent, which ends this one.
    """
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_IGN)
    channel = socket.socket(fileno=descriptor)
    _end_with(channel)
    return channel


def _end_with(channel: socket.socket) -> None:
    """End this process as soon as the other end of the socket is gone, in the middle of its work too."""

    def watch() -> None:
        poll = select.poll()
        poll.register(channel, select.POLLHUP)
        poll.poll()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def address_space() -> int:
    """Return the bytes of address space of this process; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def limit_memory(extra: int) -> None:
    """Let this process grow by that many bytes, and be the first to be ended when the system runs out of memory."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    size = address_space()
    if size:
        resource.setrlimit(resource.RLIMIT_AS, (size + extra, size + extra))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


# per architecture: its audit number, seccomp, and socket, connect, execve, execveat, ptrace, io_uring_setup
_CALLS = {
    "x86_64": (0xC000003E, 317, (41, 42, 59, 322, 101, 425)),
    "aarch64": (0xC00000B7, 277, (198, 203, 221, 281, 117, 425)),
}


def lock_in() -> bool:
    """Deny this process new sockets and programs for ever (seccomp(2), EPERM); return whether that worked.

    Only Linux on x86-64 and ARM64 has it here; elsewhere the guard is alone.
    """
    if not sys.platform.startswith("linux") or os.uname().machine not in _CALLS:
        return False
    audit, seccomp, denied = _CALLS[os.uname().machine]
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0):  # PR_SET_NO_NEW_PRIVS
        return False
    code = _filter(audit, denied)
    program = _Program(len(code) // 8, code)
    # SECCOMP_SET_MODE_FILTER with TSYNC: the engine's threads, which exist already, are locked in too
    if libc.syscall(seccomp, 1, 1, ctypes.byref(program)) == 0:
        return True
    return bool(libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0)  # PR_SET_SECCOMP


def _filter(audit: int, denied: tuple[int, ...]) -> bytes:
    """Return the BPF program: the denied calls and those of another architecture fail with EPERM.

    The x32 calls of x86-64 have a number from 0x40000000.
    """
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    n = len(denied)
    steps = [(load, 0, 0, 4), (equal, 0, n + 3, audit), (load, 0, 0, 0), (at_least, n + 1, 0, 0x40000000)]
    steps += [(equal, n - i, 0, call) for i, call in enumerate(denied)]
    steps += [(answer, 0, 0, 0x7FFF0000), (answer, 0, 0, 0x00050001)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
