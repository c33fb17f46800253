"""Stop words of French: articles, pronouns, auxiliaries, conjunctions, prepositions and common adverbs."""
from ...tokenization.rules import word_set

__all__ = ["STOP_WORDS"]

STOP_WORDS = word_set("""
le la les l' un une des du de d' au aux ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur
leurs quel quelle quels quelles chaque quelque quelques plusieurs tout toute tous toutes aucun aucune autre autres
même mêmes tel telle tels telles certains certaines je j' tu il elle on nous vous ils elles me m' te t' se s' lui y en
moi toi soi eux qui que qu' quoi dont où lequel laquelle lesquels lesquelles auquel duquel ceci cela ça c' celui celle
ceux celles celui-ci celle-ci ceux-ci celles-ci rien personne chacun chacune quelqu'un suis es est sommes êtes sont
étais était étions étiez étaient serai sera serons serez seront serait seraient fus fut furent soit soient été étant
être ai as a avons avez ont avais avait avions aviez avaient aurai aura aurons aurez auront aurait auraient eut eurent
ait aient eu ayant avoir fait faire faut peut peuvent doit doivent va vont et ou mais donc or ni car si comme quand
lorsque lorsqu' puisque puisqu' quoique parce afin tandis à dans par pour sur avec sans sous vers chez entre depuis
pendant avant après contre dès jusque jusqu' selon envers malgré parmi outre hors ne n' pas plus moins très trop peu
assez aussi encore déjà toujours jamais souvent ici là là-bas alors ainsi bien ensuite enfin puis seulement surtout
tant tellement combien comment pourquoi beaucoup presque environ oui non voici voilà ah ailleurs autrement auxquels
auxquelles cependant certaine certes ci concernant delà derrière désormais dessous dessus devant différent différents
différentes divers diverses durant également eh elle-même elles-mêmes lui-même eux-mêmes moi-même toi-même soi-même
nous-mêmes vous-mêmes excepté etc hélas importe juste longtemps lors maintenant moindre nombreux nombreuses notamment
néanmoins nôtre nôtres vôtre vôtres sien sienne siens siennes parfois près proche plutôt quant quelconque quiconque
sauf seul seule seuls seules sinon suivant suivante suivants suivantes tantôt toutefois via vu vais fais font peux
pouvait pourrait deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt trente
quarante cinquante soixante cent mille premier première deuxième troisième
""")

# The typographic apostrophe is as common as the straight one.
STOP_WORDS |= {word.replace("'", mark) for word in STOP_WORDS if "'" in word for mark in "‘’"}
