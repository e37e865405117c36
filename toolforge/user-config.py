"""Pywikibot's configuration in a container of Toolforge; herald.py copies it to where Pywikibot looks.

Nothing in it needs to be changed: the wiki stands in news.toml, and the account in the environment (README.md
in this folder, "The wiki's account"), where wikiherald itself reads it.
"""

import os
import tomllib

_config = os.path.abspath(os.environ["WIKIHERALD_CONFIG"])
with open(_config, "rb") as _file:
    _wiki = tomllib.load(_file).get("wiki", {})
family = _wiki.get("family", family)
mylang = _wiki.get("code", mylang)

# For a wiki that Pywikibot does not know: a folder with its family file beside news.toml.
_families = os.path.join(os.path.dirname(_config), "families")
if os.path.isdir(_families):
    user_families_paths = [_families]
