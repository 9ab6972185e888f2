"""What is left of a plan, where and by whom; and what is said about a section."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from engine.background import Embedded
from engine.store.models import Audit, Case, Event
from workflows.pep.plan import RecordValue, version_for
from workflows.resources import case_resource
from workflows.section_comments import LONGEST, SectionComment
from workflows.still_true import save_and_confirm


def at(council, name, case_id):
    return council.sign_in(name).visitor.open(f"/cases/{case_id}/sections")


def listed(page):
    """By the title of each section, what the list says of it: hint and status."""
    rows = page.tree.xpath("//li[contains(@class, 'govuk-task-list__item')]")
    found = {}
    for row in rows:
        title, *rest = [" ".join(part.split()) for part in row.itertext() if part.strip()]
        found[title] = " / ".join(rest)
    return found


def gaps(page, section):
    """Address by question of what can be filled in, in a section; no address: by others."""
    area = page.tree.xpath(f"//section[@aria-labelledby='{section}']")[0]
    return {
        "".join(item.xpath("./a//text()") or item.xpath("./text()")).strip():
            (item.xpath("./a/@href") or [""])[0]
        for item in area.xpath(".//ul[contains(@class, 'govuk-list--bullet')]/li")
    }


@pytest.mark.both_stores
def test_everyone_sees_how_far_each_section_is_and_who_has_it(council):
    case_id = council.gathering()

    page = at(council, "tara", case_id)

    rows = listed(page)
    assert len(rows) == 16
    assert "0 of 16 ready" in page.text
    assert rows["Needs and strengths"] == (
        "Tara Copley, designated teacher. 0 of 6 answered, 6 yours to give / Not started")
    assert rows["Targets"].startswith("Later: designated teacher. 0 of 3")
    assert rows["Education so far"].startswith(
        "Wilma Ashdown, social worker; Tara Copley, designated teacher")
    task = council.task("tara", "complete_education_sections")
    for way in (f"/cases/{case_id}", f"/tasks/{task}"):
        assert "Sections of the plan" in page.visitor.open(way).links, way


def test_a_gap_leads_whoever_may_fill_it_to_its_box_and_others_nowhere(council):
    case_id = council.gathering()
    task = council.task("tara", "complete_education_sections")

    tara, wilma = at(council, "tara", case_id), at(council, "wilma", case_id)

    mine = gaps(tara, "needs")
    assert "What are they good at?" in mine
    for question, address in mine.items():
        box = urlsplit(address)
        assert box.path == f"/tasks/{task}"
        form = tara.visitor.open(box.path)
        assert form.tree.get_element_by_id(box.fragment) is not None, question
    assert set(gaps(wilma, "needs")) == set(mine)
    assert not any(gaps(wilma, "needs").values())
    assert "Tara Copley, designated teacher can fill in" in wilma.section("Needs and strengths")


@pytest.mark.both_stores
def test_what_is_typed_counts_at_once_for_everyone_and_several_fill_in_at_the_same_time(council):
    case_id = council.gathering()
    tara = council.open_task("tara", "complete_education_sections")
    wilma = council.open_task("wilma", "complete_social_work_sections")
    tara.fill({"What does the child need in skills?": "To read longer texts",
               "What are they good at?": "Drawing"}).press("Save and come back later")
    wilma.fill({"Is a change planned?": ["No change is planned"]}).press("Save and come back later")

    rows = listed(at(council, "rob", case_id))

    assert "2 of 6 answered / In progress" in rows["Needs and strengths"]
    assert "1 of 1 answered / Ready" in rows["Planned changes"]
    assert "What are they good at?" not in gaps(at(council, "tara", case_id), "needs")
    assert "has not been sent yet: Wilma Ashdown" in at(council, "rob", case_id).section(
        "Planned changes")


def test_a_wrong_answer_is_a_gap_that_says_what_to_do(council):
    case_id = council.gathering()
    form = council.open_task("tara", "complete_education_sections")
    form.fill({"What is the attendance this term?": "often"}).press("Save and come back later")

    page = at(council, "tara", case_id)

    assert "What is the attendance this term?" in gaps(page, "attainment")
    assert "must be a number" in page.section("Attainment").lower()


def test_a_plan_that_was_sent_back_shows_where_and_why_until_it_is_mended(council):
    case_id = council.to_signatures()
    assert " / Ready" in listed(at(council, "tara", case_id))["Targets"]
    council.both_sign()
    council.do("viktor", "assure_quality", quality_rating="red", quality_of_targets="red",
               quality_reason_targets="The targets have no dates", return_reasons="See below")

    page = at(council, "tara", case_id)
    rows = listed(page)

    for title in ("Targets", "Signatures and quality"):
        assert " / Returned" in rows[title], title
    for title in ("Interventions", "Planned actions", "Needs and strengths"):
        assert " / Ready" in rows[title], title
    assert "The targets have no dates" in page.section("Targets")
    council.do("tara", "correct_targets_and_actions")
    rows = listed(at(council, "tara", case_id))
    assert " / Ready" in rows["Targets"]
    assert " / Returned" in rows["Signatures and quality"]
    council.both_sign()
    assert "Returned" not in str(listed(at(council, "tara", case_id)))


def returned_with(council, **judged):
    case_id = council.to_signatures()
    council.both_sign()
    council.do("viktor", "assure_quality", quality_rating="red", return_reasons="See below",
               **judged)
    return case_id


def pointed_at(page):
    """Section by section: the questions that the reasons of a return lead to, each with its box."""
    return page.tree.xpath("//dl[contains(@class, 'pepway-returned')]//a/@href")


def test_what_was_red_goes_back_to_its_writer_with_the_reason_and_a_way_to_its_questions(council):
    case_id = returned_with(
        council, quality_of_changes="red", quality_reason_changes="When does the child move?",
        quality_of_actions="amber", quality_reason_actions="Two have no milestones",
    )

    form = council.open_task("wilma", "correct_social_work_sections")

    assert "Why: See below" in form.text
    assert "Red Planned changes When does the child move?" in form.text
    assert "Two have no milestones" not in form.text, "that is not hers to write"
    boxes = [each.removeprefix("#") for each in pointed_at(form)]
    assert "changes_planned" in boxes
    assert all(form.tree.get_element_by_id(each) is not None for each in boxes)
    assert not {"leisure_interests", "institutions_found"} & set(boxes)
    open_now = council.sign_in("tara").visitor.open(f"/cases/{case_id}").section("Now")
    assert "Correct social work sections" in open_now
    assert "Correct education" not in open_now
    assert "Correct targets" not in open_now
    rows = listed(at(council, "tara", case_id))
    assert " / Returned" in rows["Planned changes"]
    assert " / Ready" in rows["Planned actions"]

    council.do("wilma", "correct_social_work_sections")
    assert " / Ready" in listed(at(council, "tara", case_id))["Planned changes"]
    signing = council.open_task("tara", "sign_off_teacher").text
    assert "When does the child move?" in signing
    assert "Two have no milestones" in signing
    council.both_sign()
    assert council.task("viktor", "assure_quality")


def test_each_part_that_was_red_is_done_again_at_the_same_time(council):
    returned_with(council, quality_of_needs="red", quality_reason_needs="Of last year",
                  quality_of_identity="red", quality_reason_identity="No interpreter named")

    assert "Of last year" in council.open_task("tara", "correct_education_sections").text
    assert "Of last year" not in council.open_task("wilma", "correct_social_work_sections").text
    council.do("tara", "correct_education_sections")
    with pytest.raises(StopIteration):
        council.task("tara", "sign_off_teacher")
    council.do("wilma", "correct_social_work_sections")
    council.both_sign()


def test_where_only_amber_is_named_the_amber_sections_are_what_was_returned(council):
    returned_with(council, quality_of_support="amber",
                  quality_reason_support="Who gives the help?")

    form = council.open_task("tara", "correct_education_sections")

    assert "Amber Additional support and mental health Who gives the help?" in form.text
    assert pointed_at(form)


def to_the_next_review(council):
    case_id = council.to_signatures()
    council.both_sign()
    council.do("viktor", "assure_quality", quality_rating="green")
    council.do("rob", "hold_first_review")
    council.clock.move_to(datetime(2026, 6, 20, 9, tzinfo=UTC))
    Embedded(council.installation, lambda message: None).one_round()
    council.do("rob", "confirm_review_date")
    with council.by("vera").begin(writing=False) as work:
        return work.session.scalar(select(Case.id).where(Case.previous_id == case_id))


def test_what_the_plan_before_said_counts_once_it_is_sent_again(council):
    review = to_the_next_review(council)

    page = at(council, "tara", review)

    assert "From the plan before, 25 March 2026. Is it still true?" in page.section("Needs and")
    assert "0 of 6 answered" in listed(page)["Needs and strengths"]
    form = council.open_task("tara", "collect_progress")
    assert "From the plan before, 25 March 2026. Is it still true?" in form.text
    council.do("tara", "collect_progress")
    after = at(council, "tara", review)
    assert "6 of 6 answered / Ready" in listed(after)["Needs and strengths"]


def posted(page):
    """What the task's form would send as it stands."""
    return list(page.tree.xpath("//form[@data-autosave]")[0].form_values())


