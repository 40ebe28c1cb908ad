"""Scheduling belongs to threads on Linux, so each test spoils one that it throws away."""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import threading
from collections.abc import Callable

import pytest

from dtmflow.media.engine import scheduling
from dtmflow.media.engine.scheduling import SLICE_NS, give_way_to, run_first

pytestmark = pytest.mark.unit

SCHED_GETATTR = {"x86_64": 315, "aarch64": 275}


def slice_ns() -> int:
    """Return the time slice of this thread; 0 where the kernel has none of one's own."""
    attributes = ctypes.create_string_buffer(48)
    ctypes.CDLL(None).syscall(SCHED_GETATTR[platform.machine()], 0, attributes, 48, 0)
    slice_of_task: int = struct.unpack("=IIQiIQQQ", attributes.raw)[5]
    return slice_of_task


def in_a_thread(*steps: Callable[[], None]) -> tuple[int, int, int]:
    """Return the policy, nice value and slice of a thread after some steps."""
    found: list[tuple[int, int, int]] = []

    def work() -> None:
        for step in steps:
            step()
        own = threading.get_native_id()
        nice = os.getpriority(os.PRIO_PROCESS, own)
        found.append((os.sched_getscheduler(own), nice, slice_ns()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return found[0]


def refuse(*_arguments: object) -> None:
    raise PermissionError("not for you")


def give_way() -> None:
    give_way_to(os.getpid())


def test_the_control_process_gives_way() -> None:
    before = in_a_thread()
    after = in_a_thread(give_way)
    assert after[:2] == (before[0], before[1] + 5)


def test_nothing_is_given_to_a_process_that_comes_first_anyway_or_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = in_a_thread()
    for found in (lambda _pid: os.SCHED_FIFO, refuse):
        with monkeypatch.context() as patch:
            patch.setattr(os, "sched_getscheduler", found)
            give_way()
    assert in_a_thread() == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gets a real-time class")
def test_root_gets_a_real_time_class() -> None:
    policy, nice, _ = in_a_thread(run_first)
    assert policy == os.SCHED_FIFO
    assert nice < in_a_thread()[1]


@pytest.mark.skipif(platform.machine() not in SCHED_GETATTR, reason="another system call number")
def test_everybody_else_gets_short_slices_and_keeps_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    before = in_a_thread()
    if not before[2]:
        pytest.skip("this kernel has no slices of one's own (Linux 6.12)")
    policy, nice, slice_of_task = in_a_thread(give_way, scheduling._take_short_slices)
    assert (policy, nice) == (before[0], before[1] + 5)
    assert slice_of_task == SLICE_NS < before[2]
    monkeypatch.setattr(os, "nice", refuse)
    assert in_a_thread(run_first) == (before[0], before[1], SLICE_NS)


def test_on_an_unknown_machine_nothing_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    monkeypatch.setattr(os, "nice", refuse)
    monkeypatch.setattr(platform, "machine", lambda: "abacus")
    monkeypatch.setattr(ctypes, "CDLL", refuse)
    policy = os.sched_getscheduler(0)
    run_first()
    assert os.sched_getscheduler(0) == policy
