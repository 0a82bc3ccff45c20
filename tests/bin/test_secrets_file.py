"""Secrets of an installation: made once, kept, private."""

from __future__ import annotations

from pathlib import Path

from cryptography.fernet import Fernet

from bin.kit.secrets_file import MAKERS, ensure_password, ensure_secrets


def test_all_secrets_are_made_and_fit_their_use(tmp_path: Path) -> None:
    held = ensure_secrets(tmp_path / "secrets.env")
    assert set(held) == set(MAKERS)
    assert len(held["SECRET_KEY"]) >= 50
    assert (
        Fernet(held["ENCRYPTION_KEYS"]).decrypt(Fernet(held["ENCRYPTION_KEYS"]).encrypt(b"word")) == b"word"
    )


def test_a_second_start_finds_the_same_secrets(tmp_path: Path) -> None:
    assert ensure_secrets(tmp_path / "secrets.env") == ensure_secrets(tmp_path / "secrets.env")


def test_what_is_missing_is_made_and_what_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    path.write_text("# mine\nSECRET_KEY=chosen=by-hand\nVALKEY_PASSWORD=\nOTHER=kept\n")
    held = ensure_secrets(path)
    assert held["SECRET_KEY"] == "chosen=by-hand"
    assert held["OTHER"] == "kept"
    assert len(held["VALKEY_PASSWORD"]) > 20
    assert ensure_secrets(path) == held


def test_only_the_owner_may_read_them(tmp_path: Path) -> None:
    ensure_secrets(tmp_path / "secrets.env")
    ensure_password(tmp_path / "staff-password")
    assert [path.stat().st_mode & 0o777 for path in sorted(tmp_path.iterdir())] == [0o600, 0o600]


def test_the_staff_password_is_kept(tmp_path: Path) -> None:
    first = ensure_password(tmp_path / "staff-password")
    assert len(first) == 16
    assert ensure_password(tmp_path / "staff-password") == first
