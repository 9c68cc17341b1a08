"""资源代码: `[类][项][目][细目]/[顺序码]` (发改高技〔2017〕1272号). Given once, never reused, resolves for ever."""

from django.db import connection
from django.db.models import Max

from tulou.domains.catalog.models import Entry, IssuedCode


def class_part(entry: Entry) -> str:
    """The classification segments of the code, rendered."""
    return f"{entry.category_class}{entry.category_item}{entry.category_directory}{entry.category_detail}"


def issue(entry: Entry) -> str:
    """Give the entry a code for its present class; it keeps the one it has while the class stays the same."""
    part = class_part(entry)
    held = entry.codes.filter(class_part=part).first()
    if held is not None:
        return held.code
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('catalog.code'), hashtext(%s))", [part])
    last = IssuedCode.objects.filter(class_part=part).aggregate(last=Max("sequence"))["last"] or 0
    code = f"{part}/{last + 1:06d}"
    IssuedCode.objects.create(code=code, class_part=part, sequence=last + 1, entry=entry)
    return code
