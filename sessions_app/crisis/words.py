"""What a person types, brought to one shape: tricks of spelling undone, phrases marked off."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_BREAKS: Final = frozenset('.!?;:()[]{}«»"“”„|')
# People stop for breath in the middle of a sentence, and send the rest as the next message.
_PAUSES: Final = frozenset(",…\n\r\u2028\u2029")
_DOTS: Final = re.compile(r"\.{2,}")
_DROPPED: Final = frozenset("'’‘ʼ`´")
_FOLDS_KEPT: Final = 4096


class _Fold(dict[int, str]):
    """How each character is compared; made on first sight and kept, but never more than a few thousand."""

    def __missing__(self, codepoint: int) -> str:
        folded = _folded(chr(codepoint))
        if len(self) < _FOLDS_KEPT:
            self[codepoint] = folded
        return folded


def _folded(char: str) -> str:
    if char in _BREAKS:
        return " . "
    if char in _PAUSES:
        return " , "
    if char in "@$":
        return char
    if char in _DROPPED or unicodedata.category(char) in {"Mn", "Me", "Cf", "Cs"}:
        return ""
    # Full-width, bold and circled letters are letters too. Character by character: a text as a whole may hold
    # runs of marks that are slow to normalise.
    plain = "".join(map(_unaccented, unicodedata.normalize("NFKC", char).casefold())).translate(_RARE_TWINS)
    return plain if plain.isalnum() else " "


def _unaccented(char: str) -> str:
    return char if char in "йї" else unicodedata.normalize("NFD", char)[0]


# Letters of rarer alphabets that nobody but a deceiver mixes into a Latin word.
_RARE_TWINS: Final = str.maketrans("ѕјԁԛԝһӏıοαεικρυχτν", "sjdqwhlioaeikpuxtv")
_FOLD: Final = _Fold()
_STRETCHED: Final = re.compile(r"([^\W\d])\1{2,}")
_AGE_STUCK: Final = re.compile(
    r"\b(\d{1,2})(?=(?:лет|год|летн|yo|yr|year)|(?:[yfmйм]|ый|ой|ом|ем|го|ого|ти)\b)"
)
_CLEARLY_CYRILLIC: Final = re.compile(r"[бгджзийлпфцчшщъыьэюяїєґ]")
_CLEARLY_LATIN: Final = re.compile(r"[dfgjlqsvwz]")
_LATIN: Final = re.compile(r"[a-z]")
_TO_CYRILLIC: Final = str.maketrans("aceopxykmthbuinr01346@", "асеорхукмтнвиипгоизчба")
_TO_LATIN: Final = str.maketrans("асеорхукмтнві013457@$", "aceopxykmthbioieastas")
_SUSPECT: Final = re.compile(r"[a-z0-9@$]")
_LOOK_ALIKES: Final = frozenset("aceopxykmthb")
_SAMPLE: Final = 2000


def words_of(text: str, *, cyrillic_first: bool) -> list[str]:
    """The words in lower case and one alphabet each; "." and "," stand as words where a phrase ends.

    Takes time linear in the length of the text, whatever the text.
    """
    if "\u0306" in text:
        # "й" typed as two characters would lose its mark and be another letter.
        text = text.replace("и\u0306", "й").replace("И\u0306", "Й")
    folded = _AGE_STUCK.sub(r"\1 ", _STRETCHED.sub(r"\1", _DOTS.sub(",", text).translate(_FOLD)))
    if folded.isascii():
        return _contracted([_latin(word) for word in folded.split()])
    if not _SUSPECT.search(folded):
        return folded.split()
    sample = folded[:_SAMPLE]
    clearly_cyrillic = len(_CLEARLY_CYRILLIC.findall(sample))
    rather_cyrillic = clearly_cyrillic > (0 if cyrillic_first else len(_CLEARLY_LATIN.findall(sample)))
    return _contracted([_in_one_script(word, rather_cyrillic=rather_cyrillic) for word in folded.split()])


def _contracted(words: list[str]) -> list[str]:
    """The words with "i am", "do not" and their like joined, as haste writes them and the rules expect."""
    if _SECOND_HALVES.isdisjoint(words):
        return words
    joined: list[str] = []
    for word in words:
        whole = _CONTRACTIONS.get((joined[-1], word)) if joined and word in _SECOND_HALVES else None
        if whole:
            joined[-1] = whole
        else:
            joined.append(word)
    return joined


_CONTRACTIONS: Final = {
    ("i", "am"): "im",
    ("i", "will"): "ill",
    ("i", "m"): "im",
    ("do", "not"): "dont",
    ("don", "t"): "dont",
    ("does", "not"): "doesnt",
    ("did", "not"): "didnt",
    ("will", "not"): "wont",
    ("can", "not"): "cant",
    ("is", "not"): "isnt",
    ("want", "to"): "wanna",
    ("going", "to"): "gonna",
    ("my", "self"): "myself",
}
_SECOND_HALVES: Final = frozenset(second for _, second in _CONTRACTIONS)


def _latin(word: str) -> str:
    """The word with figures that stand for letters read as these: k1ll."""
    return word if word.isalpha() or not word[0].isalpha() else word.translate(_TO_LATIN)


def _in_one_script(word: str, *, rather_cyrillic: bool) -> str:
    """The word with letters that only look like its own, and figures in their place, put right."""
    if word.isalpha() and not _LATIN.search(word):
        return word
    if word.isascii() and not (rather_cyrillic and _LOOK_ALIKES.issuperset(word)):
        return _latin(word)
    if not word[0].isalpha():
        return word
    if _CLEARLY_CYRILLIC.search(word) or (rather_cyrillic and not _CLEARLY_LATIN.search(word)):
        return word.translate(_TO_CYRILLIC)
    return word.translate(_TO_LATIN)
