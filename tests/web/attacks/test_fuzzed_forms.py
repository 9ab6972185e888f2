"""A few hundred of what `make soak` sends by thousands: forms with what nobody should type."""

import pytest
from flask import request
from fuzzing_forms import TYPED, Forms, send_hostile

from web.errors import error_page

pytestmark = pytest.mark.xdist_group("fuzzed forms")  # their council is made once
SEED = 20_261_127
SOME = ("wilma", "vera", "ada")
"""Whose forms lead to five of six addresses."""


@pytest.fixture(scope="module")
def forms(council_of_a_module):
    return Forms(council_of_a_module, SOME)


def test_no_form_makes_it_stumble_or_loses_a_word(forms):
    assert send_hostile(forms, SEED, 300) == []


@pytest.mark.parametrize(("fault", "found"), [
    (lambda: 1 / 0, "500 at /find"), (lambda: ("No.", 422), "422 is no page of ours"),
    (lambda: (error_page(422).get_data(as_text=True).replace(TYPED, ""), 422),
     "422 at /find has lost what was typed"),
])
def test_a_form_that_goes_wrong_at_one_word_is_found(forms, monkeypatch, fault, found):
    views = forms.town.council.app.view_functions
    search = views["finding.search"]
    monkeypatch.setitem(views, "finding.search", lambda: (
        fault() if request.form.get("search") == TYPED else search()))
    monkeypatch.setattr(forms, "all", [each for each in forms.all if each.address == "/find"])

    wrong = send_hostile(forms, SEED, 10)

    assert 0 < len(wrong) < 10
    assert all(found in each for each in wrong)
