"""Data of the benchmarks, made by fixed arithmetic."""
