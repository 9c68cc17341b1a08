"""What a catalogue entry is pre-filled with."""

from pathlib import Path

from tulou.plane.connect import open_source, profile


def test_columns_are_recognised_from_their_values_and_labels(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "身份号码,姓名,成立日期,统一社会信用代码,行政区划代码,注册资本,手机号,人数,更新时间,valid_from\n"
        "11010519491231002X,甲,2020-01-02,91350100M000100Y43,350102,1.50,13800000000,3,2024-01-01 08:00:00,x\n"
        "440524188001010014,乙,2020/1/3,91350100M000100Y43,350102,20,13900000000,07,2024-01-01 09:00,\n"
    )
    found = {column.name: column for column in profile(open_source("csv", path))}
    assert (found["身份号码"].looks_like, found["身份号码"].proposed_type) == ("id_no", "text")
    assert found["身份号码"].key_candidate
    assert (found["成立日期"].proposed_name, found["成立日期"].proposed_type) == ("founded_on", "date")
    assert found["统一社会信用代码"].proposed_name == "uscc"
    assert found["行政区划代码"].looks_like == "region_code"
    assert found["注册资本"].proposed_type == "decimal(20,2)"
    assert found["手机号"].looks_like == "phone"
    assert found["人数"].proposed_type == "text", "a leading zero is a code"
    assert found["更新时间"].proposed_type == "timestamp"
    assert found["人数"].proposed_name == "ren_shu"
    assert found["valid_from"].proposed_name == "valid_from_col"
    assert found["valid_from"].nullable


def test_a_profile_shows_shapes_and_no_values(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("姓名\n欧阳先生\n13800001234\n")
    text = repr(profile(open_source("csv", path)))
    assert "欧阳" not in text
    assert "1380000" not in text
    assert "汉×4" in text
