"""Pages of quality: the entry's rules and scores, tickets and their moves, reports."""
