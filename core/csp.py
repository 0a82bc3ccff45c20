"""What a page may load and run: the Content-Security-Policy of our own pages, and of the admin's shell.

Nothing comes from elsewhere and no script stands in a page, anywhere. The shell's Alpine evaluates the expressions in
its attributes (`unsafe-eval`), its lists with actions have a `style` attribute; its two style sheets that stand in the
page are let through by their digest.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache

# How the shell's own style sheets begin: the theme's colours, and a width in lists.
_SHELL_STYLES = re.compile(
    rb'<style(?: id="unfold-theme-colors")?>(\s*(?::root|#changelist table thead th:first-child) ?\{[^<]*)</style>'
)
# What htmx adds to each page by script: how its indicators fade. Of the version that the shell brings.
HTMX_STYLE = "'sha256-bsV5JivYxvGywDAZ22EZJKBFip65Ng9xoJVLbBg7bdo='"

_EVERYWHERE = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def own_policy(nonce: str = "") -> str:
    """The strict one: our files alone, and a style sheet in the page only with the nonce of this response."""
    styles = f"'self' 'nonce-{nonce}'" if nonce else "'self'"
    return _written(
        {
            **_EVERYWHERE,
            "script-src": "'self'",
            "style-src": styles,
            "img-src": "'self'",
            "font-src": "'self'",
            "connect-src": "'self'",
        }
    )


def shell_policy(page: bytes = b"", nonce: str = "", *, is_own: bool = False) -> str:
    """What the admin's shell needs, for this page of it; `is_own` for one without a `style` attribute."""
    digests = [HTMX_STYLE, *(_digest(style) for style in dict.fromkeys(_SHELL_STYLES.findall(page)))]
    if nonce:
        digests.append(f"'nonce-{nonce}'")
    return _written(
        {
            **_EVERYWHERE,
            "script-src": "'self' 'unsafe-eval'",
            "style-src": " ".join(["'self'", *digests]),
            "style-src-attr": "'none'" if is_own else "'unsafe-inline'",
            "img-src": "'self' data: blob:",
            "media-src": "'self' blob:",
            "font-src": "'self'",
            "connect-src": "'self'",
            "frame-src": "'self'",
        }
    )


def _written(policy: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in policy.items())


@lru_cache(maxsize=16)
def _digest(style: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(style).digest()).decode()}'"
