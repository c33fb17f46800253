"""Number words of Spanish."""
from ...attrs import LIKE_NUM
from ..numbers import like_number

__all__ = ["LEX_ATTRS", "like_num"]

NUMBER_WORDS = """
cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete
dieciocho diecinueve veinte veintiuno veintiún veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete
veintiocho veintinueve treinta cuarenta cincuenta sesenta setenta ochenta noventa cien ciento doscientos doscientas
trescientos trescientas cuatrocientos cuatrocientas quinientos quinientas seiscientos seiscientas setecientos
setecientas ochocientos ochocientas novecientos novecientas mil millón millones millardo billón billones trillón
docena primer primero primera segundo segunda tercer tercero tercera cuarto cuarta quinto quinta sexto sexta séptimo
séptima octavo octava noveno novena décimo décima undécimo duodécimo vigésimo trigésimo centésimo milésimo
"""

like_num = like_number(NUMBER_WORDS, endings="º ª er o a")
LEX_ATTRS = {LIKE_NUM: like_num}
