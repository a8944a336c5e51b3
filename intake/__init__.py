"""Bytes arrive: `receive` is the door that turns an upload or a file into a case."""
