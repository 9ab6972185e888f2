"""Finding a guide or a word of the glossary by what somebody types.

A word finds what begins with it, or, where nothing does, what is written nearly so; a very short
one only itself. Words that many texts have count for little, so that a whole question may be typed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from web.help.glossary import Term, glossary
from web.help.guides import Guide, guides
from web.layout.markdown import tokens_of
from workflows.finding import words_of
from workflows.school_names import SHORTEST_BEGINNING, parts_of

MOST_FOUND = 6
"""Of guides, and of words of the glossary."""
WORTH_SHOWING = 0.2
"""Of the points of what fits best; what has less only shares a small word with the question."""
NEARLY = 0.8
IN_TITLE, IN_SUMMARY, IN_TEXT = 8, 4, 1
"""How much a word counts by where it stands."""
Found = Guide | Term


@dataclass(frozen=True, slots=True)
class Index:
    texts: Sequence[Found]
    weights: Mapping[str, Mapping[int, int]]
    """Of each word, how much it counts in which of the texts."""


def search(words: str, roles: AbstractSet[str]) -> tuple[list[Guide], list[Term]]:
    """What fits best first, and the guides for the reader's own roles before the others."""
    points = _points(words)
    least = WORTH_SHOWING * max(points.values(), default=0)
    best = sorted((at for at in points if points[at] >= least), key=lambda at: -points[at])
    texts = [_index().texts[at] for at in best]
    found = [each for each in texts if isinstance(each, Guide)][:MOST_FOUND]
    terms = [each for each in texts if isinstance(each, Term)][:MOST_FOUND]
    return sorted(found, key=lambda guide: not guide.roles & roles), terms


def _points(words: str) -> Mapping[int, float]:
    index = _index()
    points: dict[int, float] = defaultdict(float)
    for word in words_of(words):
        for meant in _meant(word):
            spread = index.weights[meant]
            for at, weight in spread.items():
                points[at] += weight / len(spread)
    return points


def _meant(word: str) -> list[str]:
    known = _index().weights
    if len(word) < SHORTEST_BEGINNING:
        return [word] if word in known else []
    begun = [each for each in known if each.startswith(word)]
    return begun or get_close_matches(word, known, n=2, cutoff=NEARLY)


@cache
def _index() -> Index:
    texts: list[Found] = [*guides().values(), *glossary()]
    weights: dict[str, Counter[int]] = defaultdict(Counter)
    for at, each in enumerate(texts):
        for weight, said in _said(each):
            for word in set(parts_of(said)):
                weights[word][at] += weight
    return Index(texts, weights)


def _said(each: Found) -> Iterator[tuple[int, str]]:
    if isinstance(each, Term):
        yield IN_TITLE, each.whole
        yield IN_TEXT, each.meaning
        return
    yield IN_TITLE, f"{each.title} {each.words}"
    yield IN_SUMMARY, each.summary
    yield IN_TEXT, " ".join(token.content for token in tokens_of(each.text)
                            if token.type in ("text", "code_inline"))
