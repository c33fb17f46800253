"""Stop words of Spanish: articles, pronouns, auxiliaries, conjunctions, prepositions and common adverbs."""

from ...tokenization.rules import word_set

__all__ = ["STOP_WORDS"]

STOP_WORDS = word_set("""
el la los las lo un una unos unas al del este esta estos estas ese esa esos esas aquel aquella aquellos aquellas mi
mis tu tus su sus nuestro nuestra nuestros nuestras vuestro vuestra vuestros vuestras mío mía tuyo tuya suyo suya cada
otro otra otros otras mismo misma mismos mismas todo toda todos todas algún alguno alguna algunos algunas ningún
ninguno ninguna varios varias mucho mucha muchos muchas poco poca pocos pocas tal cual cuales yo tú él ella ello
nosotros nosotras vosotros vosotras ellos ellas usted ustedes me te se nos os le les mí ti sí conmigo contigo consigo
quien quienes que qué quién quiénes cuál cuáles esto eso aquello algo nada nadie soy eres es somos sois son era eras
eran fui fue fuimos fueron será serán sería sea sean siendo sido ser estoy está estamos están estaba estaban estuvo
estado estar he ha hemos han había habían hubo habrá haya haber tengo tiene tienen tenía tener hace hacer puede pueden
poder debe deben va van ir hay y e o u pero sino mas aunque porque pues si como cuando mientras donde según ni a ante
bajo con contra de desde durante en entre hacia hasta mediante para por sin sobre tras no nunca siempre también
tampoco ya aún todavía muy más menos tan tanto así aquí ahí allí entonces luego después antes ahora hoy bien mal casi
solo sólo solamente además quizá quizás cómo cuándo dónde cuánto cuánta cuántos cuántas buenos dan dos tres cuatro
cinco considera embargo existe gran grande grandes mayor mejor dentro fuera fin final junto propio propia propios
propias respecto salvo total último última últimos últimas usa usar vais veces vez da encuentra partir ver ése
""")
