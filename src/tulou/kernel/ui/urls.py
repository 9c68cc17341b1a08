"""Addresses of the shell itself."""

from django.urls import path

from tulou.kernel.ui import views

app_name = "ui"
urlpatterns = [path("todo-count/", views.todo_badge, name="todo-count")]
