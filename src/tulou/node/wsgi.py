"""The hub's WSGI application. The process that serves it dies with granian's main process, never serving stale code."""

import os

from django.core.wsgi import get_wsgi_application

from tulou.node.process import die_with_parent

die_with_parent(os.getppid())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tulou.node.settings")
application = get_wsgi_application()
