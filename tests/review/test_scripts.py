"""Our own scripts: no page loads more of them than it may, and none is left that no page loads."""

from __future__ import annotations

import re

from review.assets import FOLDER
from tests.review.house import REVIEWER, House
from tests.review.test_pages import fill, public_pages, staff_pages

MOST_BYTES = 10_000
_OWN = re.compile(r'src="/static/([a-z]+)\.[0-9a-f]+\.js"')


def _loaded(house: House) -> dict[str, frozenset[str]]:
    """The names of our own scripts on every page, by address."""
    found = fill(house)
    client = house.client(REVIEWER)
    addresses = [*staff_pages(found), *public_pages(found), "/schedule/2026-Q4"]
    return {address: frozenset(_OWN.findall(client.get(address).text)) for address in addresses}


def test_no_page_loads_more_than_ten_thousand_bytes_of_our_own_scripts(house: House) -> None:
    sizes = {path.stem: path.stat().st_size for path in FOLDER.glob("*.js")}
    loaded = _loaded(house)
    weights = {address: sum(sizes[name] for name in names) for address, names in loaded.items()}
    assert {address: weight for address, weight in weights.items() if weight > MOST_BYTES} == {}
    assert frozenset[str]().union(*loaded.values()) == set(sizes)
