"""Settings of the site's generator, Sphinx. `website/build.py` makes the source folder it works on."""

import os
import re

import spacy_lite

project = "spacy_lite"
author = "the spacy_lite developers"
copyright = author
version = release = spacy_lite.__version__
extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist", "attrs_block", "attrs_inline"]
myst_heading_anchors = 4
# Types in signatures are linked where they are ours; those of other packages, or of two classes of one name, stay plain. Links
# to places on other pages are checked in the built pages (tools/links.py), where the places of the reference are known too.
suppress_warnings = ["ref.python", "misc.highlighting_failure", "myst.xref_missing"]
exclude_patterns = ["static"]
add_module_names = False
toc_object_entries = False
maximum_signature_line_length = 88
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

html_theme = "furo"
html_title = "spacy_lite"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_use_index = False
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
# Excerpts of search results are fetched, which browsers refuse to pages of the file system.
html_show_search_summary = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b5c8a", "color-brand-content": "#0b5c8a"},
    "dark_css_variables": {"color-brand-primary": "#7cc4f0", "color-brand-content": "#7cc4f0"},
}
if os.environ.get("SPACY_LITE_SITE_URL"):
    html_baseurl = os.environ["SPACY_LITE_SITE_URL"]


ARGUMENTS = re.compile(r'<dl>\s*<dd><em class="sig-param".*?</dl>', re.DOTALL)
PLAIN = {"<dl>": '<span class="arguments">', "<dd>": '<span class="argument">', "</dl>": "</span>", "</dd>": "</span>"}


def setup(app):
    """Mend what the theme leaves open for people who use keys or screen readers."""
    app.connect("html-page-context", mend, priority=900)


def mend(app, page, template, context, doctree):
    """Make headings and lists what screen readers expect, and what may scroll sideways reachable with keys.

    Captions of the side bar get the level a heading must have. The arguments of a long signature are a list of descriptions
    without terms, inside of a term: they become plain lines.
    """
    tree = context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = tree.replace('role="heading"', 'role="heading" aria-level="2"')
    if context.get("body"):
        body = ARGUMENTS.sub(lambda found: re.sub("</?d[ld]>", lambda tag: PLAIN[tag[0]], found[0]), context["body"])
        body = body.replace("<pre>", '<pre tabindex="0">')
        context["body"] = body.replace('<div class="table-wrapper', '<div tabindex="0" class="table-wrapper')
