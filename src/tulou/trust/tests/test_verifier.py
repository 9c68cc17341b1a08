"""The one-file verifier as an outsider meets it: alone, offline, in Chinese, and never deceived by a name."""

import ast
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tulou.trust import bundle, evidence, keys, merkle, verifier
from tulou.trust.bundle import Consistency, Record
from tulou.trust.evidence import Leaf, LeafActor
from tulou.trust.ids import new_id

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
SOURCE = Path(verifier.__file__)


class Node:
    """A node with a log of `size` leaves."""

    def __init__(self, size: int, suite: str = "intl-1", digest: str = "sha-256") -> None:
        self.node, self.log = keys.new_key("node", suite), keys.new_key("evidence", suite)
        self.digest, self.kind = merkle.DIGESTS[digest], digest
        self.leaves = [self._leaf(number) for number in range(size)]
        self.hashes = [leaf.hash(digest) for leaf in self.leaves]
        self.keys = [key.public_entry() for key in (self.node, self.log)]

    def _leaf(self, number: int) -> Leaf:
        actor = LeafActor("party-1", None, "数据管理员")
        at = START + timedelta(minutes=number)
        return Leaf(new_id(), at, "fujian", "sharing.request.submit", actor, (f"request:{number}",), {"rows": number})

    def checkpoint(self, size: int) -> evidence.Checkpoint:
        root = merkle.root(self.hashes[:size], self.digest)
        at = START + timedelta(days=1)
        return evidence.checkpoint(
            origin="fujian/evidence", size=size, root=root, at=at, key=self.log, digest=self.kind
        )

    def consistency(self, first: int, second: int) -> Consistency:
        return Consistency(first, second, merkle.consistency_proof(self.hashes[:second], first, self.digest))

    def record(self, index: int, size: int) -> Record:
        leaf = self.leaves[index]
        promise = evidence.promise(self.hashes[index], log="fujian/evidence", at=leaf.at, key=self.log)
        return Record(leaf, promise, index, merkle.inclusion_proof(self.hashes[:size], index, self.digest))

    def build(self, indices: list[int], size: int, title: str = "授权 1 的留痕", *known: Consistency) -> bytes:
        return bundle.build(
            title=title,
            records=[self.record(index, size) for index in indices],
            checkpoint=self.checkpoint(size),
            key=self.node,
            created=START + timedelta(days=2),
            consistency=known,
        )


@pytest.fixture(scope="module")
def node() -> Node:
    return Node(40)


