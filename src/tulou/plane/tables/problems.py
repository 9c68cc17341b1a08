"""What can go wrong in the lake, said so that the reader knows what to do."""

import duckdb


class LakeProblem(Exception):
    """A lake operation that was refused or failed; `code` is for programs, the message for people."""

    def __init__(self, code: str, message: str, remedy: str = "") -> None:
        super().__init__(f"{message}。{remedy}" if remedy else message)
        self.code = code
        self.message = message
        self.remedy = remedy


class LandingCancelled(Exception):
    """The batch was cancelled before it was committed; nothing of it was kept."""


_CATALOGUE_GONE = (
    "connection", "Connection", "server closed", "terminating", 'Failed to execute query "ROLLBACK"',
    "Failed to prepare COPY",
)  # fmt: skip


def explained(error: duckdb.Error) -> LakeProblem:
    """The engine's error as a problem that names its remedy; the batch left nothing behind."""
    text = str(error)
    if any(sign in text for sign in ("No space left", "File too large", "Disk quota", "max_temp_directory_size")):
        return LakeProblem("disk_full", "磁盘空间不足，本批次未入库", "请清理磁盘后重新提交，已入库的数据不受影响")
    if isinstance(error, duckdb.OutOfMemoryException):
        return LakeProblem("memory", "内存额度不足，本批次未入库", "请调大引擎内存额度，或拆分文件后重新提交")
    if any(sign in text for sign in _CATALOGUE_GONE):
        return LakeProblem("catalogue", "湖目录数据库连接中断，本批次未入库", "请稍后重试，重复提交不会重复入库")
    return LakeProblem("failed", f"数据引擎执行失败：{text.splitlines()[0]}", "请联系平台运维人员")
