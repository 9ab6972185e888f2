"""How good plans are, as numbers: ratings, the child's own voice, targets, pupil premium plus."""

from datetime import date

from figures_followed import follow_to_the_end
from table_rows import row_of

from workflows.board.quality import quality_page


def signed(council):
    """One plan that both have signed, rated by the virtual school."""
    council.to_signatures()
    council.both_sign()
    council.do("viktor", "assure_quality", quality_rating="green")
    follow_to_the_end(council.installation)


def page_of(council):
    return council.sign_in("vera").visitor.open("/board/quality")


def test_a_signed_plan_counts_with_its_rating_its_voice_and_its_targets(council):
    signed(council)

    page = page_of(council)

    assert "Plans that both signed since April 2025: 1." in page.text
    assert row_of(page, "Mar 2026")[1:6] == ["1", "1", "0", "0", "100 %"]
    assert "100 % of rated plans are green (1 of 1)" in page.text


def test_sections_stand_in_the_plans_order_with_their_share_of_green(council):
    signed(council)
    page = page_of(council)

    [table] = page.tree.xpath("//table[contains(caption, 'Sections')]")
    titles = [" ".join(each.text_content().split()) for each in table.xpath(".//tbody//th")]
    assert titles[:2] == ["The child and the people around them", "Education so far"]
    assert row_of(page, "Education so far")[1:4] == ["1", "0", "0"]


def test_what_pupil_premium_plus_pays_for_is_told_by_purpose_and_effect(council):
    signed(council)

    [*uses] = quality_page(council.by("vera")).uses

    assert all(each.effect == "Not judged yet" for each in uses)
    assert sum(each.uses for each in uses) == len(uses)
    assert row_of(page_of(council), uses[0].purpose)[1:3] == ["Not judged yet", "1"]


def test_a_plan_that_one_has_not_signed_is_not_counted(council):
    council.to_signatures()
    council.do("tara", "sign_off_teacher")
    follow_to_the_end(council.installation)

    assert quality_page(council.by("vera")).whole.plans == 0
    assert "No plan has been signed by both in these months." in page_of(council).text


def test_the_page_is_of_twelve_months(council):
    page = quality_page(council.by("vera"))

    assert next(iter(page.months)) == date(2025, 4, 1)
    assert list(page.months)[-1] == date(2026, 3, 1)
