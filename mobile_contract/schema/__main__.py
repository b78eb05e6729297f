"""`python -m mobile_contract.schema [--freeze]`: writes the schema, unless that would break phones."""

import argparse
import json
import sys

from mobile_contract.compatibility import breaks
from mobile_contract.schema import CURRENT, FROZEN, schema, text


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m mobile_contract.schema", description="Writes v1.json.")
    parser.add_argument("--freeze", action="store_true", help="also make it what phones are built against")
    freeze = parser.parse_args(arguments).freeze
    document = schema()
    if FROZEN.exists() and (broken := breaks(json.loads(FROZEN.read_text("utf-8")), document)):
        print("Phones in the field would break:", *broken, sep="\n  ", file=sys.stderr)
        return 1
    for path in (CURRENT, FROZEN) if freeze else (CURRENT,):
        path.write_text(text(document), "utf-8")
        print(f"wrote {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
