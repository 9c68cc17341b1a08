"""`make prove`: the long campaigns, at full numbers, each a module that prints its result as a last line of JSON.

`make test` runs a seeded sample of each. The last results stand in `docs/proof.md` with seed and commit;
`python -m tests.prove [--seed N] [name…]` runs some of them and leaves the other rows alone.
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

`make prove` 按完整数量运行下列验证，本页是各项最近一次的结果。`make test` 每次运行其中有种子的抽样。

| 验证 | 结果 | 数据 | 种子 | 提交 | 时间 |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Campaign:
    """One campaign: its name on the command line, its title, its module."""

    name: str
    title: str
    module: str


CAMPAIGNS = (
    Campaign("bundle-attacks", "对证据包的一万次攻击", "tests.proof.bundle_attacks"),
    Campaign("landing", "汇聚入湖途中反复 kill -9", "tests.chaos.landing"),
    Campaign("receipts", "汇聚作业进程反复 kill -9 后回执对账", "tests.chaos.receipts"),
)


def main() -> int:
    """Run the chosen campaigns, or all; 1 when one of them found a fault."""
    parser = argparse.ArgumentParser(description="按完整数量运行验证")
    parser.add_argument("names", nargs="*", help="、".join(campaign.name for campaign in CAMPAIGNS))
    parser.add_argument("--seed", type=int, default=int(datetime.now(ZoneInfo("Asia/Shanghai")).strftime("%Y%m%d")))
    chosen = parser.parse_args()
    unknown = set(chosen.names) - {campaign.name for campaign in CAMPAIGNS}
    if unknown:
        parser.error(f"没有这些验证：{'、'.join(sorted(unknown))}")
    wrong = 0
    for campaign in CAMPAIGNS:
        if not chosen.names or campaign.name in chosen.names:
            wrong += not run(campaign, chosen.seed)
    return 1 if wrong else 0


def run(campaign: Campaign, seed: int) -> bool:
    """Run one and write its row; whether it held."""
    print(f"{campaign.title}（{campaign.name}，种子 {seed}）", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", campaign.module, "--seed", str(seed)], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        check=False,
    )  # fmt: skip
    last = (done.stdout.strip().splitlines() or ["{}"])[-1]
    facts = json.loads(last) if last.startswith("{") else {}
    held = done.returncode == 0 and bool(facts)
    write(campaign, row(campaign, held=held, facts=facts, seed=seed))
    print("  通过" if held else f"  未通过，退出码 {done.returncode}", flush=True)
    return held


def row(campaign: Campaign, *, held: bool, facts: dict[str, object], seed: int) -> str:
    told = "；".join(
        f"{key} {_short(value)}" for key, value in facts.items() if key not in ("name", "campaign", "seed")
    )
    now = datetime.now(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M")
    cells = (f"{campaign.title} `{campaign.name}`", "通过" if held else "**未通过**", told, seed, f"`{commit()}`", now)
    return "| " + " | ".join(str(cell).replace("|", "/") for cell in cells) + " |"


def write(campaign: Campaign, line: str) -> None:
    """Put the row in its place and keep the others."""
    known = PAGE.read_text(encoding="utf-8").splitlines() if PAGE.exists() else []
    rows = {match.group(1): text for text in known if (match := re.match(r"\| [^|]*`([a-z0-9-]+)` \|", text))}
    rows[campaign.name] = line
    PAGE.write_text(HEAD + "".join(rows[c.name] + "\n" for c in CAMPAIGNS if c.name in rows), encoding="utf-8")


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
