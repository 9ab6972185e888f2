"""The invented council, which has lived through a year, has nothing that does not fit together."""

from engine.clock import SystemClock
from engine.consistency import look_over_all
from engine.domain import SYSTEM
from engine.store.database import Database
from engine.work import Installation
from workflows.pep.domain import PepDomain


def test_a_healthy_demonstration_fits_together(furnished):
    database = Database(f"sqlite:///{furnished / 'pepway.db'}")
    installation = Installation(database, SystemClock(), PepDomain(), b"k" * 32)

    assert list(look_over_all(installation.acting(SYSTEM))) == []

    database.engine.dispose()
