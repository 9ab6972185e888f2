"""`pepway serve`, warmed once and forked for each point at which it is to die or fail.

`python launcher.py --port N`, with the settings that `pepway serve` reads. Everything is the real
program up to where it would begin to answer; then it reads commands from its input, one JSON object
a line, and answers each with one: `warm` answers a request in this process and forgets its
connections, `fork` makes a server that answers at the port, `reap` waits for one that has died.
"""

import json
import os
import sys
from collections.abc import Callable
from multiprocessing import forkserver
from typing import Any

import failpoints
import faults

import web.app
import web.commands.serve as serving
from engine.clock import FixedClock, SystemClock
from web.cli import main

ANSWER = serving.answer


def launch() -> None:
    began = SystemClock().now()
    web.app.SystemClock = lambda: FixedClock(began)  # type: ignore[assignment,misc]
    serving.background_of = _without_a_thread(serving.background_of)
    serving.answer = answer_commands
    sys.argv.insert(1, "serve")
    main()


def _without_a_thread(background_of: Callable[..., Any]) -> Callable[..., Any]:
    """A thread would not live on in a fork, and what it does is not of the request in question."""

    def still(*of: Any) -> Any:
        background = background_of(*of)
        background.start = lambda: None
        return background

    return still


def answer_commands(app: Any, sockets: Any, stop: Any, **options: Any) -> None:
    database = app.extensions["pepway"].database
    database.engine.dispose()
    _say(ready=True)
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] == "warm":
            _warm(app, command)
            database.engine.dispose()
            forkserver._forkserver._stop()  # checks of diagrams; a fork starts one of its own
            _say(warm=True)
        elif command["do"] == "fork":
            child = os.fork()
            if child == 0:
                _serve(app, database, command, sockets, stop, options)
            _say(child=child)
        elif command["do"] == "reap":
            _, status = os.waitpid(command["child"], 0)
            _say(ended=os.waitstatus_to_exitcode(status))


def _warm(app: Any, command: dict[str, Any]) -> None:
    app.test_client(use_cookies=False).post(
        command["address"], data=command["body"], content_type=command["content_type"],
        headers={"Cookie": command["cookie"]},
    )


def _serve(app: Any, database: Any, command: dict[str, Any], sockets: Any, stop: Any,
           options: dict[str, Any]) -> None:
    if command.get("fault"):
        faults.FAULTS[command["fault"]].plant()
    failpoints.watch(app, database, command.get("kill_at"), command.get("fail_at"))
    try:
        ANSWER(app, sockets, stop, **{**options, "threads": 2})
    finally:
        os._exit(1)


def _say(**said: Any) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    launch()
