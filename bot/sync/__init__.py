"""One run: lock, settle, read, decide, claim, publish, record; no channel disturbs another.

    herald.py    what a run needs, handed in from outside
    read.py      pages into recognised items
    settle.py    what an earlier run left between claim and receipt
    deliver.py   one channel's work: read back, claim, publish, settle
    run.py       the order of it all

It does not know whether it is a simulation: there the ledger is a scratch copy and the channels only pretend.
"""
