"""Brings a database to this version: Alembic's migrations, then the shipped rule rows."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from api.db.engine import connect_url
from api.db.seed import seed

FOLDER = Path(__file__).parent / "migrations"
SEED_LOCK = 8311_0004


def alembic_config(database_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(slug)s")
    config.attributes["database_url"] = connect_url(database_url)
    return config


def upgrade(database_url: str) -> None:
    """Safe to run again, and by several at once: an advisory lock lets one through at a time."""
    command.upgrade(alembic_config(database_url), "head")
    engine = create_engine(connect_url(database_url))
    with Session(engine) as session, session.begin():
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": SEED_LOCK})
        seed(session)
    engine.dispose()


@cache
def newest_revision() -> str | None:
    return ScriptDirectory.from_config(alembic_config("postgresql://")).get_current_head()
