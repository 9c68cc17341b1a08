"""Check characters of the three identifiers that synthetic rows carry (校验码).

公民身份号码 by GB 11643 (MOD 11-2), 统一社会信用代码 by GB 32100 (MOD 31) and the
组织机构代码 inside it by GB 11714. Partial sums are public, so that millions of
numbers are made by adding three table entries each.
"""

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_USCC_VALUE = {letter: value for value, letter in enumerate(USCC_ALPHABET)}


def id_partial(digits: str, start: int) -> int:
    """The weighted sum of digits standing at `start` (0-based) of an ID number."""
    return sum(int(digit) * ID_WEIGHTS[start + place] for place, digit in enumerate(digits))


def id_check(total: int) -> str:
    """The 18th character for the weighted sum of the first seventeen."""
    return ID_CHECKS[total % 11]


def organisation_check(body: str) -> str:
    """The ninth character of an organisation code of eight characters."""
    total = sum(int(letter, 36) * weight for letter, weight in zip(body, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[(-total) % 11]


def uscc_partial(text: str, start: int) -> int:
    """The weighted sum of characters standing at `start` (0-based) of a credit code."""
    return sum(_USCC_VALUE[letter] * USCC_WEIGHTS[start + place] for place, letter in enumerate(text))


def uscc_check(total: int) -> str:
    """The 18th character for the weighted sum of the first seventeen."""
    return USCC_ALPHABET[-total % 31]
