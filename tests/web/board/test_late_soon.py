"""What will be late, on Monday morning: why, on whom it hangs, and from there to the case."""

from datetime import timedelta

from figures_followed import follow_to_the_end


def late_school(council):
    council.gathering()
    for name, step in (("wilma", "complete_social_work_sections"), ("tara", "record_child_views"),
                       ("wilma", "record_carer_view"), ("viktor", "convene_meeting")):
        council.do(name, step)
    council.clock.move_on(timedelta(days=14))


def page_of(council, query=""):
    follow_to_the_end(council.installation)
    return council.sign_in("vera").visitor.open(f"/board/late-soon{query}")


def test_a_plan_that_cannot_be_ready_in_time_is_named_with_the_step_it_hangs_on(council):
    late_school(council)
    page = page_of(council)

    assert "Robin Testerby" in page.text
    assert "Plan prepared within 10 working days" in page.text
    assert "It hangs on: Complete education sections" in page.text
    assert "Not enough history to say what is usual (0 finished, 20 are needed)." in page.text


def test_the_step_can_be_given_to_someone_else_from_there(council):
    late_school(council)

    asked = page_of(council).follow("Give to someone else")

    assert asked.status == 200
    assert "Complete education sections" in asked.text


def test_what_is_due_this_week_and_what_is_late_have_lists_of_their_own(council):
    late_school(council)
    assert "Due this week (1)" in page_of(council).text
    council.clock.move_on(timedelta(days=7))

    page = page_of(council, "?which=late")

    assert "Late now (1)" in page.text
    assert "Robin Testerby" in page.text


def test_the_first_page_of_the_virtual_school_says_it_in_four_numbers(council):
    late_school(council)
    council.clock.move_on(timedelta(days=7))
    follow_to_the_end(council.installation)

    page = council.sign_in("vera")

    assert "1 late now" in page.text
    assert page.follow("1 child without a plan").status == 200


def test_who_has_no_board_has_no_numbers(council):
    late_school(council)
    follow_to_the_end(council.installation)

    assert "late now" not in council.sign_in("wilma").text
