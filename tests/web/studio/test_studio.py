"""A process owner changes a diagram without losing anything, and only sound ones go live."""

from io import BytesIO

import pytest


def studio(council, name="olga"):
    return council.sign_in(name).visitor.open("/studio/initial-pep")


def diagram(page) -> bytes:
    return page.visitor.client.get("/studio/initial-pep/diagram.bpmn").get_data()


def upload(page, content: bytes, name="changed.bpmn"):
    version = page.tree.xpath("//input[@name='version']/@value")[0]
    response = page.visitor.client.post(
        "/studio/initial-pep/upload",
        data={"csrf_token": page.token, "version": version, "file": (BytesIO(content), name)},
        follow_redirects=True,
    )
    return page.visitor._page(response)


def publish(page, notes="A better name"):
    return page.fill({"What did you change, and why?": notes}).press("Publish")


def renamed(content: bytes) -> bytes:
    return content.replace(b'name="Hold the PEP meeting"', b'name="Meet about the plan"')


def test_a_change_goes_live_for_new_cases_and_running_ones_stay(council):
    running = council.gathering()
    page = studio(council)
    page = publish(upload(page, renamed(diagram(page))))
    assert "Release 2 is live" in page.whole
    assert "A better name" in page.text

    later = council.start_case(born_on="2013-01-01", family_name="Later")

    visitor = council.sign_in("vera").visitor
    assert "Hold the PEP meeting" in visitor.open(f"/cases/{running}").text
    assert "Meet about the plan" in visitor.open(f"/cases/{later}").text


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b'pepway:form="initiate_pep"', b'pepway:form="initiate"', "initiate"),
        (b"working_days(placement_start, 7)", b"working_days(placement_strat, 7)",
         "placement_strat"),
        (b'pepway:role="team_manager"', b'pepway:role="headmaster"', "headmaster"),
        (b"bpmn:sendTask", b"bpmn:scriptTask", "script"),
        (b'pepway:source="S2', b'pepway:colour="S2', "colour"),
    ],
)
def test_what_could_strand_a_case_is_named_and_not_published(council, old, new, says):
    page = studio(council)
    content = diagram(page)
    assert old in content
    page = upload(page, content.replace(old, new))

    refused = publish(page)

    assert refused.status == 422
    assert says in refused.text
    assert "Release 2" not in council.sign_in("olga").visitor.open("/studio").text


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"<html></html>", b"\x00\xff" * 100,
                                     "kein BPMN".encode("utf-16")])
def test_a_file_that_is_no_diagram_is_refused_and_the_draft_stays(council, content):
    page = studio(council)
    page = upload(page, renamed(diagram(page)))
    refused = upload(page, content)

    assert refused.status == 422
    assert refused.errors
    assert b"Meet about the plan" in diagram(refused)


def test_publishing_needs_words_about_the_change_and_keeps_the_draft(council):
    page = studio(council)
    page = publish(upload(page, renamed(diagram(page))), notes=" ")

    assert page.status == 422
    assert "notes" in page.errors
    assert b"Meet about the plan" in diagram(page)


def test_two_windows_cannot_write_over_each_other(council):
    first, second = studio(council), studio(council)
    upload(first, renamed(diagram(first)))

    clash = upload(second, diagram(second).replace(b"Initiate the PEP", b"Begin the PEP"))

    assert clash.status == 409
    assert "while you had it open" in clash.text
    assert "Olga Hindmarsh did so on" in clash.text
    assert b"Meet about the plan" in diagram(clash)


def test_back_to_an_earlier_release(council):
    page = studio(council)
    publish(upload(page, renamed(diagram(page))))
    overview = council.sign_in("olga").visitor.open("/studio")
    begun = overview.press(next(name for name in overview.buttons if "release 1" in name))

    page = publish(begun, notes="The old name was better")

    assert "Release 3 is live" in page.whole
    later = council.start_case(born_on="2013-01-01", family_name="Later")
    assert "Hold the PEP meeting" in council.sign_in("vera").visitor.open(f"/cases/{later}").text


def test_the_editor_saves_and_says_what_the_check_finds(council):
    page = studio(council)
    client = page.visitor.client
    token = page.token
    broken = diagram(page).replace(b"working_days(placement_start, 7)", b"working_days(1, 2)")

    answer = client.post(
        "/studio/initial-pep/save",
        json={"xml": broken.decode(), "version": 0},
        headers={"X-CSRFToken": token},
    )

    assert answer.status_code == 200
    [finding] = [f for f in answer.json["report"]["findings"] if f["severity"] == "error"]
    assert finding["shape"] == "hold_pep_meeting"
    again = client.post("/studio/initial-pep/save", json={"xml": broken.decode(), "version": 0},
                        headers={"X-CSRFToken": token})
    assert again.status_code == 409
    assert "while you had it open" in again.json["message"]
