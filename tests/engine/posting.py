"""Posts letters over connections that are cut, and counts what arrived: none missing, few twice."""

import logging
import random
import socket
import socketserver
import threading
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import timedelta

from plain_domain import ANN, CHILD

from engine.cases import open_case
from engine.domain import SYSTEM
from engine.store.models import Case

LOG = logging.getLogger("engine.background.outbox")
SHARE_CUT = 0.05
YES = b"yes\n"


class Provider(socketserver.ThreadingTCPServer):
    """Takes a letter a connection and says yes; cuts some before that, and some before it takes."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, seed, share_cut=SHARE_CUT):
        super().__init__(("127.0.0.1", 0), _Counter)
        self.chance, self.share_cut = random.Random(seed), share_cut
        self.arrived, self.cuts, self.lock = Counter(), 0, threading.Lock()
        self.order = []
        """Of the first arrivals."""
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def take(self, letter):
        """Whether it is told that the letter has arrived."""
        with self.lock:
            lot = self.chance.random() / self.share_cut
            if lot >= 0.5:
                self.order += [letter] if letter not in self.arrived else []
                self.arrived[letter] += 1
            self.cuts += lot < 1
            return lot >= 1


class _Counter(socketserver.StreamRequestHandler):
    def handle(self):
        if self.server.take(self.rfile.readline().strip().decode()):
            self.wfile.write(YES)


class _Told(logging.Handler):
    """What the log says may arrive twice."""

    def __init__(self):
        super().__init__()
        self.tried_again = set()

    def emit(self, record):
        if "is tried again" in record.msg:
            self.tried_again.add(str(record.args[0]))


class Post:
    """Letters of a council, some of them about a case, and whoever carries them."""

    def __init__(self, council, provider, seed):
        self.council, self.provider = council, provider
        self.chance, self.deaths = random.Random(seed), 0
        self._in_order = defaultdict(list)
        self._told = _Told()
        LOG.addHandler(self._told)

    def write(self, count):
        """Half of them about one of ten cases, where they have to leave in order."""
        by, written = self.council.by(ANN), []
        cases = [open_case(by, "waiting", CHILD) for _ in range(10)]
        with by.begin() as work:
            rows = [work.session.get_one(Case, case_id) for case_id in cases]
            for number in range(count):
                case = rows[number % 20] if number % 20 < 10 else None
                letter = str(work.tell("posted", None, case, number=number))
                written.append(letter)
                if case is not None:
                    self._in_order[case.id].append(letter)
        return written

    def deliver(self, message):
        with socket.create_connection(self.provider.server_address, timeout=10) as line:
            line.sendall(f"{message.id}\n".encode())
            if line.recv(10) != YES:
                raise ConnectionError
        if self.chance.random() < SHARE_CUT / 10:
            self.deaths += 1
            raise SystemExit  # between the yes and our note of it

    def until_all_have_left(self, new_background):
        """Round after round; where nothing may leave just now, time passes."""
        while self._unsent():
            if not self.council.messages_waiting():
                self.council.clock.move_on(timedelta(minutes=10))
            worker = threading.Thread(target=_until_it_dies, args=(new_background(self.deliver),))
            worker.start()
            worker.join()

    def check(self, letters):
        arrived = self.provider.arrived
        assert set(arrived) == set(letters)
        twice = {letter for letter, times in arrived.items() if times > 1}
        cuts = self.provider.cuts + self.deaths
        assert sum(arrived.values()) - len(arrived) <= cuts
        assert twice <= self._told.tried_again
        for of_one_case in self._in_order.values():
            assert [each for each in self.provider.order if each in of_one_case] == of_one_case
        return cuts, len(twice)

    def _unsent(self):
        with self.council.by(SYSTEM).begin(writing=False) as work:
            return work.session.connection().exec_driver_sql(
                "SELECT count(*) FROM outbox WHERE sent_at IS NULL"
            ).scalar()

    def close(self):
        LOG.removeHandler(self._told)
        self.provider.shutdown()
        self.provider.server_close()


def _until_it_dies(background):
    with suppress(BaseException):
        background.one_round()
