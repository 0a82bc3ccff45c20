"""Are the collected static files those of this code?"""

from __future__ import annotations

import hashlib

from bin.kit.layout import CHECKOUT, Home


def have_changed(home: Home) -> bool:
    """Is there something that `collectstatic` has not seen?"""
    mark_file = home.path / "static" / ".collected"
    return not mark_file.exists() or mark_file.read_text() != _key()


def mark(home: Home) -> None:
    """Remember that all is collected."""
    (home.path / "static" / ".collected").write_text(_key())


def _key() -> str:
    # Packages bring theirs by version, we bring ours as files.
    digest = hashlib.sha256((CHECKOUT / "requirements.txt").read_bytes())
    for folder in [CHECKOUT / "static", *sorted(CHECKOUT.glob("[!.]*/static"))]:
        for path in sorted(folder.rglob("*")):
            state = path.stat()
            digest.update(f"{path.relative_to(CHECKOUT)} {state.st_size} {state.st_mtime_ns}".encode())
    return digest.hexdigest()
