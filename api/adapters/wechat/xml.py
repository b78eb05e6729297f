"""WeChat's flat XML, read within bounds: no document type, so no entities, few tags, no depth."""

from xml.parsers import expat
from xml.sax.saxutils import escape

from api.adapters.wechat.refused import NotFromWechat

MOST_TAGS = 100
DEEPEST = 4


def read_flat(document: bytes) -> dict[str, str]:
    """The texts of the tags right below the root, by name; what lies deeper is left out. Raises NotFromWechat."""
    found: dict[str, str] = {}
    path: list[str] = []
    tags = 0

    def begin(name: str, _: dict[str, str]) -> None:
        nonlocal tags
        tags += 1
        path.append(name)
        if tags > MOST_TAGS or len(path) > DEEPEST:
            raise NotFromWechat("more XML than a message has")
        if len(path) == 2 and found.setdefault(name, ""):
            raise NotFromWechat("a tag twice")

    def words(text: str) -> None:
        if len(path) == 2:
            found[path[1]] += text

    def refuse(*_: object) -> None:
        raise NotFromWechat("a document type")

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _: path.pop()
    parser.CharacterDataHandler = words
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ProcessingInstructionHandler = refuse
    try:
        parser.Parse(document, True)
    except expat.ExpatError:
        raise NotFromWechat("not XML") from None
    return found


def write_flat(values: dict[str, str]) -> bytes:
    inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in values.items())
    return f"<xml>{inner}</xml>".encode()
