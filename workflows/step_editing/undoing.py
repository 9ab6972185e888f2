"""A change to the steps is taken back as a whole."""

from collections.abc import Mapping

from sqlalchemy import select

from engine.drafts import DraftView, open_draft, take_back_save
from engine.spiff.elements import read_elements
from engine.spiff.xml import Unreadable, read_xml
from engine.store.models import Draft, DraftFile
from engine.work import Work, verb


@verb
def undo_change(work: Work, procedure: str, seen: int) -> DraftView:
    """As `take_back_save`, with the forms that were made for the steps that it takes away."""
    before = open_draft(work, procedure).files
    draft = take_back_save(work, procedure, seen)
    made = _forms_of(before)
    while draft.can_take_back and _saved_last(work, procedure) in made - _forms_of(draft.files):
        draft = take_back_save(work, procedure, draft.version)
    return draft


def _saved_last(work: Work, procedure: str) -> str:
    return work.session.scalar(
        select(DraftFile.path).join(Draft, Draft.id == DraftFile.draft_id)
        .where(Draft.procedure == procedure).order_by(DraftFile.version.desc()).limit(1)
    ) or ""


def _forms_of(files: Mapping[str, bytes]) -> set[str]:
    """Paths of the forms that steps of the folder name."""
    found: set[str] = set()
    for path, content in files.items():
        if path.endswith(".bpmn"):
            try:
                elements = read_elements(read_xml(content))
            except Unreadable:
                continue
            found |= {f"{each.form}.form" for each in elements.values() if each.form}
    return found
