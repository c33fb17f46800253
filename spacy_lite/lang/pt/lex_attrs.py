"""Number words of Portuguese."""
from ...attrs import LIKE_NUM
from ..numbers import like_number

__all__ = ["LEX_ATTRS", "like_num"]

NUMBER_WORDS = """
zero um dois duas três quatro cinco seis meia sete oito nove dez onze doze treze catorze quatorze quinze dezesseis
dezasseis dezessete dezassete dezoito dezenove dezanove vinte trinta quarenta cinquenta sessenta setenta oitenta
noventa cem cento duzentos duzentas trezentos trezentas quatrocentos quatrocentas quinhentos quinhentas seiscentos
seiscentas setecentos setecentas oitocentos oitocentas novecentos novecentas mil milhão milhões bilhão bilião bilhões
biliões trilhão trilião dúzia dezena centena primeiro primeira segundo segunda terceiro terceira quarto quarta quinto
quinta sexto sexta sétimo sétima oitavo oitava nono nona décimo décima vigésimo trigésimo centésimo milésimo
"""

like_num = like_number(NUMBER_WORDS, endings="º ª o a")
LEX_ATTRS = {LIKE_NUM: like_num}
