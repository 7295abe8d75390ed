"""Text with the marks of HTML 5, MathML 3, JATS and Word becomes text without them; other words in brackets stay.

A tag is markup where its element is known and the text around it does not speak against that: the tag that ends it
stands there too, its attributes are attributes, or it hangs on a word. "On the <code> element" and "a <b and c> d" are
words. Every step takes time in proportion to the text's length.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from msgspec import Struct

from ld.values.formulas import spelled


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


_HTML = _names("""
a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote body br
button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed
fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img
input ins kbd label legend li link main map mark marquee menu meta meter nav nobr noframes noscript object ol optgroup
option output p param picture pre progress q rp rt ruby s samp script section select slot small source span strike
strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var video
wbr xml xmp
""")
# Of MathML the presentation elements; within <math> every element is markup.
_MATHML = _names("""
math maction maligngroup malignmark menclose merror mfenced mfrac mglyph mi mlabeledtr mlongdiv mmultiscripts mn mo
mover mpadded mphantom mprescripts mroot mrow ms mscarries mscarry msgroup msline mspace msqrt msrow mstack mstyle msub
msubsup msup mtable mtd mtext mtr munder munderover none semantics annotation annotation-xml
""")
# Of JATS 1.3 what may stand in a title or an abstract; "inf" and "scp" are Elsevier's and Wiley's.
_JATS = _names("""
abstract ack aff alt-text alternatives article-title bold boxed-text break chem-struct def def-item def-list
disp-formula disp-formula-group disp-quote email ext-link fig fixed-case fn fn-group fraction-bar glyph-data graphic
inf inline-formula inline-graphic inline-supplementary-material institution italic kwd list list-item media
milestone-end milestone-start monospace named-content num overline preformat private-char related-article roman
sans-serif sc scp sec sig styled-content subtitle supplementary-material table-wrap target tex-math trans-abstract
trans-title underline uri verse-group verse-line xref
""")
_KNOWN = _HTML | _MATHML | _JATS
# Prefixes of namespaces that editors and publishers leave behind: Word, Elsevier, Springer, TEI, SVG.
_PREFIXES = _names("""
aid ali bk ce fo h html ja jats jatsx m math mml o ob sb st1 st2 svg tei tex v w w10 wne wp wps x xhtml xi xlink
xocs xsi xsl
""")
# What is hardly ever a word: alone too it is markup where it hangs on one.
_FORMATTING = _names("""
a b bdo big bold cite div em font h1 h2 h3 h4 h5 h6 i inf italic kbd li ol p q s sc scp script small span strike
strong style sub sup td th tr tt u ul underline var
""")
_VOID = _names("""
area base br break col embed frame hr img input link meta mprescripts mspace none param source track wbr
""")
_OPTIONAL_END = _names("""
dd dt li option p tbody td tfoot th thead tr
""")
_LINES = _names("""
abstract blockquote br break dd disp-quote div dt h1 h2 h3 h4 h5 h6 hr li list-item ol p pre sec table title tr ul
verse-line
""")
_SPACED = _names("""
td th label caption mtd option
""")
_HIDDEN = _names("""
annotation annotation-xml head script style xml
""")
_WORD_OWN = frozenset(("o:p", "w:p", "v:p"))  # empty marks of Word, no paragraphs
_FLAGS = _names("""
checked compact disabled hidden nohref noshade nowrap selected
""")

_NAME = r"[A-Za-z][\w.-]{0,40}+(?::[A-Za-z][\w.-]{0,40}+)?+"
_TAG = re.compile(rf"<(/?)({_NAME})((?:\s(?:[^<>\"']|\"[^\"<]{{0,2000}}+\"|'[^'<]{{0,2000}}+')*+)?+)(/?)>")
_ATTRIBUTE = re.compile(r"\s+[A-Za-z_:][\w:.-]{0,60}+\s{0,9}+=")
_RAISED = re.compile(r"<(?:jats:)?(su[bp]|inf)>([0-9+\-]{1,20}+)</(?:jats:)?(?:su[bp]|inf)>", re.IGNORECASE)
_SIGNS = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_SUBSIGNS = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
_DECLARED = re.compile(
    r"<!\[CDATA\[|\]\]>|<!(?:\[(?:if|endif)\b[^<>]{0,200}\]|DOCTYPE\b[^<>]{0,400})>|<\?[A-Za-z][^<>]{0,400}>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_DECODED_AT_MOST = 4
_TEX = re.compile(r"\\documentclass\b.{0,4000}?\\begin\{document\}(.{0,4000}?)\\end\{document\}", re.DOTALL)
# What is left of Word's settings where somebody took the tags out.
_WORD = re.compile(
    r"(?:Normal|Standard|Normale)\s+0\s+(?:\d+\s+){0,2}(?:(?:false|true)\s+){2,3}"
    r"(?:(?:[A-Z]{2}(?:-[A-Z]{2,4})?|X-NONE|MicrosoftInternetExplorer4)\b\s{0,9}){0,9}"
)
_WORD_STYLES = re.compile(
    r"/\*\s{0,9}(?:Style|Font) Definitions\s{0,9}\*/\s{0,9}(?:[\w.,#@ \t-]{1,100}\{[^{}]{0,2000}\}\s{0,9}){0,50}"
)


class _Tag(Struct):
    """A tag, where it stands, and whether it opens or ends an element; `pair` is the place of its counterpart."""

    start: int
    end: int
    name: str
    closes: bool
    attributes: str
    empty: bool
    pair: int = -1


def bare(text: str) -> str:
    """Return the text without markup, entities decoded; paragraphs end with a line break."""
    if "&" in text:
        text = decoded(text)
    if "<" in text or "]]>" in text:
        if "math" in text:
            text = spelled(text)
        text = _untagged(_DECLARED.sub("", _uncommented(_RAISED.sub(_raise, text))))
    if "{" in text or text.lstrip().startswith(("Normal", "Standard")):
        text = _TEX.sub(r"\1", _WORD_STYLES.sub("", _WORD.sub("", text)))
    return text


def decoded(text: str) -> str:
    """Return the text with its entities decoded until nothing changes, four times at most.

    >>> decoded("5 &amp;amp;deg;C, AT&T")
    '5 °C, AT&T'
    """
    for _ in range(_DECODED_AT_MOST):
        before, text = text, _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
        if text == before:
            break
    return text


def doubtful(text: str) -> bool:
    """Determine whether words in brackets, kept as text, could be markup: "the <code> element"."""
    return "<" in text and any(_is_known(tag.name) for tag in _tags(text))


def _raise(match: re.Match[str]) -> str:
    return match[2].translate(_SIGNS if match[1].lower() == "sup" else _SUBSIGNS)


def _uncommented(text: str) -> str:
    """Return the text without comments; of one that never ends only Word's styles are certain to be none."""
    kept, at = list[str](), 0
    while (start := text.find("<!--", at)) >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            rest = text[start + 4 :].lstrip()
            kept.append(text[at:start])
            return "".join(kept) if rest.startswith(("/*", "[if")) else "".join([*kept, text[start:]])
        kept.append(text[at:start])
        at = end + 3
    return "".join([*kept, text[at:]]) if kept else text


