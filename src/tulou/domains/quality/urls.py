"""Addresses of quality."""

from django.urls import path

from tulou.domains.quality.views import entry, rules, tickets

app_name = "quality"
urlpatterns = [
    path("", entry.ScoreRegister.as_view(), name="scores"),
    path("entry/<uuid:entry>/", entry.EntryQuality.as_view(), name="entry"),
    path("entry/<uuid:entry>/check/", entry.StartCheck.as_view(), name="check"),
    path("entry/<uuid:entry>/check/progress/", entry.CheckProgress.as_view(), name="progress"),
    path("entry/<uuid:entry>/report/", entry.ReportIssue.as_view(), name="report"),
    path("entry/<uuid:entry>/rules/new/", rules.ChooseKind.as_view(), name="kinds"),
    path("entry/<uuid:entry>/rules/new/<slug:kind>/", rules.NewRule.as_view(), name="new-rule"),
    path("entry/<uuid:entry>/rules/proposals/", rules.TakeProposals.as_view(), name="proposals"),
    path("rule/<uuid:pk>/", rules.ChangeRule.as_view(), name="rule"),
    path("rule/<uuid:pk>/disable/", rules.SwitchRule.as_view(), name="disable"),
    path("rule/<uuid:pk>/enable/", rules.SwitchRule.as_view(enables=True), name="enable"),
    path("tickets/", tickets.TicketRegister.as_view(), name="tickets"),
    path("tickets/<uuid:pk>/", tickets.TicketPage.as_view(), name="ticket"),
    path("tickets/<uuid:pk>/sample/", tickets.TicketSample.as_view(), name="sample"),
    path("tickets/<uuid:pk>/accept/", tickets.SourceMove.as_view(move="accept"), name="accept"),
    path("tickets/<uuid:pk>/start_fixing/", tickets.SourceMove.as_view(move="start_fixing"), name="start-fixing"),
    path("tickets/<uuid:pk>/fixed/", tickets.SubmitFixed.as_view(move="fixed"), name="fixed"),
    path("tickets/<uuid:pk>/verify/", tickets.OfficerMove.as_view(move="verify"), name="verify"),
    path("tickets/<uuid:pk>/close/", tickets.SettlingMove.as_view(move="close"), name="close"),
    path("tickets/<uuid:pk>/reopen/", tickets.SettlingMove.as_view(move="reopen"), name="reopen"),
    path("tickets/<uuid:pk>/escalate/", tickets.SettlingMove.as_view(move="escalate"), name="escalate"),
]
