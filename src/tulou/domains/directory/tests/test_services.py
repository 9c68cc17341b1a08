"""The directory: founding is repeatable, names have dates, succession rewrites nothing."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from tulou.domains.directory import public
from tulou.domains.directory.models import Agency, AgencyKind, NodeKind, SuccessionKind
from tulou.domains.directory.services import (
    AgencySpec,
    DutySpec,
    SystemSpec,
    found_agency,
    found_node,
    register_duty,
    register_system,
    rename_agency,
    succeed,
)
from tulou.kernel.identity import Actor

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("样例导入")


def an_agency(code: str, name: str) -> Agency:
    found_node("fujian", "福建省级平台", kind=NodeKind.PROVINCE, region="350000", parent=None, actor=SYSTEM)
    spec = AgencySpec(code, name, name, AgencyKind.DEPARTMENT, "350000", "fujian", valid_from=date(2018, 1, 1))
    return found_agency(spec, actor=SYSTEM)


def test_founding_twice_changes_nothing() -> None:
    assert an_agency("mzt", "省民政厅").id == an_agency("mzt", "省民政厅").id
    assert Agency.objects.count() == 1


def test_a_renamed_agency_keeps_its_old_name_in_the_past() -> None:
    bureau = an_agency("sjj", "省数字办")
    rename_agency(bureau, name="福建省数据管理局", short_name="省数据局", on=date(2024, 1, 1), actor=SYSTEM)
    assert public.name_on(bureau.id, date(2023, 6, 1)) == "省数字办"
    assert public.name_on(bureau.id, date(2024, 6, 1)) == "福建省数据管理局"
    assert public.name_on(bureau.id, date(2017, 1, 1)) is None


def test_what_an_agency_held_is_held_by_the_end_of_its_chain() -> None:
    first, second, third = an_agency("a", "甲局"), an_agency("b", "乙局"), an_agency("c", "丙局")
    succeed(first, second, kind=SuccessionKind.MERGED, on=date(2020, 1, 1), actor=SYSTEM)
    succeed(second, third, kind=SuccessionKind.MERGED, on=date(2022, 1, 1), actor=SYSTEM)
    assert public.holder_today(first.id) == third.id
    assert public.holder_today(third.id) == third.id


def test_agencies_cannot_succeed_each_other_in_a_ring() -> None:
    first, second = an_agency("a", "甲局"), an_agency("b", "乙局")
    succeed(first, second, kind=SuccessionKind.MERGED, on=date(2020, 1, 1), actor=SYSTEM)
    with pytest.raises(ValidationError, match="不能互相承继"):
        succeed(second, first, kind=SuccessionKind.MERGED, on=date(2021, 1, 1), actor=SYSTEM)


def test_a_duty_code_belongs_to_one_agency() -> None:
    first, second = an_agency("a", "甲局"), an_agency("b", "乙局")
    spec = DutySpec("QZ-1", "区划管理", "《行政区划管理条例》第三条", "行政区划")
    assert register_duty(spec, agency=first, actor=SYSTEM) == register_duty(spec, agency=first, actor=SYSTEM)
    with pytest.raises(ValidationError, match="已用于甲局"):
        register_duty(spec, agency=second, actor=SYSTEM)


def test_a_system_is_listed_under_its_agency() -> None:
    agency = an_agency("a", "甲局")
    register_system(SystemSpec("S-1", "区划系统"), agency=agency, actor=SYSTEM)
    assert [system.name for system in public.systems_of(agency.id)] == ["区划系统"]