GOOD_AT = "What are they good at?"


def test_one_answer_of_the_plan_before_is_still_true_and_counts_at_once(council):
    review = to_the_next_review(council)
    form = council.open_task("tara", "collect_progress")
    before = form.value(GOOD_AT)

    form.fill({f"Still true: {GOOD_AT}": True}).press("Save and come back later")

    page = at(council, "wilma", review)
    assert "1 of 6 answered / In progress" in listed(page)["Needs and strengths"]
    assert GOOD_AT not in gaps(page, "needs")
    again = council.open_task("tara", "collect_progress")
    assert again.value(GOOD_AT) == before
    assert f"Still true: {GOOD_AT}" not in again.labels
    assert "Still true: What does the child need in skills?" in again.labels


def test_all_of_a_part_is_still_true_with_one_press_and_no_other_part(council):
    review = to_the_next_review(council)
    form = council.open_task("tara", "collect_progress")
    skills = "What does the child need in skills?"

    form = form.fill({skills: "To plan an essay"}).press("All of these are still true: Needs and")

    assert form.status == 200
    rows = listed(at(council, "tara", review))
    assert "6 of 6 answered / Ready" in rows["Needs and strengths"]
    assert form.value(skills) == "To plan an essay"
    assert form.value(GOOD_AT)
    assert " / Ready" not in rows["Education now"]
    assert "All of these are still true: Needs and strengths" not in form.whole
    assert "All of these are still true: Education now" in form.text


