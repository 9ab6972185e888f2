"""The `pepway` command. Exit codes: 0 done, 1 refused, 2 usage or settings."""

import sys
from importlib import import_module

import click

from engine.errors import EngineError, SettingsWrong

COMMANDS = {
    "audit": "web.commands.audit:audit",
    "check": "web.commands.check:check",
    "council": "web.commands.council:council",
    "demo": "web.commands.demo:demo",
    "explain": "web.commands.explain:explain",
    "migrate": "web.commands.migrate:migrate",
    "serve": "web.commands.serve:serve",
    "token": "web.commands.token:token",
    "user": "web.commands.user:user",
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
        pepway.main(standalone_mode=False)
    except click.ClickException as problem:
        problem.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(1)
    except SettingsWrong as problem:
        click.echo(problem.message, err=True)
        sys.exit(2)
    except EngineError as problem:
        click.echo(problem.message, err=True)
        sys.exit(1)
