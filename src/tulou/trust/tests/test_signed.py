"""A token proves its kind, its key and its payload, and has one spelling."""

import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tulou.trust import keys
from tulou.trust.keys import PublicKeys, UnknownKey
from tulou.trust.signed import Forged, WrongKind, open_signed, sign, signer

PAIR = {name: keys.new_key("plans", name) for name in ("intl-1", "gm-1")}
KNOWN = PublicKeys(key.public_entry() for key in PAIR.values())
PAYLOAD: dict[str, Any] = {"授权": ["x", 1, None], "v": 1}


@pytest.mark.parametrize("suite", sorted(PAIR))
def test_a_token_gives_its_payload_back(suite: str) -> None:
    token = sign("access-plan", PAYLOAD, PAIR[suite])
    assert open_signed("access-plan", token, KNOWN) == PAYLOAD
    assert open_signed("access-plan", token, KNOWN, purpose="plans") == PAYLOAD
    assert signer(token) == PAIR[suite].id


def test_another_kind_is_refused_even_when_the_name_is_rewritten() -> None:
    token = sign("evidence-promise", PAYLOAD, PAIR["intl-1"])
    with pytest.raises(WrongKind):
        open_signed("access-plan", token, KNOWN)
    with pytest.raises(Forged):
        open_signed("access-plan", token.replace("evidence-promise", "access-plan"), KNOWN)


def test_a_key_for_another_purpose_is_refused() -> None:
    with pytest.raises(WrongKind, match="用途"):
        open_signed("x", sign("x", PAYLOAD, PAIR["intl-1"]), KNOWN, purpose="evidence")


def test_an_unlisted_key_is_refused() -> None:
    with pytest.raises(UnknownKey):
        open_signed("x", sign("x", PAYLOAD, keys.new_key("plans")), KNOWN)


def test_a_signature_under_another_keys_id_is_refused() -> None:
    token = sign("x", PAYLOAD, keys.new_key("plans"))
    fields = token.split(".")
    for key in PAIR.values():
        with pytest.raises(Forged):
            open_signed("x", ".".join([fields[0], key.id, *fields[2:]]), KNOWN)


def test_the_public_half_cannot_sign() -> None:
    with pytest.raises(ValueError, match="公钥"):
        sign("x", PAYLOAD, PAIR["intl-1"].public_half())


@settings(deadline=None)
@given(st.sampled_from(sorted(PAIR)), st.data())
def test_no_changed_character_passes(suite: str, data: st.DataObject) -> None:
    token = sign("x", PAYLOAD, PAIR[suite])
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=126).filter(lambda sign: sign != token[at]))
    with pytest.raises((Forged, WrongKind, UnknownKey)):
        open_signed("x", token[:at] + other + token[at + 1 :], KNOWN)


@given(st.text(max_size=40))
def test_whatever_is_sent_is_refused_by_name(text: str) -> None:
    for token in (text, f"x.{text}", f"x.{PAIR['intl-1'].id}.{text}.{text}"):
        with pytest.raises((Forged, WrongKind, UnknownKey)):
            open_signed("x", token, KNOWN)


def test_another_spelling_of_the_same_bytes_is_refused() -> None:
    kind, key_id, body, mark = sign("x", PAYLOAD, PAIR["intl-1"]).split(".")
    raw = base64.urlsafe_b64decode(mark + "==")
    respelled = [
        mark + "==",
        mark + "=",
        base64.b64encode(raw).decode().rstrip("="),
        mark[:-1] + chr(ord(mark[-1]) + 1),
    ]
    for other in respelled:
        if other != mark:
            with pytest.raises(Forged):
                open_signed("x", f"{kind}.{key_id}.{body}.{other}", KNOWN)
