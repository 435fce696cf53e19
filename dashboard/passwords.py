"""Passwords: argon2id with the library's parameters (RFC 9106, low memory), and which ones are good enough."""

from __future__ import annotations

import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 256  # a longer one only costs time

_HASHER = PasswordHasher()
_FEW_AT_ONCE = threading.BoundedSemaphore(2)  # each takes 64 MiB

# Verified against where there is no such account, so that the time of the answer does not tell.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$NBq60DPbSNpsyizybqqswQ$n75bqNw7GbtTDeyrZYc4EWioGgLyOzYWDKZHUMPSLlM"


def hash_password(password: str) -> str:
    with _FEW_AT_ONCE:
        return _HASHER.hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether ``password`` belongs to the hash; takes as long, and is False, for None."""
    if len(password) > LONGEST:
        return False
    with _FEW_AT_ONCE:
        try:
            return _HASHER.verify(password_hash or _NOBODY, password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(password_hash: str) -> bool:
    return _HASHER.check_needs_rehash(password_hash)


def one_time_password() -> str:
    """For one login: 100 random bits, easy to read out."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def weakness(password: str, *, name: str, old: str = "") -> str | None:
    """Why a password is refused, as a sentence; None where it is good. Length counts, not the kinds of characters (NIST SP 800-63B)."""
    if len(password) < SHORTEST:
        return f"A password needs at least {SHORTEST} characters."
    if len(password) > LONGEST:
        return f"A password has at most {LONGEST} characters."
    if name.lower() in password.lower() or "lineitem" in password.lower():
        return "A password does not contain the account's name or the program's."
    if len(set(password)) < 5:
        return "This password repeats the same few characters."
    if old and password == old:
        return "This is the password that you had."
    return None
