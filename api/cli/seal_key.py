"""`doorstep seal-key`: the keys that seal sign-offs. Needs no database."""

import click

from api.adapters.seal_keys import kept, make, newest_or_made, public_pem, seal_folder
from api.cli.running import clear_errors
from api.settings import Settings
from domain.seals import key_id, public_of


@click.group("seal-key")
def seal_key() -> None:
    """Publish the keys that seal sign-offs, or seal with a new one."""


@seal_key.command()
@clear_errors()
def public() -> None:
    """Print the public keys, for whoever gets sealed files.

    Oldest first; `doorstep verify --key` takes the output.
    """
    folder = seal_folder(Settings.from_environment().seal_keys)
    newest_or_made(folder)
    for key in kept(folder):
        click.echo(f"{key_id(public_of(key))}\n{public_pem(key)}", nl=False)


@seal_key.command()
@clear_errors()
def new() -> None:
    """Make a new key. What older keys have sealed stays valid: their public halves stay in the list."""
    key = make(seal_folder(Settings.from_environment().seal_keys))
    click.echo(
        f"{key_id(public_of(key))} seals from the next start of Doorstep on. Publish it: doorstep seal-key public"
    )
