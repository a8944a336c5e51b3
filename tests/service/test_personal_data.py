"""A fault in the log names its place and its kind, and nothing that a person wrote."""

from __future__ import annotations

import json

import pytest
import structlog

from service.log import set_up_log, shape_log

SEEDED = "Priya Nair <priya.nair@northmoor.example.nhs.uk>"


def test_a_fault_in_the_log_says_where_it_was_and_not_what_was_written(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_log()
    try:
        int(SEEDED)
    except ValueError as problem:
        structlog.get_logger().error("unexpected", page="case.show", exc_info=problem)
    shape_log()
    line = capsys.readouterr().err.strip()
    entry = json.loads(line)
    assert "Priya" not in line
    assert "northmoor" not in line
    assert entry["page"] == "case.show"
    assert entry["exception"].splitlines()[-1] == "ValueError"
    assert "test_personal_data.py:" in entry["exception"]
