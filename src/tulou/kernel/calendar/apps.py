"""The calendar room as a Django app."""

from django.apps import AppConfig


class CalendarConfig(AppConfig):
    name = "tulou.kernel.calendar"
    label = "calendar"
    verbose_name = "日历"
