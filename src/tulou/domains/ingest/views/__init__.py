"""Pages of aggregation: registers, the way in, the structure check, a batch and its receipt."""
