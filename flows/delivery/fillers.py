"""Sounds that fill a gap, by language. Only what is nothing else: a word that can mean something is never counted."""

FILLERS: dict[str, frozenset[str]] = {
    "en": frozenset({"um", "umm", "uhm", "uh", "uhh", "er", "erm", "ehm", "hm", "hmm", "mm", "mmm"}),
    "de": frozenset({"äh", "ähm", "öh", "öhm", "ehm", "hm", "hmm", "mm", "mmm"}),
    "fr": frozenset({"euh", "heu", "euhm", "hum", "hm", "hmm", "mm", "mmm"}),
    "es": frozenset({"eh", "ehm", "em", "hm", "hmm", "mm", "mmm"}),
    "it": frozenset({"eh", "ehm", "uhm", "hm", "hmm", "mm", "mmm"}),
    "pt": frozenset({"hã", "ahn", "ehm", "hum", "hm", "hmm", "mm", "mmm"}),
    "nl": frozenset({"eh", "ehm", "uh", "uhm", "hm", "hmm", "mm", "mmm"}),
}