def _tags(text: str) -> Iterator[_Tag]:
    for found in _TAG.finditer(text):
        attributes = found[3].removesuffix("/")
        empty = bool(found[4]) or attributes != found[3]
        yield _Tag(found.start(), found.end(), found[2].lower(), found[1] == "/", attributes, empty)


def _untagged(text: str) -> str:
    tags = [*_tags(text)]
    if not tags:
        return text
    _pair(tags)
    kept, at = list[str](), 0
    inside = -1  # the tag up to which everything is within <math>
    hidden = _hidden(tags)
    for n, tag in enumerate(tags):
        if tag.start < at:
            continue
        local = _local(tag.name)
        if local == "math" and tag.pair > n:
            inside = max(inside, tag.pair)
        if n > inside and not _is_markup(tag, tags, n, text):
            continue
        kept += text[at : tag.start], "" if tag.name in _WORD_OWN else _put(local, tag)
        at = tags[tag.pair].end if local in hidden and tag.pair > n else tag.end
    return "".join([*kept, text[at:]])


def _pair(tags: list[_Tag]) -> None:
    """Tell each tag which one is its counterpart: of a closing tag the nearest before it that is still open."""
    open_: dict[str, list[int]] = {}
    for n, tag in enumerate(tags):
        if not tag.closes:
            if not tag.empty:
                open_.setdefault(tag.name, []).append(n)
        elif waiting := open_.get(tag.name):
            tag.pair = waiting.pop()
            tags[tag.pair].pair = n


def _hidden(tags: list[_Tag]) -> frozenset[str]:
    """Return the elements whose content goes too; a formula in TeX does where it stands in MathML as well."""
    twice = any(_local(tag.name) == "math" for tag in tags)
    return _HIDDEN | {"tex-math"} if twice else _HIDDEN


def _put(local: str, tag: _Tag) -> str:
    """Return what stands in place of a tag."""
    if local in _LINES and (tag.closes or tag.empty or local in _VOID or tag.pair < 0):
        return "\n"
    return " " if local in _SPACED or local in _HIDDEN else ""


def _is_known(name: str) -> bool:
    prefix, colon, _ = name.rpartition(":")
    return prefix in _PREFIXES if colon else name in _KNOWN


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _is_markup(tag: _Tag, tags: list[_Tag], n: int, text: str) -> bool:
    """Determine whether a tag is markup and not a word in brackets."""
    if ":" in tag.name:
        return _is_known(tag.name) or tag.pair >= 0
    if tag.name not in _KNOWN:
        return False
    if tag.attributes.strip() and not _ATTRIBUTE.match(tag.attributes):
        return tag.attributes.strip().lower() in _FLAGS
    if tag.pair >= 0 or tag.empty or tag.attributes.strip() or tag.name in _VOID:
        return True
    before, after = text[tag.start - 1 : tag.start], text[tag.end : tag.end + 1]
    if tag.closes:
        return not (_parts(before) and _parts(after)) or _beside(tags, n)
    if tag.name in _OPTIONAL_END and text[: tag.start].rstrip()[-1:] in _ENDS:
        return True
    if tag.name not in _FORMATTING:
        return False
    return after == "<" or (after.isalnum() and (len(tag.name) > 1 or not before.isalnum()))


_ENDS = ("", *"\n.!?:;>)»”\"'")


def _parts(sign: str) -> bool:
    """Determine whether a sign parts words: a tag between two of them may be a word itself."""
    return not sign or sign.isspace() or sign in "\"'“”«»,.;:()"


def _beside(tags: list[_Tag], n: int) -> bool:
    """Determine whether the text has other tags that are certainly markup."""
    return any(one.pair >= 0 for one in tags)
