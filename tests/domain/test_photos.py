"""A photo arrives, is received, and is then shown or found unreadable: no other way, and never back."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from domain.errors import IllegalMove
from domain.photos import UPLOAD_KEPT, Photo, PhotoState

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)

MOVES: dict[str, tuple[PhotoState, Callable[[Photo], None], PhotoState]] = {
    "receive": (PhotoState.ARRIVING, lambda photo: photo.receive(NOW), PhotoState.RECEIVED),
    "show": (PhotoState.RECEIVED, lambda photo: photo.show("b" * 64, 640, 480), PhotoState.READY),
    "give up": (PhotoState.RECEIVED, lambda photo: photo.give_up("It is damaged."), PhotoState.UNREADABLE),
}


def photo(state: PhotoState) -> Photo:
    return Photo(
        technician_id=uuid4(), device_id=uuid4(), sha256="a" * 64, size=9, state=state, begun_at=NOW - UPLOAD_KEPT
    )


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("state", PhotoState)
def test_each_move_is_allowed_from_one_state_only(move: str, state: PhotoState) -> None:
    start, make, end = MOVES[move]
    one = photo(state)
    if state is start:
        make(one)
        assert one.state is end
    else:
        with pytest.raises(IllegalMove, match=state):
            make(one)
        assert one.state is state


def test_an_upload_is_kept_for_two_weeks() -> None:
    assert photo(PhotoState.ARRIVING).expires_at == NOW
