"""Addresses of the evidence log, all public."""

from django.urls import path

from tulou.kernel.evidence import views

app_name = "evidence"
urlpatterns = [
    path("evidence/checkpoint", views.checkpoint, name="checkpoint"),
    path("evidence/tile/<int:level>/<int:index>", views.tile, name="tile"),
    path("evidence/keys.json", views.keys, name="keys"),
    path("evidence/verifier.py", views.verifier, name="verifier"),
]
