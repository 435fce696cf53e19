"""A busy machine does not turn good documents away, and nothing takes for ever."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.allowance import MOST_TIMES, Allowance, processor_wait_s


@dataclass
class Machine:
    now_s: float = 100.0
    waited_s: float = 7.0

    def allowance(self, limit_s: float) -> Allowance:
        return Allowance(limit_s, 1, clock=lambda: self.now_s, waited=lambda _: self.waited_s)


def test_computing_uses_the_time_up() -> None:
    machine = Machine()
    allowance = machine.allowance(60)
    machine.now_s += 59
    assert not allowance.is_used_up()
    machine.now_s += 2
    assert allowance.is_used_up()


def test_waiting_for_a_processor_does_not() -> None:
    machine = Machine()
    allowance = machine.allowance(60)
    machine.now_s, machine.waited_s = machine.now_s + 200, machine.waited_s + 150
    assert not allowance.is_used_up()
    machine.now_s += 11
    assert allowance.is_used_up()


def test_it_ends_even_where_the_process_only_waits() -> None:
    machine = Machine()
    allowance = machine.allowance(60)
    machine.now_s, machine.waited_s = machine.now_s + MOST_TIMES * 60 + 1, machine.waited_s + MOST_TIMES * 60
    assert allowance.is_used_up()


def test_a_process_that_is_gone_has_not_waited() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert processor_wait_s(child.pid) == 0.0
    assert processor_wait_s(None) == 0.0


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="the system does not tell")
def test_processes_that_share_a_processor_wait_for_it() -> None:
    core = min(os.sched_getaffinity(0))
    busy = (
        f"import os, time; os.sched_setaffinity(0, {{{core}}}); end = time.time() + 0.6\n"
        "while time.time() < end: pass\n"
        "print(open('/proc/self/schedstat').read())"
    )
    both = [subprocess.Popen([sys.executable, "-S", "-c", busy], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    waits_s = [int(process.communicate()[0].split()[1]) / 1e9 for process in both]
    assert sum(waits_s) > 0.2
