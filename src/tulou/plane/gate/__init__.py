"""The gate (出口闸): access plans compiled to SQL; the only road from a lake table to the outside.

Promise: nobody receives a column, a row or a clear value that a signed plan
does not grant, by whichever channel the data leaves.
"""

from tulou.plane.gate.compile import CompiledRead, compile_plan
from tulou.plane.gate.problems import GateProblem, PlanProblem, RequestProblem
from tulou.plane.gate.read import Page, count, prepare, read, read_page
from tulou.plane.gate.request import MAX_PAGE, Filter, ReadRequest

__all__ = [
    "MAX_PAGE",
    "CompiledRead",
    "Filter",
    "GateProblem",
    "Page",
    "PlanProblem",
    "ReadRequest",
    "RequestProblem",
    "compile_plan",
    "count",
    "prepare",
    "read",
    "read_page",
]
