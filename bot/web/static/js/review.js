// The review page: the open cards, evidence to switch on and off, remarks on a moment, the reader's own rating.
import { renderCard } from "./card.js";
import { boot } from "./dom.js";
import { showEvidence } from "./evidence.js";
import { showPlayers } from "./player.js";
import { keepDraft } from "./rating.js";
import { showRemarks } from "./remarks.js";
import { showVersions } from "./versions.js";

const { interview, cards, own, remarks } = boot();

const place = document.getElementById("cards");
for (const card of cards ?? []) place.append(renderCard({ card, state: "live" }, { level: 3 }));
if (own) document.getElementById("own-card").append(renderCard({ card: own, state: "live" }, { level: 3 }));

// A quote of the card leads to its place on this very page.
for (const link of document.querySelectorAll(".stack a[target]")) {
  if (new URL(link.href).pathname !== location.pathname) continue;
  link.removeAttribute("target");
  for (const sign of link.querySelectorAll(".icon, .sr-only")) sign.remove();
}

showVersions();
showEvidence();
showPlayers();
showRemarks(interview, remarks ?? []);
keepDraft(interview);
