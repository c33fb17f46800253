"""Stop words and number words of languages that have no folder of their own, and of Chinese.

They are function words and numerals that published pipelines of these languages treat as such, so that a pipeline
that is loaded gives the same `is_stop` and `like_num`: neither is stored in a pipeline's files.
"""

from ..tokenization.rules import word_set

__all__ = ["NUMBER_WORDS", "STOP_WORDS"]

STOP_WORDS = {
    "fi": word_set(
        """
aika aikaa aikaan aikana aina aivan ajan alas alla alle antaa antoi asti edelleen edes edessä ehkä ei eikä eilen eivät
eli ellei emme en enemmän eniten ennen ensi ensimmäinen ensin enää eri erittäin erityisesti eräiden eräs eräät esi
esiin esimerkiksi et eteen etenkin ette että he heidän heidät heihin heille heillä heiltä heissä heistä heitä helposti
heti hieman huolimatta huomenna hyvien hyvin hyviä hyvä hyvät hyvää hän häneen hänelle hänellä häneltä hänen hänessä
hänestä hänet häntä ihan ilman ilmeisesti itse itsensä ja jo johon joiden joihin joiksi joilla joille joilta joina
joissa joista joita joka jokainen jokin joksi joku jolla jolle jolta jona jonka jopa jos joskus jossa josta jota
jotain jotka jotta joutui joutuu joutuvat juuri jälkeen jää kahdeksan kahden kai kaiken kaikkea kaikki kaikkia
kaikkialla kaikkien kaksi kanssa kautta keiden keitä keneen kenelle kenellä keneltä kenen kenessä kenestä kenet
keskellä kesken ketkä ketä kohti kolme koska koskaan kovin kuin kuinka kuinkaan kuitenkaan kuitenkin kuka kukaan kukin
kun kuten kuusi kyllä kymmenen lisäksi lisää luo luona lähellä lähes läpi mahdollista me meidän meidät meihin meille
meillä meiltä meissä meistä meitä melkein melko menee menevät meni mihin miksi mikä mille milloin millä miltä minkä
minua minulla minulle minulta minun minussa minusta minut minuun minä missä mistä miten mitkä mitä mitään monet moni
monta muiden muita mukaan mukana mutta muu muualla muualle muun muut muuta muutama muuten myös myöskään ne neljä
niiden niihin niiksi niille niillä niiltä niin niinä niissä niistä niitä noiden noihin noiksi noilla noille noilta
noin noina noissa noista noita nuo nyt näiden näihin näiksi näille näillä näiltä näin näinä näissä näistä näitä nämä
ohi oikea oikein ole olemme olen olet olette oleva olevan olevat oli olimme olin olisi olisimme olisin olisit olisitte
olisivat olit olitte olivat olla olleet ollut oma omaa oman omat omien on ovat paitsi paljon parempi pian pieni
puolesta päälle saakka sama samaa samalla samoin se seitsemän sekä sen siellä sieltä siihen siinä siis siitä sijaan
siksi sille silloin sillä silti siltä sinne sinua sinulla sinulle sinulta sinun sinussa sinusta sinut sinuun sinä
sisällä siten sitten sitä suoraan suuren suuret suuri taas tai takaa takana takia tapauksessa tarpeeksi te teidän
teidät teihin teille teillä teiltä teissä teistä teitä tietysti todella toinen toisaalta toisen toista toki tosin
tulee tulevat tulivat tulla tuo tuohon tuoksi tuolla tuolle tuolta tuon tuona tuonne tuossa tuosta tuota tuskin tähän
täksi tälle tällä tältä tämä tämän tänne tänä tänään tässä tästä tätä täytyy täällä täältä ulkopuolella usea usein
useita uuden uudet uusi uusia uusien uutta vaan vai vaikka vain varmasti varsin varten vasta vastaan vastakkain vielä
vieressä viime viimeinen viisi voi voimme voin voisi voit voitte voivat vuoksi vähemmän vähiten vähän välillä yhdeksän
yhden yhdessä yhteydessä yhtä yhä yksi yksin yleensä yli ylös ympäri älköön älä
"""
    ),
    "hu": word_set(
        """
a abban ahogy ahol aki akik akkor akár alatt amely amelyek amelyeket amelyet amelynek ami amikor amit amíg annak arra
arról az azok azon azonban azt azután azzal azért be belül benne bár csak de ebben eddig egy egyes egyetlen egyik
egyre egyéb egész ekkor el ellen elég előtt emilyen ennek erre ez ezek ezen ezt ezzel ezért fel felé ha hanem hiszen
hogy hogyan ide igen ill ill. illetve ilyen inkább is ismét itt jobban jó jól kell kellett keresztül ki kívül között
közül le legalább legyen lehet lehetett lenne lenni lesz lett ma maga magát majd meg mellett mely mert mi miatt mikor
milyen minden mindenki mindent mindig mint mintha mit mivel miért most már más másik még míg nagy nagyobb nagyon ne
nekem neki nem nincs néhány nélkül oda olyan ott pedig persze rá s saját sem semmi sok sokat sokkal stb. szemben
szerint szinte számára szét talán te tehát teljes ti tovább továbbá több túl ugyanis utolsó után utána vagy vagyis
vagyok valaki valami valamint való van vannak vele vissza viszont volna volt voltak voltam voltunk által át én éppen
és így ön össze úgy új újra ő őket
"""
    ),
    "pl": word_set(
        """
a aby ach acz aczkolwiek albo ale ależ ani aż bardziej bardzo bez bo bowiem by byli bym być był była było były będzie
będą będę choć ci ciebie cię co cokolwiek coraz coś czasami czasem czemu czy czyli często daleko dla dlaczego dlatego
do dobrze dokąd dość dużo dwa dwaj dwie dwoje dzisiaj dziś gdy gdyby gdyż gdzie gdziekolwiek gdzieś i ich ile im inna
inne inny innych iż ja jak jakaś jakby jaki jakichś jakie jakiś jakiż jakkolwiek jako jakoś je jeden jedna jednak
jednakże jedno jednym jego jej jemu jest jestem jeszcze jeśli jeżeli już ją każdy kiedy kilka kilku kimś kto
ktokolwiek ktoś która które którego której który których którym którzy ku lecz lub ma mają mam mamy mało mi miał mimo
między mnie mną mogą moi moim moja moje może możliwe można mu musi my mój na nad nam nami nas nasi nasz nasza nasze
naszego naszych natomiast natychmiast nawet nic nich nie niech niego niej niemu nigdy nim nimi nią niż no o obok od ok
około on ona one oni ono oraz oto owszem po pod podczas pomimo ponad ponieważ powinien powinna powinni powinno poza
prawie przecież przed przede przedtem przez przy również sam sama się skąd sobie sobą swoje są ta tak taka taki takie
także tam te tego tej temu ten teraz też to tobie tobą toteż totobą trzeba tu tutaj twoi twoim twoja twoje twym twój
ty tych tylko tym u w wam wami was wasz wasza wasze we według wiele wielu więc więcej wszyscy wszystkich wszystkie
wszystkim wszystko wtedy wy właśnie wśród z za zapewne zawsze ze znowu znów żaden żadna żadne żadnych że żeby
"""
    ),
    "ru": word_set(
        """
а ага аж ай ах б без бишь благодаря более больше будем будет будете будешь будто буду будут будучи будь бы был была
были было быть в вам вами вас ваш ваша ваше ваши вдруг ведь везде весь вместо вне вниз во вовсе вокруг вон вообще
вопреки вот впрочем вроде все всегда всего всей всем всеми всему всех всю всюду вся всякий всё всём вы где да дабы
даже де действительно для до должен должна должно должны другая другие других другое другой его едва ее ежели ей еле
ему если есть еще ещё её же за затем зато зачем здесь и ибо из или им имеет именно иметь ими иногда их к каждая каждое
каждые каждый как какая какие каким какими каков какого какой какому кем ко когда кого кой коли ком кому конечно
которая которого которое которой котором которому которую которые который которым которыми которых кроме кстати кто
куда ли либо лишь любая любой мало между менее меньше меня мимо мне много мной мною мог могла могли могу могут мое
моего моей моему можем может можете можешь можно мои моим моими моих мой мол мочь мою моя моё моём мы на над надо нам
нами например нас насчет наш наша наше нашего нашей нашему наши нашим нашими наших нашу не него нее ней некоторая
некоторые некоторый некоторых некто нельзя нем немного нему нередко несколько нет нету неужели нечего нечто нешто нею
неё нибудь нигде никем никогда никого никому никто никуда ним ними них ничего ничем ничему ничто но ну нужно нём о об
оба один одна однако одни одним одними одних одно одного одной одном одному одну ой около он она они оно опять от
откуда отсюда оттого оттуда отчего ох очень паче перед по под пожалуй пока посему после потом потому почему почти
поэтому прежде при притом про просто ради разве раньше с сам сама самая сами самим самими самих само самого самое
самой самом самому саму самый сверх свое своего своей своему свои своим своими своих свой свою своя своё своём себе
себя сего сей сейчас сие сквозь сколько слишком снова со собой собою совсем среди стал стала стали стало стать суть та
так такая также таки такие таким такими таких такого такое такой таком такому такую там твои твоим твоих твой твоя
твоё те тебе тебя тем теми теперь тех то тобой тобою тогда того тоже той только том тому тот точно ту туда тут ты у
увы уж уже ух хорошо хотел хотеть хоть хотя хочу хуже часто чего чей чем чему через что чтоб чтобы чуть чьё чём эдак
эй эта этак эти этим этими этих это этого этой этом этому этот эту эх я якобы
"""
    ),
    "tr": word_set(
        """
acaba adeta ama ancak artık aslında aynen ayrıca az bana bazen bazı bazısı başka başkası belki ben bende benden beni
benim beri bile biraz biri birisi birkaç birkaçı birkez birçok birçoğu birşey birşeyi biz bizce bizden bize bizi bizim
bu buna bunda bundan bunlar bunları bunu bunun burada buradan böyle böylece böylelikle bütün da daha dahi dair de
değil diye diğer diğeri dolayı dolayısıyla doğru edecek eden edilecek edilmesi ediyor en etti ettiği ettiğini eğer
fakat gene gerek gibi göre halbuki halen hangi hangisi hangisine hatta hele hem henüz hep hepsi her herhangi herkes
herkesin hiç hiçbir hiçbiri hiçbirine iken ile ilgili ilk ise itibaren itibarıyla için işte kadar kaçı kendi
kendilerine kendini kendisi kendisine ki kim kimden kime kimi kimisi kimse lakin lütfen madem mademki mi mu mü mı
nasıl ne neden nedeniyle nerede nereden neresi nereye nitekim niye niçin o olan olarak oldu olduklarını olduğu
olduğunu olmak olsa olsun olup olur olursa oluyor ona onda ondan onlar onlara onlardan onları onların onu onun orada
oradan oraya oysa oysaki pek rağmen sadece sana sanki sen senden seni senin siz sizden sizi sizin sonra tarafından tek
tüm var vardı ve veya veyahut ya yahut yalnız yalnızca yani yapacak yapmak yaptı yaptıkları yaptığı yaptığını yapılan
yapılması yapıyor yerine yine yok yoksa yüzünden zaten zira çok çoğu çünkü öbür öbürü önce öteki ötekisi öyle üzere
şayet şey şeyden şeyi şeyler şimdi şu şuna şunda şundan şunlar şunları şunu şunun şöyle
"""
    ),
    "zh": word_set(
        """
0 1 2 3 4 5 6 7 8 9 一 一个 一些 一切 一定 一样 一次 一直 一般 一起 七 三 上 下 不 不仅 不会 不但 不同 不得 不是 不管
不能 不要 不过 与 与其 且 个 为 为什么 么 之 之前 之后 九 也 了 二 于 五 些 人 什么 今 今天 从 他 他们 以 以上 以下
以前 以及 以后 以外 以来 们 任 任何 会 传 但 但是 何 你 你们 使 例如 便 儿 光 八 六 共 关于 其 其中 其他 其它 其实 其次
内 再 几 出 切 则 别 到 千 半 单 即 即使 却 历 去 又 及 只 只是 只有 叫 可 可以 可能 各 各个 各种 同 同时 后 向 吗 吧
呀 呢 和 哦 哪个 哪些 哪里 啊 嗯 嘛 四 因 因为 因此 在 地 多 大 大家 她 她们 好 如 如果 它 它们 定 对 对于 将 小 尤其
就 就是 尽管 己 已 已经 带 常 并 并且 应当 应该 当 往 很 很多 得 必 必须 快 怎么 我 我们 或 或者 所 所以 才 打 把 按 据
方 无 无论 是 更 最 有 本 来 极 某些 根据 此 每 比 比如 没 没有 活 满 然 然后 然而 照 现在 甚至 用 由 由于 白 的 目前
看 着 离 种 立 第 等 管 经 给 老 者 而 而且 能 能够 自 自己 至 虽然 被 要 见 许多 论 该 谁 起 较 边 过 近 还 还是 这
这个 这些 这样 连 通过 那 那个 那些 那样 都 除 除了 除非 零 需要 非常
"""
    ),
}
# Every character is a word to these pipelines, marks too.
STOP_WORDS["zh"] |= set("!\"#$%&'()*+,-./:;<=>?@[]^_`|}~·×—‘’“”…、。〈〉《》」『』【】〔〕！％＆（）＋，－．／：；＜＝＞？＠￥")

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
