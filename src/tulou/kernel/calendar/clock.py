"""The present, in the province's time."""

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """This moment, with its zone."""
    return timezone.now()


def today() -> date:
    """The day it is in the province."""
    return timezone.localdate()
