"""Both SM2 libraries keep the same promise: what one signs, the other and the offline verifier accept, and no more."""

import ctypes
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tulou.trust import sm2, verifier

PRIVATE = bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
PUBLIC = bytes.fromhex(
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)


def libraries() -> list[sm2.Sm2]:
    """Those of this machine: a system without OpenSSL 3 has GmSSL alone."""
    return [sm2.Gmssl()] if isinstance(sm2.sm2(), sm2.Gmssl) else [sm2.Gmssl(), sm2.Libcrypto()]


@pytest.mark.parametrize("signer", libraries(), ids=lambda each: type(each).__name__)
@settings(max_examples=20, deadline=None)
@given(message=st.binary(max_size=200), data=st.data())
def test_what_one_signs_all_accept_and_damage_all_refuse(signer: sm2.Sm2, message: bytes, data: st.DataObject) -> None:
    private, public = sm2.generate()
    signature = signer.sign(private, public, message)
    assert len(signature) == 64
    damaged = bytearray(signature)
    damaged[data.draw(st.integers(0, 63))] ^= data.draw(st.integers(1, 255))
    for judge in [*(library.verify for library in libraries()), verifier.verify_sm2]:
        assert judge(public, message, signature)
        assert not judge(public, message, bytes(damaged))
        assert not judge(public, message + b"!", signature)


@pytest.mark.parametrize("library", libraries(), ids=lambda each: type(each).__name__)
@pytest.mark.parametrize(
    "public",
    [bytes(64), b"\xff" * 64, PUBLIC[32:] + PUBLIC[:32], PUBLIC[:63] + b"\x14"],
    ids=["zero", "ff", "yx", "off"],
)
def test_a_point_off_the_curve_is_no_key(library: sm2.Sm2, public: bytes) -> None:
    signature = library.sign(PRIVATE, PUBLIC, b"m")
    assert library.verify(PUBLIC, b"m", signature)
    assert not library.verify(public, b"m", signature)
    assert not verifier.verify_sm2(public, b"m", signature)


@pytest.mark.parametrize("fault", [OSError, AttributeError])
def test_a_system_without_a_fit_libcrypto_signs_with_gmssl(
    fault: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(*names: Any) -> Any:
        raise fault("libcrypto.so.3")

    sm2.sm2.cache_clear()
    monkeypatch.setattr(ctypes, "CDLL", absent)
    try:
        assert isinstance(sm2.sm2(), sm2.Gmssl)
    finally:
        sm2.sm2.cache_clear()
