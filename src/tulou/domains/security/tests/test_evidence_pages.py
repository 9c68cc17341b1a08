"""存证: the leaf with its proof, the log, the audit desk, and bundles that an outsider checks with one file."""

import io
import json
import subprocess
import sys
import zipfile
from importlib.resources import files
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tulou.domains.security.tests.conftest import Line, seal
from tulou.domains.security.views.leaf import prove
from tulou.kernel import evidence
from tulou.kernel.evidence.auditor import audit
from tulou.kernel.workflow import Step
from tulou.trust.merkle import leaf_hash

pytestmark = pytest.mark.django_db


def check(folder: Path, bundle: bytes, keys: bytes) -> subprocess.CompletedProcess[str]:
    """Run the stand-alone verifier as an outsider does: alone, with a bundle and a list of keys."""
    verifier = folder / "verifier.py"
    verifier.write_bytes(files("tulou.trust").joinpath("verifier.py").read_bytes())
    (folder / "bundle.zip").write_bytes(bundle)
    (folder / "keys.json").write_bytes(keys)
    command = [sys.executable, "-I", str(verifier), str(folder / "bundle.zip"), "--keys", str(folder / "keys.json")]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def download(line: Line, who: str = "auditor") -> bytes:
    answer = line.browser(who).post(reverse("security:bundle", args=["grant", line.grant.id]))
    assert answer["Content-Type"] == "application/zip"
    return answer.content


def test_a_bundle_of_a_trace_is_checked_by_one_file_and_the_public_keys(line: Line, tmp_path: Path) -> None:
    bundle, keys = download(line), Client().get("/evidence/keys.json").content
    outcome = check(tmp_path, bundle, keys)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    for kind in ("sharing.request.submit", "sharing.item.refuse", "access.call.made", "ingest.batch.landed"):
        assert kind in outcome.stdout


def test_one_changed_byte_is_found_and_named(line: Line, tmp_path: Path) -> None:
    keys = Client().get("/evidence/keys.json").content
    with zipfile.ZipFile(io.BytesIO(download(line))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = next(name for name, data in parts.items() if b"access.call.made" in data and name.startswith("records/"))
    parts[name] = parts[name].replace(b'"rows":2', b'"rows":1', 1)
    outcome = check(tmp_path, _archive(parts), keys)
    assert outcome.returncode == 1
    assert "核验未通过" in outcome.stdout
    assert name in outcome.stdout


def _archive(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            member.create_system, member.external_attr = 3, 0o600 << 16
            archive.writestr(member, data)
    return target.getvalue()


def test_taking_a_bundle_is_evidence_itself(line: Line) -> None:
    download(line, "user")
    [taken] = evidence.latest(f"grant:{line.grant.id}", kinds=("security.bundle.export",))
    assert taken.leaf.actor.person == str(line.people["user"].party_id)
    assert taken.leaf.data["leaves"] > 5
    assert len(taken.leaf.data["sha256"]) == 64


def test_every_step_of_a_timeline_leads_to_a_leaf_whose_proof_holds(line: Line) -> None:
    page = line.browser("user").get(reverse("sharing:request", args=[line.request.id])).content.decode()
    step = Step.objects.filter(subject=line.request.id).latest("at")
    place = reverse("security:leaf", args=[step.leaf_hash])
    assert place in page
    leaf = line.browser("user").get(place)
    assert leaf.context["proof"].holds
    assert "证明成立" in leaf.content.decode()


def test_an_altered_leaf_does_not_prove_itself(line: Line) -> None:
    entry = evidence.entry(line.call)
    assert entry is not None
    assert prove(entry).holds
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE evidence_entry DISABLE TRIGGER USER")
        changed = entry.leaf.to_bytes().replace(b'"rows":2', b'"rows":1', 1)
        cursor.execute("UPDATE evidence_entry SET leaf = %s WHERE id = %s", [changed, entry.id])
        cursor.execute("ALTER TABLE evidence_entry ENABLE TRIGGER USER")
    altered = evidence.entry(line.call)
    assert altered is not None
    found = prove(altered)
    assert not found.holds
    assert [check.holds for check in found.checks][:3] == [False, True, False]
    page = line.browser("auditor").get(reverse("security:leaf", args=[entry.leaf_hash.hex()]))
    assert "证明不成立" in page.content.decode()


@pytest.mark.parametrize(
    ("who", "status"),
    [("auditor", 200), ("authority", 200), ("user", 200), ("manager", 200), ("stranger", 404), ("operator", 404)],
)
def test_a_leaf_of_a_call_is_shown_to_those_whom_it_concerns(line: Line, who: str, status: int) -> None:
    entry = evidence.entry(line.call)
    assert entry is not None
    assert line.browser(who).get(reverse("security:leaf", args=[entry.leaf_hash.hex()])).status_code == status


def test_a_publication_is_shown_to_every_agency(line: Line) -> None:
    step = Step.objects.get(subject=line.ground.entry.id, move="publish")
    assert line.browser("stranger").get(reverse("security:leaf", args=[step.leaf_hash])).status_code == 200


def test_an_unknown_leaf_is_not_found(line: Line) -> None:
    unknown = leaf_hash(b"nothing").hex()
    assert line.browser("auditor").get(reverse("security:leaf", args=[unknown])).status_code == 404
    assert Client(headers={"accept": "text/html"}).get(reverse("security:leaf", args=[unknown])).status_code == 302


def test_one_leaf_can_be_taken_away(line: Line, tmp_path: Path) -> None:
    entry = evidence.entry(line.call)
    assert entry is not None
    answer = line.browser("user").post(reverse("security:leaf-bundle", args=[entry.leaf_hash.hex()]))
    outcome = check(tmp_path, answer.content, Client().get("/evidence/keys.json").content)
    assert outcome.returncode == 0
    assert "已获证明的记录 1 条" in outcome.stdout


def test_the_log_says_how_large_it_is_and_what_the_auditor_found(line: Line) -> None:
    assert not audit(full=True).faults
    page = line.browser("operator").get(reverse("security:log"))
    head = evidence.latest_checkpoint()
    assert head is not None
    text = page.content.decode()
    assert head.root.hex() in text
    assert "审计未发现问题" in text
    assert page.context["head"].size == head.size


def test_the_audit_desk_is_the_auditors_and_narrows_by_kind_organisation_and_subject(line: Line) -> None:
    address = reverse("security:journal")
    auditor = line.browser("auditor")
    for who in ("authority", "manager", "operator"):
        assert line.browser(who).get(address).status_code == 403
    everything = auditor.get(address).context["table"].paginator.count
    seal()
    access = auditor.get(address, {"kind": "access"}).context["table"]
    assert 0 < access.paginator.count < everything
    own = auditor.get(address, {"party": str(line.agencies["user"].id)}).context["table"]
    assert {row.record.party for row in own.rows} == {line.agencies["user"].id}
    about = auditor.get(address, {"q": str(line.grant.id)}).context["table"]
    assert all(f"grant:{line.grant.id}" in row.record.subjects for row in about.rows)
    assert len(about.rows) > 1
    none = auditor.get(address, {"since": "2999-01-01"}).context["table"]
    assert none.paginator.count == 0


def test_the_journal_is_exported_with_whole_hashes(line: Line) -> None:
    answer = line.browser("auditor").get(reverse("security:journal"), {"kind": "access", "export": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    entry = evidence.entry(line.call)
    assert entry is not None
    assert entry.leaf_hash.hex() in text
    assert json.dumps("调用", ensure_ascii=False).strip('"') in text
