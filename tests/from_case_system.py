"""Rows as a council's own case system writes them, and what became of them."""

from sqlalchemy import func, select

from engine.domain import SYSTEM
from engine.store.models import Case
from workflows.administration.imports import KINDS
from workflows.children import Child
from workflows.finding import child_of

CHILDREN = KINDS["children"]
ROW = {
    "number": "C-1", "given names": "Robin", "family name": "Quennell", "born on": "2015-05-04",
    "looked after since": "2026-03-25", "first placement": "2026-03-25", "planned": "no",
    "other area": "no", "placement address": "1 Invented Row", "placement kind": "Foster care",
    "school": "990101", "school since": "2024-09-02", "social worker": "wilma@council.example",
}
LONG_IN_CARE = {
    "number": "C-2", "given names": "Alex", "family name": "Ashby", "born on": "2012-11-30",
    "looked after since": "2023-03-14", "first placement": "2023-03-14", "planned": "yes",
    "last review": "2025-11-20", "reviews held": "6", "legal status": "care order",
    "social worker": "sven@council.example", "school": "none",
}


def csv(*rows):
    columns = list(dict.fromkeys(column for row in (ROW, *rows) for column in row))
    lines = [columns, *([row.get(column, "") for column in columns] for row in rows)]
    return "".join(";".join(cells) + "\r\n" for cells in lines)


def counts(checked):
    return checked.new, checked.changed, checked.same, checked.left


def said(checked):
    return [(each.row, each.column, each.sentence) for each in checked.wrong]


def told(checked):
    return {each.row: each.sentence for each in checked.told}


def all_of(by):
    """An administrator sees no child, on PostgreSQL not even by a statement."""
    return by.installation.acting(SYSTEM)


def child_numbered(by, number):
    with all_of(by).begin(writing=False) as work:
        return work.session.scalars(select(Child).where(Child.council_number == number)).one()


def case_of(by, number):
    with all_of(by).begin(writing=False) as work:
        return work.session.scalars(
            select(Case).join(Child, Child.id == Case.child_id)
            .where(Child.council_number == number).order_by(Case.opened_at.desc())).first()


def found(by, name, born_on):
    with by.begin(writing=False) as work:
        return child_of(work, name, born_on)


def how_many(by, table, *where):
    with all_of(by).begin(writing=False) as work:
        return work.session.scalar(select(func.count()).select_from(table).where(*where))
