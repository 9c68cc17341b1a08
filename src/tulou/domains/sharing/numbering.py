"""申请编号: `GX-<year>-<six digits>`, gapless within a year, never a database sequence."""

from tulou.domains.sharing.models import NumberBlock


def draw(year: int) -> str:
    """The next number of a year; the row lock lasts until the caller's transaction ends, so none is lost."""
    NumberBlock.objects.get_or_create(year=year)
    block = NumberBlock.objects.select_for_update().get(year=year)
    block.last += 1
    block.save(update_fields=["last"])
    return f"GX-{year}-{block.last:06d}"
