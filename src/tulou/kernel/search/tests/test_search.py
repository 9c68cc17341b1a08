"""Search: any two neighbouring characters find a title, hostile text finds nothing it should not, titles come first."""

from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tulou.kernel.search import Page, index, remove, search, tokens
from tulou.kernel.search.models import SearchDocument
from tulou.trust.ids import new_id

KIND = "test.entry"
SLOW = settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
TITLE = st.text(
    alphabet=st.one_of(
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
        st.characters(min_codepoint=0x20, max_codepoint=0x7E),
        st.sampled_from("ＡｂＣ１２３（）、。·—㎡①ßİéÅﬁ𠮷㍿\u0301\u200b"),
    ),
    min_size=2,
    max_size=40,
)


def add(title: str, body: str = "", **options: object) -> UUID:
    key = new_id()
    index(KIND, key, title=title, body=body, **options)  # type: ignore[arg-type]
    return key


def found(text: str, **options: object) -> list[UUID]:
    page: Page = search(KIND, text, **options)  # type: ignore[arg-type]
    assert page.total >= len(page.hits)
    return [hit.object_id for hit in page.hits]


@pytest.mark.django_db
@SLOW
@given(TITLE, st.data())
def test_any_part_of_a_title_finds_it(title: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(title) - 2))
    end = data.draw(st.integers(start + 2, len(title)))
    part = title[start:end]
    assume(part.strip())
    assert add(title) in found(part, limit=1000)


@pytest.mark.django_db
@SLOW
@given(TITLE, TITLE)
def test_what_is_found_holds_what_was_asked(title: str, asked: str) -> None:
    from tulou.kernel.search.text import could_be_initials, fold, runs

    key = add(title)
    if key in found(asked, limit=1000) and runs(asked):
        plain = fold(title).text
        assert all(run in plain or could_be_initials(run) for run in runs(asked))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asked", ["口", "人口", "基础信息", "人口 信息", "rkjc", "RKJC", "2024", "ａｐｉ", "API", "口基"]
)
def test_the_words_of_civil_servants_find_their_entry(asked: str) -> None:
    key = add("人口基础信息 API（2024年）")
    add("法人登记目录")
    assert found(asked) == [key]


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["人信", "础人", "xxx", "3024", "rkxj", "apis", "人口 法人"])
def test_what_does_not_stand_there_is_not_found(asked: str) -> None:
    add("人口基础信息 API（2024年）")
    assert found(asked) == []


@pytest.mark.django_db
def test_words_that_only_share_their_pairs_are_not_taken_for_the_phrase() -> None:
    key = add("人民政府")
    add("人民与民政，民政与政府")
    assert found("人民政府") == [key]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "hostile",
    ["'", "\\", "a' | 'b", "!x & (y", "%", "_", "<script>", ":*", "a:*", "\x00x\x00",
     "'; DROP TABLE search_document; --",
     "（）", "\ud7ff", "x" * 10_000, "<-> |", "\\'", "a\\"],
)  # fmt: skip
def test_hostile_text_is_only_text(hostile: str) -> None:
    add("人口基础信息", "正文")
    assert found(hostile) == []
    key = add(f"恶意{hostile}标题", hostile)
    assert key in found("恶意")
    assert SearchDocument.objects.count() == 2


@pytest.mark.django_db
def test_titles_rank_above_bodies_and_weight_decides_the_rest() -> None:
    in_body = add("其他目录", "空气质量 " * 50, weight=9)
    in_title = add("空气质量监测")
    preferred = add("空气质量监测", weight=5)
    assert found("空气质量") == [preferred, in_title, in_body]


@pytest.mark.django_db
def test_no_text_lists_everything_by_weight() -> None:
    light, heavy = add("甲"), add("乙", weight=1)
    assert found("") == found("  ") == [heavy, light]


@pytest.mark.django_db
def test_facets_narrow_and_count_without_hiding_their_own_alternatives() -> None:
    a = add("空气 甲", facets={"region": "3501", "theme": ["环境", "健康"]})
    b = add("空气 乙", facets={"region": "3502", "theme": ["环境"]})
    add("交通 丙", facets={"region": "3501", "theme": ["交通"]})
    page = search(KIND, "空气")
    assert page.facets == {"region": {"3501": 1, "3502": 1}, "theme": {"环境": 2, "健康": 1}}
    narrowed = search(KIND, "空气", facets={"region": "3501"})
    assert [hit.object_id for hit in narrowed.hits] == [a]
    assert narrowed.facets == {"region": {"3501": 1, "3502": 1}, "theme": {"健康": 1, "环境": 1}}
    both = search(KIND, "空气", facets={"region": ["3501", "3502"], "theme": "环境"})
    assert {hit.object_id for hit in both.hits} == {a, b}
    assert search(KIND, "空气", facets={"region": "'; --"}).total == 0


@pytest.mark.django_db
def test_owners_and_kinds_keep_documents_apart() -> None:
    mine, theirs = new_id(), new_id()
    key = add("空气", owner=mine)
    add("空气", owner=theirs)
    assert found("空气", owners=[mine]) == [key]
    assert found("空气", owners=[]) == []
    assert search("test.other", "空气").total == 0


@pytest.mark.django_db
def test_pages_follow_each_other_without_overlap() -> None:
    keys = {add(f"空气 {n}") for n in range(25)}
    pages = [search(KIND, "空气", limit=10, offset=offset) for offset in (0, 10, 20)]
    assert [len(page.hits) for page in pages] == [10, 10, 5]
    assert {hit.object_id for page in pages for hit in page.hits} == keys
    assert {page.total for page in pages} == {25}


@pytest.mark.django_db
def test_a_changed_or_removed_document_is_found_as_it_now_is() -> None:
    key = add("旧名称")
    index(KIND, key, title="新名字")
    assert found("旧名称") == []
    assert found("新名字") == [key]
    remove(KIND, key)
    remove(KIND, key)
    assert found("新名字") == []


@pytest.mark.django_db
def test_what_was_rolled_back_is_not_found() -> None:
    with transaction.atomic():
        add("空气")
        transaction.set_rollback(True)
    assert found("空气") == []


@pytest.mark.django_db
def test_matches_are_shown_as_they_were_written_and_escaped() -> None:
    add("＜ＡＰＩ＞人口", "前文" * 30 + "<b>这里有Api接口</b>" + "后文" * 60)
    [hit] = search(KIND, "api").hits
    assert hit.title.html == "＜<mark>ＡＰＩ</mark>＞人口"
    assert "&lt;b&gt;这里有<mark>Api</mark>接口&lt;/b&gt;" in hit.snippet.html
    assert str(hit.snippet).startswith("…")
    assert len(str(hit.snippet)) <= 122


@SLOW
@given(TITLE)
def test_tokens_hold_nothing_that_a_query_could_mistake(title: str) -> None:
    assert all(token.isalnum() and len(token) <= 2 for token in tokens(title))