def test_a_tick_is_kept_by_itself_as_what_is_typed_is(council):
    review = to_the_next_review(council)
    form = council.open_task("tara", "collect_progress")
    task = council.task("tara", "collect_progress")
    fields = dict(posted(form))
    sent = {name: fields[name] for name in ("csrf_token", "seen-strengths", "strengths")}

    kept = form.visitor.client.post(f"/tasks/{task}/draft",
                                    data={**sent, "still-true": "strengths"})

    assert kept.json["message"] == "Saved"
    assert kept.json["seen"]["strengths"] == int(fields["seen-strengths"]) + 1
    assert "1 of 6 answered" in listed(at(council, "rob", review))["Needs and strengths"]


def test_an_answer_that_was_changed_is_an_answer_of_today_with_or_without_a_tick(council):
    review = to_the_next_review(council)
    form = council.open_task("tara", "collect_progress")

    form.fill({GOOD_AT: "Chess", f"Still true: {GOOD_AT}": True}).press("Save and come back later")

    again = council.open_task("tara", "collect_progress")
    assert again.value(GOOD_AT) == "Chess"
    assert "1 of 6 answered" in listed(at(council, "tara", review))["Needs and strengths"]


@pytest.mark.both_stores
def test_nobody_confirms_what_they_may_not_see_or_are_not_asked(council):
    """The tick is a name in a form that anyone can send."""
    review = to_the_next_review(council)
    form = council.open_task("tara", "collect_progress")
    fields = posted(form)
    task = council.task("tara", "collect_progress")

    for key in ("placement_type", "leisure_interests", "no_such_question", "early_areas"):
        form.visitor.send(f"/tasks/{task}", [*fields, ("do", "save"), ("still-true", key)])

    assert confirmed_today(council, review) == set()


@pytest.mark.both_stores
def test_nobody_confirms_an_answer_in_a_class_that_is_not_for_them(council):
    review = to_the_next_review(council)
    council.end("tara", "designated_teacher")
    cover, task = council.by("viktor"), council.task("viktor", "collect_progress")

    def confirm(sees):
        save_and_confirm(cover, task, {}, {}, ["strengths"], lambda _field_class: sees)
        return confirmed_today(council, review, "viktor")

    assert confirm(sees=False) == set()
    assert confirm(sees=True) == {"needs.strengths"}


def confirmed_today(council, case_id, by="tara"):
    """Places whose value carries the day of the review and not that of the plan before."""
    with council.by("vera").begin(writing=False) as work:
        case = work.session.get_one(Case, case_id)
        version = version_for(work.session, case)
        rows = work.session.scalars(
            select(RecordValue).where(RecordValue.version_id == version.id))
        return {row.path for row in rows
                if row.at.month == 6 and row.by == council.people[by]}


@pytest.mark.both_stores
def test_nothing_is_counted_or_named_that_the_reader_may_not_see(council):
    case_id = council.gathering()
    hidden = "Could you find out how education was disrupted before care?"
    wilma, tara = at(council, "wilma", case_id), at(council, "tara", case_id)

    assert hidden in gaps(wilma, "chronology")
    assert hidden not in tara.whole
    before = listed(tara)["Education so far"]
    form = council.open_task("wilma", "complete_social_work_sections")
    form.fill({hidden: "No"}).press("Save and come back later")
    assert listed(at(council, "tara", case_id))["Education so far"] == before
    assert listed(at(council, "wilma", case_id))["Education so far"] != before


