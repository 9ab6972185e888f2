"""The `pepway` command. Exit codes: 0 done, 1 refused, 2 usage or settings."""

import os
import sys
from importlib import import_module

import click

from engine.errors import AnswersInvalid, EngineError, SettingsWrong
from engine.store.trouble import database_trouble_in_words

COMMANDS = {
    "audit": "web.commands.audit:audit",
    "backup": "web.commands.backup:backup",
    "check": "web.commands.check:check",
    "consistency": "web.commands.consistency:consistency",
    "council": "web.commands.council:council",
    "demo": "web.commands.demo:demo",
    "explain": "web.commands.explain:explain",
    "figures": "web.commands.figures:figures",
    "import": "web.commands.import_rows:import_rows",
    "maintenance": "web.commands.maintenance:maintenance",
    "migrate": "web.commands.migrate:migrate",
    "restore": "web.commands.restore:restore",
    "serve": "web.commands.serve:serve",
    "subject-access": "web.commands.subject_access:subject_access",
    "token": "web.commands.token:token",
    "user": "web.commands.user:user",
    "worker": "web.commands.worker:worker",
}


class Commands(click.Group):
    """Imports a command only when it is called, so that `pepway check` starts fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=Commands)
@click.version_option(package_name="pepway")
def pepway() -> None:
    """Personal Education Plans for children in care, run as diagrams.

    Not for real children before version 1.0.
    """


def main() -> None:
    try:
        with database_trouble_in_words():
            pepway.main(standalone_mode=False)
    except (click.ClickException, SettingsWrong) as problem:
        _show(problem)
        sys.exit(2)
    except click.Abort:
        sys.exit(1)
    except EngineError as problem:
        _show(problem)
        sys.exit(1)
    except BrokenPipeError:
        _leave_closed_pipe()
    except OSError as problem:
        click.echo(f"{problem.filename or 'This'} cannot be used: {problem.strerror}.", err=True)
        sys.exit(1)


def _show(problem: click.ClickException | EngineError) -> None:
    if isinstance(problem, click.ClickException):
        problem.show()
    elif isinstance(problem, AnswersInvalid):
        for sentence in problem.errors.values():
            click.echo(f"{sentence}.", err=True)
    else:
        click.echo(problem.message, err=True)


def _leave_closed_pipe() -> None:
    """Whoever read the answer has seen enough (`pepway check ... | head`)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(1)
