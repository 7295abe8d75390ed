"""Licences: an address or a name becomes the IRI of one licence; what names none stays the text that it is."""

from __future__ import annotations

import pytest

from ld.values.licences import read

CC = "https://creativecommons.org/"
BY = f"{CC}licenses/by/4.0/"


@pytest.mark.parametrize(
    "raw",
    [
        BY, "http://creativecommons.org/licenses/by/4.0", "//creativecommons.org/licenses/by/4.0/", f"{BY}legalcode",
        f"{BY}legalcode.de", f"{BY}deed.pt", f"{BY}deed.de", f"{BY}?ref=chooser-v1", f"{BY}#a", f"{BY}de/", f" {BY} ",
        "https://www.creativecommons.org/licences/BY/4.0/", "creativecommons.org/licenses/by/4.0", "CC BY 4.0", "cc-by-4.0",
        "CC-BY 4.0", "CCBY 4.0", "CC BY 4", "CC BY v4.0", "CC BY 4,0", "CC BY 4.0.", "by 4.0",
        "Creative Commons Attribution 4.0 International", "Creative Commons Attribution 4.0 International (CC BY 4.0)",
        "This work is licensed under a Creative Commons Attribution 4.0 International License.", "Attribution 4.0",
        "Namensnennung 4.0 International", "Licencia Creative Commons Atribución 4.0 Internacional", "Reconocimiento 4.0",
        "Licença Creative Commons Atribuição 4.0 Internacional", "Attribuzione 4.0 Internazionale", "Uznanie autorstwa 4.0",
        "Лицензия Creative Commons С указанием авторства 4.0 Всемирная", "クリエイティブ・コモンズ 表示 4.0 国際", "知识共享署名 4.0 国际许可协议",
    ],
)  # fmt: skip
def test_a_licence_has_one_iri_however_it_is_written(raw: str) -> None:
    found = read(raw)

    assert (found.iri, found.kind, found.texts, found.problem) == (BY, "by", (), "")


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (f"{CC}licenses/by/3.0/br/", "licenses/by/3.0/br/"), (f"{CC}licenses/by/3.0/br/deed.en", "licenses/by/3.0/br/"),
        (f"{CC}licenses/by/3.0/deed.en_US", "licenses/by/3.0/"), (f"{CC}licenses/by/3.0/igo/", "licenses/by/3.0/igo/"),
        (f"{CC}licenses/by-nc/2.5/es/legalcode.ca", "licenses/by-nc/2.5/es/"), (f"{CC}licenses/by/2.5/scotland/",
        "licenses/by/2.5/scotland/"),
        (f"{CC}licenses/by/3.0/xx/", "licenses/by/3.0/"), (f"{CC}licenses/by-nd-nc/1.0/", "licenses/by-nd-nc/1.0/"),
        (f"{CC}publicdomain/zero/1.0/deed.fr", "publicdomain/zero/1.0/"), (f"{CC}publicdomain/mark/1.0", "publicdomain/mark/1.0/"),
        ("CC BY-NC-ND 3.0", "licenses/by-nc-nd/3.0/"), ("CC BY-ND-NC 3.0", "licenses/by-nc-nd/3.0/"),
        ("Creative Commons Attribution 3.0 unported license", "licenses/by/3.0/"), ("CC BY 3.0 IGO", "licenses/by/3.0/igo/"),
        ("CC-BY-SA-3.0-DE", "licenses/by-sa/3.0/de/"), ("CC BY 3.0 (BR)", "licenses/by/3.0/br/"), ("CC BY 4.0 DE", "licenses/by/4.0/"),
        ("Attribution-NonCommercial-NoDerivs 3.0 United States", "licenses/by-nc-nd/3.0/us/"),
        ("Namensnennung - Nicht kommerziell - Keine Bearbeitung 3.0 Deutschland", "licenses/by-nc-nd/3.0/de/"),
        ("Attribution - Pas d'Utilisation Commerciale - Partage dans les Mêmes Conditions 4.0 International",
         "licenses/by-nc-sa/4.0/"),
        ("Reconocimiento-NoComercial-CompartirIgual 2.5 España", "licenses/by-nc-sa/2.5/es/"),
        ("Atribución-NoComercial-SinDerivadas 4.0 Internacional (CC BY-NC-ND 4.0)", "licenses/by-nc-nd/4.0/"),
        ("知识共享署名-非商业性使用 4.0 国际许可协议", "licenses/by-nc/4.0/"), ("CC BY 2.0", "licenses/by/2.0/"),
        ("CC0", "publicdomain/zero/1.0/"), ("CC0 Waiver", "publicdomain/zero/1.0/"), ("CC0-1.0", "publicdomain/zero/1.0/"),
        ("Creative Commons - CC0 1.0 Universal - Public Domain Dedication", "publicdomain/zero/1.0/"),
        ("Public Domain Mark 1.0", "publicdomain/mark/1.0/"),
    ],
)  # fmt: skip
def test_elements_version_and_jurisdiction_stand_in_the_iri(raw: str, path: str) -> None:
    assert read(raw).iri == CC + path


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("CC BY", "by"), ("CC-BY-NC-ND", "by-nc-nd"), ("Creative Commons Attribution-Noncommercial-Share Alike", "by-nc-sa"),
        (f"{CC}licenses/by-nc/", "by-nc"), ("Attribution", "by"), ("public domain", ""), ("Publisher's own license", ""),
        ("CC BY 2", ""), ("CC BY 5.0", ""), ("CC BY 4.0 Germany", "by"), ("CC BY 2.6", ""), ("CC BY-ND-SA 4.0", ""), ("CC NC 4.0", ""),
        (f"{CC}licenses/by/5.0/", ""), (f"{CC}licenses/xx/4.0/", ""), ("© 2020 The Authors", ""), ("CC", ""), ("4.0", ""),
        ("CC BY 4.0 and CC BY-NC 4.0", ""), ("CC BY 4.0 / CC BY-NC 4.0", ""), ("CC BY 3.0 CC BY 4.0", ""), ("CC0 CC BY 4.0", ""),
        (f"{BY} or {CC}licenses/by-nc/4.0/", ""), ("all but the pictures are CC BY 4.0", ""), ("CC0 2.0", ""),
        ("info:eu-repo/semantics/openAccess", ""), ("https://creativecommons.org.evil.example/licenses/by/", ""),
    ],
)  # fmt: skip
def test_what_names_no_licence_for_certain_has_no_iri(raw: str, kind: str) -> None:
    found = read(raw)

    assert (found.iri, found.kind) == ("", kind)
    assert (found.texts, bool(found.problem)) == ((raw,), True) or found.pages == (raw,)


def test_what_is_said_beside_a_licence_is_kept() -> None:
    raw = f"© 2020 The Authors. {BY}"

    assert (read(raw).iri, read(raw).texts) == (BY, (raw,))


@pytest.mark.parametrize(
    ("raw", "page"),
    [
        ("https://rightsstatements.org/page/InC-EDU/1.0/?language=de", "http://rightsstatements.org/vocab/InC-EDU/1.0/"),
        ("http://rightsstatements.org/vocab/inc/1.0/", "http://rightsstatements.org/vocab/InC/1.0/"),
        ("In Copyright - Educational Use Permitted", "http://rightsstatements.org/vocab/InC-EDU/1.0/"),
        ("http://example.org/about/openaccess ", "http://example.org/about/openaccess"),
        ("http://rightsstatements.org/vocab/XXX/1.0/", "http://rightsstatements.org/vocab/XXX/1.0/"),
    ],
)  # fmt: skip
def test_a_statement_about_rights_is_no_licence(raw: str, page: str) -> None:
    assert (read(raw).iri, read(raw).pages) == ("", (page,))


def test_a_value_without_anything_says_nothing() -> None:
    assert read(" \u200b ") == read("")
    assert not any((read("").iri, read("").texts, read("").pages, read("").problem))
