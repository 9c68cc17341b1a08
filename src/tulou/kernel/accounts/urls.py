"""Addresses of sign-in and of one's own account."""

from django.urls import path

from tulou.kernel.accounts import views

app_name = "accounts"
urlpatterns = [
    path("login/", views.sign_in, name="login"),
    path("login/code/", views.second_step, name="code"),
    path("logout/", views.sign_out, name="logout"),
    path("account/", views.account, name="account"),
    path("account/acting/", views.act_for, name="acting"),
    path("account/password/", views.password, name="password"),
    path("account/totp/", views.totp_enrol, name="totp"),
    path("account/totp/off/", views.totp_off, name="totp-off"),
    path("account/sessions/others/end/", views.end_other_sessions, name="end-others"),
    path("account/sessions/<uuid:sign_in>/end/", views.end_session, name="end-session"),
]
