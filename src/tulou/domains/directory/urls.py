"""Addresses of the directory."""

from django.urls import path

from tulou.domains.directory.views import accounts, desks, objects, registering, registers

app_name = "directory"
urlpatterns = [
    path("", registers.Agencies.as_view(), name="agencies"),
    path("agency/<uuid:pk>/", objects.AgencyPage.as_view(), name="agency"),
    path("nodes/", registers.Nodes.as_view(), name="nodes"),
    path("node/<uuid:pk>/", objects.NodePage.as_view(), name="node"),
    path("duties/", registers.Duties.as_view(), name="duties"),
    path("duties/new/", registering.NewDuty.as_view(), name="new-duty"),
    path("duty/<uuid:pk>/", objects.DutyPage.as_view(), name="duty"),
    path("systems/", registers.Systems.as_view(), name="systems"),
    path("systems/new/", registering.NewSystem.as_view(), name="new-system"),
    path("system/<uuid:pk>/", objects.SystemPage.as_view(), name="system"),
    path("accounts/", accounts.Accounts.as_view(), name="accounts"),
    path("accounts/new/", accounts.NewAccount.as_view(), name="new-account"),
    path("account/<uuid:pk>/", accounts.AccountPage.as_view(), name="account"),
    path("account/<uuid:pk>/assign/", accounts.AssignRole.as_view(), name="assign"),
    path("account/<uuid:pk>/password/", accounts.ResetPassword.as_view(), name="reset-password"),
    path("account/<uuid:pk>/switch/", accounts.SwitchAccount.as_view(), name="switch-account"),
    path("account/<uuid:pk>/end/<uuid:assignment>/", accounts.EndAssignment.as_view(), name="end-assignment"),
    path("roles/", accounts.Assignments.as_view(), name="assignments"),
    path("desks/", desks.desks, name="desks"),
    path("desks/new/", desks.NewDesk.as_view(), name="new-desk"),
    path("desks/<uuid:pk>/end/", desks.EndDesk.as_view(), name="end-desk"),
]
