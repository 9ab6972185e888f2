"""Attainment, attendance and judgements of targets over all plans of a child, as series."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select

from engine.background import Embedded
from engine.errors import NotFound
from engine.store.models import Audit, Case
from engine.tasks import task_form
from workflows.my_tasks import my_tasks
from workflows.pep.changes.leaving import cease_to_be_looked_after
from workflows.pep.data_points import add_data_point
from workflows.pep.plan import RecordVersion
from workflows.resources import case_resource

TARGETS = [
    {"horizon": "short", "target_area": "english", "target_text": "Read a chapter <b>a week",
     "target_baseline": "A page", "target_measure": "Four a month", "target_due": "2026-07-01"},
    {"horizon": "long", "target_area": "maths", "target_text": "Know all times tables to 12",
     "target_baseline": "To 5", "target_measure": "40 of 50 in a test", "target_due": "2027-03-01"},
]
FIRST = [{"subject": "English", "current": "Year 3", "expected": "Year 5", "source": "Teacher"},
         {"subject": "Maths", "current": "Year 4", "expected": "Year 5", "source": "Teacher"}]
SECOND = [{"subject": " english ", "current": "Year 4", "expected": "Year 5", "source": "Test"}]
JUDGED = (("on_track", "Two chapters a week", "likely"), ("not_on_track", "Only to 6", "unlikely"))


@pytest.fixture
def first_plan(retold):
    """A plan that was passed on."""
    council, council.case_id = retold(passed_on)
    return council


@pytest.fixture
def reviewed(retold):
    """Its next review, in which the targets were judged."""
    council, (council.case_id, council.review) = retold(with_a_review)
    return council


def passed_on(council):
    case_id = council.gathering()
    council.do("wilma", "complete_social_work_sections")
    council.do("tara", "complete_education_sections", subjects=FIRST, attendance_percent="91.5")
    for name, step in (("tara", "record_child_views"), ("wilma", "record_carer_view"),
                       ("viktor", "convene_meeting"), ("viktor", "hold_pep_meeting")):
        council.do(name, step)
    council.do("tara", "set_targets_and_actions", targets=TARGETS)
    council.both_sign()
    council.do("viktor", "assure_quality", quality_rating="green")
    return case_id


def with_a_review(council):
    case_id = passed_on(council)
    council.do("rob", "hold_first_review")
    council.clock.move_to(datetime(2026, 6, 20, 9, tzinfo=UTC))
    Embedded(council.installation, lambda message: None).one_round()
    council.do("rob", "confirm_review_date")
    council.do("tara", "collect_progress", subjects=SECOND, attendance_percent="96")
    with council.by("vera").begin(writing=False) as work:
        review = work.session.scalar(select(Case.id).where(Case.previous_id == case_id))
    return case_id, review


def judge(council):
    asked = task_form(council.by("tara"), council.task("tara", "judge_progress"))
    rows = next(kept.value for kept in asked.kept.values() if kept.path == "targets[]")
    council.do("tara", "judge_progress", likely_to_meet="unsure", all_on_track="no", targets=[
        {**row, "target_judgement": judgement, "target_evidence": evidence, "target_likely": likely}
        for row, (judgement, evidence, likely) in zip(rows, JUDGED, strict=True)
    ])


def of(council, name):
    return council.sign_in(name).visitor.open(f"/cases/{council.case_id}").follow(
        "Progress over time")


def until(council, step):
    """Everyone does what is open, but signs nothing; the statutory review apart."""
    for _ in range(20):
        for name in ("tara", "wilma", "viktor", "vera"):
            found = my_tasks(council.by(name))
            for row in (*found.mine, *found.queue):
                if row.task.element == step:
                    return
                if not row.task.element.startswith("sign_off"):
                    council.do(name, row.task.element)
    raise AssertionError(step)


def table(page, caption):
    """What each row says, below a caption."""
    [found] = page.tree.xpath(f"//table[caption='{caption}']")
    return [[" ".join(" ".join(cell.itertext()).split()) for cell in row]
            for row in found.xpath("./tbody/tr")]


def test_the_first_plan_begins_every_series(first_plan):
    page = of(first_plan, "tara")

    assert page.heading == "Progress over time"
    assert "0 of 2 targets are achieved or likely to be met." in page.text
    assert page.text.count("Not judged yet") == 2
    assert "Read a chapter <b>a week" in page.text
    assert [row[1] for row in table(page, "Attendance by day")] == ["91.5%"]
    assert not page.tree.xpath("//svg"), "one point is no line"
    assert [row[1:] for row in table(page, "English")] == [["Year 3", "Year 5"]]


def test_the_review_goes_on_with_them_and_says_what_was_taken_over_once(reviewed):
    page = of(reviewed, "tara")

    attendance = table(page, "Attendance by day")
    assert [row[1] for row in attendance] == ["91.5%", "96%"]
    assert attendance[0][0] == "Wed 25 Mar 2026 Version 1, Tara Copley"
    assert "20 Jun 2026" in attendance[1][0]
    assert [row[1] for row in table(page, "english")] == ["Year 3", "Year 4"], (
        "the same subject, however it is typed")
    assert [row[1] for row in table(page, "Maths")] == ["Year 4"]


def test_attendance_is_drawn_and_the_drawing_says_the_same_in_words(reviewed):
    page = of(reviewed, "tara")

    [line] = page.tree.xpath("//svg")
    assert line.get("role") == "img"
    said = [line.xpath(f"string(.//*[@id='{each}'])") for each in
            line.get("aria-labelledby").split()]
    assert said == ["Attendance over time",
                    "91.5% on 25 March 2026; 96% on 20 June 2026"]
    assert len(line.xpath(".//circle")) == 2
    assert line.xpath(".//polyline/@points")[0].split() == ["0.0,8.5", "300.0,4.0"]


def test_each_target_has_its_judgements_and_whether_it_is_likely_to_be_met(reviewed):
    before = of(reviewed, "tara")
    assert before.text.count("Not judged yet") == 2
    judge(reviewed)

    page = of(reviewed, "tara")

    assert "1 of 2 targets are achieved or likely to be met." in page.text
    tags = [tag.text for tag in page.tree.xpath("//main//strong[contains(@class, 'govuk-tag')]")]
    assert tags == ["Not sure", "Likely", "Unlikely"]
    rows = [row[1:] for row in table_rows(page)]
    assert rows == [["On track Two chapters a week", "Likely"],
                    ["Not on track Only to 6", "Unlikely"]]


def table_rows(page):
    return [
        [" ".join(" ".join(cell.itertext()).split()) for cell in row]
        for row in page.tree.xpath("//table[caption='Judgements of this target']/tbody/tr")
    ]


def test_a_target_that_the_new_plan_leaves_out_stands_with_the_earlier_ones(reviewed):
    judge(reviewed)
    until(reviewed, "revise_targets")
    asked = task_form(reviewed.by("tara"), reviewed.task("tara", "revise_targets"))
    rows = next(kept.value for kept in asked.kept.values() if kept.path == "targets[]")
    reviewed.do("tara", "revise_targets", targets=[
        rows[0], {**TARGETS[1], "target_text": "Know how to divide by 12"}])

    page = of(reviewed, "tara")

    earlier = page.tree.xpath("//details[contains(., 'Targets of earlier plans (1)')]")[0]
    assert "Know all times tables to 12" in earlier.text_content()
    assert "Know how to divide by 12" not in earlier.text_content()


def test_whoever_may_see_the_plan_sees_it_and_a_look_is_audited(first_plan):
    council = first_plan
    address = of(council, "rob").address
    for name in ("wilma", "tara", "rob", "mona", "vera"):
        assert council.sign_in(name).visitor.open(address).status == 200, name
    for name in ("sven", "max", "olga"):
        assert council.sign_in(name).visitor.open(address).status == 404, name
    with council.by("vera").begin(writing=False) as work:
        seen = work.session.scalars(select(Audit).where(
            Audit.action == "see_plan", Audit.actor_id == council.people["rob"])).all()
        assert seen
    council.end("tara", "designated_teacher")
    assert council.sign_in("tara").visitor.open(address).status == 404


def test_the_plan_leads_there_and_a_child_without_a_plan_has_empty_series(council):
    case_id = council.start_case()
    page = council.sign_in("wilma").visitor.open(f"/cases/{case_id}").follow("Progress over time")

    assert "The plan has no targets that you can see yet." in page.text
    assert "No plan has an attendance" in page.text
    council.do("wilma", "initiate_pep")
    plan = page.visitor.open(f"/cases/{case_id}").follow("Read the plan")
    assert plan.follow("Progress over time").heading == "Progress over time"


def add(council, name, link, answers):
    return of(council, name).follow(link).fill(answers).press("Add")


def test_the_teacher_adds_an_attendance_at_any_time(first_plan):
    council = first_plan
    council.clock.move_to(datetime(2026, 4, 30, 9, tzinfo=UTC))

    page = add(council, "tara", "Add an attendance",
               {"What is the attendance?": "94.5", "Up to which day?": ["24", "4", "2026"]})

    assert "Added. The next review shows it" in page.whole
    assert [row[1] for row in table(page, "Attendance by day")] == ["91.5%", "94.5%"]
    assert table(page, "Attendance by day")[1][0] == "Fri 24 Apr 2026 Added by Tara Copley"
    story = council.sign_in("rob").visitor.open(f"/cases/{council.case_id}")
    assert "An attendance was added beside the plan's own questions." in story.text
    plan = story.follow("Read the plan")
    assert "data" not in plan.text.lower(), "the plan itself does not show it"


def test_a_level_and_a_judgement_stand_beside_the_questions_of_the_next_review(first_plan):
    council = first_plan
    council.do("rob", "hold_first_review")
    council.clock.move_to(datetime(2026, 5, 4, 9, tzinfo=UTC))
    add(council, "vera", "Add a level in a subject", {
        "Which subject?": "maths", "Where is the child now?": "Year 4, secure",
        "What is expected by now?": "Year 5", "When was it assessed?": ["1", "5", "2026"]})
    page = add(council, "tara", "Judge a target", {
        "Which target?": "Know all times tables to 12", "Is it on track?": "On track",
        "What shows this?": "Knows up to 9", "Is the young person likely to meet it?": "Likely",
        "When was it judged?": ["4", "5", "2026"]})
    assert "1 of 2 targets are achieved or likely to be met." in page.text
    assert [row[1] for row in table(page, "maths")] == ["Year 4", "Year 4, secure"]
    council.clock.move_to(datetime(2026, 6, 20, 9, tzinfo=UTC))
    Embedded(council.installation, lambda message: None).one_round()
    council.do("rob", "confirm_review_date")

    collecting = council.open_task("tara", "collect_progress").text
    assert "Year 4, secure" not in council.sign_in("max").visitor.open(
        f"/tasks/{council.task('tara', 'collect_progress')}").text, "a manager reads no plan"
    council.do("tara", "collect_progress")
    judging = council.open_task("tara", "judge_progress").text

    assert "maths, 1 May 2026Year 4, secure. Expected: Year 5. Vera Dunnock" in collecting
    assert "Know all times tables to 12, 4 May 2026On track. Knows up to 9" in judging
    page = of(council, "tara")
    assert [row[1] for row in table(page, "Maths")][:2] == ["Year 4", "Year 4, secure"]
    assert len(table_rows(page)) == 1, "it is not carried into the next plan"


@pytest.mark.parametrize(("percent", "day", "sentence"), [
    ("", "24 4 2026", "Enter the attendance"),
    ("101", "24 4 2026", "The attendance must be a number from 0 to 100"),
    ("often", "24 4 2026", "The attendance must be a number from 0 to 100"),
    ("90", "", "Enter the day"),
    ("90", "1 5 2027", "This day is in the future. Enter today or a day before"),
    ("90", "1 5 1999", "The child was not born yet on this day. Enter a later one"),
])
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(first_plan, percent, day, sentence):
    page = add(first_plan, "tara", "Add an attendance", {
        "What is the attendance?": percent, "Up to which day?": day.split() or ["", "", ""]})

    assert page.status == 422
    assert sentence in page.errors.values()
    assert page.value("What is the attendance?") == percent
    assert len(table(of(first_plan, "tara"), "Attendance by day")) == 1


def test_only_the_teacher_and_the_virtual_school_add_and_the_same_press_adds_once(first_plan):
    council = first_plan
    for name in ("wilma", "rob", "mona"):
        page = of(council, name)
        assert "Add an attendance" not in page.links
        assert page.visitor.open(f"{page.address}/attendance").status == 404
    form = of(council, "tara").follow("Add an attendance").fill(
        {"What is the attendance?": "94", "Up to which day?": ["25", "3", "2026"]})
    form.press("Add")
    again = form.press("Add")

    assert len(table(again, "Attendance by day")) == 2
    with council.by("vera").begin(writing=False) as work:
        [added] = work.session.scalars(select(Audit).where(
            Audit.action == "add_data_point", Audit.about.startswith("data_points.attendance.")))
    assert added.actor_id == council.people["tara"]
    assert again.visitor.open(f"{of(council, 'tara').address}/nonsense").status == 404


def test_the_same_attendance_said_anew_is_another(first_plan):
    for name in ("tara", "vera"):
        page = add(first_plan, name, "Add an attendance",
                   {"What is the attendance?": "94", "Up to which day?": ["25", "3", "2026"]})

    assert len(table(page, "Attendance by day")) == 3


def test_no_program_adds_for_whoever_may_not(first_plan):
    council = first_plan
    child_id = case_resource(council.by("vera"), council.case_id).child_id
    for name in ("wilma", "rob", "mona", "max"):
        with pytest.raises(NotFound):
            add_data_point(council.by(name), child_id, "attendance",
                           {"percent": "94", "on": "2026-03-25"}, "a form")


def test_no_target_is_judged_before_one_is_set(council):
    council.case_id = council.gathering()
    page = of(council, "tara")

    assert "Add an attendance" in page.links
    assert "Judge a target" not in page.links
    assert page.visitor.open(f"{page.address}/judgement").status == 404


def test_nothing_is_added_once_the_child_has_left_care(first_plan):
    council = first_plan
    form = of(council, "vera").follow("Add an attendance").fill(
        {"What is the attendance?": "94", "Up to which day?": ["25", "3", "2026"]})
    cease_to_be_looked_after(council.by("vera"), council.case_id, on=council.clock.now().date(),
                             outcome="home", reason="Home again")

    assert "This child has left care." in form.press("Add").text
    page = of(council, "vera")
    assert "Add an attendance" not in page.links
    assert len(table(page, "Attendance by day")) == 1


def test_what_a_signed_review_left_as_it_stood_was_said_again_and_an_open_one_has_not(first_plan):
    council = first_plan
    council.do("rob", "hold_first_review")
    council.clock.move_to(datetime(2026, 6, 20, 9, tzinfo=UTC))
    Embedded(council.installation, lambda message: None).one_round()
    council.do("rob", "confirm_review_date")
    council.do("tara", "collect_progress", subjects=FIRST, attendance_percent="91.5")
    judge(council)
    assert len(table(of(council, "tara"), "Attendance by day")) == 1

    until(council, "sign_off_social_worker")
    council.both_sign()

    rows = table(of(council, "tara"), "Attendance by day")
    assert [row[1] for row in rows] == ["91.5%", "91.5%"]
    assert rows[1][0].startswith("Sat 20 Jun 2026 Version ")


def test_a_target_that_is_achieved_says_so_and_counts(first_plan):
    page = add(first_plan, "tara", "Judge a target", {
        "Which target?": "Know all times tables to 12", "Is it on track?": "Achieved",
        "What shows this?": "50 of 50", "Is the young person likely to meet it?": "Unlikely",
        "When was it judged?": ["25", "3", "2026"]})

    assert "1 of 2 targets are achieved or likely to be met." in page.text
    tags = [tag.text for tag in page.tree.xpath("//main//strong[contains(@class, 'govuk-tag')]")]
    assert tags == ["Not judged yet", "Achieved"]


def test_the_page_reads_in_one_transaction_as_much_for_many_plans_as_for_one(first_plan):
    council = first_plan
    address = of(council, "tara").address
    few = statements_of(council, address)
    council.do("rob", "hold_first_review")
    with council.by("vera").begin(writing=False) as work:
        assert len(work.session.scalars(select(RecordVersion)).all()) == 2

    assert statements_of(council, address) == few <= MOST


MOST = 18


def statements_of(council, address):
    """What a second look a minute later reads."""
    client = council.sign_in("tara").visitor.client
    client.get(address)
    council.clock.move_on(timedelta(minutes=1))
    sent = []

    def note(_connection, _cursor, statement, *_more):
        sent.append(statement)

    engine = council.installation.database.engine
    event.listen(engine, "before_cursor_execute", note)
    assert client.get(address).status_code == 200
    event.remove(engine, "before_cursor_execute", note)
    return len([each for each in sent if each.startswith("SELECT")])
