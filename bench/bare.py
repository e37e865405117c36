"""The least that a Pywikibot script does to read a page: ``bare.py FAMILY CODE TITLE``."""

import sys

import pywikibot

_, family, code, title = sys.argv
print(len(pywikibot.Page(pywikibot.Site(code, family), title).text))
