"""Addresses of the law room."""

from django.urls import path

from tulou.domains.law import views

app_name = "law"
urlpatterns = [
    path("", views.Bases.as_view(), name="bases"),
    path("basis/<uuid:pk>/", views.BasisPage.as_view(), name="basis"),
    path("deadlines/", views.Deadlines.as_view(), name="deadlines"),
    path("notices/", views.Notices.as_view(), name="notices"),
    path("notices/new/", views.NewNotice.as_view(), name="new-notice"),
    path("notices/<int:year>/", views.NoticePage.as_view(), name="notice"),
]
