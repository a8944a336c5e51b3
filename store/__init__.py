"""The record: one SQLite database and the original bytes, kept so that nothing acknowledged is lost."""
