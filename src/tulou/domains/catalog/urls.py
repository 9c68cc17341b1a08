"""Addresses of the catalogue."""

from django.urls import path

from tulou.domains.catalog.views import editing, entry, moves, registers, search, starting

app_name = "catalog"
urlpatterns = [
    path("", search.catalogue, name="search"),
    path("mine/", registers.OwnEntries.as_view(), name="mine"),
    path("desk/", registers.ReviewDesk.as_view(), name="desk"),
    path("mine/start/", starting.start, name="start"),
    path("mine/start/file/", starting.StartFromFile.as_view(), name="from-file"),
    path("mine/start/database/", starting.StartFromDatabase.as_view(), name="from-database"),
    path("mine/start/database/try/", starting.TryDatabase.as_view(), name="try-database"),
    path("mine/start/copy/", starting.StartFromCopy.as_view(), name="from-copy"),
    path("mine/start/blank/", starting.StartBlank.as_view(), name="from-blank"),
    path("code/<path:code>", entry.by_code, name="code"),
    path("entry/<uuid:pk>/", entry.EntryPage.as_view(), name="entry"),
    path("entry/<uuid:pk>/edit/", editing.EditEntry.as_view(), name="edit"),
    path("entry/<uuid:pk>/checklist/", editing.Checklist.as_view(), name="checklist"),
    path("entry/<uuid:pk>/compare/", entry.CompareVersions.as_view(), name="compare"),
    path("entry/<uuid:pk>/offer/", moves.Offer.as_view(), name="offer"),
    path("entry/<uuid:pk>/review/", moves.Review.as_view(), name="review"),
    path("entry/<uuid:pk>/endorse/", moves.Endorse.as_view(), name="endorse"),
    path("entry/<uuid:pk>/endorse_change/", moves.EndorseChange.as_view(), name="endorse-change"),
    path("entry/<uuid:pk>/submit/", moves.Submit.as_view(), name="submit"),
    path("entry/<uuid:pk>/submit_change/", moves.SubmitChange.as_view(), name="submit-change"),
    path("entry/<uuid:pk>/recall/", moves.Recall.as_view(), name="recall"),
    path("entry/<uuid:pk>/recall_change/", moves.RecallChange.as_view(), name="recall-change"),
    path("entry/<uuid:pk>/change/", moves.Change.as_view(), name="change"),
    path("entry/<uuid:pk>/abandon_change/", moves.AbandonChange.as_view(), name="abandon-change"),
    path("entry/<uuid:pk>/retire/", moves.Retire.as_view(), name="retire"),
]
