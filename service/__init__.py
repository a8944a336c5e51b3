"""The spine: settings, clock, queue and processes that join the rooms together, and no rules of its own."""
