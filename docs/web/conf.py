"""How the site of docs/ is built: ``make site``. Why so: docs/adr/0037-documentation-site.md."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

project = "直达 Zhida"
language = "zh_CN"
root_doc = "README"
exclude_patterns = ["web"]
extensions = ["myst_parser", "docs.web.navigation", "docs.web.bigrams", "docs.web.codes"]
myst_heading_anchors = 6
nitpicky = True
html_theme = "furo"
html_title = "直达 Zhida"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_search_language = "zh"
html_search_scorer = str(Path(__file__).with_name("scorer.js"))
html_copy_source = False
html_show_copyright = False
