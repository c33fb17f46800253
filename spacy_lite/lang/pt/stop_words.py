"""Stop words of Portuguese: articles, pronouns, auxiliaries, conjunctions, prepositions and common adverbs."""

from ...tokenization.rules import word_set

__all__ = ["STOP_WORDS"]

STOP_WORDS = word_set("""
o a os as um uma uns umas ao à aos às do da dos das no na nos nas pelo pela pelos pelas num numa este esta estes estas
esse essa esses essas aquele aquela aqueles aquelas deste desta desse dessa daquele daquela neste nesta nesse nessa
naquele naquela meu minha meus minhas teu tua teus tuas seu sua seus suas nosso nossa nossos nossas vosso vossa cada
outra outros outras mesmo todo toda todos todas alguns algumas nenhuma vários muito muitos pouco pouca tal tais qual
quais cujo cuja eu tu ele ela nós vós eles elas você vocês me te se lhe quem que quê isto isso aquilo algo nada sou és
é somos sois são era fui foi fomos foram seria ser estou está estão estava esteve estado estar tenho tem temos têm
teve ter faz fazer pode podem poder deve devem vai vão ir e ou mas porém porque pois como quando enquanto embora nem
logo portanto após até com contra de desde em entre para por sem sob sobre não nunca sempre também já ainda mais menos
tão tanto assim aqui aí ali lá onde então depois antes agora ontem bem mal só somente apenas além talvez sim des dois
dentro diante fora final for forma grande grandes inclusive local longe maior menor novo nova perto ponto próprio quer
primeiro segundo tens três último vais vez vezes zero mil onze partir ver vos
""")