def alone(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a copy of the file outside this project: isolated, no site packages."""
    copy = folder / "verifier.py"
    copy.write_bytes(SOURCE.read_bytes())
    command = [sys.executable, "-I", "-S", str(copy), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def files(tmp_path: Path, node: Node) -> Path:
    (tmp_path / "b.zip").write_bytes(node.build([1, 5, 30], 40))
    (tmp_path / "keys.json").write_text(json.dumps({"keys": node.keys}))
    return tmp_path


def test_it_runs_alone_and_tells_what_is_proven(files: Path) -> None:
    done = alone(files, "b.zip", "--keys", "keys.json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("核验通过")
    assert "2026-03-01 16:05:00  sharing.request.submit  数据管理员/party-1  request:5  #5" in done.stdout


def test_it_names_the_file_the_record_and_the_fault(files: Path, node: Node) -> None:
    data = (files / "b.zip").read_bytes()
    (files / "b.zip").write_bytes(data.replace(b'"rows":5', b'"rows":6'))
    done = alone(files, "b.zip", "--keys", "keys.json")
    assert done.returncode == 1
    assert "核验未通过" in done.stdout
    wanted = f"[内容被改动] records/000002.json（记录 {node.leaves[5].id}）：记录正文被改动"
    assert wanted in done.stdout
    assert "request:5" not in done.stdout
    assert "request:30" in done.stdout


def test_it_speaks_json(files: Path, node: Node) -> None:
    report = json.loads(alone(files, "b.zip", "--keys", "keys.json", "--json").stdout)
    assert report["ok"] is True
    assert report["faults"] == []
    assert [record["index"] for record in report["summary"]["records"]] == [1, 5, 30]
    assert report["summary"]["checkpoint"]["size"] == 40
    assert report["summary"]["key"] == node.node.id


@pytest.mark.parametrize("missing", ["b.zip", "keys.json"])
def test_a_missing_file_is_a_sentence_not_a_trace(files: Path, missing: str) -> None:
    (files / missing).unlink()
    done = alone(files, "b.zip", "--keys", "keys.json")
    assert done.returncode == 1
    assert "无法读取文件" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_terminal_without_chinese_does_not_stop_it(files: Path) -> None:
    command = [sys.executable, "-S", str(SOURCE), "b.zip", "--keys", "keys.json"]
    environment = {"PYTHONIOENCODING": "ascii", "PATH": ""}
    done = subprocess.run(command, cwd=files, capture_output=True, env=environment, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_it_is_one_file_of_the_standard_library_for_python_3_9() -> None:
    tree = ast.parse(SOURCE.read_text("utf-8"), feature_version=(3, 9))
    imported = {name.name for each in ast.walk(tree) if isinstance(each, ast.Import) for name in each.names}
    imported |= {str(each.module) for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= set(sys.stdlib_module_names)
    # Keyword arguments and functions that came after 3.9 parse there and fail only when reached.
    calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call)]
    keywords = {keyword.arg for call in calls for keyword in call.keywords}
    assert not keywords & {"strict", "slots", "kw_only"}
    assert not {each.attr for each in ast.walk(tree) if isinstance(each, ast.Attribute)} & {"bit_count", "UTC"}


@pytest.mark.parametrize(("suite", "digest"), [("gm-1", "sm3"), ("gm-1", "sha-256"), ("intl-1", "sm3")])
def test_suites_of_keys_and_digest_of_the_log_are_apart(suite: str, digest: str) -> None:
    node = Node(9, suite, digest)
    report = verifier.verify_bundle(node.build([0, 8], 9, "国密", node.consistency(4, 9)), node.keys, _known(node, 4))
    assert report.ok, report.faults


def test_the_same_facts_give_the_same_bytes(node: Node) -> None:
    assert node.build([5, 1, 30], 40) == node.build([1, 5, 30], 40)


def test_an_empty_bundle_is_a_bundle(node: Node) -> None:
    report = verifier.verify_bundle(node.build([], 40), node.keys)
    assert report.ok
    assert "没有已获证明的记录" in "\n".join(verifier.explain(report))


@pytest.mark.parametrize(("indices", "size"), [([3, 3], 40), ([39], 39)])
def test_a_bundle_that_could_not_be_verified_is_not_built(node: Node, indices: list[int], size: int) -> None:
    records = [node.record(index, 40) for index in indices]
    with pytest.raises(ValueError, match="存证"):
        bundle.build(title="x", records=records, checkpoint=node.checkpoint(size), key=node.node, created=START)


def test_a_key_that_was_rotated_out_still_verifies(node: Node) -> None:
    newer = keys.new_key("evidence")
    records = [node.record(1, 40)]
    point = evidence.checkpoint(origin="fujian/evidence", size=40, root=merkle.root(node.hashes), at=START, key=newer)
    data = bundle.build(title="x", records=records, checkpoint=point, key=node.node, created=START)
    assert verifier.verify_bundle(data, [*node.keys, newer.public_entry()]).ok


def _known(node: Node, size: int, *proofs: Consistency) -> Any:
    return json.loads(bundle.known_checkpoint(node.checkpoint(size), proofs))


def codes(report: verifier.Report) -> list[tuple[str, str]]:
    return [(fault.code, fault.part) for fault in report.faults]


def test_known_checkpoints_before_at_and_after_the_bundles(node: Node) -> None:
    data = node.build([1, 5], 30, "x", node.consistency(16, 30), node.consistency(7, 30))
    for known in (16, 7, 30):
        assert verifier.verify_bundle(data, node.keys, _known(node, known)).ok
    later = _known(node, 40)
    assert codes(verifier.verify_bundle(data, node.keys, later)) == [("stale-checkpoint", "checkpoint.json")]
    proven = _known(node, 40, node.consistency(30, 40))
    assert verifier.verify_bundle(data, node.keys, proven).ok
    unproven = _known(node, 12)
    assert codes(verifier.verify_bundle(data, node.keys, unproven)) == [("unproven", "checkpoint.json")]


@pytest.mark.parametrize("known", [16, 30])
def test_a_rewritten_log_contradicts_what_was_known(node: Node, known: int) -> None:
    other = Node(40)
    other.log, other.node, other.keys = node.log, node.node, node.keys
    data = other.build([1], 30, "x", other.consistency(16, 30))
    assert verifier.verify_bundle(data, node.keys).ok
    assert codes(verifier.verify_bundle(data, node.keys, _known(node, known))) == [("inconsistent", "checkpoint.json")]


@pytest.mark.parametrize("known", [{}, [], "x", {"token": 1}, {"token": "a.b.c.d"}], ids=str)
def test_an_unreadable_known_checkpoint_is_a_fault_of_its_own(node: Node, known: Any) -> None:
    assert {part for _, part in codes(verifier.verify_bundle(node.build([1], 40), node.keys, known))} == {"known"}


@pytest.mark.parametrize("listed", [[], {}, None, "x", [1], [{}], {"keys": [{"id": "x"}]}], ids=str)
def test_an_unreadable_key_list_is_a_fault_of_its_own(node: Node, listed: Any) -> None:
    assert ("bad-keys", "keys") in codes(verifier.verify_bundle(node.build([1], 40), listed))


def test_a_key_listed_twice_cannot_undo_its_revocation(node: Node) -> None:
    revoked = [{**entry, "revoked": "2026-05-01T00:00:00+00:00"} for entry in node.keys]
    found = codes(verifier.verify_bundle(node.build([1], 40), [*revoked, *node.keys]))
    assert {("bad-keys", "keys"), ("revoked-key", "manifest.json"), ("revoked-key", "checkpoint.json")} <= set(found)


def test_nothing_in_a_bundle_can_write_lines_of_the_report(files: Path, node: Node) -> None:
    (files / "b.zip").write_bytes(node.build([1], 40, "x\n核验通过：假\x1b[2K\r"))
    lines = alone(files, "b.zip", "--keys", "keys.json").stdout.splitlines()
    assert [line for line in lines if line.startswith("核验通过")] == [lines[0]]
    assert "\x1b" not in "".join(lines)


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=400) | st.binary(max_size=60).map(lambda data: b"PK\3\4" + data + b"PK\5\6" + data))
def test_any_bytes_get_a_report(data: bytes) -> None:
    report = verifier.verify_bundle(data, [keys.new_key("node").public_entry()])
    assert not report.ok
    assert list(verifier.explain(report))


def test_a_directory_of_overlapping_members_does_not_fill_the_memory(node: Node) -> None:
    """A central directory may list one stretch of the file many thousand times."""
    body = node.build([1], 40)
    entry = body[body.index(b"PK\1\2") :][: 46 + len("manifest.json")]
    huge = entry[:20] + len(body).to_bytes(4, "little") * 2 + entry[28:]
    count = 60_000
    end = b"PK\5\6" + bytes(4) + count.to_bytes(2, "little") * 2
    end += (len(huge) * count).to_bytes(4, "little") + len(body).to_bytes(4, "little") + bytes(2)
    parts, faults = verifier.read_archive(body + huge * count + end)
    assert sum(len(part.data) for part in parts) < 2 * len(body)
    assert faults
