"""Calls: what a plan's holder gets, what is recorded of it, and who gets nothing."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote
from uuid import uuid4

import pytest

from tulou.plane.gate.tests.ground import masked
from tulou.plane.gateway.tests.ground import HUB, Ground
from tulou.trust.evidence import open_promise
from tulou.trust.keys import KeyStore, new_key
from tulou.trust.plans import Basis, Quota


def test_a_page_of_rows_is_answered_metered_and_recorded(ground: Ground) -> None:
    plan = ground.plan("code", masked("name", "keep", 1))
    answer = ground.get("/v1/data?eq.code=1", ground.token(plan), X_Purpose=quote("核验"))
    assert answer.status_code == 200
    assert answer.json()["rows"] == [{"code": "1", "name": "林**"}]
    [leaf] = ground.leaves(plan)
    assert leaf["kind"] == "access.call.made"
    assert leaf["id"] == answer.headers["x-tulou-evidence"]
    assert leaf["actor"]["party"] == plan.caller
    told = leaf["data"]
    assert (told["plan"], told["channel"], told["columns"], told["rows"]) == (plan.id, "api", ["code", "name"], 1)
    assert told["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert ground.used(plan) == (1, 1, len(answer.content))


def test_what_cannot_be_counted_is_neither_recorded_nor_sent(ground: Ground) -> None:
    plan = ground.plan()
    ground.sql("ALTER TABLE access_meter ADD CONSTRAINT nothing_more CHECK (bytes = 0) NOT VALID")
    try:
        answer = ground.get("/v1/data", ground.token(plan))
    finally:
        ground.sql("ALTER TABLE access_meter DROP CONSTRAINT nothing_more")
    assert answer.status_code == 503
    assert ground.leaves(plan) == []


def test_the_promise_of_a_recorded_call_is_signed_by_the_node(ground: Ground) -> None:
    answer = ground.get("/v1/data", ground.token(ground.plan()))
    query = "SELECT promise, leaf_hash FROM evidence_entry WHERE id = %s"
    [(token, leaf_hash)] = ground.sql(query, answer.headers["x-tulou-evidence"])
    promised = open_promise(token, ground.keys)
    assert (promised.leaf_hash, promised.log) == (bytes(leaf_hash), "fujian")


def test_pages_follow_each_other_by_cursor(ground: Ground) -> None:
    token, seen, cursor = ground.token(ground.plan("code")), [], ""
    while True:
        told = ground.get(f"/v1/data?limit=1&sort=code&cursor={cursor}", token).json()
        seen += [row["code"] for row in told["rows"]]
        cursor = told["cursor"]
        if not cursor:
            break
    assert seen == ["1", "2", "3"]


def test_a_preview_is_short_and_can_be_a_table_of_escaped_texts(ground: Ground) -> None:
    plan = ground.plan("code", "name", masked("id_no", "keep", 4, 2))
    answer = ground.get("/v1/preview", ground.token(plan), Accept="text/html", Origin=HUB)
    assert answer.headers["content-type"].startswith("text/html")
    assert "1101************2X" in answer.text
    assert "=cmd|&#x27;" in answer.text
    assert "<td>3</td>" in answer.text
    assert ground.get("/v1/preview?limit=51", ground.token(plan)).status_code == 400
    assert ground.leaves(plan)[0]["data"]["channel"] == "preview"


def test_only_the_hubs_pages_may_read_an_answer(ground: Ground) -> None:
    token = ground.token(ground.plan())
    assert ground.get("/v1/data", token, Origin=HUB).headers["access-control-allow-origin"] == HUB
    for origin in ("http://evil.example", "http://localhost:8000.evil.example", "null"):
        assert "access-control-allow-origin" not in ground.get("/v1/data", token, Origin=origin).headers


def test_a_filter_on_a_number_is_recorded_only_as_a_keyed_digest(ground: Ground) -> None:
    plan = ground.plan("code", "id_no")
    assert len(ground.get("/v1/data?eq.id_no=11010519491231002X", ground.token(plan)).json()["rows"]) == 1
    [leaf] = ground.leaves(plan)
    plain = hashlib.sha256(b"id_no=11010519491231002X").hexdigest()
    assert "11010519491231002X" not in str(leaf)
    assert leaf["data"]["filters"] != plain


@pytest.mark.parametrize(("query", "code"), [
    ("eq.amount=1", "not_granted"), ("eq.name=x", "masked"), ("sort=name", "masked"), ("sort=region", "not_granted"),
    ("limit=100000000", "bad_limit"), ("limit=-1", "bad_limit"), ("limit=1e9", "bad_limit"),
    ("limit=%31%30001", "bad_limit"),
    ("cursor=abc", "bad_cursor"), ("where=1=1", "bad_query"), ("eq.code=1&eq.code=2", "bad_query"),
    ("eq.code=%FF", "bad_query"), ("eq.code%22%20OR%201=1", "not_granted"),
])  # fmt: skip
def test_a_request_beyond_the_plan_is_refused_in_chinese(ground: Ground, query: str, code: str) -> None:
    plan = ground.plan("code", masked("name", "hash"))
    answer = ground.get(f"/v1/data?{query}", ground.token(plan))
    told = answer.json()
    assert (answer.status_code, told["code"]) == (400, code)
    assert told["message"]
    assert told["remedy"]
    assert "Traceback" not in answer.text
    assert ground.leaves(plan) == []


def test_sql_in_a_filter_is_a_value(ground: Ground) -> None:
    answer = ground.get("/v1/data?eq.code=" + quote("1' OR '1'='1"), ground.token(ground.plan()))
    assert answer.json()["rows"] == []


def test_nobody_enters_without_a_true_token(ground: Ground) -> None:
    plan = ground.plan()
    good = ground.token(plan)
    parts = good.split(".")
    foreign = new_key("plans")
    tokens = {
        "missing": "",
        "nonsense": "nonsense",
        "tampered": ".".join([*parts[:2], parts[2][:-4] + "AAAA", parts[3]]),
        "resigned": ground.token(plan, foreign),
        "stolen key id": ".".join([*parts[:3], ground.token(plan, foreign).split(".")[3]]),
        "other kind": ground.token(plan, kind="node-message"),
        "other purpose": ground.token(plan, ground.keys.ensure("evidence")),
        "not a plan": ".".join(parts[:3]),
    }
    for name, token in tokens.items():
        answer = ground.get("/v1/data", token)
        assert answer.status_code == 401, name
        assert answer.json()["code"].startswith("token_"), name
    assert ground.get("/v1/data", good).status_code == 200


def test_a_plan_of_another_node_or_time_or_channel_is_refused(ground: Ground) -> None:
    plan = ground.plan()
    hour = timedelta(hours=1)
    for changed, status, code in [
        (replace(plan, node="fuzhou"), 401, "token_other_node"),
        (replace(plan, expires=plan.not_before), 401, "token_expired"),
        (replace(plan, not_before=plan.expires, expires=plan.expires + hour), 401, "token_expired"),
        (replace(plan, channels=("file",)), 403, "channel"),
        (replace(plan, id=str(uuid4())), 403, "revoked"),
        (replace(plan, basis=Basis("grant", str(uuid4()))), 403, "revoked"),
        (replace(plan, caller="somebody"), 401, "token_malformed"),
    ]:
        answer = ground.get("/v1/data", ground.token(changed))
        assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_stated_purpose_must_be_the_granted_one(ground: Ground) -> None:
    token = ground.token(ground.plan())
    assert ground.get("/v1/data", token, X_Purpose=quote("营销")).json()["code"] == "purpose"
    assert ground.get("/v1/data", token, X_Purpose=quote("核验")).status_code == 200


def test_a_long_lived_token_is_not_taken_from_an_address(ground: Ground) -> None:
    plan = ground.plan()
    assert ground.get(f"/v1/data?plan={ground.token(plan)}").status_code == 200
    long = ground.plan(expires=plan.expires + timedelta(days=30))
    assert ground.get(f"/v1/data?plan={ground.token(long)}").json()["code"] == "token_in_address"
    assert ground.get("/v1/data", ground.token(long)).status_code == 200


@pytest.mark.parametrize("target", ["plan", "right"])
def test_a_revocation_holds_from_the_next_call_on_and_can_be_lifted(ground: Ground, target: str) -> None:
    plan = ground.plan()
    token = ground.token(plan)
    assert ground.get("/v1/data", token).status_code == 200
    stopped = plan.id if target == "plan" else plan.basis.ref
    ground.sql("INSERT INTO access_revocation (target) VALUES (%s)", stopped)
    assert ground.get("/v1/data", token).json()["code"] == "revoked"
    assert ground.get("/v1/files/csv", token).json()["code"] == "revoked"
    ground.sql("UPDATE access_revocation SET lifted_at = now() WHERE target = %s", stopped)
    assert ground.get("/v1/data", token).status_code == 200
    assert ground.used(plan)[0] == 2


def test_a_revoked_key_makes_all_its_plans_worthless(ground: Ground) -> None:
    plan, key = ground.plan(), ground.keys.create("plans")
    token = ground.token(plan, key)
    assert ground.get("/v1/data", token).status_code == 200
    KeyStore(ground.settings.keys).revoke(key.id)
    assert ground.get("/v1/data", token).json()["code"] == "token_forged"


def test_twenty_callers_at_once_never_exceed_a_quota_of_calls(ground: Ground) -> None:
    plan = ground.plan("code", quota=Quota(calls_per_day=7))
    answers = ground.all_at_once(20, "/v1/data", ground.token(plan))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [429] * 13
    assert len(ground.leaves(plan)) == 7
    assert ground.used(plan)[:2] == (7, 21)


def test_twenty_callers_at_once_never_exceed_a_quota_of_rows(ground: Ground) -> None:
    plan = ground.plan("code", quota=Quota(rows_per_day=10))
    answers = ground.all_at_once(20, "/v1/data?limit=3", ground.token(plan))
    rows = sum(len(answer.json()["rows"]) for answer in answers if answer.status_code == 200)
    assert rows <= 10
    assert ground.used(plan)[1] == rows
    again = ground.get("/v1/data?limit=3", ground.token(plan))
    assert again.status_code in {200, 429}
    assert ground.used(plan)[1] <= 10


def test_a_page_is_cut_to_the_rows_that_are_left_today(ground: Ground) -> None:
    plan = ground.plan("code", quota=Quota(rows_per_day=4))
    token = ground.token(plan)
    assert len(ground.get("/v1/data?limit=3", token).json()["rows"]) == 3
    rest = ground.get("/v1/data?limit=3", token).json()
    assert len(rest["rows"]) == 1
    assert rest["cursor"]
    assert ground.get("/v1/data?limit=3", token).json()["code"] == "quota"


def test_where_evidence_cannot_be_written_nothing_leaves(ground: Ground) -> None:
    plan = ground.plan()
    ground.sql("ALTER TABLE evidence_entry RENAME TO evidence_gone")
    try:
        for path in ("/v1/data", "/v1/preview", "/v1/files/csv", "/v1/files/json"):
            answer = ground.get(path, ground.token(plan))
            assert (answer.status_code, answer.json()["code"]) == (503, "evidence_unavailable")
            assert "林某某" not in answer.text
    finally:
        ground.sql("ALTER TABLE evidence_gone RENAME TO evidence_entry")
    assert ground.get("/v1/data", ground.token(plan)).status_code == 200


def test_unknown_addresses_and_methods_are_refused(ground: Ground) -> None:
    assert ground.get("/v1/unknown").json()["code"] == "not_found"
    assert ground.get("/").status_code == 404
    assert ground.get("/healthz").status_code == 200
