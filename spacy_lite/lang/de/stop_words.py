"""Stop words of German: articles, pronouns, auxiliaries, conjunctions, prepositions and common adverbs."""

from ...tokenization.rules import word_set

__all__ = ["STOP_WORDS"]

STOP_WORDS = word_set("""
der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner dieser diese dieses diesen
diesem jener jene jenes jenen jenem jeder jede jeden jedem alle allen aller alles manche mancher manches welche
welcher welches welchen welchem solche solcher solches derselbe dieselbe dasselbe ich du er sie es wir ihr mich dich
sich uns euch mir dir ihm ihn ihnen mein meine meinen meinem meiner meines dein deine deinem deiner sein seine seinen
seinem seiner seines unser unsere unserer ihre ihren ihrem ihrer ihres man wer wen wem wessen was etwas nichts niemand
jemand selbst bin bist ist sind seid war waren wart gewesen sei wäre habe hast hat haben habt hatte hatten hätte
hätten gehabt werde wirst wird werden werdet wurde wurden worden würde würden kann kannst können könnt konnte konnten
könnte muss musst müssen musste mussten soll sollen sollte sollten will willst wollen wollte wollten darf dürfen
durfte mag mögen möchte machen macht gemacht geht gibt und oder aber sondern denn doch dass daß weil wenn als ob damit
während nachdem sowie noch ab an am auf aus bei beim bis durch für gegen hinter in im ins mit nach neben ohne seit
über um unter von vom vor zu zum zur zwischen nicht nie nur auch schon sehr so da dort hier wo wie wann warum dann nun
jetzt immer wieder mehr viel viele wenig wenige etwa ganz gar also dabei dafür dagegen daher damals danach daran
darauf darin darum davon davor dazu deshalb deswegen eben einmal ja nein hin her heute allein allem anderem andere
anderen anders bald beide beiden bereits besonders denen deren dessen dies ebenso einander ende erst gern je los na
oft recht sagt sagte sonst später statt tun überhaupt übrigens wegen weiter weitere weiteren wenigstens wohl zuerst
zunächst zusammen zwei drei vier fünf sechs sieben acht neun zehn elf a ach gab gehen geworden ging groß große großen
gut gute heißt jahr jahre jahren kleine kleinen kommen lang lange leicht leider machte neue neuen offen rund tag tat
teil
""")
