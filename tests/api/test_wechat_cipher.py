"""Our encrypted mode and one written apart from it read each other, and whatever is changed is refused."""

from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechat_servers import AES_KEY, APP_ID, document, sealed, tags_of, unsealed

from api.adapters.wechat.account import account
from api.adapters.wechat.cipher import MessageCipher
from api.adapters.wechat.refused import NotFromWechat
from api.adapters.wechat.xml import read_flat, write_flat

CIPHER = MessageCipher(AES_KEY, APP_ID)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))


@given(st.binary(max_size=400))
def test_each_opens_what_the_other_seals(message: bytes) -> None:
    assert CIPHER.open(sealed(message)) == message
    assert unsealed(CIPHER.seal(message)) == message


@given(st.binary(max_size=100), st.data())
def test_a_message_for_another_account_is_refused(message: bytes, data: st.DataObject) -> None:
    other = data.draw(st.text("wx0123456789abcdef", max_size=20).filter(lambda name: name != APP_ID))
    with pytest.raises(NotFromWechat):
        CIPHER.open(sealed(message, app_id=other))


@given(st.binary(max_size=300))
def test_what_was_not_sealed_at_all_is_refused_and_never_fails_otherwise(noise: bytes) -> None:
    for text in (b64encode(noise).decode(), noise.decode("latin-1")):
        with pytest.raises(NotFromWechat):
            CIPHER.open(text)


@given(st.binary(max_size=100), st.data())
def test_a_cut_message_is_refused(message: bytes, data: st.DataObject) -> None:
    whole = b64decode(sealed(message))
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(NotFromWechat):
        CIPHER.open(b64encode(whole[:cut]).decode())


@given(st.dictionaries(st.sampled_from(["Content", "Label", "Event"]), WORDS))
def test_xml_comes_back_as_it_was_written(values: dict[str, str]) -> None:
    assert read_flat(write_flat(values)) == values
    assert tags_of(write_flat(values)) == values


@given(st.dictionaries(st.sampled_from(["Content", "Label"]), WORDS.filter(lambda text: "]]>" not in text)))
def test_xml_in_cdata_is_read(values: dict[str, str]) -> None:
    assert read_flat(document(**values)) == values


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (("a b", APP_ID, ""), "token"),
        (("token", "", ""), "app id"),
        (("token", APP_ID, "short"), "43 letters"),
        (("token", APP_ID, "?" * 43), "43 letters"),
    ],
)
def test_an_account_that_can_not_be_says_why(values: tuple[str, str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        account(*values)
