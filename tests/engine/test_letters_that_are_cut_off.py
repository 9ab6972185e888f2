"""Messages over a connection that is cut now and then: none missing, twice at most once a cut.

`make soak` does the same with ten thousand.
"""

import random

import pytest
from posting import Post, Provider


@pytest.fixture
def post(migrated_council):
    migrated_council.load("waiting")
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - to be seen where the test fails
    post = Post(migrated_council, Provider(seed), seed)
    yield post
    post.close()


def test_every_letter_arrives_and_those_that_may_arrive_twice_are_told(post, new_background):
    letters = post.write(200)

    post.until_all_have_left(new_background)

    cuts, _twice = post.check(letters)
    assert cuts > 0
