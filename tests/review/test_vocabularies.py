"""Lists of words: changed with a reason, seen by pages at once and by workers from the next form on, brought back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from outputs.blank import fill_blank
from service.jobs import read_original
from service.words import hand_over_words, library_now, library_of
from store.events import verify_events
from store.originals import find_result, keep_original
from tests.review.house import ADMINISTRATOR, House, post


def _save(house: House, name: str, **values: str) -> TestResponse:
    client = house.client(ADMINISTRATOR)
    fields = {"is_new": "no", "seen_version": "0", "reason": "Asked by the team", **values}
    return post(client, f"/manage/words/{name}/entry", page="/manage/words", **fields)


def test_a_reworded_region_is_seen_everywhere_at_once_and_can_be_brought_back(house: House) -> None:
    house.send()
    client = house.client(ADMINISTRATOR)
    page = client.get("/manage/words/functional-areas").text
    assert "Learning (OLM)" in page
    answer = _save(house, "functional-areas", key="learning", label="Learning <new>", aliases="OLM\nOLM\n\n Training ")
    assert answer.location == "/manage/words/functional-areas"
    page = client.get("/manage/words/functional-areas").text
    assert "Learning &lt;new&gt;" in page
    assert "OLM, Training" in page
    assert "Version 1" in page
    assert "Asked by the team" in page
    assert "Learning &lt;new&gt;" in client.get("/queue").text
    kept = library_now(house.db).vocabulary("functional-areas").terms
    assert next(term for term in kept if term.key == "learning").aliases == ("OLM", "Training")
    back = post(
        client,
        "/manage/words/functional-areas/restore",
        page="/manage/words",
        version="0",
        seen_version="1",
        reason="A mistake",
    )
    assert back.status_code == 303
    assert "Learning (OLM)" in client.get("/queue").text
    assert library_now(house.db) == house.rooms.library
    assert verify_events(house.db).broken_at is None


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"key": "london", "label": "London", "reason": " "}, "Enter a reason"),
        ({"key": "london", "label": ""}, "Enter the words that people see"),
        ({"key": "london", "label": "Wales"}, "belongs to “Wales” already"),
        ({"key": "Isle!", "label": "Isle", "is_new": "yes"}, "Enter a short name"),
        ({"key": "london", "label": "Isle", "is_new": "yes"}, "There is an entry with this short name already"),
        ({"key": "london", "label": "London", "do": "remove"}, "came with the service and cannot be removed"),
        ({"key": "london", "label": "London town", "seen_version": "7"}, "Somebody else changed this"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(house: House, values: dict[str, str], message: str) -> None:
    answer = _save(house, "regions", **values)
    assert answer.status_code == 400
    assert message in answer.text
    assert house.db["edited_texts"].count == 0


def test_a_list_that_is_not_there_is_not_found(house: House) -> None:
    client = house.client(ADMINISTRATOR)
    assert client.get("/manage/words/secrets").status_code == 404
    assert client.get("/manage/words/regions/entry?key=atlantis").status_code == 404
    assert client.get("/manage/words/decisions/entry").status_code == 404


def test_workers_read_with_the_edited_words_that_the_job_names(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    originals = house.settings.originals
    assert hand_over_words(house.db, originals) == ""
    _save(house, "regions", key="isle-of-man", label="Isle of Man", aliases="Ellan Vannin", is_new="yes")
    named = hand_over_words(house.db, originals)
    assert library_of(originals, named) == library_now(house.db)
    monkeypatch.setenv("FORMWRIGHT_DATA", str(house.settings.data))
    library = library_of(originals, named)
    form = fill_blank(library.form("business-justification"), library, {"region": ["isle-of-man"]})
    digest = keep_original(originals, form)
    day = date(2026, 11, 23).isoformat()
    read_original("w1-a1", digest, day, "", named)
    read_original("w1-a2", digest, day)
    with_words, without = find_result(originals, "w1-a1"), find_result(originals, "w1-a2")
    assert with_words is not None
    assert without is not None
    assert b'"isle-of-man"' in with_words
    assert b'"isle-of-man"' not in without
