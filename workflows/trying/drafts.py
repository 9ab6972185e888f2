"""The draft that is tried, as its flow runs it: only one that the check lets pass."""

import threading
from collections.abc import Mapping

from engine.checker.remembered import check_once
from engine.errors import Refused
from engine.releases import folder_hash
from engine.spiff import Procedure, compile_procedure
from engine.work import Acting, Work
from workflows.pep.domain import vocabulary

_COMPILED_AT_ONCE = 8
_compiled: dict[tuple[str, str], Procedure] = {}
_compiling = threading.Lock()


class NotSound(Refused):
    """The check has found something in this draft that must be corrected before it is tried."""


def sound_procedure(by: Acting | Work, files: Mapping[str, bytes], key: str) -> Procedure:
    """Raises `NotSound`: what the check refuses may stop for ever, and is not run."""
    reports = check_once(files, by.installation.domain.vocabulary, key)
    if any(report.verdict != "sound" for report in reports):
        raise NotSound
    return compiled_folder(files, key)


def compiled_folder(files: Mapping[str, bytes], key: str) -> Procedure:
    """Of files that are sound; the last few are remembered."""
    identity = (key, folder_hash(files))
    with _compiling:
        procedure = _compiled.pop(identity, None) or compile_procedure(files, vocabulary(), key)
        _compiled[identity] = procedure
        while len(_compiled) > _COMPILED_AT_ONCE:
            _compiled.pop(next(iter(_compiled)))
    return procedure
