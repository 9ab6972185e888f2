"""Plans and reviews against their limits: by month, by team, by school, down to the case."""

import csv
from datetime import date, timedelta
from io import BytesIO, StringIO
from itertools import pairwise
from zipfile import ZipFile

import pytest
from figures_followed import follow_to_the_end
from pypdf import PdfReader
from sqlalchemy import func, select
from table_rows import row_of

from engine.store.models import Audit, Case
from workflows.board import statutory
from workflows.board.assurance import terms
from workflows.board.statutory import statutory_page
from workflows.children import Enrolment, School
from workflows.pep.plan import RecordVersion
from workflows.sight.restrictions import restrict_record

ASKED = "What should councillors know about these numbers?"
KEEP = "Keep the commentary"


def page_of(council, address="/board/deadlines", name="vera"):
    follow_to_the_end(council.installation)
    visitor = council.sign_in(name).visitor
    return visitor.open(address)


def late_and_timely(council):
    """One plan signed in time, one that is late."""
    council.to_signatures()
    council.both_sign()
    council.start_case(family_name="Late")
    council.clock.move_on(timedelta(days=20))


def test_what_was_on_time_and_what_late_adds_up(council):
    late_and_timely(council)
    page = page_of(council)

    assert row_of(page, "Plan prepared within 10 working days")[1:] == [
        "50", "1 of 2", "1 late: Plan prepared within 10 working days"]
    assert row_of(page, "Apr 2026") == ["Apr 2026", "1", "0", "1", "0", "50"]


def test_a_number_leads_to_the_case_that_was_late(council):
    late_and_timely(council)

    page = page_of(council).follow("1 late: Plan prepared within 10 working days")

    assert "Late, Robin" in page.text or "Robin Late" in page.text
    assert "Robin Testerby" not in page.text
    assert "No reason is on record." in page.text
    assert row_of(page, "No social worker")[1:3] == ["1", "1"]


def test_the_picture_says_that_a_table_says_the_same(council):
    late_and_timely(council)
    page = page_of(council)

    titles = [" ".join(each.text_content().split()) for each in page.tree.xpath(
        "//*[local-name()='svg'][@role='img']/*[local-name()='title']")]
    assert "Plan prepared within 10 working days, as columns. The table says the same." in titles


def test_figures_are_those_of_an_independent_count(council):
    """Counted straight from the record's stamps, past everything that the figures go by."""
    late_and_timely(council)
    follow_to_the_end(council.installation)
    limit = date(2026, 4, 10)
    with council.by("vera").begin(writing=False) as work:
        in_time = work.session.scalar(
            select(func.count(RecordVersion.case_id.distinct()))
            .where(RecordVersion.prepared_at.is_not(None))
        )
        cases = work.session.scalar(select(func.count()).select_from(Case))
        page = statutory_page(work)

    figures = next(each for each in page.figures if each.measure.deadline == "T2")
    assert figures.months[limit.replace(day=1)].on_time == in_time
    assert figures.whole.due == cases


def test_a_measure_that_is_none_is_not_found(council):
    assert page_of(council, "/board/deadlines/T99").status == 404


def taken(council, **fields):
    """The text of the page that is downloaded."""
    page = page_of(council)
    answer = page.visitor.client.post("/board/deadlines/report",
                                      data={"csrf_token": page.token, **fields})
    assert answer.mimetype == "application/pdf"
    pages = PdfReader(BytesIO(answer.get_data())).pages
    return " ".join(" ".join(each.extract_text() for each in pages).split())


def test_one_page_for_the_board_of_councillors_and_who_took_it_is_on_record(council):
    late_and_timely(council)

    text = taken(council)

    assert text.startswith("Education of children in care "), "what it is, and then of when"
    assert "Plan prepared within 10 working days 1 1 50" in text
    assert "Robin" not in text
    with council.by("vera").begin(writing=False) as work:
        assert work.session.scalars(
            select(Audit.data).where(Audit.action == "take_board_report")
        ).one() == {"outside": False}


def test_what_leaves_the_council_does_not_tell_small_numbers(council):
    late_and_timely(council)

    text = taken(council, outside="yes")

    assert "Plan prepared within 10 working days 1 to 5 1 to 5 not told" in text
    assert "With a plan in force not told" in text, "the difference would tell who has none"


