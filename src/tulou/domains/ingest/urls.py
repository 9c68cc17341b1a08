"""Addresses of aggregation."""

from django.urls import path

from tulou.domains.ingest.views import batch, registers, sources, starting

app_name = "ingest"
urlpatterns = [
    path("", registers.BatchRegister.as_view(), name="register"),
    path("sources/", registers.SourceRegister.as_view(), name="sources"),
    path("sources/<uuid:pk>/", sources.SourcePage.as_view(), name="source"),
    path("sources/<uuid:pk>/look/", sources.LookAgain.as_view(), name="look"),
    path("start/", starting.ChooseEntry.as_view(), name="start"),
    path("start/<uuid:pk>/", starting.DropFile.as_view(), name="entry"),
    path("start/<uuid:pk>/database/", starting.NameTable.as_view(), name="database"),
    path("batches/<uuid:pk>/", batch.BatchPage.as_view(), name="batch"),
    path("batches/<uuid:pk>/progress/", batch.Progress.as_view(), name="progress"),
    path("batches/<uuid:pk>/receipt/", batch.Receipt.as_view(), name="receipt"),
    path("batches/<uuid:pk>/receipt.json", batch.ReceiptFile.as_view(), name="receipt-file"),
    path("batches/<uuid:pk>/rejected/", batch.TakeRejected.as_view(), name="rejected"),
    path("batches/<uuid:pk>/correct/", starting.Correct.as_view(), name="correct"),
    path("batches/<uuid:pk>/cancel/", batch.Cancel.as_view(), name="cancel"),
    path("batches/<uuid:pk>/retry/", batch.Retry.as_view(), name="retry"),
]
