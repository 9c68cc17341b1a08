"""The application as the server loads it: `tulou.plane.gateway.app:app`.

A gateway whose parent dies must not go on serving old code on the same
port: the kernel is asked to end it then.
"""

import ctypes
import signal
import sys

from tulou.plane.gateway.application import Gateway
from tulou.plane.gateway.settings import read

_PR_SET_PDEATHSIG = 1

if sys.platform == "linux":
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

app = Gateway(read)
