"""A few hundred of what `make soak` asks by thousands: requests made out of the OpenAPI text."""

import pytest
from asking_by_schema import Api, ask
from werkzeug.wrappers import Response

pytestmark = pytest.mark.xdist_group("requests by the OpenAPI text")
SEED = 20_261_127


@pytest.fixture(scope="module")
def api(council_of_a_module):
    return Api(council_of_a_module)


def test_what_the_text_allows_and_what_it_forbids_is_answered_as_it_says(api):
    wrong, asked = ask(api, SEED, 300)

    assert wrong == []
    assert len(asked) == len(api.operations)


@pytest.mark.parametrize(("fault", "found"), [
    (lambda: 1 / 0, "Server error"),
    (lambda: Response("{}", mimetype="application/json"), "violates schema"),
    (lambda: Response("[]", mimetype="text/plain"), "Undocumented Content-Type"),
])
def test_an_operation_that_goes_wrong_is_found(api, monkeypatch, fault, found):
    views = api.town.council.app.view_functions
    monkeypatch.setitem(views, "api.child", lambda **_: fault())
    monkeypatch.setattr(api, "operations", [
        each for each in api.operations if each.path == "/api/v1/children/{child_id}"])

    wrong, _ = ask(api, SEED, 10)

    assert wrong != []
    assert all(found in each for each in wrong)
