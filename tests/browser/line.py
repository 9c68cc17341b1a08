"""The thin line as its users walk it, one method for each of their tasks; later ones need what earlier ones made."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from playwright.sync_api import ViewportSize, expect

from tests.browser.desk import DESK, Desk

#: What the whole line is about: a register that a department of the sample does not have yet.
NAME = "养老机构登记信息（走查）"
HEADER = ("机构编码", "机构名称", "区划代码", "床位数", "登记日期", "联系电话")
GOOD = [
    (f"YL{number:04d}", f"样例养老院{number}号", "350102", str(20 + number), f"2024-03-{number % 28 + 1:02d}",
     f"0591-8700{number:04d}")
    for number in range(1, 41)
]  # fmt: skip
BAD = [
    ("YL0101", "样例养老院101号", "350102", "很多", "2024-03-01", "0591-87000101"),
    ("YL0102", "样例养老院102号", "350102", "30", "2024-02-30", "0591-87000102"),
    ("", "样例养老院103号", "350102", "30", "2024-03-03", "0591-87000103"),
]
MENDED = [(*row[:3], "30", "2024-03-05", row[5]) for row in (BAD[0], BAD[1])] + [("YL0103", *BAD[2][1:])]
ID = r"[0-9a-f]{8}-[0-9a-f-]{27}"


def as_csv(rows: Sequence[tuple[str, ...]]) -> bytes:
    """A file as a department sends it: with a byte order mark, as Excel writes."""
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *rows])
    return text.getvalue().encode("utf-8-sig")


@dataclass
class Line:
    """The walk so far."""

    open_desk: Callable[[str, ViewportSize], Desk]
    folder: Path
    name: str = NAME
    entry: str = ""
    batch: str = ""
    ticket: str = ""
    request: str = ""
    grant: str = ""
    right: str = ""
    key: tuple[str, str] = ("", "")
    files: dict[str, Path] = field(default_factory=dict)
    broken: str = ""

    def walk(self, *tasks: str) -> None:
        """Do these, if everything before was done: what follows a failure would only fail again, slowly."""
        self.require()
        for task in tasks:
            self.broken = task
            getattr(self, task)()
        self.broken = ""

    def require(self) -> None:
        """What came before was done."""
        assert not self.broken, f"先前一步没有走通：{self.broken}"

    def desk(self, login: str, size: ViewportSize = DESK) -> Desk:
        """Somebody at work."""
        return self.open_desk(login, size)

    def file(self, name: str, rows: Sequence[tuple[str, ...]]) -> dict[str, Any]:
        """A file for an upload field."""
        return {"name": name, "mimeType": "text/csv", "buffer": as_csv(rows)}

    # 1. catalogue

    def register_duty_and_system(self) -> None:
        with self.desk("mz-data") as desk:
            desk.open("/directory/duties/new/")
            desk.page.get_by_label("事项编码").fill("MZ-YLJG-01")
            desk.page.get_by_label("事项名称").fill("养老机构备案管理")
            desk.page.get_by_label("依据").fill("养老机构管理办法")
            desk.page.get_by_label("核心业务").fill("养老服务")
            desk.press("登记")
            assert "养老机构备案管理" in desk.text()
            desk.open("/directory/systems/new/")
            desk.page.get_by_label("系统编码").fill("mz-ylfw")
            desk.page.get_by_label("系统名称").fill("养老服务管理系统（走查）")
            desk.press("登记")
            assert "养老服务管理系统" in desk.text()

    def start_the_entry_from_a_file(self) -> None:
        with self.desk("mz-data") as desk:
            desk.open("/catalog/mine/start/file/")
            desk.page.set_input_files("input[name=file]", self.file("养老机构.csv", GOOD))  # type: ignore[arg-type]
            desk.page.get_by_label("目录名称").fill(self.name)
            desk.press("读取结构并填写")
            self.entry = found(rf"/catalog/entry/({ID})/edit/", desk.page.url)
            labels = [box.input_value() for box in desk.page.locator("[data-row] input[name$='-label']").all()]
            assert labels[: len(HEADER)] == list(HEADER)
            self._complete(desk)

    def _complete(self, desk: Desk) -> None:
        page = desk.page
        page.locator("#id_abstract").fill("全省养老机构备案登记的名称、床位、联系方式，按机构逐条登记")
        page.select_option("#id_category_class", "3")
        page.select_option("#id_duty", label=option_with(desk, "#id_duty", "养老机构备案管理"))
        page.select_option("#id_system", label=option_with(desk, "#id_system", "养老服务管理系统"))
        page.locator("#id_domain").fill("民政")
        page.select_option("#id_region", index=1)
        page.select_option("#id_format_major", label=option_with(desk, "#id_format_major", "表格"))
        page.select_option("#id_update_cycle", label="每月")
        page.locator("#id_retention").fill("长期")
        page.locator("#id_destroy_rule").fill("不销毁")
        page.select_option("#id_share_type", label="有条件共享")
        page.locator("#id_share_condition").fill("用于政务服务和监管中的机构核对")
        for method in page.locator("input[name=share_methods]").all():
            method.check()
        page.select_option("#id_open_type", label="依申请开放")
        page.locator("#id_open_condition").fill("公共利益用途")
        page.locator("#id_contact").fill("省民政厅数据管理员")
        page.select_option("#id_grade", "3")
        page.locator("#id_personal_basis").fill("为履行法定职责所必需（个人信息保护法第十三条第三项）")
        self._set_items(desk)
        desk.press("保存并提请部门审核")
        assert desk.errors() == []
        assert "还需完善" not in desk.text(), desk.text()[-800:]
        assert "已提请部门审核" in desk.text()

    def _set_items(self, desk: Desk) -> None:
        """The code is the key; everything but the telephone must be there; the telephone is masked."""
        for row in desk.page.locator("[data-row]").all():
            label = row.locator("input[name$='-label']").input_value()
            row.locator("input[name$='-is_key']").set_checked(label == "机构编码")
            row.locator("input[name$='-nullable']").set_checked(label == "联系电话")
            if label == "联系电话":
                row.locator("details summary").click()
                row.locator("select[name$='-mask']").select_option("keep")
                row.locator("input[name$='-mask_head']").fill("4")
                row.locator("input[name$='-mask_tail']").fill("2")

    def pass_the_own_office_and_the_bureau(self) -> None:
        self._endorse_and_submit()
        with self.desk("bureau-reviewer") as desk:
            desk.open("/catalog/desk/")
            assert self.name in desk.text()
            desk.open(f"/catalog/entry/{self.entry}/review/")
            desk.page.get_by_label("退回修改").check()
            desk.page.get_by_label("审核意见").fill("请在摘要中写明包含未备案机构与否")
            desk.press("确认审核结论")
        with self.desk("mz-data") as desk:
            desk.open(f"/catalog/entry/{self.entry}/edit/")
            assert "请在摘要中写明包含未备案机构与否" in desk.text()
            desk.page.locator("#id_abstract").fill("全省已备案养老机构的名称、床位、联系方式；不含未备案机构")
            desk.press("保存并提请部门审核")
        self._endorse_and_submit()
        with self.desk("bureau-reviewer") as desk:
            desk.open(f"/catalog/entry/{self.entry}/review/")
            desk.page.get_by_label("审核通过并发布").check()
            desk.press("确认审核结论")
            assert "已发布" in desk.text()
            assert "第1版" in desk.text()

    def _endorse_and_submit(self) -> None:
        with self.desk("mz-approver") as desk:
            desk.open(f"/catalog/entry/{self.entry}/endorse/")
            desk.press("确认部门审核通过")
        with self.desk("mz-data") as desk:
            desk.open(f"/catalog/entry/{self.entry}/submit/")
            desk.press("确认提交审核")

    # 2. aggregation

    def aggregate_with_rejected_rows(self) -> None:
        with self.desk("mz-data") as desk:
            desk.open(f"/ingest/start/{self.entry}/")
            self.batch = self._send(desk, "养老机构一月.csv", [*GOOD, *BAD])
            figures = desk.text()
            assert re.search(r"送达\s*43", figures), figures
            assert re.search(r"入库\s*40", figures), figures
            assert re.search(r"退回\s*3", figures), figures
            with desk.page.expect_download() as started:
                desk.page.get_by_role("button", name="下载退回清单").click()
            told = Path(started.value.path()).read_text(encoding="utf-8-sig")
            assert "YL0101" in told
            assert "很多" in told
            assert re.search("[一-鿿]{4,}", told)
            desk.open(f"/ingest/batches/{self.batch}/receipt/")
            assert "送达 43 = 入库 40 + 退回 3" in desk.text()

    def send_the_corrected_rows(self) -> None:
        with self.desk("mz-data") as desk:
            desk.open(f"/ingest/batches/{self.batch}/correct/")
            again = self._send(desk, "养老机构一月补报.csv", MENDED)
            assert again != self.batch
            assert "退回的行已全部更正" in desk.text()

    def _send(self, desk: Desk, name: str, rows: Sequence[tuple[str, ...]]) -> str:
        """Drop the file, keep the proposed columns, start, and wait for the receipt."""
        page = desk.page
        page.set_input_files("main input[type=file]", self.file(name, rows))  # type: ignore[arg-type]
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url(re.compile(rf"/ingest/sources/{ID}/"))
        desk.look()
        desk.press("开始汇聚")
        page.wait_for_url(re.compile(rf"/ingest/batches/{ID}/"))
        expect(page.get_by_text("入库后现行")).to_be_visible(timeout=120_000)
        desk.look()
        return found(rf"/ingest/batches/({ID})/", page.url)

    # 3. quality

    def take_up_the_ticket(self) -> None:
        with self.desk("mz-data") as desk:
            desk.open(f"/quality/tickets/?q={quote(self.name)}")
            desk.page.locator("tbody a[href*='/quality/tickets/']").first.click()
            desk.look()
            self.ticket = found(rf"/quality/tickets/({ID})/", desk.page.url)
            desk.open(f"/quality/tickets/{self.ticket}/accept/")
            desk.press("确认受理")
            desk.open(f"/quality/tickets/{self.ticket}/start_fixing/")
            desk.press("确认开始整改")

    def say_that_it_is_mended(self) -> None:
        with self.desk("mz-data") as desk:
            desk.open(f"/quality/tickets/{self.ticket}/fixed/")
            desk.page.select_option("#id_resolution", index=1)
            desk.page.locator("#id_note").fill("三行已更正并补报")
            desk.press("确认提交整改结果")

    def close_it_as_somebody_else(self) -> None:
        with self.desk("bureau-quality") as desk:
            desk.open(f"/quality/tickets/{self.ticket}/")
            if "核验通过" in desk.page.locator(".tu-moves").inner_text():
                desk.open(f"/quality/tickets/{self.ticket}/verify/")
                desk.page.locator("#id_note").fill("已核对补报批次，三行均已入库")
                desk.press("确认核验通过")
        with self.desk("mz-data") as desk:
            assert desk.status_of(f"/quality/tickets/{self.ticket}/close/") == 403
        with self.desk("bureau-quality") as desk:
            desk.open(f"/quality/tickets/{self.ticket}/close/")
            desk.press("确认办结")
            assert "已办结" in desk.text() or "办结" in desk.text()
        with self.desk("rs-consumer") as desk:
            desk.open(f"/catalog/entry/{self.entry}/")
            assert re.search(r"质量", desk.text())

    # 4. request and decision

    def find_in_chinese_and_ask(self) -> None:
        with self.desk("rs-consumer") as desk:
            desk.open("/catalog/?q=养老机构")
            desk.page.get_by_role("link", name=re.compile("养老机构登记信息")).first.click()
            desk.look()
            assert desk.path == f"/catalog/entry/{self.entry}/"
            desk.open(f"/sharing/ask/{self.entry}/")
            self._ask(desk)
            self.request = found(rf"/sharing/request/({ID})/", desk.page.url)
        with self.desk("rs-approver") as desk:
            desk.open(f"/sharing/request/{self.request}/endorse/")
            desk.press("确认部门审核通过")
        with self.desk("rs-consumer") as desk:
            desk.open(f"/sharing/request/{self.request}/submit/")
            desk.press("确认提交申请")

    def _ask(self, desk: Desk) -> None:
        page = desk.page
        for label in ("机构编码", "机构名称", "床位数", "联系电话"):
            page.get_by_label(f"选择 {label}").check()
        page.locator("#id_scenario").fill("养老服务补贴资格核对")
        page.locator("#id_purpose").fill("核对申请补贴的机构是否已备案")
        page.locator("input[name=basis]").first.check()
        for method in page.locator("input[name=methods]").all():
            method.check()
        page.select_option("#id_system", index=1)
        page.locator("#id_contact").fill("省人社厅用数申请员")
        page.locator("#id_disposal").fill("使用期满后删除")
        page.locator("main form.tu-form button[type=submit]").first.click()
        page.wait_for_load_state("load")
        assert "/sharing/request/" in page.url, desk.errors()

    def take_in(self) -> None:
        with self.desk("bureau-sharing") as desk:
            desk.open(f"/sharing/request/{self.request}/accept/")
            desk.press("确认受理")
            assert "到期" in desk.text() or "期限" in desk.text() or "答复" in desk.text()

    def decide_item_by_item(self) -> None:
        with self.desk("mz-data") as desk:
            desk.open(f"/sharing/request/{self.request}/")
            for row in desk.page.locator(".tu-decision").all():
                refused = "床位数" in row.locator("legend").first.inner_text()
                row.get_by_label("不予共享" if refused else "同意", exact=True).check()
            desk.press("提交决定")
            assert "没有依据不能拒绝" in desk.text()
            row = desk.page.locator(".tu-decision", has_text="床位数")
            row.get_by_label("不予共享依据").select_option(index=1)
            row.get_by_label("意见").fill("床位数尚未核定，不得对外提供")
            desk.press("提交决定")
            expect(desk.page.get_by_text("决定已办理")).to_be_visible()

    # 5. delivery

    def preview_and_download(self) -> None:
        with self.desk("rs-consumer") as desk:
            desk.open(f"/sharing/request/{self.request}/")
            desk.follow("打开授权，取用数据")
            self.grant = found(rf"/sharing/grant/({ID})/", desk.page.url)
            desk.follow("预览数据")
            self.right = found(rf"/access/right/({ID})/", desk.page.url)
            rows = desk.page.locator("[data-gateway-rows]")
            expect(rows).to_contain_text("样例养老院1号")
            expect(rows).to_contain_text("0591*")
            expect(rows).not_to_contain_text("87000001")
            desk.open(f"/access/right/{self.right}/")
            for kind in ("csv", "xlsx"):
                desk.page.get_by_label("文件格式").select_option(kind)
                with desk.page.expect_download() as started:
                    desk.page.get_by_role("button", name="下载").click()
                self.files[kind] = self.folder / f"delivered.{kind}"
                started.value.save_as(self.files[kind])

    def fetch_a_key(self) -> None:
        with self.desk("rs-consumer") as desk:
            desk.open(f"/access/right/{self.right}/key/")
            system = desk.page.locator("#id_system")
            system.select_option(index=system.locator("option").count() - 1)
            desk.page.locator("main form.tu-form button[type=submit]").first.click()
            token = desk.page.locator("[data-key]").inner_text()
            desk.look()
            sample = desk.page.locator("pre.tu-sample").inner_text()
            self.key = (found(r'"(http[^"?]+)\?', sample), token)

    def suspend_the_grant(self) -> None:
        with self.desk("mz-data") as desk:
            desk.open(f"/sharing/grant/{self.grant}/suspend/")
            note = desk.page.locator("main textarea")
            if note.count():
                note.first.fill("核对使用情况，暂停提供")
            desk.press("确认暂停")

    def call(self, **parameters: str) -> httpx.Response:
        """A call of the consumer's system, with its key."""
        address, token = self.key
        return httpx.get(address, params=parameters, headers={"Authorization": f"Bearer {token}"}, timeout=60)

    # 6. trace

    def trace_and_export(self) -> Path:
        with self.desk("auditor") as desk:
            desk.open(f"/security/trace/grant/{self.grant}/")
            told = desk.text()
            assert all(question in told for question in ("来源", "去向", "留痕", "责任"))
            assert "省人力资源和社会保障厅" in told or "人社" in told
            return self._bundle(desk)

    def _bundle(self, desk: Desk) -> Path:
        path = self.folder / "bundle.zip"
        desk.follow("导出证据包")
        with desk.page.expect_download() as started:
            desk.page.get_by_role("button", name="下载证据包").click()
        started.value.save_as(path)
        return path


def found(pattern: str, text: str) -> str:
    """The part of a text that a pattern names."""
    match = re.search(pattern, text)
    assert match is not None, f"{pattern} not in {text}"
    return match.group(1)


def option_with(desk: Desk, select: str, words: str) -> str:
    """The full text of the option that contains these words."""
    options = desk.page.locator(f"{select} option").all_inner_texts()
    return next(option for option in options if words in option)
