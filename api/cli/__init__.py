"""The command line: `doorstep …`. One file a command, each a thin door to an action, a query or the scheduler."""

import codecs
import sys
from importlib import import_module
from io import TextIOWrapper

import click

COMMANDS = {
    "demo": "api.cli.demo:demo",
    "up": "api.cli.up:up",
    "serve": "api.cli.up:serve",
    "worker": "api.cli.up:worker",
    "migrate": "api.cli.up:migrate",
    "staff": "api.cli.staff:staff",
    "audit": "api.cli.audit:audit",
    "retention": "api.cli.retention:retention",
    "verify": "api.cli.verify:verify",
    "seal-key": "api.cli.seal_key:seal_key",
    "simulate": "api.cli.simulate:simulate",
    "openapi": "api.cli.openapi:openapi",
    "phone": "api.cli.phone:phone",
    "solve": "api.cli.solve:solve",
    "check": "api.cli.solve:check",
    "explain": "api.cli.explain:explain",
    "warranty": "api.cli.warranty:warranty",
    "roads": "api.cli.roads:roads",
    "import": "api.cli.import_:import_group",
    "export": "api.cli.export:export",
}


class Commands(click.Group):
    """Loads a command's module when it is called, so that `doorstep check` does not pay for a web server."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="doorstep")
def main() -> None:
    """Doorstep plans the day of the technicians who repair homes after they are sold."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            write_anything(stream)


def write_anything(stream: TextIOWrapper) -> None:
    """A character that the terminal's encoding lacks must not end a command.

    ASCII stands for a language that nobody set, as in a container, and not for a terminal without UTF-8.
    """
    ascii_only = codecs.lookup(stream.encoding).name == "ascii"
    stream.reconfigure(encoding="utf-8" if ascii_only else None, errors="backslashreplace")
