"""Stop words of Portuguese: articles, pronouns, auxiliaries, conjunctions, prepositions and common adverbs."""
from ...tokenization.rules import word_set

__all__ = ["STOP_WORDS"]

STOP_WORDS = word_set("""
o a os as um uma uns umas ao à aos às do da dos das no na nos nas pelo pela pelos pelas num numa dum duma este esta
estes estas esse essa esses essas aquele aquela aqueles aquelas deste desta desse dessa daquele daquela neste nesta
nesse nessa naquele naquela meu minha meus minhas teu tua teus tuas seu sua seus suas nosso nossa nossos nossas vosso
vossa cada outro outra outros outras mesmo mesma mesmos mesmas todo toda todos todas algum alguma alguns algumas
nenhum nenhuma vários várias muito muita muitos muitas pouco pouca poucos poucas tal tais qual quais cujo cuja eu tu
ele ela nós vós eles elas você vocês me te se lhe lhes mim ti si comigo contigo consigo conosco quem que quê isto isso
aquilo algo nada ninguém alguém sou és é somos sois são era eram fui foi fomos foram será serão seria seriam seja
sejam sendo sido ser estou está estamos estão estava estavam esteve estado estar tenho tem temos têm tinha tinham teve
ter há havia houve haver faz fazer pode podem poder deve devem vai vão ir e ou mas porém porque pois como quando
enquanto embora nem logo portanto ante após até com contra de desde em entre para perante por sem sob sobre trás
durante não nunca jamais sempre também já ainda mais menos tão tanto assim aqui aí ali lá onde então depois antes
agora hoje ontem bem mal quase só somente apenas além talvez sim des dois dentro diante fora final for forma grande
grandes inclusive local longe maior menor novo nova perto ponto próprio própria próprios próprias quer primeiro
segundo tens três último última vais vez vezes zero
""")
