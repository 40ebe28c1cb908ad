"""Who runs first on a shared core: the media process asks for that as far as its user may ask.

Root and holders of CAP_SYS_NICE get a real-time class. Everybody else gets short time slices: the
fair scheduler of Linux 6.12 and later lets a task with a short slice interrupt one with a longer
slice as soon as it wakes, at no greater share of the processor. Other kernels pass over it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import struct

SLICE_NS = 100_000
"""The shortest slice that the kernel grants; by default it is some 3 ms, near a tick."""
_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274}
_ATTRIBUTES = "=IIQiIQQQ"
"""`struct sched_attr`: size, policy, flags, nice, priority, runtime, deadline, period."""


def run_first() -> None:
    """Ask to run before other programs; where that is refused, to run soon after waking."""
    with contextlib.suppress(OSError):
        os.nice(-10)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except OSError:
        _take_short_slices()


def give_way_to(process: int) -> None:
    """Let a process have three quarters of the core when it and we both want it.

    For the control process once its media process runs: a caller hears a packet that is late,
    not an answer that is. One in a real-time class needs no such courtesy. Children inherit it.
    """
    with contextlib.suppress(OSError):
        if os.sched_getscheduler(process) == os.SCHED_OTHER:
            os.nice(5)


def _take_short_slices() -> None:
    number = _SCHED_SETATTR.get(platform.machine())
    if number is None:
        return
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    size = struct.calcsize(_ATTRIBUTES)
    wanted = struct.pack(_ATTRIBUTES, size, os.SCHED_OTHER, 0, nice, 0, SLICE_NS, 0, 0)
    # A refusal changes nothing, and nothing could be done about it.
    ctypes.CDLL(None).syscall(number, 0, wanted, 0)
