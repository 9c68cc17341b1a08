"""数与日: figures and dates as a Chinese official reads them."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone

_WEEKDAYS = "一二三四五六日"


def plain(value: int | float | Decimal | None, places: int = 0) -> str:
    """A figure with separators; nothing known is a dash, never a zero."""
    if value is None:
        return "—"
    return f"{Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,}"


def short(value: int | float | Decimal | None) -> str:
    """A large figure in 万 or 亿, with at most two decimals: 12345678 is 1,234.57万."""
    if value is None:
        return "—"
    amount = Decimal(str(value))
    for unit, size in (("亿", Decimal(10**8)), ("万", Decimal(10**4))):
        if abs(amount) >= size:
            text = f"{(amount / size).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"
            return text.rstrip("0").rstrip(".") + unit
    return plain(amount) if amount == amount.to_integral_value() else f"{amount.normalize():,}"


def percent(value: float | Decimal | None, places: int = 1) -> str:
    """A share between 0 and 1 as a percentage; 0.9999 is 99.9 %, since rounding up would claim perfection."""
    if value is None:
        return "—"
    share = Decimal(str(value)) * 100
    rounded = share.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if rounded == 100 and share < 100:
        rounded = Decimal(100) - Decimal(1).scaleb(-places)
    return f"{rounded}%"


def size(value: int | None) -> str:
    """A number of bytes in KB, MB, GB, TB (steps of 1024)."""
    if value is None:
        return "—"
    amount = float(value)
    for unit in ("字节", "KB", "MB", "GB"):
        if abs(amount) < 1024:
            return f"{amount:.0f} {unit}" if unit == "字节" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:,.1f} TB"


def day(value: date | datetime | None) -> str:
    """2026年3月5日."""
    if value is None:
        return "—"
    local = timezone.localtime(value).date() if isinstance(value, datetime) and timezone.is_aware(value) else value
    return f"{local.year}年{local.month}月{local.day}日"


def moment(value: datetime | None) -> str:
    """2026年3月5日 09:07."""
    if value is None:
        return "—"
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local)} {local:%H:%M}"


def weekday(value: date) -> str:
    """星期四."""
    return "星期" + _WEEKDAYS[value.weekday()]


def since(value: datetime | None, now: datetime | None = None) -> str:
    """How long ago: 刚刚, 5分钟前, 3小时前, 2天前; older moments are given as a day."""
    if value is None:
        return "—"
    seconds = ((now or timezone.now()) - value).total_seconds()
    if seconds < 0 or seconds >= 30 * 86400:
        return day(value)
    if seconds < 60:
        return "刚刚"
    for unit, length in (("天", 86400), ("小时", 3600), ("分钟", 60)):
        if seconds >= length:
            return f"{int(seconds // length)}{unit}前"
    return "刚刚"


def days_left(due: date, today: date) -> str:
    """剩3天, 今日到期, 逾期2天 (calendar days: the due date itself already counts working days)."""
    left = (due - today).days
    if left == 0:
        return "今日到期"
    return f"剩{left}天" if left > 0 else f"逾期{-left}天"
