"""`doorstep staff`: who may sign in at the desk. The first dispatcher of a new Doorstep is added here."""

import click

from api.actions import staff as actions
from api.cli.running import clear_errors, with_database
from domain.people import Role

asked_password = click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when it isn't given."
)


@click.group()
def staff() -> None:
    """Say who may sign in at the desk. Add people, give new passwords, let people go."""


@staff.command()
@click.argument("username")
@click.option("--name", required=True, help="As others see it.")
@click.option("--role", type=click.Choice(["dispatcher", "manager"]), required=True)
@click.option("--territory", "territories", multiple=True, help="A dispatcher's; may be given several times.")
@asked_password
@clear_errors()
def add(username: str, name: str, role: str, territories: tuple[str, ...], password: str) -> None:
    """Add USERNAME. A dispatcher sees the named territories, a manager all."""
    with_database(lambda database: database.write(actions.add, username, name, Role(role), list(territories), password))
    click.echo(f"{username} can sign in.")


@staff.command()
@click.argument("username")
@asked_password
@clear_errors()
def password(username: str, password: str) -> None:
    """Give USERNAME a new password; sessions end."""
    with_database(lambda database: database.write(actions.new_password, username, password))
    click.echo(f"{username} has a new password.")


@staff.command()
@click.argument("username")
@clear_errors()
def remove(username: str) -> None:
    """USERNAME can't sign in any more; what they did stays."""
    with_database(lambda database: database.write(actions.let_go, username))
    click.echo(f"{username} can't sign in any more.")
