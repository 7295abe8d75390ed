"""The runs of serials as catalogues write them (MARC 362): what is told of beginning and end, and no more."""

from __future__ import annotations

import pytest

from ld.readers.runs import run


@pytest.mark.parametrize(
    ("raws", "expected"),
    [
        (["Vol. 1 (1995)-v. 12 (2006)"], "1995/2006"), (["Vol. 1 (1995)-"], "1995/.."), (["1.1947 -"], "1947/.."),
        (["-Bd. 148, 4 (dez. 1997)."], "/1997"), (["-1976/77."], "/1977"), (["v. 1-3; 1971-74."], "1971/1974"),
        (["1870/1871 -"], "1870/.."), (["v. 6, no. 1868- ; Sept. 14, 1857-"], "1857/.."), (["Began in 1999."], "1999/"),
        (["Began in 1936?"], "1936?/"), (["Began in 2000s?"], None), (["Ceased in 1982?"], "/1982?"),
        (["Ceased with v. 46, no 5-6, 1998."], "/1998"), (["Began with v. 1 in 1846; ceased in Mar. 1934."], "1846/1934"),
        (["Began and ceased with 1 (1989)"], "1989"), (["No. 1 ([19--])-no. 35 (2006)."], "19XX/2006"),
        (["No. 1 (Nov. 1974)-no. 68."], "1974/"), (["1.1936; 2.1935 -"], "1935/.."), (["3.1978(1979)"], "1978"),
        (["No. 1 (Tishre 638 [1877])-No. 8 (Iyar 638 [1878])."], "1877/1878"), (["Shōwa 47-nenban [1972]-"], "1972/.."),
        (["Dai 1-gō (1403 [2024])-"], "2024/.."), (["Nachgewiesen 7.2009 -"], None),
        (["First exhibition held in 1937."], None), (["5.1982"], "1982"), (["2010,1-2; damit Ersch. eingest."], "2010"),
        (["v.1-"], None), (["al-ʻAdad 1 (1423)-"], None), (["No. 1599-"], None), (["Began in 1600"], "1600/"), (["Began in 1599"], None), ([], None), (["Vol. 1 (2029)-"], None), (["Vol. 1 (1995)-v. 12 (1990)."], None),
        (["Vol. 1, no. 1 (Mar. 1987)-", "Ceased with vol. 21, no. 3/4 (2007)."], "1987/2007"),
        (["-Bd. 148, 4 (dez. 1997).", "Began in 1902."], "1902/1997"), (["v.1-", "Began in 1902."], "1902/"),
    ],
)  # fmt: skip
def test_the_run_of_a_serial_has_the_years_that_are_told(raws: list[str], expected: str | None) -> None:
    found = run(raws)

    assert (found and found.value) == expected
