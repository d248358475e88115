"""Words that carry no evidence by themselves, folded as `text.words` folds them. Our own lists."""


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


STOPWORDS: dict[str, frozenset[str]] = {
    "en": _words(
        "a an the this that these those some any each every all both either neither no not nor",
        "i me my mine myself we us our ours ourselves you your yours yourself yourselves",
        "he him his himself she her hers herself it its itself they them their theirs themselves one ones",
        "who whom whose which what when where why how",
        "am is are was were be been being do does did done doing have has had having",
        "will would shall should can could may might must ought",
        "im ive id ill youre youve youd youll hes shes its weve were wed well theyre theyve theyd theyll",
        "dont doesnt didnt wont wouldnt cant couldnt isnt arent wasnt werent hasnt havent hadnt thats theres",
        "and or but if then else so than as because while although though until unless",
        "of at by for with about against between into through during before after above below to from up down in out",
        "on off over under again further once here there just only own same too very also really quite rather even",
        "say says said thing things get got something anything someone anyone such there let lets",
        "um uh er erm hmm yeah yes ok okay well like basically actually kind sort",
    ),
    "de": _words(
        "der die das den dem des ein eine einer eines einem einen kein keine keiner keinen keinem dieser diese dieses",
        "diesem diesen jener jene jenes jeder jede jedes jedem jeden alle alles allem allen",
        "ich mich mir mein meine meiner meinem meinen wir uns unser unsere unserer unserem unseren",
        "du dich dir dein deine ihr euch euer eure sie ihnen ihre ihrer ihrem ihren er ihn ihm sein seine seiner",
        "seinem seinen es man sich selbst wer wen wem wessen was wann wo warum wieso wie welche welcher welches",
        "bin bist ist sind seid war warst waren wart gewesen werde wird werden wurde wurden worden",
        "habe hast hat haben habt hatte hatten gehabt kann können konnte konnten muss müssen musste mussten",
        "soll sollen sollte sollten will wollen wollte wollten darf dürfen durfte mag mögen möchte würde würden",
        "und oder aber denn sondern wenn dann sonst so als weil da während obwohl bis ob damit dass",
        "von vom zu zum zur mit nach bei beim aus an am auf für in im ins über unter vor hinter neben zwischen durch",
        "gegen ohne um seit wegen nicht nichts noch nur schon auch sehr doch mal eben halt ja nein hier dort wieder",
        "etwas jemand sache sachen sagt sagen äh ähm hm naja also quasi eigentlich sozusagen",
    ),
}