def test_before_anything_was_counted_there_is_no_page_for_councillors(council):
    page = council.sign_in("vera").visitor.open("/board/deadlines").press("Download as PDF")

    assert "Pepway has not counted yet." in page.text


def pack_of(council, term="Spring 2026", name="vera"):
    """The rows of both spreadsheets."""
    page = page_of(council, name=name)
    [chosen] = page.tree.xpath(f"//select[@name='term']/option[.='{term}']/@value")
    answer = page.visitor.client.post("/board/deadlines/assurance",
                                      data={"csrf_token": page.token, "term": chosen})
    with ZipFile(BytesIO(answer.get_data())) as files:
        return [[*csv.reader(StringIO(files.read(name).decode("utf-8-sig")))]
                for name in ("children.csv", "authority.csv")]


def test_the_pack_of_a_term_has_each_limit_with_its_evidence_and_the_sums(council):
    late_and_timely(council)

    children, authority = pack_of(council)
    assert pack_of(council, name="max") == [children, authority], "a manager sees no plan"

    prepared = [row for row in children if row[2] == "Plan prepared within 10 working days"]
    assert sorted(row[6] for row in prepared) == ["late, no reason given", "on time"]
    evidence = {row[6]: (row[7], row[8]) for row in prepared}
    assert evidence["on time"][1].startswith(
        "Both had signed the plan 25 March 2026 at 9:00am (event")
    assert evidence["late, no reason given"] == ("2", "Nothing on record")
    assert authority[1][:4] == ["Plan prepared within 10 working days", "1", "0", "1"]
    assert "Robin" not in str(children)


def test_who_took_a_pack_is_on_record_with_each_child_and_restricted_ones_are_left_out(council):
    late_and_timely(council)
    with council.by("vera").begin(writing=False) as work:
        timely, late = work.session.scalars(select(Case.child_id).order_by(Case.opened_at))
    restrict_record(council.by("mona"), late, {
        "reason": "A relative of staff", "named": [str(council.people["viktor"])]})

    pack_of(council)

    with council.by("vera").begin(writing=False) as work:
        [noted] = work.session.scalars(
            select(Audit.data).where(Audit.action == "export_assurance_pack"))
    assert list(noted["children"]) == [str(timely)]


def test_a_pack_of_no_term_is_not_found(council):
    page = page_of(council)
    answer = page.visitor.client.post("/board/deadlines/assurance",
                                      data={"csrf_token": page.token, "term": "1999-01-01"})
    assert answer.status_code == 404


@pytest.mark.parametrize(("today", "names"), [
    (date(2026, 3, 25), ["Spring 2026", "Autumn 2025", "Summer 2025", "Spring 2025"]),
    (date(2026, 9, 1), ["Autumn 2026", "Summer 2026", "Spring 2026", "Autumn 2025"]),
])
def test_terms_follow_each_other_without_a_gap(today, names):
    found = terms(today)
    assert [each.name for each in found] == names
    assert all(later.first - earlier.last == timedelta(days=1)
               for later, earlier in pairwise(found))
    assert found[0].first <= today <= found[0].last


def test_of_many_teams_those_with_most_late_are_shown_and_the_others_when_asked_for(
    council, monkeypatch
):
    monkeypatch.setattr(statutory, "FEW", 1)
    late_and_timely(council)
    with council.by("vera").begin() as work:
        school = School(urn="145002", name="Quayside Academy", phase="Primary", area="East Moor")
        work.session.add(school)
        work.session.flush()
        timely = work.session.scalars(select(Case.child_id).order_by(Case.opened_at)).first()
        work.session.add(Enrolment(child_id=timely, school_id=school.id,
                                   starts_on=date(2026, 3, 1)))

    page = page_of(council, "/board/deadlines/T2")
    assert "The 1 of 2 with most late." in page.text
    assert "Quayside Academy" not in page.text
    every = page.follow("Show all of them")

    assert row_of(every, "No school")[1:4] == ["0", "1", "0"]
    assert row_of(every, "Quayside Academy")[1:4] == ["1", "0", "0"]
    assert "with most late" not in every.text


