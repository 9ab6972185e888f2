"""The council's own periods: rows in the database, never shorter than the law's."""

from dataclasses import asdict, fields, replace

from sqlalchemy.orm import Session

from engine.errors import AnswersInvalid
from engine.work import Work, query, verb
from workflows.council import keep_settings, read_settings
from workflows.retention.schedule import SHORTEST, Periods

LONGEST = 200
_NAMES = {each.name: f"retention.{each.name}" for each in fields(Periods)}


@query
def council_periods(work: Work) -> Periods:
    return periods_in(work.session)


def periods_in(session: Session) -> Periods:
    """A row that says less than the law is not heeded, whoever wrote it."""
    kept, shortest = read_settings(session, _NAMES.values()), asdict(SHORTEST)
    own = {name: max(int(kept[setting]), shortest[name])
           for name, setting in _NAMES.items() if kept.get(setting, "").isdecimal()}
    return replace(SHORTEST, **own)


@verb
def set_period(work: Work, name: str, years: int) -> None:
    """Keep records longer than the law asks. Raises `AnswersInvalid` for less, or for no period."""
    if name not in _NAMES:
        raise AnswersInvalid({"name": "Choose one of the periods"})
    shortest = asdict(SHORTEST)[name]
    if not shortest <= years <= LONGEST:
        raise AnswersInvalid({"years": f"Enter a number of years from {shortest} to {LONGEST}"})
    keep_settings(work.session, {_NAMES[name]: str(years)})
    work.audit("set_retention_period", name=name, years=years)
