"""Before a record opens in an emergency, whoever opens it shows once more that it is them."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from visitor import Phone

WHY = "The police asks at night where the child lives"
OPEN = "Open the record for four hours"
ASKED = {"Given names": "Robin", "Family name": "Testerby", "Date of birth": ("4", "5", "2016"),
         "Why do you need to see this record now?": WHY}


@pytest.fixture
def sven(real, phone):
    """Signed in with his app, half a minute ago; he does not work with the child."""
    real.start_case()
    visitor = real.visitor()
    visitor.sign_in_with("sven@council.example", phone)
    real.wall_clock.move_on(timedelta(seconds=30))
    return visitor


def test_a_record_opens_with_a_new_code_of_the_app(sven, phone):
    page = sven.open("/emergency").fill({**ASKED, "Security code": phone.code}).press(OPEN)

    assert page.heading == "Robin Testerby"


@pytest.mark.parametrize(("code", "told"), [
    ("", "Enter the code that your authenticator app shows now"),
    ("000000", "This code is not right. Enter the code that your app shows now"),
])
def test_without_a_right_code_nothing_opens_and_only_the_code_is_typed_again(
    sven, phone, refusals, code, told
):
    page = sven.open("/emergency").fill({**ASKED, "Security code": code}).press(OPEN)

    assert page.status == 422
    assert page.errors == {"one_time_code": told}
    assert page.value("Why do you need to see this record now?") == WHY
    assert page.value("Security code") == ""
    assert refusals() == (["wrong code"] if code else [])
    assert page.fill({"Security code": phone.code}).press(OPEN).heading == "Robin Testerby"


def test_codes_cannot_be_guessed_there(sven, phone):
    page = sven.open("/emergency")
    for _ in range(5):
        page = page.fill({**ASKED, "Security code": "000000"}).press(OPEN)

    page = page.fill({"Security code": phone.code}).press(OPEN)

    assert page.errors == {
        "one_time_code": "There were too many wrong tries. Try again in 15 seconds"}


def test_who_came_by_the_councils_sign_on_comes_by_it_again_and_loses_no_word(sign_on):
    sign_on.council.start_case()
    sign_on.link("sven", "subject-of-wilma")
    visitor = sign_on.visitor()
    sign_on.sign_in(visitor)
    page = visitor.open("/emergency").fill(ASKED)
    assert "Security code" not in page.labels
    sign_on.council.wall_clock.move_on(timedelta(minutes=16))
    sign_on.is_told()

    refused = page.press(OPEN)

    assert refused.status == 422
    assert refused.errors["sign_on"] == ("You signed in with your council account more than 15 "
                                         "minutes ago. Sign in there again")
    way = refused.links["Sign in with your council account"]
    assert parse_qs(urlsplit(sign_on.leave(visitor, way)).query)["prompt"] == ["login"]
    back = sign_on.sign_in(visitor, way)
    assert back.value("Why do you need to see this record now?") == WHY
    assert "Sign in with your council account" not in back.links
    assert back.press(OPEN).heading == "Robin Testerby"


def test_who_has_no_second_factor_in_the_demonstration_is_asked_for_none(council):
    council.start_case()
    assert "Security code" not in council.sign_in("sven").visitor.open("/emergency").labels


def test_an_app_of_before_the_councils_sign_on_is_not_asked(sign_on):
    phone = Phone(sign_on.council.wall_clock)
    sign_on.council.outside_the_demonstration().visitor().sign_in_with(
        "wilma@council.example", phone)
    sign_on.link("wilma", "subject-of-wilma")
    visitor = sign_on.visitor()
    sign_on.sign_in(visitor)

    assert "Security code" not in visitor.open("/emergency").labels
