"""Where PostgreSQL's data and binaries lie: in RELOVE_HOME, or elsewhere if root's server cannot reach it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from bin.kit.accounts import Account, database_account, give, reaches
from bin.kit.console import Trouble

# Only for root: a checkout below a closed folder, /root for one, is out of reach for the database's account.
ELSEWHERE = (Path("/var/lib"), Path("/var/tmp"), Path("/tmp"))  # noqa: S108


def settle(place: Path) -> tuple[Path, Account | None]:
    """The folder to use for `place`, and the account that owns it; both are there afterwards.

    Where that account cannot reach `place`, the folder lies elsewhere and `place` is a link to it, so every
    later start finds the data again. Raises Trouble where the link leads nowhere.
    """
    if place.is_symlink() and not place.exists():
        raise Trouble(
            f"The database lay in {place.readlink()}, which is gone.\n"
            f"Put it back, or remove {place} to begin with an empty database.",
        )
    account = database_account(place)
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        if reaches(account, place.parent):
            place.mkdir(mode=0o700)
            give(account, place)
        else:
            place.symlink_to(_make_elsewhere(place, account))
    elif not reaches(account, place.resolve()):
        _move_elsewhere(place, account)
    return place.resolve(), account


def _make_elsewhere(place: Path, account: Account | None) -> Path:
    for base in ELSEWHERE:
        try:
            folder = Path(tempfile.mkdtemp(prefix="relove-postgres-", dir=base))
        except OSError:
            continue
        give(account, folder)
        if reaches(account, folder):
            (folder / "belongs-to").write_text(f"{place}\n")
            return folder
        folder.rmdir()
    raise Trouble(
        f"PostgreSQL refuses to run as root, and no folder outside of {place.parent} can be made for it.\n"
        "Move the checkout out of the closed folder, or run this as an ordinary user.",
    )


def _move_elsewhere(place: Path, account: Account | None) -> None:
    """A folder that was open and is closed now: its data goes where it can be reached."""
    folder = _make_elsewhere(place, account)
    shutil.copytree(place, folder, symlinks=True, dirs_exist_ok=True)
    give_all(account, folder)
    left = place.with_name(f"{place.name}.moved")
    place.rename(left)
    place.symlink_to(folder)
    shutil.rmtree(left)


def give_all(account: Account | None, folder: Path) -> None:
    """Make the account the owner of a folder and all in it."""
    give(account, folder)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            give(account, path)


def remove(place: Path) -> None:
    """Take the folder away, wherever it lies."""
    shutil.rmtree(place.resolve(), ignore_errors=True)
    if place.is_symlink():
        place.unlink()
