"""Tulou (土楼): the operating system of a provincial integrated public data system (一体化公共数据体系)."""
