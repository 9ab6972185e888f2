"""A change on its whole way: one person drafts and proposes it, a colleague approves it."""

from plain_domain import ANN, DAN

from engine.drafts import begin_procedure, open_draft, save_draft_file
from engine.errors import NotFound
from engine.review import approve_release, propose_release


def propose(by, procedure, files, notes="A change"):
    try:
        draft = open_draft(by, procedure)
    except NotFound:
        draft = begin_procedure(by, procedure, files)
    for path in sorted({*files, *draft.files}):
        if files.get(path) != draft.files.get(path):
            draft = save_draft_file(by, procedure, path, files.get(path), draft.version)
    return propose_release(by, procedure, notes, draft.version)


def publish(council, procedure, files, notes="A change", author=ANN, colleague=DAN):
    proposed = propose(council.by(author), procedure, files, notes)
    return approve_release(council.by(colleague), proposed.id)
