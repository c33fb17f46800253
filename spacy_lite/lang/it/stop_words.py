"""Stop words of Italian: articles, pronouns, auxiliaries, conjunctions, prepositions and common adverbs."""

from ...tokenization.rules import word_set

__all__ = ["STOP_WORDS"]

STOP_WORDS = word_set("""
il lo la gli le l' un uno una un' del dello della dei degli delle dell' al allo alla ai agli alle dal dallo dalla dai
dagli dalle dall' nel nello nella nei negli nelle sul sullo sulla sui sugli sulle col coi questo questa questi queste
quest' quello quella quelli quelle quel mio mia miei mie tuo tua tuoi tue suo sua suoi sue nostro nostra nostri nostre
vostro vostra vostri vostre loro ogni altro altri stesso stessa stessi stesse tutto tutta tutti tutte alcuno alcuna
alcuni nessun nessuno nessuna qualche molto molti poco tale tali quale quali io tu egli lui ella lei noi voi essi esse
mi ti si ci vi ne me te c' v' m' t' s' chi che cui cosa qualcosa qualcuno niente nulla sono sei è siamo siete era ero
eravamo erano fu furono sarà saranno sarebbe sarebbero sia siano essendo stato stata stati state essere ho hai ha
abbiamo avete hanno aveva avevano ebbe avrà avranno avrebbe avrebbero abbia abbiano avendo avuto avere fa fanno fare
può deve va sta stanno e ed od ma però se come quando mentre perché dunque quindi di d' a ad da in con su per tra fra
verso senza sopra sotto dopo prima contro durante secondo non mai sempre anche ancora già più meno tanto così qui là
dove allora poi ora adesso oggi ieri bene male quasi solo soltanto pure forse invece inoltre circa ecco no altrimenti
comunque dell due ecc fin fine fino fui fuori grande infatti insieme lungo nell nonostante oltre ossia piuttosto quest
subito tre tuttavia via vicino primo all città li ore otto sto
""")
