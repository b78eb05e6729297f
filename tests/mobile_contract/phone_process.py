"""A phone in a process of its own, made to be killed: records without end, sends now and then, says what it did."""

import sys
from pathlib import Path
from uuid import UUID

from wire_samples import STROKES

from mobile_contract.client import Phone


def main(folder: str, url: str) -> None:
    with Phone(Path(folder), url) as phone:
        phone.sync()
        while True:
            for stop in phone.stops():
                said(phone.arrive(stop.visit_id))
                said(phone.start(stop.visit_id))
                said(phone.complete(stop.visit_id, minutes=5, signer_name="王芳", strokes=STROKES))
            phone.send()


def said(op_id: UUID) -> None:
    print(op_id, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
