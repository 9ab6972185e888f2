"""What is the council's own, where two people say it at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest

from engine.domain import SYSTEM
from workflows.council import keep_settings, read_settings

NAME = "virtual_school.head_name"


@pytest.mark.parametrize("said", ["Grace Holmwood", "Peter Vosk"])
def test_two_who_name_the_head_for_the_first_time_at_once_are_both_heard(installation, said):
    by = installation.acting(SYSTEM)

    def name_the_head():
        with by.begin() as work:
            keep_settings(work.session, {NAME: said})

    with ThreadPoolExecutor() as threads:
        with by.begin() as work:
            keep_settings(work.session, {NAME: "Grace Holmwood"})
            work.write()
            second = threads.submit(name_the_head)
            sleep(0.5)
        second.result(20)

    with by.begin() as work:
        assert read_settings(work.session, [NAME]) == {NAME: said}
        keep_settings(work.session, {NAME: "Fiona Gatesby"})
        assert read_settings(work.session, [NAME]) == {NAME: "Fiona Gatesby"}
