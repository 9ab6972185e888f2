"""What a pack may not hold: marked by whoever writes it, or by information governance.

A mark stands on an answer of a version, on a file, or on words wherever they are. What is withheld
is taken out before anything is typeset: no copy of it is under the block that stands in its place.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.errors import AnswersInvalid, NotFound, Refused
from engine.store.base import new_id
from engine.work import Work, query, verb
from workflows.attached.kinds import MaySee, may_see_file
from workflows.attached.table import AttachedFile
from workflows.people import names
from workflows.pep.plan import RecordVersion
from workflows.pep.record import field_class
from workflows.pictures.kept import KeptPicture
from workflows.subject_access.table import Withholding
from workflows.subject_access.values import label_of, texts_in, values_of

SHORTEST_PHRASE = 3
LONG_ENOUGH = 12
"""Letters from which on the words of a withheld answer are withheld wherever else they stand: they
were carried over, sent by a link, or told in a reason. Fewer might be anybody's words."""
_UNSEEN = "[\\s\u00ad\u200b-\u200f\u2060\ufeff]*"
_APOSTROPHES = "'\u2019\u2018\u02bc"


def every_class(_of_field: str) -> bool:
    """Pepway itself, and information governance with a request open, may see all."""
    return True


@dataclass(frozen=True, slots=True)
class Kind:
    key: str
    title: str
    block: str
    """What stands in the place of what is withheld."""
    letter: str
    """What the letter says of such gaps."""


