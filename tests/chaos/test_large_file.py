"""A file larger than what the engine may use lands within the ceiling; `make prove` does it with 1 GB."""

from tests.chaos.sample import campaign


def test_a_file_larger_than_the_engine_s_memory_lands_within_the_ceiling(postgres_url: str) -> None:
    result = campaign("large_file", "--megabytes", "60", "--memory", "250", database=postgres_url)
    assert result["sent_mib"] >= 60
    assert result["accepted"] + result["rejected"] == result["rows"]
    assert result["peak_mib"] <= result["ceiling_mib"]
