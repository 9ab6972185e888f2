"""`pepway maintenance`: announced, said and called off, in London's time."""


def test_the_command_announces_says_and_calls_off(pepway, settings, sqlite_council):
    assert pepway("maintenance").answer == "No work is announced.\n"
    said = pepway("maintenance", "--from", "2099-07-01T18:00", "--until", "2099-07-01T20:00",
                  "--say", "Save before")
    assert said.answer == (
        "Work is announced from 1 July 2099 at 6:00pm until 1 July 2099 at 8:00pm.\n")
    assert pepway("maintenance").answer == said.answer
    assert pepway("maintenance", "--off").answer == "No work is announced.\n"
    assert pepway("maintenance", "--say", "Hello").code == 2
    refused = pepway("maintenance", "--until", "2001-07-01T20:00")
    assert (refused.code, refused.remark) == (
        1, "Enter an end that comes after the beginning.\n")
