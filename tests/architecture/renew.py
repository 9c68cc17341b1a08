"""`python -m tests.architecture.renew`: write the table of moves anew; the test that compares it does the work."""

import os
import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    os.environ["RENEW_MOVES"] = "1"
    sys.exit(pytest.main([str(Path(__file__).with_name("test_moves.py")), "-q", "-k", "committed"]))
