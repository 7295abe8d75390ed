"""Any graph, with what is nasty in literals and IRIs: a form is true that gives it back as it was."""

from __future__ import annotations

from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple

from ld.values.vocab import Vocabulary

PREFIXES = Vocabulary().prefixes
SITE = "https://data.example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
NASTY = (
    "", " ", " a  b ", '"', "'", "\\", "\\n", '" .\n<b> <c> <d>', '"^^<x>', '"@en', "<i>", "</x>", "&amp;", "&", "]]>",
    "<!--", "\n", "\t", "\u0085", "\u00a0", "\u2028", "\u202e", "\u200f", "\ufeff", "\ufffd", "\ue000", "e\u0301", "é",
    "😀",
    "\U000f0000", "{}", "#", "@prefix", "a . b",
)  # fmt: skip
# XML has no other control characters, and its readers make a carriage return a line feed.
TEXTS = st.lists(st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"])), max_size=4)
TYPED = [("integer", one) for one in ("12", "+1", "-0", "007", "٣", "1.0", "")]
TYPED += [("boolean", one) for one in ("true", "false", "1")] + [("gYear", "2020"), ("date", "2019-02-30")]
LITERALS = st.one_of(
    TEXTS.map("".join).map(Literal),
    st.builds(
        lambda text, tag: Literal("".join(text), language=tag), TEXTS, st.sampled_from(("en", "pt-br", "zh-hant"))
    ),
    st.sampled_from(TYPED).map(lambda pair: Literal(pair[1], datatype=NamedNode(XSD + pair[0]))),
)
NODES = st.sampled_from(
    [*(f"{SITE}{end}" for end in ("a#it", "数学", "a%20b", "a'b(c)&d")), "http://x.example/?a=b&c=d", "urn:x:y"]
).map(NamedNode)
PROPERTIES = st.sampled_from(
    [
        *(
            f"{space}{end}"
            for space in [*PREFIXES.values(), f"{SITE}ns/"]
            for end in ("a", "_1", "a-b", "a.b", "aé", "x/y")
        )
    ]
).map(NamedNode)
FACTS = st.builds(Triple, NODES, PROPERTIES | st.just(RDF_TYPE), NODES) | st.builds(Triple, NODES, PROPERTIES, LITERALS)
GRAPHS = st.lists(FACTS, max_size=15)
