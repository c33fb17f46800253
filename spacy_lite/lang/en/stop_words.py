"""Stop words of English: articles, pronouns, auxiliaries, conjunctions, prepositions and common adverbs."""

from ...tokenization.rules import word_set

__all__ = ["STOP_WORDS"]

STOP_WORDS = word_set("""
a an the this that these those such same own other another each every either neither both all any some no none i me my
mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it its
itself they them their themselves one who whom whose which what whatever whoever someone something anyone anything
everyone everything nobody nothing am is are was were be been being do does did done doing have has had can could may
might must should will would 'm 're 's 've 'd 'll n't ca cannot and or but nor so yet if unless until while whereas
because since although though as than whether once about above across after against along among around at before
behind below beside besides between beyond by down during except for from in into of off on onto out over per through
throughout to toward towards under up upon via with within without not never ever always often again already also
almost even further here there where when why how now then just only too very quite rather really still thus therefore
hence however indeed perhaps else elsewhere everywhere nowhere somewhere anyway anyhow more most much many few less
least several enough first last next go say make made get give take see seem seems put afterwards alone amongst
anywhere became become becomes becoming beforehand hereafter hereby herein hereupon thereafter thereby therein
thereupon whereafter whereby wherein whereupon wherever whenever whence whither former formerly latter latterly
meanwhile moreover mostly nevertheless noone others otherwise please regarding somehow sometime sometimes together
used using various well whole seemed seeming thru back due part full keep show top side front bottom two three four
five six eight nine ten eleven twelve fifteen twenty forty fifty sixty hundred third amount call empty move name re
serious
""")

# The typographic apostrophe is as common as the straight one.
STOP_WORDS |= {word.replace("'", mark) for word in STOP_WORDS if "'" in word for mark in "‘’"}
