"""Addresses of the standards room."""

from django.urls import path

from tulou.domains.standards import views

app_name = "standards"
urlpatterns = [
    path("", views.CodeTables.as_view(), name="tables"),
    path("table/<slug:code>/", views.Codes.as_view(), name="table"),
]
