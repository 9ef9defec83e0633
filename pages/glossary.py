"""The glossary: the list, one term (`?term=`), forms (`new`, `edit`, `propose`), proposals, files (`part`)."""

from components.glossary_page import glossary_page

glossary_page()
