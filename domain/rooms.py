"""What is in a home, as its owner looks for what is broken: rooms, things in them, and what they can have."""

from dataclasses import dataclass

from domain.data import read_seed


@dataclass(frozen=True)
class Thing:
    """`picture` is one that the owner's page can draw; `defects` are codes of the catalogue, the likeliest first."""

    code: str
    name_en: str
    name_zh: str
    picture: str
    defects: tuple[str, ...]


@dataclass(frozen=True)
class Room:
    code: str
    name_en: str
    name_zh: str
    things: tuple[Thing, ...]


def load_rooms() -> tuple[Room, ...]:
    seed = read_seed("rooms")
    things = {row["code"]: Thing(**row | {"defects": tuple(row["defects"])}) for row in seed["thing"]}
    return tuple(
        Room(row["code"], row["name_en"], row["name_zh"], tuple(things[code] for code in row["things"]))
        for row in seed["room"]
    )
