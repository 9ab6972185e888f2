"""BPMN's rules one by one, as the token game plays them."""

from dataclasses import dataclass, field

from drawing import REPEATS
from walking import (
    arrow,
    choice,
    drawn,
    end,
    parallel,
    path,
    reminder,
    start,
    step,
    wait,
    within,
)

from engine.checker.token_game import (
    begin,
    complete,
    fire,
    net_of,
    open_tasks,
    waiting_timers,
)
from engine.spiff.elements import read_elements
from engine.spiff.xml import read_xml


@dataclass
class Played:
    """One game; `way` is the arrow that every choice takes, `times` how often a step repeats."""

    body: str
    way_taken: str | None = None
    many: int = 1
    performed: list = field(default_factory=list)

    def __post_init__(self):
        elements = read_elements(read_xml(drawn(self.body)["case.bpmn"]))
        self.net = net_of(elements, "case")
        self._rest({begin(self.net, self)})

    def way(self, _gateway, arrows):
        return self.way_taken if self.way_taken in arrows else None

    def did(self, _step):
        """No matter."""

    def times(self, _step):
        return self.many

    def complete(self, *steps):
        for each in steps:
            self._rest(complete(self.net, self.marking, each, self))
        return self

    def fire(self, event):
        self._rest(fire(self.net, self.marking, event, self))
        return self

    @property
    def stands(self):
        return open_tasks(self.net, self.marking), waiting_timers(self.net, self.marking)

    def _rest(self, played):
        [only] = played
        self.marking = only.marking
        self.performed += only.performed


def repeated(task, one_by_one):
    loop = REPEATS.format(one_by_one=one_by_one, times="count")
    return f"{task[:-2]}>{loop}</bpmn:userTask>"


FORK = (
    start() + parallel("fork") + step("a") + step("b") + parallel("join") + step("after") + end()
    + path("begun", "fork", "a", "join", "after", "done") + path("fork", "b", "join")
)


def test_a_join_waits_for_a_token_on_each_arrow():
    game = Played(FORK)
    assert game.stands == (["a", "b"], [])
    assert game.complete("b").stands == (["a"], [])
    assert game.marking.waiting == ("b_to_join",)
    assert game.complete("a").stands == (["after"], [])
    assert game.complete("after").marking.over


def test_what_was_done_in_another_order_rests_the_same():
    assert Played(FORK).complete("a", "b").marking == Played(FORK).complete("b", "a").marking


def test_two_tokens_on_one_arrow_do_not_open_a_join():
    body = (start() + parallel("fork") + step("a") + step("b") + choice("merge") + step("c")
            + parallel("join") + end() + path("begun", "fork", "a", "merge", "join", "done")
            + path("fork", "b", "merge") + path("fork", "c", "join"))
    game = Played(body).complete("a", "b")
    assert game.marking.waiting == ("merge_to_join", "merge_to_join")
    assert game.complete("c").marking.waiting == ("merge_to_join",)
    assert not game.marking.over


def test_a_choice_takes_the_way_that_the_player_says_or_the_default():
    body = (start() + choice("which", "which_to_a") + step("a") + step("b") + end()
            + path("begun", "which", "a", "done") + arrow("which", "b", "signed")
            + path("b", "done"))
    assert Played(body).stands == (["a"], [])
    assert Played(body, way_taken="which_to_b").stands == (["b"], [])


def test_a_reminder_leaves_its_step_open_and_a_deadline_does_not():
    body = (start() + step("a") + reminder("late", "a") + reminder("stop", "a", stops=True)
            + step("explain") + step("instead") + end() + path("begun", "a", "done")
            + path("late", "explain", "done") + path("stop", "instead", "done"))
    game = Played(body)
    assert game.stands == (["a"], ["late", "stop"])
    assert game.fire("late").stands == (["a", "explain"], ["stop"])
    assert game.fire("stop").stands == (["explain", "instead"], [])


def test_a_terminate_end_ends_its_own_process_only():
    inside = (start("s") + parallel("f") + step("x") + step("y") + end("stop", terminate=True)
              + end("e") + path("s", "f", "x", "stop") + path("f", "y", "e"))
    body = (start() + within("sub", inside) + step("after") + end()
            + path("begun", "sub", "after", "done"))
    assert Played(body).complete("x").stands == (["after"], [])


def test_a_timer_between_steps_or_at_the_start():
    body = (start() + wait("w", "P1D", "timeDuration") + step("a") + end()
            + path("begun", "w", "a", "done"))
    assert Played(body).stands == ([], ["w"])
    assert Played(body).fire("w").stands == (["a"], [])
    at_start = body.replace(start(), "").replace("intermediateCatchEvent", "startEvent").replace(
        'sourceRef="begun" targetRef="w"', 'sourceRef="w" targetRef="a"')
    assert Played(at_start).stands == ([], ["w"])


def test_repetitions_at_once_and_one_after_the_other():
    for one_by_one, first in (("false", ["a"] * 3), ("true", ["a"])):
        body = (start() + repeated(step("a"), one_by_one) + step("b") + end()
                + path("begun", "a", "b", "done"))
        game = Played(body, many=3)
        assert game.stands == (first, [])
        assert game.complete("a", "a").stands == (["a"], [])
        assert game.complete("a").stands == (["b"], [])
        assert Played(body, many=0).stands == (["b"], [])


def test_what_the_system_does_is_told_in_order():
    body = (start() + "".join(f'<bpmn:sendTask id="{name}"/>' for name in "xyz") + step("a") + end()
            + path("begun", "x", "y", "a", "z", "done"))
    assert Played(body).performed == ["x", "y"]
    assert Played(body).complete("a").performed == ["x", "y", "z"]


def test_where_two_open_steps_look_alike_either_may_have_been_meant():
    """Of a subprocess that is under way twice, "look" is done in one: which "go" is it now?"""
    inside = (start("s") + parallel("f") + step("go") + step("look") + parallel("j") + end("e")
              + path("s", "f", "go", "j", "e") + path("f", "look", "j"))
    twice = REPEATS.format(one_by_one="false", times="count")
    body = start() + within("sub", twice + inside) + end() + path("begun", "sub", "done")
    game = Played(body, many=2).complete("look")
    after = {played.marking for played in complete(game.net, game.marking, "go", game)}
    assert sorted(open_tasks(game.net, each) for each in after) == [["go", "look"]] * 2
