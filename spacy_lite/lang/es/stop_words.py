"""Stop words of Spanish: articles, pronouns, auxiliaries, conjunctions, prepositions and common adverbs."""
from ...tokenization.rules import word_set

__all__ = ["STOP_WORDS"]

STOP_WORDS = word_set("""
el la los las lo un una unos unas al del este esta estos estas ese esa esos esas aquel aquella aquellos aquellas mi
mis tu tus su sus nuestro nuestra nuestros nuestras vuestro vuestra vuestros vuestras mío mía tuyo tuya suyo suya cada
otro otra otros otras mismo misma mismos mismas todo toda todos todas algún alguno alguna algunos algunas ningún
ninguno ninguna varios varias mucho mucha muchos muchas poco poca pocos pocas tal tales cual cuales cuyo cuya cuyos
cuyas yo tú él ella ello nosotros nosotras vosotros vosotras ellos ellas usted ustedes me te se nos os le les mí ti sí
conmigo contigo consigo quien quienes que qué quién quiénes cuál cuáles esto eso aquello algo nada nadie alguien soy
eres es somos sois son era eras éramos eran fui fue fuimos fueron seré será serán sería serían sea sean siendo sido
ser estoy estás está estamos están estaba estaban estuvo estado estar he has ha hemos habéis han había habían hubo
habrá habría haya hayan habido haber tengo tiene tienen tenía tener hace hacer puede pueden poder debe deben va van ir
hay y e o u pero sino mas aunque porque pues si como cuando mientras donde según ni a ante bajo con contra de desde
durante en entre hacia hasta mediante para por sin sobre tras no nunca jamás siempre también tampoco ya aún todavía
muy más menos tan tanto así aquí ahí allí allá entonces luego después antes ahora hoy ayer bien mal casi solo sólo
solamente además quizá quizás cómo cuándo dónde cuánto cuánta cuántos cuántas buenos dan dos tres cuatro cinco
considera embargo existe gran grande grandes mayor mayores mejor menor dentro fuera cerca lejos fin final junto propio
propia propios propias respecto salvo serás total último última últimos últimas usa usar vais veces vez
""")
