"""What a change of the schema would break for phones in the field.

Either way over the wire there is a writer and a reader, and one of them may be old. Requests are written by
old phones and read by the new server; answers are written by the new server and read by old phones. A change
is compatible when the reader takes everything that the writer may write, and nothing that an old phone reads
goes missing. So optional request fields, answer fields with a default and new kinds of operation may come;
fields, values and bounds that were promised stay.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

LOWER_BOUNDS = ("minimum", "minLength", "minItems")
UPPER_BOUNDS = ("maximum", "maxLength", "maxItems")
EXACT = ("pattern", "format")


def breaks(frozen: Schema, current: Schema) -> list[str]:
    """One line a break, with its place; empty when old phones and the new server understand each other."""
    requests = _Crossing(writer=frozen, reader=current, reader_is_old=False)
    answers = _Crossing(writer=current, reader=frozen, reader_is_old=True)
    found = []
    for name, before in frozen["x-endpoints"].items():
        after = current["x-endpoints"].get(name)
        if after is None:
            found.append(f"{name}: the endpoint is gone")
            continue
        found += requests.breaks(before["request"], after["request"], f"{name} request")
        found += answers.breaks(after["answer"], before["answer"], f"{name} answer")
        found += answers.breaks(after["refused"], before["refused"], f"{name} refused")
    for reference in frozen["x-hashed"]:
        if reference not in current["x-hashed"] or _bare(frozen, reference) != _bare(current, reference):
            found.append(f"{_name(reference)}: a hashed document may not change at all")
    return list(dict.fromkeys(found))


class _Crossing:
    """One way over the wire."""

    def __init__(self, writer: Schema, reader: Schema, reader_is_old: bool) -> None:
        self.writer, self.reader, self.reader_is_old = writer, reader, reader_is_old
        self.known: dict[tuple[str, str], list[str]] = {}

    def breaks(self, written: Schema, taken: Schema, place: str) -> list[str]:
        pair = (written.get("$ref", ""), taken.get("$ref", ""))
        if all(pair):
            if pair not in self.known:
                self.known[pair] = []  # a type that holds itself is met again on the way down
                self.known[pair] = self._breaks(
                    _resolve(self.writer, written), _resolve(self.reader, taken), _name(written)
                )
            return self.known[pair]
        return self._breaks(_resolve(self.writer, written), _resolve(self.reader, taken), place)

    def _breaks(self, written: Schema, taken: Schema, place: str) -> list[str]:
        if "anyOf" in written or "anyOf" in taken:
            return self._alternatives(written, taken, place)
        if "enum" in taken:
            return self._values(written, taken, place)
        types = (_type(written), _type(taken))
        if types[0] != types[1] and types != ("integer", "number") and types[1] != "value":
            return [f"{place}: a {types[0]} is written where a {types[1]} is read"]
        found = list(self._bounds(written, taken, place))
        if "properties" in taken:
            found += self._fields(written, taken, place)
        if ("prefixItems" in written) != ("prefixItems" in taken):
            return [*found, f"{place}: a list is written where a tuple is read, or the other way round"]
        found += self._positions(written.get("prefixItems", []), taken.get("prefixItems", []), place)
        if "items" in taken:
            found += self.breaks(written.get("items", {}), taken["items"], f"{place}[]")
        return found

    def _alternatives(self, written: Schema, taken: Schema, place: str) -> list[str]:
        found = []
        readable = taken.get("anyOf", [taken])
        for alternative in written.get("anyOf", [written]):
            attempts = [(option, self.breaks(alternative, option, place)) for option in readable]
            if all(attempt for _, attempt in attempts):
                label = _label(self.writer, alternative)
                namesakes = [attempt for option, attempt in attempts if _label(self.reader, option) == label]
                found += namesakes[0] if namesakes else [f"{place}: {label} may be written but is not read"]
        return found

    def _values(self, written: Schema, taken: Schema, place: str) -> list[str]:
        if "enum" not in written:
            return [f"{place}: any {_type(written)} may be written but only listed values are read"]
        found = []
        if not taken.get("x-open"):
            unread = [value for value in written["enum"] if value not in taken["enum"]]
            found += [f"{place}: {value!r} may be written but is not read" for value in unread]
        if self.reader_is_old:
            gone = [value for value in taken["enum"] if value not in written["enum"]]
            found += [f"{place}: {value!r} is gone; older servers and bodies hold it" for value in gone]
        return found

    def _bounds(self, written: Schema, taken: Schema, place: str) -> Iterator[str]:
        for keyword in (*LOWER_BOUNDS, *UPPER_BOUNDS, *EXACT):
            if keyword not in taken:
                continue
            wants, has = taken[keyword], written.get(keyword)
            fits = has == wants
            if has is not None and keyword in LOWER_BOUNDS:
                fits = has >= wants
            elif has is not None and keyword in UPPER_BOUNDS:
                fits = has <= wants
            if not fits:
                yield f"{place}: {keyword} {has} is written where {keyword} {wants} is read"

    def _fields(self, written: Schema, taken: Schema, place: str) -> list[str]:
        fields_written, fields_taken = written.get("properties", {}), taken["properties"]
        always, needed = set(written.get("required", ())), set(taken.get("required", ()))
        found = []
        for name in fields_written.keys() | fields_taken.keys():
            field = f"{place}.{name}"
            if name not in fields_written:
                if name in needed or self.reader_is_old:
                    found.append(f"{field}: read but not written")
                continue
            if self.reader_is_old and name in always - needed:
                found.append(f"{field}: needs a default, older servers and stored bodies don't carry it")
            if name not in fields_taken:
                if taken.get("additionalProperties") is False:
                    found.append(f"{field}: written but not read")
                continue
            if name in needed - always:
                found.append(f"{field}: required but not always written")
            before, after = fields_written[name], fields_taken[name]
            optional = name not in always and not self.reader_is_old
            if optional and before.get("default", ...) != after.get("default", ...):
                found.append(f"{field}: its default changed, and defaults are not written")
            found += self.breaks(before, after, field)
        return sorted(found)

    def _positions(self, written: list[Schema], taken: list[Schema], place: str) -> list[str]:
        if len(written) != len(taken):
            return [f"{place}: {len(written)} positions are written where {len(taken)} are read"]
        found = []
        for at, (one, other) in enumerate(zip(written, taken, strict=True)):
            found += self.breaks(one, other, f"{place}[{at}]")
        return found


def _name(reference: Schema) -> str:
    return str(reference["$ref"]).rsplit("/", 1)[-1]


def _resolve(document: Schema, schema: Schema) -> Schema:
    while "$ref" in schema:
        schema = document["$defs"][_name(schema)]
    return schema


def _type(schema: Schema) -> str:
    """A list of values has no type of its own in the document: every list of ours holds strings."""
    return str(schema.get("type", "string" if "enum" in schema else "value"))


def _label(document: Schema, alternative: Schema) -> str:
    resolved = _resolve(document, alternative)
    return str(resolved.get("title") or _type(resolved))


def _words(key: str, value: Any) -> bool:
    """Whether it is there for people; a field may have such a name too, and its schema is a dict."""
    return key in ("title", "description", "examples") and not isinstance(value, dict)


def _bare(document: Schema, schema: Schema) -> Any:
    """The schema with its references filled in and the words for people left out."""
    if isinstance(schema, dict):
        resolved = _resolve(document, schema)
        return {key: _bare(document, value) for key, value in resolved.items() if not _words(key, value)}
    return [_bare(document, part) for part in schema] if isinstance(schema, list) else schema
