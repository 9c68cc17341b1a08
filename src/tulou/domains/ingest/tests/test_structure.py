"""Columns that vanish or appear are named with what to do, before a batch and while it runs."""

import pytest
from django.core.exceptions import ValidationError

from tulou.domains.ingest import services
from tulou.domains.ingest.models import Source
from tulou.domains.ingest.tests.ground import GOOD, Ground

WITHOUT_NAME = "区划代码,人口\n350102,669000\n"
RENAMED = GOOD.replace("名称", "区划名称")
WIDER = "区划代码,名称,人口,备注\n350102,鼓楼区,669000,无\n"


def test_a_vanished_column_stops_the_start_and_is_named(ground: Ground) -> None:
    ground.send(GOOD)
    with pytest.raises(ValidationError, match=r"来源中找不到信息项：名称.*发起目录变更"):
        services.start_batch(ground.drop(WITHOUT_NAME), actor=ground.manager)


def test_a_new_column_stops_the_start_and_is_named(ground: Ground) -> None:
    with pytest.raises(ValidationError, match="目录没有的列：备注"):
        services.start_batch(ground.drop(WIDER), actor=ground.manager)


def test_a_renamed_column_is_mapped_once_and_remembered(ground: Ground) -> None:
    source = ground.drop(RENAMED)
    mapping = {**source.mapping, "name": "区划名称"}
    services.settle_columns(source, mapping, actor=ground.manager)
    source.refresh_from_db()
    assert services.start_batch(source, actor=ground.manager).fresh
    ground.work()
    assert services.matching_of(ground.drop(RENAMED.replace("669000", "1"), "下月.csv")).settled


def test_a_column_may_be_left_out_of_the_lake_knowingly(ground: Ground) -> None:
    source = ground.drop(WIDER)
    services.settle_columns(source, source.mapping, ignored=["备注"], actor=ground.manager)
    assert services.start_batch(Source.objects.get(pk=source.pk), actor=ground.manager).fresh


def test_only_an_item_that_may_be_empty_can_be_left_out(ground: Ground) -> None:
    source = ground.drop("区划代码,名称\n350102,鼓楼区\n")
    services.settle_columns(source, source.mapping, left_out=["people"], actor=ground.manager)
    batch = services.start_batch(Source.objects.get(pk=source.pk), actor=ground.manager).batch
    ground.work()
    batch.refresh_from_db()
    assert (batch.status, batch.accepted) == ("landed", 1)
    with pytest.raises(ValidationError, match="主键或必填"):
        services.settle_columns(
            ground.drop(WITHOUT_NAME), {"code": "区划代码"}, left_out=["name"], actor=ground.manager
        )


@pytest.mark.parametrize(
    "mapping", [{"name": "没有这一列"}, {"ghost": "名称"}, {"name": "区划代码", "code": "区划代码"}]
)
def test_an_impossible_mapping_is_refused(ground: Ground, mapping: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        services.settle_columns(ground.drop(GOOD), mapping, actor=ground.manager)


def test_an_upload_shows_shapes_and_counts_but_no_value(ground: Ground) -> None:
    source = ground.drop(GOOD)
    shown = {column["name"]: column for column in source.structure}
    assert shown["区划代码"]["shapes"] == ["9×6"]
    assert (shown["人口"]["type"], shown["人口"]["filled"], shown["人口"]["rows"]) == ("integer", 3, 3)
    assert not any(value in str(source.structure) for value in ("鼓楼区", "350102", "669000"))
