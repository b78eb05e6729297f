"""Tables and text as bytes for standard output, whatever it is."""

from rich.console import Console, RenderableType


def rendered(*parts: RenderableType) -> bytes:
    """What a terminal, or whatever standard output is, can show of the parts, one below the other."""
    console = Console()
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    return captured.get().rstrip("\n").encode(console.encoding, errors="replace")
