"""Words go out: schedules, receipts, letters and blank forms; `issue` is the door."""
