"""页面: the shell, the components and the kinds of page that every domain builds on.

Promise: a domain writes what a page says; how it looks, sorts, filters, exports,
reports errors and refuses a second submission is done here, once.
"""
