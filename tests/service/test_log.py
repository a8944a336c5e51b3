"""Log lines: one JSON object a line, whatever they are told to say."""

from __future__ import annotations

import json
import subprocess
import sys

from service.embedded import ROOT


def logged(program: str) -> list[dict[str, str]]:
    """The lines that a program of its own logs; setting the log up is for a whole process."""
    done = subprocess.run(
        [sys.executable, "-c", f"from service.log import set_up_log; set_up_log()\n{program}"],
        cwd=ROOT, capture_output=True, check=True,
    )  # fmt: skip
    assert done.stdout == b""
    return [json.loads(line) for line in done.stderr.decode("utf-8").splitlines()]


def test_no_name_of_a_file_can_forge_a_line() -> None:
    [line] = logged("import structlog; structlog.get_logger().warning('refused', name='a\\n{\"event\": \"fine\"}')")
    assert (line["event"], line["level"], line["name"]) == ("refused", "warning", 'a\n{"event": "fine"}')


def test_warnings_of_libraries_have_the_same_shape() -> None:
    [line] = logged("import logging; logging.getLogger('pdf').warning('odd %s', 'a\\nb')")
    assert (line["event"], line["level"], line["logger"]) == ("odd a\nb", "warning", "pdf")


def test_a_long_value_is_cut() -> None:
    [line] = logged("import structlog; structlog.get_logger().warning('x' * 9000, name='y' * 9000)")
    assert (len(line["event"]), len(line["name"])) == (4000, 4000)


def test_chatter_is_left_out() -> None:
    assert logged("import logging; logging.getLogger('rq').info('hello')") == []
