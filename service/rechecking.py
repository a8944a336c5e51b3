"""The checks, run at once for a reviewer who waits, with an end that does not depend on what is checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from datetime import date

import structlog

from casework.form import FormLibrary
from casework.model import Reading
from extract.corrected import check_corrected
from review.doors import CheckAgain

LONGEST_SECONDS = 8.0
"""The first check of a process loads the language, which takes a second or two; each after it some milliseconds."""

log = structlog.get_logger()


def open_check_again(
    library: FormLibrary, seconds: float = LONGEST_SECONDS, check: Callable[..., Reading] = check_corrected
) -> CheckAgain:
    """A door that checks one reading after the other; what takes longer than `seconds` is waited for no more."""
    one_at_a_time = ThreadPoolExecutor(max_workers=1, thread_name_prefix="check-again")

    def check_again(reading: Reading, corrected: Mapping[str, str], *, today: date) -> Reading | None:
        job = one_at_a_time.submit(check, reading, dict(corrected), library=library, today=today)
        try:
            return job.result(timeout=seconds)
        except TookTooLong:
            job.cancel()
            log.warning("checking again took too long")
            return None

    return check_again
