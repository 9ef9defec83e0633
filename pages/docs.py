"""The documentation: one page of it (`?page=guide/messages.md`), or what is wrong with it (`?report=1`)."""

from components.docs_page import docs_page

docs_page()
