"""What a request for a change to ESR is, and what the rules are: pure values, standard library only."""
