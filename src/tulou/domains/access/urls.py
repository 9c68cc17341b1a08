"""Addresses of the access room."""

from django.urls import path

from tulou.domains.access.views import registers, using

app_name = "access"
urlpatterns = [
    path("", registers.RightRegister.as_view(), name="rights"),
    path("copies/", registers.CopyRegister.as_view(), name="copies"),
    path("right/<uuid:pk>/", registers.RightPage.as_view(), name="right"),
    path("right/<uuid:pk>/preview/", using.Preview.as_view(), name="preview"),
    path("right/<uuid:pk>/file/", using.TakeFile.as_view(), name="file"),
    path("right/<uuid:pk>/key/", using.IssueKey.as_view(), name="key"),
]
