"""Number words of Portuguese."""

from ...attrs import LIKE_NUM
from ..numbers import like_number

__all__ = ["LEX_ATTRS", "like_num"]

NUMBER_WORDS = """
zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezasseis dezassete dezoito
dezanove vinte trinta quarenta cinquenta sessenta setenta oitenta noventa cem mil cento duzentos trezentos quatrocentos
quinhentos setecentos oitocentos novecentos milhão milhões bilhão bilhões trilhão dúzia primeiro segundo terceiro
quarto quinto sexto sétimo oitavo nono décimo vigésimo trigésimo centésimo milésimo
"""

like_num = like_number(NUMBER_WORDS, endings="º ª")
LEX_ATTRS = {LIKE_NUM: like_num}
