"""One run: lock, settle, look, decide, claim, publish, record; no channel disturbs another.

    run.py       the order of it all; limit.py and parallel.py: in time, and side by side
    herald.py    what a run needs, handed in from outside
    look.py      all that a decision depends on: overlay.py the configuration on the wiki, orders.py what
                 people ordered there, evidence.py who wrote what may go out
    read.py      pages into recognised items: understand.py parses them, follow.py where a page only shows
                 another one, gather.py where each item is a page, translate.py where a channel speaks another
                 language, pictures.py what is known of their pictures
    settle.py    what an earlier run left between claim and receipt
    expiry.py    a warning of credentials that are about to die
    deliver.py   one channel's work, at its desk.py: by_hand.py looks what is there, publish.py sends an item,
                 digest.py all that is due as one post, share.py shares somebody's, amend.py edits and
                 deletes; rows.py are the ledger's
                 rows for it, failure.py what an error leaves of them
    purse.py     what a channel may spend, and has spent
    ending.py    what comes after: status_page.py shows on the wiki how things stand
    alert.py     tells the operator what needs a person

Beside the run: preview.py, explain.py, resolve.py (a person settles) and rebuild.py (the ledger was lost).

A run does not know whether it is a simulation: there the ledger is a scratch copy and the channels only
pretend.
"""
