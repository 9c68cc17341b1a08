"""What our rooms are measured against, each written before ours was tuned."""
