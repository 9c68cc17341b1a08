"""The sample province (样例省份): real public data, synthetic registers and the specifications that set a node up.

It is the demo, the tests' ground and the benchmarks' seed. Everything needed is
kept in the repository, compressed, with its sources and licences; nothing is
fetched at run time, and no real person is in it.
"""
