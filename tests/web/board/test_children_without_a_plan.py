"""Whoever answers for all children sees first which of them have no plan, and why."""

from datetime import timedelta

from figures_followed import follow_to_the_end


def page_of(council, name="vera", query=""):
    follow_to_the_end(council.installation)
    visitor = council.sign_in(name).visitor
    return visitor.open(f"/board/children{query}")


def test_a_first_plan_that_may_be_in_time_is_not_among_the_late(council):
    council.start_case()

    assert "No child is without a plan that should be there." in page_of(council).text
    page = page_of(council, query="?which=in-time")
    assert "Robin Testerby" in page.text
    assert "The first plan is being made. It is due on Fri 10 Apr 2026" in page.text


def test_a_plan_past_its_limit_stands_there_with_who_is_at_it(council):
    council.start_case()
    council.clock.move_on(timedelta(days=20))

    page = page_of(council)

    assert "No plan in force. It was due on Fri 10 Apr 2026" in page.text
    assert "2 working days overdue" in page.text
    assert "Social worker: Wilma Ashdown" in page.text
    assert page.follow("Robin Testerby").status == 200


def test_a_signed_plan_is_in_force_and_the_child_leaves_the_list(council):
    council.to_signatures()
    council.both_sign()

    page = page_of(council)

    assert "1 child is in care. 1 of them has a plan in force" in page.text
    assert "Robin Testerby" not in page.text


def test_who_needs_no_plan_stands_there_with_the_reason(council):
    council.start_case(born_on="2024-05-04")

    page = page_of(council, query="?which=needs-none")

    assert "Younger than three. A plan is needed from Tue 4 May 2027" in page.text


def test_before_anything_was_counted_the_page_says_so(council):
    council.start_case()
    visitor = council.sign_in("vera").visitor

    assert "Pepway has not counted yet" in visitor.open("/board/children").text


def test_one_page_holds_so_many_and_leads_on(council, monkeypatch):
    monkeypatch.setattr("workflows.board.without_a_plan.PAGE", 2)
    for name in ("One", "Two", "Three"):
        council.start_case(family_name=name)

    first = page_of(council, query="?which=in-time")
    second = first.follow("Next page")

    named = [len(page.tree.xpath("//h2[@class='pepway-tasks__name']")) for page in (first, second)]
    assert named == [2, 1]
