"""`doorstep openapi`: the API's description as a file, which is committed and tested against the code."""

import json

import click

from api.app import create_app
from api.settings import Settings


@click.command()
def openapi() -> None:
    """Print the OpenAPI 3.1 document of docs/openapi.json."""
    click.echo(document(), nl=False)


def document() -> str:
    app = create_app(Settings(database_url="postgresql://nowhere", redis_url="redis://nowhere"))
    return json.dumps(app.openapi_schema.to_schema(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
