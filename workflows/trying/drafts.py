"""The draft that is tried, as its flow runs it: only one that the check lets pass."""

import threading
from collections.abc import Mapping

from engine.checker import FileReport
from engine.checker.remembered import check_once
from engine.errors import Refused
from engine.releases import folder_hash
from engine.spiff import Procedure, compile_procedure
from workflows.pep.domain import vocabulary

_COMPILED_AT_ONCE = 8
_compiled: dict[tuple[str, str], Procedure] = {}
_compiling = threading.Lock()


class NotSound(Refused):
    """The check has found something in this draft that must be corrected before it is tried."""


def sound_procedure(files: Mapping[str, bytes], key: str) -> Procedure:
    """Raises `NotSound`: what the check refuses may stop for ever, and is not run."""
    if not is_sound(check_once(files, vocabulary(), key)):
        raise NotSound
    return compiled_folder(files, key)


def is_sound(reports: list[FileReport]) -> bool:
    return all(report.verdict == "sound" for report in reports)


def compiled_folder(files: Mapping[str, bytes], key: str) -> Procedure:
    """Of files that are sound; the last few are remembered."""
    identity = (key, folder_hash(files))
    with _compiling:
        procedure = _compiled.pop(identity, None) or compile_procedure(files, vocabulary(), key)
        _compiled[identity] = procedure
        while len(_compiled) > _COMPILED_AT_ONCE:
            _compiled.pop(next(iter(_compiled)))
    return procedure
