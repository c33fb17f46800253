"""Reading tables of word vectors that other programs wrote: one format a file; `reading.py` finds out which it is."""
