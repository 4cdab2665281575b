"""Function words of languages that are often met beside the installed ones, so that their sentences are named `other`, not guessed at.

Written for this project: the commonest articles, pronouns, prepositions and conjunctions of each. Only their own spelling is used,
so a list serves to tell "another language" from "not enough words"; which of them it is does not matter.
"""

from __future__ import annotations

OTHERS: dict[str, frozenset[str]] = {
    code: frozenset(listed.split())
    for code, listed in {
        "fr": "le la les des du un une et est que qui dans pour par sur au aux ce cette il elle ils ne pas se son sa ses avec plus sont "
        "nous vous ont été leur mais ou où comme deux même aussi fait être avoir sans entre après depuis selon",
        "de": "der die das den dem des ein eine einen einem einer und ist nicht mit von zu im auf für sich auch als an werden wird sind "
        "aus bei nach noch wie oder aber über nur zum zur haben hat war wurde durch ich wir sie es dass kann mehr vor sein seine ihre",
        "es": "el la los las de del un una y que en por con para se no su sus es al lo como más pero fue ha son este esta entre cuando "
        "sobre también hasta desde muy sin ser ya porque o nos está años todo",
        "it": "il lo la gli le di del della dei delle un una che è in per con non si su da al alla nel nella sono come più anche ma ha "
        "hanno questo questa tra dopo stato essere loro degli agli dal dalla",
        "pt": "o os as um uma de do da dos das e que em no na nos nas por para com não se ao aos mais como mas foi são seu sua pelo pela "
        "é entre também já ser tem está até sobre quando muito",
        "nl": "de het een en van is dat op te in voor met zijn niet aan er ook als bij door naar uit maar om wordt werd heeft hebben dit "
        "die deze nog wel meer over ze zich worden kan tot",
        "sv": "och att det som en på är av för den till med har inte om ett var jag från de vi han hon kan så men efter vid också eller "
        "när nu över ska sig sin",
        "da": "og det som en på er af for den til med har ikke om et var jeg fra de vi han hun kan så men efter ved også eller når nu over "
        "skal sig sin å være ble blir",
        "pl": "w i z na do się nie że jest to po od za przez jak dla o ale co przy tym tak są oraz jego który "
        "która które był była już tylko",
        "cs": "a v se na je že s z do o to jako pro za by jsou po k ale i jeho podle od která který které byl bylo při již také však",
        "ro": "și în de la cu pe din pentru este care un o nu a că mai sunt au să fi fost al ale prin sau după dar ce",
        "hu": "a az és hogy nem is egy van ez de ha csak meg volt mint vagy már még fel el után lehet",
        "fi": "ja on ei että se oli hän mutta ovat myös kun tai niin kuin sen ole mukaan joka vuonna",
        "tr": "ve bir bu da de için ile olarak çok daha olan gibi sonra kadar ancak ise en göre olduğu var",
        "id": "yang dan di dari untuk dengan ini itu pada dalam tidak akan adalah ke juga telah oleh sebagai ada mereka bisa atau karena "
        "tersebut kami saya lebih menjadi kepada tahun",
        "tl": "ang ng sa mga na at ay ni si kay para hindi ito siya ako niya kung din rin nang may mula",
        "ca": "el la els les de del un una i que en per amb no es al com més però són aquest aquesta seva seu ha dels als va",
        "hr": "i u je na se da za su od koji koja što kao ne će bi iz s o sa ali ili nije",
    }.items()
}
# Such a word alone proves nothing: it is also an English word or stands in names ("war", "de Gaulle", "van Dijk").
AMBIGUOUS = frozenset(
    "war die van den der men man dat has had not pas sin fin ha si es la el los las de le du di da dos un una real per pro por sur as at "
    "are ten do to za on or al son est sera era van von zu los del della chi bin ibn san he is his me no more over met dit as up".split()
)
