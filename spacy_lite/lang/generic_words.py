"""Stop words and number words of languages that have no folder of their own, and of Chinese.

Short lists: words met in texts for which pipelines in use say `is_stop`, and numerals. Neither `is_stop` nor `like_num` is
stored in a pipeline's files, so a pipeline that is loaded has them from here.
"""

from ..tokenization.rules import word_set

__all__ = ["NUMBER_WORDS", "STOP_WORDS"]

STOP_WORDS = {
    "fi": word_set(
        """
aikaa aina alle edelleen ei eikä eli en enemmän ensin eri erityisesti esi et että he helposti hyvä hän hänen ihan itse
ja jo joka jopa jos joskus jotain joutui joutuu jälkeen jää kai kovin kuin kuitenkin kuka kukaan kun me menevät mikä
milloin minun missä miten mitä mitään mutta muuta myös ne neljä niiden niillä niin niitä nyt ole olet olevan oli ollut
oma on ovat parempi se sen sieltä siitä silloin sillä sinä sitten sitä suoraan suuri tai tarpeeksi te tulee tätä
täällä uusien uutta vaikka vain viime voi voivat vähemmän yhteydessä yhtä älä
"""
    ),
    "hu": word_set(
        """
a ahol akik alatt ami annak arra az azt be csak de egy egyes egyik el ellen elég ez ezt ezzel fel ha hiszen hogy ide
ill illetve is itt jó ki között közül le lehet lenne ma majd meg mert mi miatt mindenki mint mit most már más másik
még míg nagy ne nem nincs néhány ott pedig s saját sem sok sokkal szerint számára te több ugyanis utolsó vagy vagyis
való van volt és úgy ő
"""
    ),
    "pl": word_set(
        """
a ach ale ani by ci co czy do i ich ile im ja je jest kto lub ma mi mnie mną moi mu my na nam nas nic nie nim niż no o
od ok on ona one ono oto pod sam się ta tak te temu ten to ty u w wam was we wiele z za ze
"""
    ),
    "ru": word_set(
        """
а б более будет бы было быть в вдруг вообще все всегда всё где да де действительно для до если её же за зато и из или
ими к как какая кем кой коли ком которое которую которые между меня мне может моя на над надо нашей не нее ней нельзя
нередко нет нибудь но ну о об одной одном он паче перед по с своими свою так такой тебе тебя тем то тобой того том тот
точно ты у уж уже чем что это этого этом этот я
"""
    ),
    "tr": word_set(
        """
az ben bu da de en halen hem her ile ise ki kim mi mu ne neresi o ona sen tek ve
"""
    ),
    "zh": word_set(
        """
0 1 2 3 4 5 6 7 8 9 一 上 为 之 五 人 以 你 使 共 又 及 和 在 多 大 好 并 当 方 是 最 有 来 此 用 的 种 等 而 被 还
"""
    ),
}
# Every character is a word to these pipelines, marks too.
STOP_WORDS["zh"] |= set("!\"#$%&'()*+,-./:;<=>?@[]^_`|}~—‘’“”、。（），")

NUMBER_WORDS = {
    "fi": """
nolla yksi kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän kymmenen yksitoista kaksitoista kolmetoista
neljätoista viisitoista kuusitoista seitsemäntoista kahdeksantoista yhdeksäntoista kaksikymmentä kolmekymmentä
neljäkymmentä viisikymmentä kuusikymmentä seitsemänkymmentä kahdeksankymmentä yhdeksänkymmentä sata tuhat miljoona
miljardi triljoona
""",
    "pl": """
zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście trzynaście czternaście
szesnaście siedemnaście osiemnaście dziewiętnaście dwadzieścia trzydzieści czterdzieści pięćdziesiąt siedemdziesiąt
osiemdziesiąt dziewięćdziesiąt sto dwieście trzysta czterysta pięćset sześćset siedemset osiemset dziewięćset tysiąc
milion miliard bilion biliard trylion
""",
    "ru": """
ноль один одного одному одним одном два две двух двум двумя три трёх трех трем тремя четыре четырёх четырех пять пяти
шесть шести семь семи восемь восьми девять девяти десять десяти одиннадцать двенадцать тринадцать четырнадцать
пятнадцать шестнадцать семнадцать восемнадцать девятнадцать двадцать двадцати тридцать тридцати сорок пятьдесят
пятидесяти шестьдесят семьдесят восемьдесят девяносто сто ста двести триста четыреста пятьсот шестьсот семьсот
восемьсот девятьсот тысяча тысячи тысяч тыс миллион миллиона миллионов млн миллиард миллиарда миллиардов млрд триллион
трлн первый второй третий четвертый пятый шестой седьмой восьмой девятый десятый двадцатый полтора полторы оба обе
двое трое четверо пятеро
""",
    "tr": """
bir iki üç dört beş altı yedi sekiz dokuz on yirmi otuz kırk elli altmış yetmiş seksen doksan yüz bin milyon milyar
trilyon katrilyon birinci ikinci üçüncü dördüncü beşinci altıncı yedinci sekizinci dokuzuncu onuncu yirminci yüzüncü
bininci
""",
    "zh": """
〇 一 二 三 四 五 六 七 八 九 十 零 壹 贰 叁 肆 伍 陆 柒 捌 玖 拾
""",
}
