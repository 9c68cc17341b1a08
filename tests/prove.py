"""`make prove`: the long campaigns, at full numbers, each a module that prints its result as a last line of JSON.

`make test` runs a seeded sample of each. The last results stand in `docs/proof.md` with seed and commit;
`python -m tests.prove [--seed N] [--only NAME]…` runs some of them and leaves the other rows alone; each row is
written when its campaign ends, so that an interrupted run goes on with the names that are left. `--share 0.1` runs a
tenth of the numbers, and the row says so.
"""

import argparse
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "proof.md"
HEAD = """# 验证记录

`make prove` 按完整数量运行下列验证，本页由它更新，是各项最近一次的结果；种子相同，攻击与中断的次序就相同。
`make test` 每次运行其中有种子的抽样。单独重做一项：`python -m tests.prove --seed 种子 --only 名称`。

| 验证 | 结果 | 数据 | 种子 | 提交 | 时间 |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Campaign:
    """One campaign: its name on the command line, its title, its module with the full numbers, what it proves."""

    name: str
    title: str
    module: str
    numbers: tuple[str, ...]
    proves: str


CAMPAIGNS = (
    Campaign(
        "bundle-attacks",
        "对证据包的一万次攻击",
        "tests.proof.bundle_attacks",
        ("--count", "10000"),
        "改动字节，删除、调换、重复记录，嫁接另一份有效证据包的部分，换上旧检查点或未列出的密钥："
        "独立核验器（一个文件、只用标准库、离线）须全部发现，并说出错在哪里。",
    ),
    Campaign(
        "landing",
        "汇聚入湖途中反复 kill -9",
        "tests.chaos.landing",
        ("--each", "20", "--random", "100"),
        "在入湖的每个提交边界各杀 20 次（确认杀在该处），另在随机时刻杀 100 次：重来之后不丢、不重，回执对得上账。",
    ),
    Campaign(
        "receipts",
        "回执形成前后反复 kill -9",
        "tests.chaos.receipts",
        ("--each", "20", "--random", "100"),
        "数据已入湖而平台尚未记下回执时杀作业进程：对账程序补齐，批次、存证、事件、访问权利各只有一份，彼此一致。",
    ),
    Campaign(
        "node",
        "整个节点在使用中反复 kill -9",
        "tests.chaos.node",
        ("--kills", "48"),
        "汇聚、决定、下载进行中杀平台、作业、网关、数据库各进程：重启之后状态完整，没有未留痕的交付。",
    ),
    Campaign(
        "database",
        "入湖提交途中反复 kill -9 数据库",
        "tests.chaos.database",
        ("--kills", "40"),
        "在入湖的各边界和提交的瞬间杀 PostgreSQL（主进程，或连同全部子进程）：重启之后整批在或整批不在，重来补齐。",
    ),
    Campaign(
        "large-file",
        "1 GB 文件在限定内存内入湖",
        "tests.chaos.large_file",
        ("--megabytes", "1024"),
        "边生成边写出的 1 GB CSV 按节点的引擎内存额度入湖：行数对得上账，进程内存峰值不随文件增大。",
    ),
)


def main() -> int:
    """Run the chosen campaigns, or all; 1 when one of them found a fault."""
    parser = argparse.ArgumentParser(description="按完整数量运行验证")
    known = [campaign.name for campaign in CAMPAIGNS]
    parser.add_argument("--only", action="append", default=[], choices=known, metavar="NAME", help="、".join(known))
    parser.add_argument("--seed", type=int, default=int(datetime.now(ZoneInfo("Asia/Shanghai")).strftime("%Y%m%d")))
    parser.add_argument("--share", type=float, default=1.0, help="只运行这一部分数量，如 0.1；结果标明是抽样")
    chosen = parser.parse_args()
    wrong = 0
    for campaign in CAMPAIGNS:
        if not chosen.only or campaign.name in chosen.only:
            wrong += not run(campaign, chosen.seed, chosen.share)
    return 1 if wrong else 0


def run(campaign: Campaign, seed: int, share: float) -> bool:
    """Run one and write its row; whether it held."""
    numbers = [str(max(1, round(int(n) * share))) if n.isdigit() else n for n in campaign.numbers]
    print(f"{campaign.title}（{campaign.name}，种子 {seed}）", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", campaign.module, *numbers, "--seed", str(seed)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    last = (done.stdout.strip().splitlines() or ["{}"])[-1]
    facts = json.loads(last) if last.startswith("{") else {}
    held = done.returncode == 0 and bool(facts)
    write(campaign, row(campaign, _verdict(held=held, share=share), facts=facts, seed=seed))
    print("  通过" if held else f"  未通过，退出码 {done.returncode}", flush=True)
    return held


def _verdict(*, held: bool, share: float) -> str:
    if not held:
        return "**未通过**"
    return "通过" if share >= 1 else f"抽样 {share:.0%} 通过"


def row(campaign: Campaign, verdict: str, *, facts: dict[str, object], seed: int) -> str:
    told = "；".join(
        f"{key} {_short(value)}" for key, value in facts.items() if key not in ("name", "campaign", "seed")
    )
    now = datetime.now(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M")
    cells = (f"{campaign.title} `{campaign.name}`", verdict, told, seed, f"`{commit()}`", now)
    return "| " + " | ".join(str(cell).replace("|", "/") for cell in cells) + " |"


def write(campaign: Campaign, line: str) -> None:
    """Put the row in its place and keep the others."""
    known = PAGE.read_text(encoding="utf-8").splitlines() if PAGE.exists() else []
    rows = {match.group(1): text for text in known if (match := re.match(r"\| [^|]*`([a-z0-9-]+)` \|", text))}
    rows[campaign.name] = line
    table = "".join(rows[c.name] + "\n" for c in CAMPAIGNS if c.name in rows)
    PAGE.write_text(HEAD + table + explained(), encoding="utf-8")


def explained() -> str:
    """What each campaign does, and the command that does it."""
    parts = [
        f"\n## {c.title}\n\n{c.proves}\n\n```\npython -m {c.module} {' '.join(c.numbers)} --seed 种子\n```\n"
        for c in CAMPAIGNS
    ]
    return "".join(parts)


def commit() -> str:
    """The commit that was proven, marked when the tree had changes."""
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty=+", "--exclude=*"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip() or "?"


def _short(value: object) -> str:
    if isinstance(value, dict) and any(isinstance(inner, dict) for inner in value.values()):
        return f"{len(value)} 类"
    if isinstance(value, dict):
        return "、".join(f"{key}: {_short(inner)}" for key, inner in value.items())
    return f"{len(value)} 条" if isinstance(value, list) else str(value)


if __name__ == "__main__":
    sys.exit(main())
