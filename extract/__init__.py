"""Bytes become answers with evidence: `read` is the door, and needs no store, network or clock."""
