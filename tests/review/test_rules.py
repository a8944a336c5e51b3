"""Changing the rules: seen before it is kept, kept with a reason, and never looking back."""

from __future__ import annotations

import dataclasses
import json
from datetime import date

from casework.model import Finding, Reading, Severity
from casework.reading_json import reading_to_record
from casework.rulebook import RuleBook
from review.rule_trial import TrialRow, try_rules
from service.rules import judge_record, judged, rules_now, shipped_rules
from store.edited_texts import load_edited_versions
from tests.review.house import ADMINISTRATOR, REVIEWER, House, a_reading, post

TODAY = date(2026, 11, 23)
ADDRESS = "/manage/rules/benefits.unmeasured"
OFF = {"on": "no", "severity": "advice", "forms": ["business-justification"], "message": "", "advice": ""}


def test_the_page_shows_what_a_change_would_have_done_and_keeps_nothing_yet(house: House) -> None:
    case = house.send()
    client = house.client(ADMINISTRATOR)
    page = post(client, ADDRESS, page=ADDRESS, version=0, do="try", **OFF).text
    assert "1 of the last 1 request would have been checked differently." in page
    assert f'href="/requests/{case.reference}"' in page
    assert "Gone: benefits.unmeasured." in page
    assert rules_now(house.db) == (shipped_rules(), 0)


def test_a_change_is_kept_with_its_reason_and_counts_for_forms_that_are_read_from_then_on(house: House) -> None:
    client = house.client(ADMINISTRATOR)
    refused = post(client, ADDRESS, page=ADDRESS, version=0, do="save", reason=" ", **OFF)
    assert refused.status_code == 400
    assert 'href="#reason"' in refused.text
    kept = post(client, ADDRESS, page=ADDRESS, version=0, do="save", reason="The region asked", **OFF)
    assert kept.location == "/manage/rules"
    assert [version.reason for version in load_edited_versions(house.db, "rules")] == ["The region asked"]
    text = json.dumps({"readings": [reading_to_record(a_reading())]})
    (entry,) = json.loads(judge_record(text, house.db, house.rooms.library, TODAY))["readings"]
    assert [found["rule"] for found in entry["findings"]] == ["required.justification", "justification.weak"]
    assert len(entry["findings_as_shipped"]) == 3
    assert entry["rules_version"] == 1
    assert "changed here" in client.get("/manage/rules").text


def test_a_change_made_over_somebody_elses_is_refused(house: House) -> None:
    client = house.client(ADMINISTRATOR)
    post(client, ADDRESS, page=ADDRESS, version=0, do="save", reason="First", **OFF)
    assert post(client, ADDRESS, page=ADDRESS, version=0, do="save", reason="Second", **OFF).status_code == 409


def test_other_limits_ask_about_other_dates(house: House) -> None:
    house.send()
    client, address = house.client(ADMINISTRATOR), "/manage/rule-limits"
    wrong = post(client, address, page=address, version=0, date_past_months="none", date_ahead_years="10")
    assert wrong.status_code == 400
    assert "Enter a whole number" in wrong.text
    too_many = post(client, address, page=address, version=0, date_past_months="500", date_ahead_years="10")
    assert "from 1 to 120" in too_many.text
    post(client, address, page=address, version=0, date_past_months="1", date_ahead_years="10", do="save", reason="x")
    book, _ = rules_now(house.db)
    assert book.limits.date_past_months == 1
    late = judged(a_reading(), book, house.rooms.library, date(2026, 12, 23))
    assert "date.unlikely" in [found.rule for found in late]


def test_the_trial_goes_by_what_the_shipped_rules_said_whatever_counted_then(house: House) -> None:
    case = house.send()
    shipped = shipped_rules()
    louder = shipped.find("benefits.unmeasured")
    assert louder is not None
    proposed = shipped.with_setting(dataclasses.replace(louder, severity=Severity.QUERY))
    trial = try_rules(
        house.db, shipped, proposed, lambda reading, book, day: judged(reading, book, house.rooms.library, day)
    )
    assert trial.rows == (TrialRow(case.reference, case.title, (), (), ("benefits.unmeasured",)),)
    assert trial.counts == [("benefits.unmeasured", 0, 0, 1)]


def test_a_request_tells_by_which_rules_its_form_was_checked(house: House) -> None:
    shipped = house.send()
    changed = house.send(title="Another change", reading=dataclasses.replace(a_reading(), rules_version=3))
    client = house.client(REVIEWER)
    assert "checked with the rules as shipped." in client.get(f"/requests/{shipped.reference}").text
    page = client.get(f"/requests/{changed.reference}").text
    assert "checked with version 3 of the rules as changed here." in page


def test_the_trial_says_how_many_were_looked_at_of_how_many_and_stops_when_time_is_up(house: House) -> None:
    house.send()
    house.send(title="Another change")
    shipped = shipped_rules()

    def judge(reading: Reading, book: RuleBook, day: date) -> tuple[Finding, ...]:
        return judged(reading, book, house.rooms.library, day)

    some = try_rules(house.db, shipped, shipped, judge, limit=1)
    late = try_rules(house.db, shipped, shipped, judge, in_time=lambda: False)
    everything = try_rules(house.db, shipped, shipped, judge)
    assert some.in_words == "Nothing would have been different in the last 1 request. There are 2 in all."
    assert late.in_words == f"{some.in_words} The trial was stopped, as it took too long."
    assert everything.in_words == "Nothing would have been different in the last 2 requests."


def test_only_administrators_change_rules(house: House) -> None:
    assert house.client(REVIEWER).get("/manage/rules").status_code == 403
    assert house.client(ADMINISTRATOR).get("/manage/rules/no.such").status_code == 404
