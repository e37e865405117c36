"""Tells the operator of the bot what needs a person: the messengers.

    base.py       what a messenger is
    talk.py       one that leaves a note on a talk page of the wiki
    addresses.py  one that speaks to a service by its URL (mail, Matrix, IRC, Slack, ...), through apprise

What there is to tell, and what has been told, is the business of others (bot/decide/alerts.py,
bot/sync/alert.py): a messenger only tells.
"""