KINDS: Mapping[str, Kind] = {
    each.key: each
    for each in (
        Kind(
            "third_party", "About somebody else", "[withheld: about somebody else]",
            "Some words are about another person, who has a right to their own privacy and whom we "
            "did not ask, or who did not agree. The law lets us leave them out where it would not "
            "be reasonable to show them (Data Protection Act 2018, Schedule 2, paragraph 16).",
        ),
        Kind(
            "serious_harm", "Could cause serious harm", "[withheld: could cause serious harm]",
            "Some words were left out because somebody who knows the case judged that reading them "
            "would be likely to cause serious harm to somebody's health (Data Protection Act 2018, "
            "Schedule 3, Part 3: social work data). You can ask us to look at this again, and to "
            "talk about it with you.",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class WithheldView:
    id: UUID
    kind: Kind
    reason: str
    what: str
    """Where it stands, or that it is words; never the words of an answer."""
    phrase: str
    by: str
    at: datetime


class Burn:
    """Takes words out of texts. Letters may be large or small, and spaces any."""

    def __init__(self, phrases: Mapping[str, str]) -> None:
        """`phrases`: what stands in the place of each."""
        longest_first = sorted(phrases, key=len, reverse=True)
        self._patterns = [(_pattern(each), phrases[each]) for each in longest_first
                          if plain(each)]

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def __call__(self, text: str) -> str:
        text = unicodedata.normalize("NFC", text)
        for pattern, block in self._patterns:
            text = pattern.sub(lambda _found, block=block: block, text)  # type: ignore[misc]
        return text

    def finds(self, text: str) -> bool:
        text = unicodedata.normalize("NFC", text)
        return any(pattern.search(text) for pattern, _ in self._patterns)


@dataclass(frozen=True, slots=True)
class Marks:
    """What is withheld about one child, as the pack asks for it."""

    answers: Mapping[tuple[int, str], Kind]
    """By version and place, those with the same value in other versions among them."""
    files: Mapping[UUID, Kind]
    burn: Burn


@verb
def withhold(
    work: Work, child_id: UUID, *, what: str, kind: str, reason: str, phrase: str = ""
) -> UUID:
    """`what` is one of `markable`, or `words` with a `phrase`. Raises `AnswersInvalid`."""
    if kind not in KINDS:
        raise AnswersInvalid({"kind": "Choose why it is withheld"})
    target, words = _target(work, child_id, what), " ".join(phrase.split())
    if what == "words" and len(plain(words)) < SHORTEST_PHRASE:
        raise AnswersInvalid({"phrase": f"Enter the words, {SHORTEST_PHRASE} letters or more"})
    if what != "words" and words:
        raise AnswersInvalid({"phrase": "Leave this empty, or choose “Words, wherever they stand”"})
    row = Withholding(id=new_id(), child_id=child_id, kind=kind, reason=reason,
                      phrase=words or None, set_by=work.actor.id, set_at=work.now, **target)
    work.session.add(row)
    work.audit("withhold", child_id=child_id, about=f"withholding:{row.id}", kind=kind)
    return row.id


@verb
def lift_withholding(work: Work, child_id: UUID, withholding_id: UUID) -> None:
    """Raises `NotFound`, `Refused` where it has been lifted."""
    row = work.session.get(Withholding, withholding_id, with_for_update=True)
    if row is None or row.child_id != child_id or not _is_theirs(work, row):
        raise NotFound
    if row.lifted_at is not None:
        raise Refused("This is not withheld any more.")
    row.lifted_by, row.lifted_at = work.actor.id, work.now
    work.audit("lift_withholding", child_id=child_id, about=f"withholding:{row.id}")


@query
def withheld_about(
    work: Work, child_id: UUID, may_see: MaySee = every_class
) -> Sequence[WithheldView]:
    """Information governance reads all marks, others their own: words may tell of what they may
    not see."""
    where, numbers = dict(markable(work, child_id, may_see)), _numbers(work, child_id)
    rows = [row for row in _standing(work, child_id)
            if _is_theirs(work, row) and (row.phrase or _key(row, numbers) in where)]
    called = names(work, {row.set_by for row in rows})
    return [
        WithheldView(row.id, KINDS[row.kind], row.reason, where.get(_key(row, numbers), "Words"),
                     row.phrase or "", called.get(row.set_by, ""), row.set_at)
        for row in rows
    ]


@query
def markable(
    work: Work, child_id: UUID, may_see: MaySee = every_class
) -> Sequence[tuple[str, str]]:
    """Key and words of each answer and file that can be marked, the newest version first."""
    found = []
    for version in sorted(_versions(work, child_id), key=lambda each: -each.number):
        for path in filter(lambda path: may_see(field_class(path)),
                           values_of(work.session, version)):
            found.append((f"answer:{version.number}:{path}",
                          f"Version {version.number}: {label_of(path)}"))
    files = work.session.execute(
        select(AttachedFile.id, AttachedFile.title, AttachedFile.kind, AttachedFile.section)
        .where(AttachedFile.child_id == child_id).order_by(AttachedFile.added_at)
    )
    found.extend((f"file:{row.id}", f"File: {row.title}") for row in files
                 if may_see_file(row.kind, row.section, may_see))
    pictures = work.session.execute(
        select(KeptPicture.id).where(KeptPicture.child_id == child_id,
                                     KeptPicture.given_at.is_not(None))
        .order_by(KeptPicture.added_at)
    )
    found.extend((f"file:{row.id}", f"Picture {number}") for number, row in enumerate(pictures, 1))
    return found


def marks_on(work: Work, child_id: UUID) -> Marks:
    rows = _standing(work, child_id)
    versions = {version.id: version for version in _versions(work, child_id)}
    values = {version.id: values_of(work.session, version) for version in versions.values()}
    answers: dict[tuple[int, str], Kind] = {}
    files: dict[UUID, Kind] = {}
    phrases: dict[str, str] = {}
    for row in rows:
        kind = KINDS[row.kind]
        if row.phrase:
            phrases[row.phrase] = kind.block
        if row.file_id is not None:
            files[row.file_id] = kind
        if row.version_id is None or row.path is None:
            continue
        marked = values[row.version_id].get(row.path)
        answers.update({(versions[each].number, row.path): kind for each, held in values.items()
                        if each == row.version_id or held.get(row.path, _NONE) == marked})
        phrases.update({text: kind.block for text in texts_in(marked)
                        if len(plain(text)) >= LONG_ENOUGH})
    return Marks(answers, files, Burn(phrases))


def plain(text: str) -> str:
    return "".join(text.split())


_NONE = object()


def _pattern(phrase: str) -> re.Pattern[str]:
    letters = plain(unicodedata.normalize("NFC", phrase))
    one = [f"[{_APOSTROPHES}]" if each in _APOSTROPHES else re.escape(each) for each in letters]
    return re.compile(_UNSEEN.join(one), re.IGNORECASE)


def _is_theirs(work: Work, row: Withholding) -> bool:
    return row.set_by == work.actor.id or "information_governance" in work.actor.roles


def _standing(work: Work, child_id: UUID) -> Sequence[Withholding]:
    return work.session.scalars(
        select(Withholding)
        .where(Withholding.child_id == child_id, Withholding.lifted_at.is_(None))
        .order_by(Withholding.set_at, Withholding.id)
    ).all()


def _versions(work: Work, child_id: UUID) -> Sequence[RecordVersion]:
    return work.session.scalars(
        select(RecordVersion).where(RecordVersion.child_id == child_id)
        .order_by(RecordVersion.number)
    ).all()


def _numbers(work: Work, child_id: UUID) -> Mapping[UUID, int]:
    return {version.id: version.number for version in _versions(work, child_id)}


def _key(row: Withholding, numbers: Mapping[UUID, int]) -> str:
    if row.version_id is not None:
        return f"answer:{numbers[row.version_id]}:{row.path}"
    return f"file:{row.file_id}" if row.file_id else "words"


def _target(work: Work, child_id: UUID, what: str) -> dict[str, Any]:
    if what == "words":
        return {}
    if what not in dict(markable(work, child_id)):
        raise AnswersInvalid({"what": "Choose what is withheld"})
    kind, _, rest = what.partition(":")
    if kind == "file":
        return {"file_id": UUID(rest)}
    number, _, path = rest.partition(":")
    version = next(each for each in _versions(work, child_id) if each.number == int(number))
    return {"version_id": version.id, "path": path}