def test_the_way_to_the_sections_is_in_the_plan_as_well_and_not_for_others(council):
    case_id = council.gathering()
    child_id = case_resource(council.by("vera"), case_id).child_id

    plan = council.sign_in("rob").visitor.open(f"/children/{child_id}/plan")

    assert listed(plan.follow("Sections of the plan:"))
    assert at(council, "sven", case_id).status == 404
    assert at(council, "max", case_id).status == 404
    assert "Sections of the plan" not in council.sign_in("max").visitor.open(
        f"/cases/{case_id}").whole


def say(page, section, text):
    form = page.tree.xpath(f"//form[contains(@action, '/sections/{section}/comments')]")[0]
    fields = dict(form.form_values()) | {"text": text}
    return page.visitor.send(form.get("action"), list(fields.items()))


def kept(council):
    with council.by("vera").begin(writing=False) as work:
        return work.session.scalar(select(func.count()).select_from(SectionComment))


@pytest.mark.both_stores
def test_school_and_council_talk_about_a_section_where_both_see_it(council):
    case_id = council.gathering()
    child_id = case_resource(council.by("vera"), case_id).child_id

    said = say(at(council, "wilma", case_id), "needs", "Is <b>the</b> reading age “6”?\nPlease add")
    council.clock.move_on(timedelta(minutes=1))
    say(at(council, "tara", case_id), "needs", "It is. I have added it.")

    assert "Your comment is there." in said.whole
    text = at(council, "rob", case_id).section("Needs and strengths")
    assert text.index("Is <b>the</b> reading age “6”?") < text.index("It is. I have added it.")
    assert "Wilma Ashdown, 25 March 2026 at 9:00am" in text
    council.do("tara", "complete_education_sections")
    plan = council.sign_in("tara").visitor.open(f"/children/{child_id}/plan")
    assert "It is. I have added it." in plan.section("Needs and strengths")
    story = council.sign_in("rob").visitor.open(f"/cases/{case_id}").section("What happened")
    assert "A comment was made on “Needs and strengths”." in story
    with council.by("vera").begin(writing=False) as work:
        noted = work.session.scalars(select(Event).where(Event.kind == "section_commented")).all()
        assert all(set(row.data) == {"section"} for row in noted), "no words"
        audited = select(Audit.actor_id).where(Audit.action == "comment_on_section",
                                               Audit.about.startswith("comment:"))
        assert set(work.session.scalars(audited)) == {council.people["wilma"],
                                                      council.people["tara"]}


@pytest.mark.parametrize(("text", "told"), [
    ("  \u200b ", "Enter a comment"),
    ("x" * 5_000, f"A comment has at most {LONGEST:,} characters. Yours has 5,000"),
    ("a\x07b", "The comment holds a character that cannot be shown. Type it again instead of "
     "pasting it"),
])
def test_a_comment_that_cannot_be_kept_says_why_and_is_not_lost(council, text, told):
    case_id = council.gathering()

    back = say(at(council, "tara", case_id), "views", text)

    assert back.status == 422
    assert back.errors == {"comment-views": told}
    assert kept(council) == 0
    if text.strip("x") == "":
        assert back.value("Your comment on In their own words").strip() == text


@pytest.mark.both_stores
def test_the_same_press_twice_is_one_comment_and_nobody_elses_form_is_used(council):
    case_id = council.gathering()
    page = at(council, "tara", case_id)
    form = page.tree.xpath("//form[contains(@action, '/sections/needs/comments')]")[0]
    fields = [*(dict(form.form_values()) | {"text": "Once"}).items()]

    for _ in range(2):
        assert "Your comment is there." in page.visitor.send(form.get("action"), fields).whole

    assert kept(council) == 1
    wilma = at(council, "wilma", case_id)
    stolen = dict(fields) | {"csrf_token": wilma.token}
    assert "used for something else" in wilma.visitor.send(
        form.get("action"), [*stolen.items()]).whole
    odd = dict(stolen) | {"comment": "x"}
    assert "Open the page again" in wilma.visitor.send(form.get("action"), [*odd.items()]).whole
    nowhere = f"/cases/{case_id}/sections/nowhere/comments"
    sent = dict(stolen) | {"comment": str(uuid4())}
    assert wilma.visitor.send(nowhere, [*sent.items()]).status == 404
    assert kept(council) == 1
