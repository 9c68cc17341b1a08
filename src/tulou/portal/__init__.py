"""门户: what everybody sees first. It shows only what the rooms below can prove, and links only what is built.

Promise: every figure is counted from rows when it is asked for, and opens to those rows for whoever may see them.
"""
