"""Characters that nobody sees, and marks that only sort: out where they carry nothing.

Soft hyphens, zero-width spaces and marks of direction hide a word from whoever searches it. A joiner inside a Persian
or Indic word, or in an emoji, is part of the spelling (Unicode 15, chapters 9, 12 and 23.2) and stays.
"""

from __future__ import annotations

import re

_JOINED = (  # Arabic, Syriac, Thaana; Indic scripts and their kin
    "\u0600-\u06ff\u0710-\u074f\u0750-\u077f\u0780-\u07bf\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc"
    "\u0900-\u0dff\u0e80-\u0fff\u1000-\u109f\u1780-\u17ff\u1800-\u18af\u1b00-\u1b7f\ua8e0-\ua8ff"
)
_EMOJI = "\u2600-\u27bf\ufe0f\U0001f300-\U0001faff"
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer: words are parted by U+200B
_SOFT = re.compile("[\u00ad\u200b-\u200f\u061c\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0001]")
_NOTHING = re.compile(
    "[\u00ad\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0001]+"
    f"|(?<![{_UNSPACED}])\u200b+|\u200b+(?![{_UNSPACED}])"
    f"|(?<![{_JOINED}{_EMOJI}\u200c\u200d])[\u200c\u200d]+|(?<![{_JOINED}])\u200c+|\u200c+(?![{_JOINED}\u200d])"
)
_DIRECTION = re.compile("[\u061c\u200e\u200f]+")
_AT_AN_END = re.compile("^[\\s\u061c\u200e\u200f]+|[\\s\u061c\u200e\u200f]+$")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LEFT_TO_RIGHT = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u052f]")

# Around an article that sorting passes over: of German and Austrian exports, of Aleph, of Pica.
_BEGINS = r"(?:(?<=^)|(?<=[:;=.]\s))"
_NOT_SIGN = re.compile(_BEGINS + r"¬([^\W\d_]{1,12}(?:['’ʼ]\s?|\s)?)¬(?=[\s\w])")
_NOT_SIGN_WITHIN = re.compile(r"(?<=\s)¬([^\W\d_]{2,12}['’ʼ]?)¬(?=[\s\w])")
_ANGLES = re.compile(_BEGINS + r"<<([^\W\d_]{1,12}(?:['’ʼ]|\s[^\W\d_]{1,12})?\s?)>>(?=[\s\w])")
_ANGLES_WITHIN = re.compile(r"(?<=\s)<<([^\W\d_]{2,12}['’ʼ]?)>>(?=[\s\w])")
_BRACES = re.compile(r"^\{\{([^\W\d_]{1,12}['’]?)\}\}(?=[\s\w])")


def without_unseen(text: str) -> str:
    """Return the text without the unseen characters that carry nothing.

    >>> without_unseen("know\\u00adledge \\u200e"), without_unseen("می\\u200cخواهم") == "می\\u200cخواهم"
    ('knowledge', True)
    """
    if text.isascii() or not _SOFT.search(text):
        return text
    text = _NOTHING.sub("", text.replace("\u2028", "\n").replace("\u2029", "\n"))
    both = _RIGHT_TO_LEFT.search(text) and _LEFT_TO_RIGHT.search(text)
    return _AT_AN_END.sub("", text) if both else _DIRECTION.sub("", text).strip()


def without_direction(name: str) -> str:
    """Return a name without marks of direction: as a name it is the same with and without them."""
    return name if name.isascii() else _DIRECTION.sub("", name)


def without_nonsorting(text: str) -> str:
    """Return the text without the marks around an article that is not sorted by; U+0098 and U+009C are controls.

    >>> without_nonsorting("¬Die¬ Schrift"), without_nonsorting("<<L'>>Europe"), without_nonsorting("p ∧ ¬q ∧ ¬r")
    ('Die Schrift', "L'Europe", 'p ∧ ¬q ∧ ¬r')
    >>> without_nonsorting("<<Der>> Mann und <<die>> Frau"), without_nonsorting("the <<include>> relation")
    ('Der Mann und die Frau', 'the <<include>> relation')
    """
    if "\u00ac" in text:
        text = _NOT_SIGN_WITHIN.sub(r"\1", _NOT_SIGN.sub(r"\1", text))
    if "<<" in text and (sorted_ := _ANGLES.sub(r"\1", text)) != text:
        text = _ANGLES_WITHIN.sub(r"\1", sorted_)  # alone within a title they are words: "the <<include>> relation"
    return _BRACES.sub(r"\1", text) if text.startswith("{{") else text
