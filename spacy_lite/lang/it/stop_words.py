"""Stop words of Italian: articles, pronouns, auxiliaries, conjunctions, prepositions and common adverbs."""
from ...tokenization.rules import word_set

__all__ = ["STOP_WORDS"]

STOP_WORDS = word_set("""
il lo la i gli le l' un uno una un' del dello della dei degli delle dell' al allo alla ai agli alle all' dal dallo
dalla dai dagli dalle dall' nel nello nella nei negli nelle nell' sul sullo sulla sui sugli sulle sull' col coi questo
questa questi queste quest' quello quella quelli quelle quell' quel quei quegli mio mia miei mie tuo tua tuoi tue suo
sua suoi sue nostro nostra nostri nostre vostro vostra vostri vostre loro ogni altro altra altri altre stesso stessa
stessi stesse tutto tutta tutti tutte alcuno alcuna alcuni alcune nessun nessuno nessuna qualche molto molta molti
molte poco poca pochi poche tale tali quale quali io tu egli lui ella lei esso essa noi voi essi esse mi ti si ci vi
ne me te sé c' v' m' t' s' n' chi che cui cosa ciò qualcosa qualcuno niente nulla sono sei è siamo siete era ero
eravamo erano fu furono sarà saranno sarebbe sarebbero sia siano essendo stato stata stati state essere ho hai ha
abbiamo avete hanno aveva avevano ebbe avrà avranno avrebbe avrebbero abbia abbiano avendo avuto avere fa fanno fare
può possono deve devono va vanno sta stanno e ed o od ma però anzi né se come quando mentre perché poiché affinché
benché sebbene dunque quindi di d' a ad da in con su per tra fra verso senza sopra sotto dopo prima contro durante
presso secondo non mai sempre anche ancora già più meno tanto così qui qua lì là dove allora poi ora adesso oggi ieri
bene male quasi solo soltanto pure forse invece inoltre appena circa ecco sì no altrimenti comunque davvero dell due
ecc fin fine fino fui fuori grande infatti insieme lungo nell nonostante oltre ossia ovvero piuttosto quest subito tre
tuttavia via vicino primo
""")

# The typographic apostrophe is as common as the straight one.
STOP_WORDS |= {word.replace("'", mark) for word in STOP_WORDS if "'" in word for mark in "‘’"}
