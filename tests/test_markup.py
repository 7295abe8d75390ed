"""What is markup in a text goes; words in angle brackets that are none stay; no text takes long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ld.values import text
from ld.values.markup import doubtful

INLINE = """
    a abbr b big cite code del em font i img ins kbd q s small span strike strong sub sup tt u var jats:italic math
    mml:math mml:mi semantics mn mi mo ms mrow msup msub msubsup mfrac msqrt mroot mtext mstyle mspace mtable mtr
    mfenced mover munder munderover mpadded mmultiscripts mprescripts none inf italic bold sc scp inline-formula
    tex-math alternatives xref named-content fixed-case st1:place w:t tei:hi jats:anything
"""
BLOCKS = "blockquote dd div dt hr li ol p pre table tr ul h1 h6 title sec list-item jats:p jats:sec jats:title"


@pytest.mark.parametrize("name", INLINE.split())
def test_an_element_within_a_line_leaves_no_trace(name: str) -> None:
    assert text.plain(f'x<{name}>y</{name}>z<{name} class="c">w</{name.upper()}>') == "xyzw"


@pytest.mark.parametrize("name", BLOCKS.split())
def test_a_block_ends_a_line(name: str) -> None:
    assert text.paragraphs(f"<{name}>x</{name}>y<{name}/>z") == "x\ny\nz"
    assert text.plain(f"<{name}>x</{name}>y") == "x y"


@pytest.mark.parametrize("name", ["td", "th", "mtd", "caption"])
def test_cells_are_parted(name: str) -> None:
    assert text.plain(f"<{name}>x</{name}><{name}>y</{name}>") == "x y"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("<mml:math><mml:mi>β</mml:mi></mml:math> study of <mml:math><mml:mmultiscripts><mml:mi>Ca</mml:mi>"
         "<mml:mprescripts/><mml:none/><mml:mn>38</mml:mn></mml:mmultiscripts></mml:math>", "β study of ³⁸Ca"),
        ("<math><apply><in/><ci>x</ci></apply></math>y", "xy"),
        ('<math><mi>x</mi><annotation encoding="application/x-tex">x_2</annotation></math>', "x"),
        ("<alternatives><mml:math><mi>x</mi></mml:math><tex-math>$x$</tex-math></alternatives>", "x"),
        ("<tex-math>$x$</tex-math>", "$x$"),
        (r"\documentclass[12pt]{minimal} \begin{document}$$x$$\end{document}", "$$x$$"),
        ("<scp>l</scp>-arginine<o:p></o:p> <!--[if gte mso 9]><xml><w:WordDocument></w:WordDocument></xml><![endif]-->"
         " and <![CDATA[water]]>.", "l-arginine and water."),
        ("<!--StartFragment-->x<!--EndFragment-->", "x"), ("<![if !supportEmptyParas]>x<![endif]>", "x"),
        ('<?xml:namespace prefix = o ns = "urn:x" />x', "x"), ("<!-- /* Font Definitions */ x { y", ""),
        ('Normal 0 21 false false false MicrosoftInternetExplorer4 /* Style Definitions */ table.MsoNormalTable'
         ' {mso-style-name:"x"; y:0;} The text', "The text"),
        ("Normal 0 false false false EN-US X-NONE X-NONE The text", "The text"),
        ("<jats:title>Abstract</jats:title><jats:sec><jats:title>Aim</jats:title><jats:p>To see.</jats:p></jats:sec>",
         "Abstract Aim To see."),
        ("<span style='a > b'>x</span>", "x"), ("<p class=MsoNormal>x", "x"), ("<td nowrap>x", "x"),
        ("a<script src='x'>if (a < b) {}\n</SCRIPT >b", "a b"), ("a<style>i {}</style>b", "a b"),
        ("<unknown:x>y</unknown:x>", "y"),
    ],
)  # fmt: skip
def test_markup_of_publishers_and_editors_goes(raw: str, expected: str) -> None:
    assert text.plain(raw) == expected


@pytest.mark.parametrize(
    "raw",
    [
        "p < 0.05", "a <b", "<unknown>x</unknown>", "<h7>x", "<1>", "< i>x", "<i", "<i<b", "a < i > b", "<ix>",
        "On things: is an <object> always a <place>?", "How authors use the <code> and <p> elements of HTML",
        "Bounds for a <b and c> d in ordered sets", "if a<b>c then", 'The "<i>" of HTML', "the </p> tag",
        "<http://example.org/>", "<doi:10.1000/x>", "<unknown:x> y", "x <!-- y",
    ],
)  # fmt: skip
def test_what_only_looks_like_markup_stays(raw: str) -> None:
    assert text.plain(raw) == raw


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("H<sub>2O", "H2O"), ("<i>Pinus mugo", "Pinus mugo"), ("(<i>in vitro)", "(in vitro)"), ("Pinus</i> x", "Pinus x"),
        ("One.<p>Two.<p>Three", "One. Two. Three"), ("<b><i>x</i>", "x"), ("a <i>b</i> </p> c", "a b c"),
    ],
)  # fmt: skip
def test_a_tag_alone_is_markup_where_it_hangs_on_a_word_or_begins_a_paragraph(raw: str, expected: str) -> None:
    assert text.plain(raw) == expected


@pytest.mark.parametrize(
    ("kept", "so"),
    [("the <code> element", True), ("the </p> tag", True), ("<b and c>", True), ("a <place>", False), ("a < b", False),
     ("<unknown:x>", False)],
)  # fmt: skip
def test_words_that_could_be_markup_are_doubtful(kept: str, so: bool) -> None:
    assert doubtful(kept) is so


@pytest.mark.parametrize(
    "raw",
    ["<script>" * 50_000, "<!--" * 50_000, "<math>" * 50_000, "<i a='" * 50_000, "&lt;" * 50_000, "<i>" * 50_000 + "</i>",
     "<" * 200_000, "<a " + "x=" * 100_000, r"\documentclass" * 10_000, "MsoNormal /* Style Definitions */" * 5_000],
    ids=lambda raw: raw[:6],
)  # fmt: skip
def test_a_long_text_of_half_marks_comes_out(raw: str) -> None:
    """The time it takes is in proportion to its length: two such texts in the whole would take minutes else."""
    assert len(text.plain(raw)) <= len(raw)


PIECES = st.sampled_from(
    ["<", ">", "</", "/>", "i", "p", "math", "code", " ", "x", "='", "'", "<!--", "-->", "]]>", "x:"]
)


@given(st.lists(PIECES, max_size=16).map("".join))
def test_letters_outside_of_brackets_are_never_lost(raw: str) -> None:
    assert text.plain(f"before {raw.replace('<!--', '')}").startswith("before")


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("<mfrac><mn>1</mn><mn>2</mn></mfrac>", "1/2"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mi>c</mi></mfrac>", "(a+b)/c"),
        ("<msqrt><mn>2</mn></msqrt>", "√2"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "³√x"),
        ("<msup><mi>x</mi><mn>2</mn></msup>", "x²"),
        ("<msup><mi>x</mi><mi>n</mi></msup>", "x^n"),
        ("<msup><mi>f</mi><mo>′</mo></msup>", "f′"),
        ("<msub><mi>H</mi><mn>2</mn></msub>", "H₂"),
        ("<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>", "x₁²"),
        ("<mmultiscripts><mi>U</mi><mprescripts/><mn>92</mn><mn>235</mn></mmultiscripts>", "²³⁵₉₂U"),
        ("<mmultiscripts><mi>U</mi><none/><mn>6</mn></mmultiscripts>", "U⁶"),
        ("<mi>a</mi><mspace/><mi>b</mi>", "a b"),
        ("<msup><mi>x</mi>", "x"),
        ("<mfrac/>", ""),
    ],
)
def test_a_formula_in_a_line_says_the_same_number(formula: str, expected: str) -> None:
    assert text.plain(f"On <mml:math>{formula}</mml:math>: it") == f"On {expected}: it"
    assert text.plain(formula.join(("<math>", "</math>", "<math>"))).startswith(expected)
