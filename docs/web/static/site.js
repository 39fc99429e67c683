// From a folder a page may not read another one, so results come without their first sentences.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
