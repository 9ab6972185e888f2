"""A case comes to a decision table: through the verbs that people use, on both stores."""

import pytest
from diagrams import diagram, flow, form, radio, user_task
from plain_domain import ANN, CHILD
from publishing import publish
from tables import table

from engine.cases import open_case, retry_incident
from engine.errors import DiagramRefused
from engine.releases import load_folder
from engine.store.models import Case

RULES = (('"none"', "-", "1"), ('"a", "b"', "true", "2"), ('"a", "b"', "false", "6"))


def visits(*rules, policy="UNIQUE", condition="weeks &lt; 3"):
    body = (
        '<bpmn:startEvent id="begun"/>' + user_task("write", "write", due="P2D")
        + '<bpmn:businessRuleTask id="decide" name="How often?" pepway:decision="how-often"/>'
        + '<bpmn:exclusiveGateway id="soon" default="soon_to_later"/>'
        + user_task("visit", "visit", due="P2D") + user_task("later", "later", due="P9D")
        + '<bpmn:endEvent id="done"/>'
        + flow("begun", "write") + flow("write", "decide") + flow("decide", "soon")
        + flow("soon", "visit", condition) + flow("soon", "later")
        + flow("visit", "write") + flow("later", "done")
    )
    lanes = {"social_worker": ["begun", "write", "decide", "soon", "visit", "later", "done"]}
    return {
        "visits.bpmn": diagram("visits", lanes, body),
        "how-often.dmn": table(["school", "signed"], ["weeks"], *rules, policy=policy),
        "write.form": form("write", radio("school", "a", "b", "none")),
        "visit.form": form("visit"),
        "later.form": form("later"),
    }


@pytest.fixture
def visiting(council):
    """A case whose first answers lead to the table."""
    def begin(*rules, **options):
        release = load_folder(council.by(ANN), "visits", visits(*rules, **options))
        assert release.state == "live"
        council.domain.facts_now["signed"] = True
        return council.case(open_case(council.by(ANN), "visits", CHILD))

    return begin


def incident(case):
    with case.by(ANN).begin(writing=False) as work:
        return work.session.get_one(Case, case.id).incident


def test_the_answers_and_facts_of_a_case_decide_its_way(council, visiting):
    case = visiting(*RULES)
    case.complete("write", ANN, school="a")
    assert case.open() == {"visit"}

    council.domain.facts_now["signed"] = False
    case.complete("visit", ANN)
    case.complete("write", ANN, school="a")
    assert case.open() == {"later"}
    case.complete("later", ANN)
    assert case.status() == "ended"
    assert "decide" in case.events("path_taken")[1].data["passed"]


def test_a_fact_without_a_value_is_an_incident_and_no_answer_is_lost(council, visiting):
    case = visiting(*RULES)
    del council.domain.facts_now["signed"]
    case.complete("write", ANN, school="none")

    assert case.status() == "incident"
    assert incident(case)["element"] == "decide"
    assert incident(case)["message"] == (
        "The decision “How often” needs signed, which has no value yet."
    )
    council.domain.facts_now["signed"] = True
    assert retry_incident(council.by(ANN), case.id)
    assert case.open() == {"visit"}


def test_what_a_table_no_longer_gives_is_gone(visiting):
    case = visiting(*RULES[:1], condition='known("weeks")')
    case.complete("write", ANN, school="none")
    case.complete("visit", ANN)
    case.complete("write", ANN, school="a")

    assert case.open() == {"later"}


def test_rules_that_contradict_each_other_do_not_go_live(council):
    with pytest.raises(DiagramRefused) as refused:
        publish(council, "visits", visits(*RULES, ('"a"', "true", "3")))
    assert {finding.rule for finding in refused.value.findings} == {"decision-overlap"}


def test_an_output_with_a_gap_does_not_go_live_where_an_arrow_relies_on_it(council):
    with pytest.raises(DiagramRefused) as refused:
        publish(council, "visits", visits(*RULES[:2]))

    assert {finding.rule for finding in refused.value.findings} == {"name-uncertain"}
