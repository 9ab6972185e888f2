"""`pepway audit`: whether every row still says what was written, and an anchor to keep outside."""

import json
import sys
from datetime import timedelta
from typing import Any, TextIO

import click

from engine.domain import SYSTEM
from engine.errors import Refused
from engine.sealer import Anchor, anchors_in, chain_head, seal_committed_rows
from engine.tampering import Verdict, find_tampering, rows_to_verify
from engine.work import LONDON, Acting
from web.installation import open_existing
from web.settings import read_settings
from workflows.days import moment_in_words

SEALED_WITHIN = timedelta(minutes=5)
"""A row that is older and not sealed says that nothing seals."""


@click.group()
def audit() -> None:
    """The append-only record of who did and saw what."""


@audit.command()
def anchor() -> None:
    """Seal what has been committed, and print the head of the chain as one line.

    Keep the line where nobody who can reach the database can: on paper, in a mailbox, in another
    organisation's log. It says nothing about any child. `pepway audit verify --anchors` reads it.
    """
    system = _system()
    seal_committed_rows(system)
    head = chain_head(system)
    if head is None:
        msg = "There is nothing to anchor yet: no row has been sealed."
        raise Refused(msg)
    click.echo(str(head))


@audit.command()
@click.option("--anchors", "kept", type=click.File("r"), metavar="FILE",
              help="Anchors that were kept: a file of them, a whole log, or - for standard input.")
@click.option("--json", "as_json", is_flag=True,
              help="One JSON object for each finding, then one that sums up.")
def verify(kept: TextIO | None, *, as_json: bool) -> None:
    """Check every event and audit row and the chain over them; names what was altered.

    Finds rows that were changed, removed or inserted; with --anchors also a chain that was cut at
    its end or made anew. Changes nothing: a database that is not there, or is another version's,
    is refused.
    """
    anchors = _anchors_of(kept) if kept else []
    system = _system()
    with click.progressbar(length=rows_to_verify(system), label="Reading", file=sys.stderr,
                           hidden=not sys.stderr.isatty()) as bar:
        verdict = find_tampering(system, anchors, bar.update)
    for finding in verdict.findings:
        click.echo(_as_json(finding=finding) if as_json else finding)
    if as_json:
        click.echo(_summed_up(verdict, len(anchors)))
    _warn_of_late_sealing(system, verdict)
    if verdict.count:
        raise Refused(_what_is_wrong(verdict))
    if not as_json:
        click.echo(_what_is_well(verdict, len(anchors)))


def _system() -> Acting:
    return open_existing(read_settings(may_make_keys=False)).acting(SYSTEM)


def _anchors_of(kept: TextIO) -> list[Anchor]:
    anchors = anchors_in(kept.read())
    if not anchors:
        msg = f"There is no anchor in {kept.name}. An anchor is a line of pepway audit anchor."
        raise Refused(msg)
    return anchors


def _warn_of_late_sealing(system: Acting, verdict: Verdict) -> None:
    since = verdict.unsealed_since
    if since and since < system.installation.clock.now() - SEALED_WITHIN:
        click.echo(f"Nothing seals the newest rows: {_rows(verdict.unsealed)} not sealed, the "
                   f"oldest of {moment_in_words(since)}. Check that the background work runs.",
                   err=True)


def _summed_up(verdict: Verdict, anchors: int) -> str:
    since = verdict.unsealed_since
    return _as_json(
        whole=not verdict.count, findings=verdict.count, rows=verdict.rows,
        altered=verdict.altered, batches=verdict.batches, unsealed=verdict.unsealed,
        unsealed_since=since.astimezone(LONDON).isoformat() if since else None, anchors=anchors,
    )


def _as_json(**facts: Any) -> str:
    return json.dumps(facts, ensure_ascii=False)


def _what_is_wrong(verdict: Verdict) -> str:
    if verdict.altered == verdict.rows > 1:
        return ("Not one row fits the key. Check that PEPWAY_AUDIT_KEY is the one that they were "
                "written with.")
    more = verdict.count - len(verdict.findings)
    unnamed = f", {more:,} more than are named" if more else ""
    findings = "1 thing is" if verdict.count == 1 else f"{verdict.count:,} things are"
    return f"{findings} not as written{unnamed}."


def _what_is_well(verdict: Verdict, anchors: int) -> str:
    said = [f"No row was altered: {_rows(verdict.rows)} as written, sealed in "
            f"{_counted(verdict.batches, 'batch', 'batches')}."]
    if verdict.unsealed:
        said.append(f"Of these, {_rows(verdict.unsealed)} not sealed yet: whether one was removed "
                    "cannot be told.")
    if anchors:
        said.append(f"The chain fits {_counted(anchors, 'anchor', 'anchors')}.")
    else:
        said.append("No anchor was given: rows removed from the end would not show.")
    return "\n".join(said)


def _rows(number: int) -> str:
    return _counted(number, "row is", "rows are")


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
