"""`doorstep roads`: travel times by road instead of straight lines, from an OpenStreetMap extract."""

import signal
import time
from pathlib import Path

import click

from api.adapters import road_network
from api.adapters.servers.errors import ServerError
from api.adapters.servers.home import default_folder

DEFAULT_PORT = 5000  # OSRM's own


def _folder() -> Path:
    return default_folder().absolute() / "roads"  # OSRM's programs are started elsewhere


@click.group()
def roads() -> None:
    """Build and serve a road network (OSRM) for travel times by road."""


@roads.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
def build(file: Path) -> None:
    """Build the road network from FILE.

    FILE is an OpenStreetMap extract (.osm.pbf) of the city or country. An interrupted build leaves the
    network that was in use before. Exit status 2: FILE can't be used.
    """
    began = time.monotonic()
    try:
        network = road_network.build(
            file,
            _folder(),
            lambda step: click.echo(f"{time.monotonic() - began:6.1f} s  {step} …"),
        )
    except road_network.BadMap as error:
        raise click.UsageError(str(error)) from error
    except ServerError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{time.monotonic() - began:6.1f} s  Ready: {network.folder}")
    click.echo("Serve it with: doorstep roads serve")


@roads.command()
@click.option("--port", type=click.IntRange(0, 65_535), default=DEFAULT_PORT, show_default=True, help="0: any.")
def serve(port: int) -> None:
    """Serve the road network on this machine until Ctrl-C."""
    folder = _folder()
    # A service manager's stop must end OSRM too, as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        network = road_network.in_use(folder)
        if network is None:
            raise click.ClickException("There is no road network yet. Build one: doorstep roads build FILE.osm.pbf")
        with road_network.serving(network, folder, port) as (url, process):
            click.echo(f"Serving {network.manifest.source} at {url}. Ctrl-C stops it.")
            click.echo(f"Start Doorstep with: DOORSTEP_OSRM_URL={url}")
            while process.alive:
                time.sleep(0.2)
            raise ServerError(f"The road server stopped by itself. {process.last_words()}")
    except ServerError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        click.echo("Stopped.")
