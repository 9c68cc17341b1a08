"""Published vectors, and the verifier's own algorithms against the libraries that sign."""

from typing import Literal

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tulou.trust import verifier
from tulou.trust.suites import SUITES, suite

# RFC 8032 §7.1: private, public, message, signature
ED25519 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]
# GB/T 32905 appendix A
SM3 = [
    (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
    (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
]
# GB/T 32918.5 appendix A: the signature of "message digest" under the customary identity
SM2_PRIVATE = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"
SM2_PUBLIC = (
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
SM2_SIGNATURE = (
    "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)
ORDER: dict[str, tuple[int, Literal["little", "big"]]] = {
    "intl-1": (verifier.L25519, "little"),
    "gm-1": (verifier.SM2_N, "big"),
}
OWN = {"intl-1": verifier.verify_ed25519, "gm-1": verifier.verify_sm2}


@pytest.mark.parametrize(("private", "public", "message", "signature"), ED25519)
def test_ed25519_vectors(private: str, public: str, message: str, signature: str) -> None:
    key, body, expected = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    international = suite("intl-1")
    assert international.sign(bytes.fromhex(private), key, body) == expected
    assert international.verify(key, body, expected)
    assert verifier.verify_ed25519(key, body, expected)
    assert not verifier.verify_ed25519(key, body + b"!", expected)


@pytest.mark.parametrize(("message", "digest"), SM3)
def test_sm3_vectors(message: bytes, digest: str) -> None:
    assert suite("gm-1").digest(message).hex() == digest
    assert verifier.sm3_pure(message).hex() == digest
    assert verifier.sm3(message).hex() == digest


def test_sm2_vector_with_its_z_value() -> None:
    public, signature = bytes.fromhex(SM2_PUBLIC), bytes.fromhex(SM2_SIGNATURE)
    assert suite("gm-1").verify(public, b"message digest", signature)
    assert verifier.verify_sm2(public, b"message digest", signature)
    assert not verifier.verify_sm2(public, b"message digest", signature, identity=b"ALICE123@YAHOO.COM")
    fresh = suite("gm-1").sign(bytes.fromhex(SM2_PRIVATE), public, b"message digest")
    assert verifier.verify_sm2(public, b"message digest", fresh)


@given(st.binary(max_size=300))
def test_the_verifiers_sm3_agrees_with_the_library(data: bytes) -> None:
    assert verifier.sm3_pure(data) == suite("gm-1").digest(data)


@pytest.mark.parametrize("name", sorted(SUITES))
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_both_verifiers_agree_on_good_and_on_damaged_signatures(name: str, data: st.DataObject) -> None:
    chosen = suite(name)
    private, public = chosen.generate()
    message = data.draw(st.binary(max_size=80))
    signature = chosen.sign(private, public, message)
    assert len(signature) == 64
    assert chosen.verify(public, message, signature)
    assert OWN[name](public, message, signature)
    damaged = bytearray(public + message + signature)
    damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= data.draw(st.integers(1, 255))
    key, rest = bytes(damaged[: len(public)]), bytes(damaged[len(public) :])
    body, mark = rest[: len(message)], rest[len(message) :]
    assert not chosen.verify(key, body, mark)
    assert not OWN[name](key, body, mark)


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80))
def test_the_verifiers_ed25519_agrees_with_cryptography(seed: bytes, message: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert verifier.verify_ed25519(public, message, signature)
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message + b"!")
    assert not verifier.verify_ed25519(public, message + b"!", signature)


@pytest.mark.parametrize("name", sorted(SUITES))
def test_a_signature_has_one_spelling(name: str) -> None:
    """Adding the group's order to s must not give a second valid signature."""
    chosen = suite(name)
    private, public = chosen.generate()
    signature = chosen.sign(private, public, b"m")
    order, byteorder = ORDER[name]
    s = int.from_bytes(signature[32:], byteorder)
    # Where s + order has no room in 32 bytes, the mirrored s is tried instead.
    other = s + order if s + order < 2**256 else order - s
    second = signature[:32] + other.to_bytes(32, byteorder)
    assert not chosen.verify(public, b"m", second)
    assert not OWN[name](public, b"m", second)


@pytest.mark.parametrize("name", sorted(SUITES))
@pytest.mark.parametrize("size", [0, 1, 31, 63, 65, 128])
def test_material_of_another_length_is_refused_not_raised(name: str, size: int) -> None:
    chosen = suite(name)
    private, public = chosen.generate()
    signature = chosen.sign(private, public, b"m")
    for verify in (chosen.verify, OWN[name]):
        assert not verify(public, b"m", bytes(size))
        assert not verify(bytes(size), b"m", signature)
        assert not verify(public, b"m", bytes(64))
        assert not verify(b"\xff" * len(public), b"m", signature)


def test_the_two_suites_do_not_accept_each_other() -> None:
    private, public = suite("gm-1").generate()
    assert not suite("intl-1").verify(public, b"m", suite("gm-1").sign(private, public, b"m"))


def test_an_unknown_suite_is_named() -> None:
    with pytest.raises(ValueError, match="intl-1、gm-1"):
        suite("rot-13")
