"""Stop words of French: articles, pronouns, auxiliaries, conjunctions, prepositions and common adverbs."""

from ...tokenization.rules import word_set

__all__ = ["STOP_WORDS"]

STOP_WORDS = word_set("""
le la les l' un une des du de d' au aux ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur
leurs quel quelle quels quelles chaque quelque quelques plusieurs tout toute tous toutes autre autres même mêmes tel
telle tels telles certains certaines je j' tu il elle on nous vous ils elles me m' te t' se s' lui y en moi toi soi
eux qui que qu' quoi dont où lequel laquelle lesquels lesquelles auquel duquel ceci cela ça c' celui celle ceux celles
celui-ci celle-ci ceux-ci celles-ci personne chacun chacune quelqu'un suis es est sont étais était étaient sera seront
serait seraient soit étant être ai as a avons ont avais avait avaient aura auront aurait auraient ait eu ayant avoir
fait peut peuvent doit doivent va vont et ou mais donc or ni car si comme quand lorsque puisque quoique parce afin à
dans par pour sur avec sans sous vers chez entre depuis pendant avant après dès jusque selon envers malgré parmi outre
hors ne n' pas plus moins très peu assez aussi encore déjà toujours souvent là alors ainsi enfin puis seulement
surtout tant tellement combien comment pourquoi environ voici voilà ah autrement auxquels auxquelles cependant
certaine certes ci concernant delà derrière désormais dessous dessus devant différent différents différentes divers
diverses durant également eh elle-même elles-mêmes lui-même eux-mêmes moi-même toi-même soi-même nous-mêmes vous-mêmes
excepté etc importe juste longtemps lors maintenant nombreux nombreuses notamment néanmoins nôtre nôtres vôtre vôtres
sien sienne siens siennes parfois près proche plutôt quant quelconque quiconque sauf seul seule seuls seules sinon
suivant suivante suivants suivantes via vu vais fais font peux pouvait pourrait deux trois quatre cinq six sept huit
dix onze douze treize quatorze quinze seize vingt trente quarante cinquante soixante cent mille premier première
deuxième troisième abord allons bas bat certain cinquantaine cinquantième cinquième compris da dehors deuxièmement
devra différente dire directement dit dite dixième effet etaient etre faisaient faisant façon feront gens hi i laisser
lès merci nouveau nul o ouvert ouverte ouverts parle parlent parler pense permet possible premièrement pres préalable
pu quatrième quatrièmement relative relativement rend rendre reste restent retour sait semblaient semble semblent sent
spécifique spécifiques stop suffisante suffit suit suivre tenant tenir tente tienne tiens touchant vas â ô
""")
