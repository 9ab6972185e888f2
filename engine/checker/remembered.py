"""What the check has said of the same files already: nobody waits for the same answer twice.

In memory, for the files that were asked about last. A check tells the same of the same files, but
that one which ran out of time might not on a calmer machine: publishing therefore checks anew.
"""

from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import Future
from hashlib import sha256
from threading import Lock

from engine.checker.bounded import check_within_limits
from engine.checker.report import FileReport
from engine.domain import Vocabulary

MOST = 50

_Asked = tuple[str, str, int]
_said: OrderedDict[_Asked, tuple[Vocabulary, Future[list[FileReport]]]] = OrderedDict()
"""The vocabulary is kept, so that no other is ever taken for it."""
_turn = Lock()


def check_once(
    files: Mapping[str, bytes], vocabulary: Vocabulary, procedure: str
) -> list[FileReport]:
    """As `check_within_limits`; whoever asks while it is being checked waits for the same."""
    asked = (procedure, _hash(files), id(vocabulary))
    with _turn:
        is_new = asked not in _said
        if is_new:
            _said[asked] = vocabulary, Future()
        answer = _said[asked][1]
        _said.move_to_end(asked)
        if len(_said) > MOST:
            _said.popitem(last=False)
    if is_new:
        try:
            answer.set_result(check_within_limits(files, vocabulary, procedure))
        except BaseException as failure:  # nothing was found out: the next one tries again
            with _turn:
                _said.pop(asked, None)
            answer.set_exception(failure)
    return answer.result()


def _hash(files: Mapping[str, bytes]) -> str:
    each = (sha256(content).hexdigest() + path for path, content in sorted(files.items()))
    return sha256("\n".join(each).encode()).hexdigest()
