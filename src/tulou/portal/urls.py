"""Addresses of the portal."""

from django.urls import path

from tulou.portal.views import api, cockpit, front, jobs, operations, search, workbench

app_name = "portal"
urlpatterns = [
    path("", front.front, name="front"),
    path("overview/", front.overview, name="overview"),
    path("workbench/", workbench.workbench, name="workbench"),
    path("cockpit/", cockpit.cockpit, name="cockpit"),
    path("search/", search.search_page, name="search"),
    path("jobs/", jobs.Jobs.as_view(), name="jobs"),
    path("jobs/<uuid:pk>/", jobs.job, name="job"),
    path("jobs/<uuid:pk>/progress/", jobs.progress, name="job-progress"),
    path("jobs/<uuid:pk>/cancel/", jobs.cancel_job, name="job-cancel"),
    path("jobs/<uuid:pk>/retry/", jobs.retry_job, name="job-retry"),
    path("account/tokens/", api.token_page, name="tokens"),
    path("account/tokens/<uuid:pk>/revoke/", api.revoke_token, name="token-revoke"),
    path("openapi.json", api.document, name="openapi"),
    path("operations/health/", operations.health, name="health"),
    path("operations/dead-letters/", operations.letters, name="letters"),
    path("operations/dead-letters/<uuid:pk>/retry/", operations.retry_letter, name="letter-retry"),
]
