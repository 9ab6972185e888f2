"""What may be the death of its process is worked on alone."""

import threading
import time

from engine.background.gate import Gate


def test_who_is_alone_waits_for_those_inside_and_others_wait_for_them():
    gate, inside, seen = Gate(), set(), []
    start = threading.Barrier(6)

    def work(name, go_in):
        start.wait()
        for _ in range(20):
            with go_in():
                inside.add(name)
                time.sleep(0.002)
                seen.append((name, frozenset(inside)))
                inside.remove(name)

    ways = {"a": gate.together, "b": gate.together, "c": gate.together, "d": gate.together,
            "alone": gate.alone, "too": gate.alone}
    threads = [threading.Thread(target=work, args=each) for each in ways.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(seen) == 120
    assert all(len(others) == 1 for name, others in seen if name in ("alone", "too"))
    assert any(len(others) > 1 for _name, others in seen)