def test_limits_of_a_cohort_alone_are_counted_and_lead_to_its_children(council):
    council.start_case(family_name="Near")
    council.start_case(family_name="Far", lives_out_of_area="yes")
    council.clock.move_on(timedelta(days=20))

    page = page_of(council).fill({"Where the child lives": "In another council"}).press("Show")
    late = page.follow("1 late: Plan prepared within 10 working days")

    assert row_of(page_of(council), "Plan prepared within 10 working days")[2] == "0 of 2"
    assert row_of(page, "Plan prepared within 10 working days")[2] == "0 of 1"
    assert "Only where the child lives: In another council. As the children are today" in page.text
    assert "Robin Far" in late.text
    assert "Robin Near" not in late.text
    assert row_of(late, "No social worker")[1:3] == ["0", "1"]
    assert row_of(late.follow("Deadlines"), "Plan prepared within 10 working days")[2] == "0 of 1"


def test_a_cohort_tells_nobody_of_a_child_whom_they_may_not_see(council):
    case_id = council.start_case(family_name="Far", lives_out_of_area="yes")
    council.clock.move_on(timedelta(days=20))
    with council.by("vera").begin(writing=False) as work:
        child_id = work.session.get_one(Case, case_id).child_id
    far = "/board/deadlines?area=out"
    before = page_of(council, far, "max")
    restrict_record(council.by("mona"), child_id, {
        "reason": "A relative of staff", "named": [str(council.people["viktor"])]})

    assert row_of(before, "Plan prepared within 10 working days")[2] == "0 of 1"
    after = page_of(council, far, "max")
    assert row_of(after, "Plan prepared within 10 working days")[2] == "0 of 0"


def test_a_part_of_the_address_that_means_nothing_is_said_on_the_page_of_one_limit_too(council):
    council.start_case()

    page = council.sign_in("vera").visitor.open("/board/deadlines/T2?school=nowhere")

    assert "“School”: what was asked for is not there" in page.text


def test_the_page_of_one_limit_says_that_a_child_can_have_changed_school_since(council):
    council.start_case()
    page = council.sign_in("vera").visitor.open("/board/deadlines/T2?school=none")

    assert "where each was on the day of its limit, so it can name other schools too" in page.text
    assert "other schools" not in council.sign_in("vera").visitor.open("/board/deadlines/T2").text


def test_the_commentary_of_a_month_is_on_the_page_and_in_the_pdf_with_who_wrote_it(council):
    late_and_timely(council)
    page = page_of(council).follow("Write the commentary")
    page.fill({ASKED: "One plan was late.\nThe teacher was new."}).press(KEEP)

    text = taken(council)
    shown = page_of(council)

    assert "Commentary for" in shown.text
    assert "One plan was late." in shown.text
    assert "One plan was late." in text
    assert "The teacher was new." in text
    assert "Virtual School," in text
    with council.by("vera").begin(writing=False) as work:
        [row] = work.session.scalars(select(Audit).where(Audit.action == "write_commentary"))
        assert "late" not in str(row.data)


def test_a_commentary_that_is_too_long_is_sent_back_with_every_word(council):
    long = "Late. " * 300
    page = page_of(council, "/board/deadlines/commentary").fill({ASKED: long}).press(KEEP)

    assert list(page.errors) == ["text"]
    assert page.value(ASKED).strip() == long.strip()


def test_what_was_written_before_stays_and_an_empty_one_takes_it_back(council):
    late_and_timely(council)
    for words in ("The first.", "The second.", ""):
        council.clock.move_on(timedelta(minutes=1))
        page_of(council, "/board/deadlines/commentary").fill({ASKED: words}).press(KEEP)

    writing = page_of(council, "/board/deadlines/commentary")

    assert "The first." in writing.text
    assert "Taken back: none is printed." in writing.text
    assert "The second." not in page_of(council).text
    assert "The second." not in taken(council)


def test_a_commentary_belongs_to_its_month(council):
    page_of(council, "/board/deadlines/commentary").fill({ASKED: "Of March."}).press(KEEP)
    council.clock.move_on(timedelta(days=10))

    assert "Of March." not in page_of(council).text
