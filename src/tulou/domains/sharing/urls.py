"""Addresses of the sharing room."""

from django.urls import path

from tulou.domains.sharing.views import asking, deciding, grant, moves, registers, request

app_name = "sharing"
urlpatterns = [
    path("mine/", registers.MyRequests.as_view(), name="mine"),
    path("desk/", registers.Desk.as_view(), name="desk"),
    path("received/", registers.ReceivedRequests.as_view(), name="received"),
    path("all/", registers.AllRequests.as_view(), name="all"),
    path("grants/", registers.GrantRegister.as_view(), name="grants"),
    path("ask/<uuid:entry>/", asking.Ask.as_view(), name="ask"),
    path("draft/<uuid:pk>/", asking.ContinueDraft.as_view(), name="draft"),
    path("draft/<uuid:pk>/drop/", asking.DropDraft.as_view(), name="drop-draft"),
    path("request/<uuid:pk>/", request.RequestPage.as_view(), name="request"),
    path("request/<uuid:pk>/decide/", deciding.Decide.as_view(), name="decide"),
    path("request/<uuid:pk>/revise/", asking.Revise.as_view(), name="revise"),
    path("request/<uuid:pk>/endorse/", moves.Endorse.as_view(), name="endorse"),
    path("request/<uuid:pk>/send_back/", moves.SendBack.as_view(), name="send-back"),
    path("request/<uuid:pk>/recall/", moves.Recall.as_view(), name="recall"),
    path("request/<uuid:pk>/submit/", moves.Submit.as_view(), name="submit"),
    path("request/<uuid:pk>/withdraw/", moves.Withdraw.as_view(), name="withdraw"),
    path("request/<uuid:pk>/accept/", moves.Accept.as_view(), name="accept"),
    path("request/<uuid:pk>/query/", moves.Query.as_view(), name="query"),
    path("request/<uuid:pk>/correct/", moves.Correct.as_view(), name="correct"),
    path("request/<uuid:pk>/extend/", moves.Extend.as_view(), name="extend"),
    path("grant/<uuid:pk>/", grant.GrantPage.as_view(), name="grant"),
    path("grant/<uuid:pk>/suspend/", moves.Suspend.as_view(), name="suspend"),
    path("grant/<uuid:pk>/resume/", moves.Resume.as_view(), name="resume"),
    path("grant/<uuid:pk>/revoke/", moves.Revoke.as_view(), name="revoke"),
]
