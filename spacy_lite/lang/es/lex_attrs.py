"""Number words of Spanish."""

from ...attrs import LIKE_NUM
from ..numbers import like_number

__all__ = ["LEX_ATTRS", "like_num"]

NUMBER_WORDS = """
cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete
dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho
veintinueve treinta cuarenta cincuenta sesenta setenta ochenta noventa cien mil millón billón trillón primero segundo
tercero cuarto quinto sexto séptimo octavo noveno décimo undécimo duodécimo vigésimo trigésimo
"""

like_num = like_number(NUMBER_WORDS)
LEX_ATTRS = {LIKE_NUM: like_num}
