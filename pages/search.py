"""Everything that was found for `?q=`, of one type with `?type=`."""

from components.search_page import search_page

search_page()
