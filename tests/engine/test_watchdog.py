"""What takes too long is broken off; where it cannot be, its process ends."""

import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from engine import watchdog
from engine.watchdog import TookTooLong, watched

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(watchdog, "LOOK", 0.02)


def turn_round(seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass


def test_what_takes_too_long_is_broken_off_in_its_own_thread(caplog):
    ended = []

    def quick():
        for _ in range(40):
            with watched(0.5):
                turn_round(0.02)
        ended.append("quick")

    beside = threading.Thread(target=quick)
    beside.start()
    with pytest.raises(TookTooLong), watched(0.1):
        turn_round(20)
    beside.join()

    assert ended == ["quick"]
    assert "what takes too long is broken off" in caplog.text


def test_what_ends_in_time_is_left_alone_afterwards():
    with watched(0.1):
        turn_round(0.01)

    turn_round(0.3)


def test_a_process_that_cannot_be_broken_off_ends():
    program = """
        import time
        from engine import watchdog
        watchdog.LOOK, watchdog.LAST = 0.02, 0.5
        with watchdog.watched(0.1):
            time.sleep(60)  # no code of Python's, so that no exception gets in
    """
    begun = time.monotonic()

    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], cwd=ROOT, check=False,
        capture_output=True, text=True, timeout=50,
    )

    assert ended.returncode == 1
    assert "Timeout" in ended.stderr
    assert time.monotonic() - begun < 40
