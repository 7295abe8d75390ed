"""The schema.org half of a graph alone, in the words and by the context of schema.org (JSON-LD 1.1).

The context is named, and not ours: whoever reads schema.org has it. What it takes for something else than a string
stands here, so that the triples are those of the graph, tags and datatypes too. A node stands where another first
points at it; what only our other vocabularies point at is `@included`.
"""

from __future__ import annotations

import re
from typing import Any

from ld.formats.jsonld import dumps
from ld.formats.media import Format, Node, Nodes, Of, Shown, Tree, register
from ld.terms import unescaped

CONTEXT = "https://schema.org"
_SCHEMA = "http://schema.org/"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_NAME = re.compile(r"\w+")
# Names of which the context says that a string is an IRI, and those whose strings are dates (release 30.0).
_IRIS = """
    acquireLicensePage actionableFeedbackPolicy afterMedia archivedAt associatedDisease beforeMedia
    benefitsSummaryUrl codeRepository colleague colorSwatch constraintProperty contentUrl correctionsPolicy
    discussionUrl diseasePreventionInfo diseaseSpreadStatistics diversityPolicy diversityStaffingReport
    documentation downloadUrl duringMedia embedUrl ethicsPolicy gameLocation gettingTestedInfo hasGS1DigitalLink
    hasMap hasMolecularFunction healthPlanMarketingUrl image inCodeSet inDefinedTermSet installUrl isBasedOn
    isBasedOnUrl isInvolvedInBiologicalProcess isLocatedInSubcellularLocation isPartOf labelDetails layoutImage
    license logo mainEntityOfPage map maps masthead merchantReturnLink missionCoveragePrioritiesPolicy
    newsUpdatesAndGuidelines noBylinesPolicy originalMediaLink paymentUrl prescribingInfo productReturnLink
    publicTransportClosuresInfo publishingPrinciples quarantineGuidelines relatedLink replyToUrl sameAs
    schoolClosuresInfo screenshot sdLicense season serviceUrl shippingSettingsLink significantLink
    significantLinks speakable target targetUrl thumbnailUrl tourBookingPage trackingUrl travelBans
    unnamedSourcesPolicy url usageInfo verificationFactCheckingPolicy webFeed
"""
_DATES = """
    applicationStartDate auditDate availabilityEnds availabilityStarts birthDate commentTime dateCreated
    dateDeleted dateIssued dateModified datePosted datePublished dateRead dateVehicleFirstRegistered deathDate
    dissolutionDate endDate exceptDate expectedArrivalFrom expectedArrivalUntil expires foundingDate
    guidelineDate lastReviewed legislationDate legislationDateOfApplicability legislationDateVersion
    merchantReturnDays modelDate observationDate orderDate paymentDueDate previousStartDate priceValidUntil
    productionDate purchaseDate releaseDate scheduledPaymentDate scheduledTime sdDatePublished startDate
    uploadDate validFrom validThrough validUntil vehicleModelDate
"""
IRIS, DATES = frozenset(_IRIS.split()), frozenset(_DATES.split())


def document(shown: Shown) -> Tree:
    """Return what schema.org says of the document as one nested object, the topic outermost."""
    left = {subject: half for subject, node in shown.nodes.items() if (half := _half(node))}
    root = f"<{shown.topic}>"
    tree = {"@context": CONTEXT} | (_node(root, left) if root in left else {"@id": shown.topic})
    rest = []
    while left:
        rest.append(_node(next(iter(left)), left))
    return tree | {"@included": rest} if rest else tree


def _half(node: Node) -> Node:
    """Return what is said in terms of schema.org."""
    kinds = {kind: None for kind in node.get(_TYPE, ()) if kind.startswith(f"<{_SCHEMA}")}
    said = {predicate: values for predicate, values in node.items() if predicate.startswith(f"<{_SCHEMA}")}
    return {_TYPE: kinds} | said if kinds else said


def _node(name: str, left: Nodes) -> Tree:
    """Return the node with everything below it, and take all of these out of those that are left."""
    tree: Tree = {"@id": _iri(name)}
    for predicate, values in left.pop(name).items():
        key = "@type" if predicate == _TYPE else _short(_iri(predicate))
        found = [_short(_iri(kind)) if predicate == _TYPE else _value(key, kind, left) for kind in values]
        tree[key] = found[0] if len(found) == 1 else found
    return tree


def _value(key: str, term: str, left: Nodes) -> Any:
    if term[0] == '"':
        return _literal(key, term)
    if term in left:
        return _node(term, left)
    return _iri(term) if key in IRIS else {"@id": _iri(term)}


def _literal(key: str, term: str) -> Any:
    """Return a literal as the context reads it back."""
    quoted, _, tail = term.rpartition('"')
    text, coerced = unescaped(quoted[1:]), key in IRIS or key in DATES
    if tail.startswith("@"):
        return {"@language": tail[1:], "@value": text}
    datatype = tail[3:-1]
    if datatype == f"{_SCHEMA}Date" and key in DATES:
        return text
    if not coerced and datatype == f"{_XSD}boolean" and text in ("true", "false"):
        return text == "true"
    if not coerced and datatype == f"{_XSD}integer" and re.fullmatch("0|-?[1-9][0-9]{0,14}", text):
        return int(text)
    if datatype:
        return {"@type": _short(datatype), "@value": text}
    return {"@value": text} if coerced else text


def _short(iri: str) -> str:
    """Return a term of schema.org by its name, any other by its IRI."""
    name = iri.removeprefix(_SCHEMA)
    return name if name != iri and _NAME.fullmatch(name) else iri


def _iri(name: str) -> str:
    return name[1:-1] if name[0] == "<" else name


SCHEMAORG = register(
    Format(
        "schemaorg.jsonld",
        "application/vnd.schemaorg.ld+json",
        "schema.org",
        charset=False,
        of={Of.DOCUMENT: 8},
        write=lambda shown: dumps(document(shown)),
        append=lambda shown, _: dumps(document(shown), indent=0) + b"\n",
        lone=True,
    )
)
