"""What tests of MARC need: records written as people read them, and in every carrier."""

from __future__ import annotations

import io
import json
from typing import Any

from ld.readers.kinds import KINDS
from ld.readers.marc import exchange, lines, reading
from ld.readers.marc.entry import Entry
from ld.readers.share import Share
from ld.record import Record, Source

LEADER = "00000nam a2200000 a 4500"


def entry(*fields: str, leader: str = LEADER) -> Entry:
    """A MARC record of these fields in the mnemonic form without "=": "245  10$aA title"."""
    return lines.entry([f"=LDR  {leader}", *(f"={field}" for field in fields)])


def record(*fields: str, leader: str = LEADER) -> Record:
    """What becomes of a MARC record with these fields, an id and a title."""
    whole = [*([] if any(one[:3] == "001" for one in fields) else ["001  1"]), *fields]
    whole += [] if any(one[:3] == "245" for one in fields) else ["245  10$aA title"]
    found = reading.record(entry(*whole, leader=leader), Source("marctext", "", "here"))
    assert isinstance(found, Record), found
    return found


def outcomes(kind: str, data: bytes | str) -> list[Any]:
    """What a kind of source reads."""
    stream = io.BytesIO(data if isinstance(data, bytes) else data.encode())
    return list(KINDS[kind].read(stream, "here", Share()))


def as_iso(one: Entry) -> bytes:
    """The record in ISO 2709, with the right lengths."""
    bodies = [body.encode() + b"\x1e" for body in exchange.written(one).split("\x1e")[1:-1]]
    directory, at = "", 0
    for field, body in zip(one.fields, bodies, strict=True):
        directory += f"{field.tag}{len(body) % 10000:04}{at % 100000:05}"
        at += len(body)
    base = 24 + len(directory) + 1
    whole = base + at + 1
    leader = f"{whole % 100000:05}{one.leader[5:12]}{base:05}{one.leader[17:]}"
    return f"{leader}{directory}\x1e".encode() + b"".join(bodies) + b"\x1d"


def as_json(one: Entry) -> str:
    """The record in MARC-in-JSON."""
    fields: list[dict[str, Any]] = []
    for field in one.fields:
        if field.indicators:
            subfields = [{code: value} for code, value in field.subfields]
            fields.append(
                {field.tag: {"ind1": field.indicators[0], "ind2": field.indicators[1], "subfields": subfields}}
            )
        else:
            fields.append({field.tag: field.subfields[0][1]})
    return json.dumps({"leader": one.leader, "fields": fields})


def as_other_json(one: Entry) -> str:
    """The record in marc-json."""
    controls = [{"tag": f.tag, "data": f.subfields[0][1]} for f in one.fields if not f.indicators]
    fields = [
        {"tag": f.tag, "ind": f.indicators, "subfield": [{"code": code, "data": value} for code, value in f.subfields]}
        for f in one.fields
        if f.indicators
    ]
    return json.dumps({"leader": one.leader, "controlfield": controls, "datafield": fields})


def as_xml(one: Entry, namespace: str = ' xmlns="http://www.loc.gov/MARC21/slim"') -> str:
    """The record in MARCXML; its values need no escapes."""
    out = [f"<record{namespace}><leader>{one.leader}</leader>"]
    for f in one.fields:
        if f.indicators:
            out.append(f'<datafield tag="{f.tag}" ind1="{f.indicators[0]}" ind2="{f.indicators[1]}">')
            out += [f'<subfield code="{code}">{value}</subfield>' for code, value in f.subfields]
            out.append("</datafield>")
        else:
            out.append(f'<controlfield tag="{f.tag}">{f.subfields[0][1]}</controlfield>')
    return "".join([*out, "</record>"])


def as_turbo(one: Entry) -> str:
    """The record in turbomarc."""
    out = [f'<r xmlns="http://www.indexdata.com/turbomarc"><l>{one.leader}</l>']
    for f in one.fields:
        if f.indicators:
            out.append(f'<d{f.tag} i1="{f.indicators[0]}" i2="{f.indicators[1]}">')
            out += [f"<s{code}>{value}</s{code}>" for code, value in f.subfields]
            out.append(f"</d{f.tag}>")
        else:
            out.append(f"<c{f.tag}>{f.subfields[0][1]}</c{f.tag}>")
    return "".join([*out, "</r>"])


def as_mnemonic(one: Entry) -> str:
    """The record in the mnemonic form."""
    out = [f"=LDR  {one.leader}"]
    for f in one.fields:
        ends = "".join(f"${code}{value.replace('$', '{dollar}')}" for code, value in f.subfields)
        out.append(f"={f.tag}  {f.indicators}{ends}" if f.indicators else f"={f.tag}  {f.subfields[0][1]}")
    return "\n".join(out) + "\n\n"


def as_aleph(one: Entry) -> str:
    """The record in Aleph's sequential form."""
    out = [f"000000001 LDR   L {one.leader}"]
    for f in one.fields:
        ends = "".join(f"$${code}{value}" for code, value in f.subfields) if f.indicators else f.subfields[0][1]
        out.append(f"000000001 {f.tag}{f.indicators or '  '} L {ends}")
    return "\n".join(out) + "\n"


def as_table(one: Entry) -> str:
    """The table of VuFind's Staff View."""
    out = ["A title", "", "Staff View", f"LEADER {one.leader}"]
    for f in one.fields:
        ends = " ".join(f"|{code} {value}" for code, value in f.subfields)
        cells = [f.tag, f.indicators[0].strip(), f.indicators[1].strip(), ends] if f.indicators else []
        out.append(" ".join(cells) if f.indicators else f"{f.tag} {f.subfields[0][1]}")
    return "\n".join(out) + "\n"
