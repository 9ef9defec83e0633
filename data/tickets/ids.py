"""Ids are made by whoever creates, not by the store: sorted by time, readable as `INC-7K2QF`."""

from __future__ import annotations

import secrets
from datetime import datetime
from hashlib import sha256

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L, O and U nobody misreads a letter."""
TIME_LENGTH, RANDOM_LENGTH = 10, 16
KEY_LENGTH = 5
BUCKETS = 16
_MISREAD = str.maketrans("OIL", "011")


def new_id(at: datetime) -> str:
    """A ULID: milliseconds of `at`, then chance."""
    chance = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return _digits(int(at.timestamp() * 1000)) + chance


def id_from(at: datetime, seed: str) -> str:
    """The same id for the same moment and seed: two processes with the same reason make one ticket."""
    chance = int.from_bytes(sha256(f"{seed} {at.isoformat()}".encode()).digest()[:RANDOM_LENGTH])
    return _digits(int(at.timestamp() * 1000)) + _digits(chance, RANDOM_LENGTH)


def id_of(*seed: str) -> str:
    """The same id for the same seed, however often and wherever it is asked for."""
    return _digits(int.from_bytes(sha256("\n".join(seed).encode()).digest()), TIME_LENGTH + RANDOM_LENGTH)


def is_id(text: str) -> bool:
    return len(text) == TIME_LENGTH + RANDOM_LENGTH and set(text) <= set(ALPHABET)


def key_of(prefix: str, id_: str, length: int = KEY_LENGTH) -> str:
    """Longer when a shorter one is taken."""
    return f"{prefix}-{id_[-length:]}"


def bucket_of(id_or_key: str) -> int:
    """Which of the folders of `tickets` holds it: a change rewrites one of them, not all. An id and its key agree."""
    place = ALPHABET.find(id_or_key[-1:].upper())
    return max(place, 0) % BUCKETS


def typed_key(text: str) -> str:
    """What somebody typed or pasted, as a key is written."""
    prefix, _, rest = text.strip().upper().partition("-")
    return f"{prefix}-{rest.translate(_MISREAD)}" if rest else prefix


def _digits(number: int, length: int = TIME_LENGTH) -> str:
    digits = ""
    for _ in range(length):
        number, rest = divmod(number, 32)
        digits = ALPHABET[rest] + digits
    return digits
