/** Asks for the status each second and shows it. */

import { drawAll, readHistory } from "./charts.js";
import { showHeadline } from "./headline.js";
import { showPath } from "./path.js";
import { showCopy } from "./progress.js";
import { isOver } from "./steps.js";
import { measure, showHeads, showTables } from "./tables.js";
import { showVerified, verify } from "./verification.js";
import { $, bytes, clock, lag, place } from "./words.js";

let answeredAt = 0;

async function tick() {
    try {
        const answer = await fetch("/api/status", { cache: "no-store" });
        if (!answer.ok) throw new Error();
        show(await answer.json());
    } catch {
        $("state").className = "bad";
        $("state").textContent =
            "Caravan does not answer." + (answeredAt ? " What you see is from " + clock(answeredAt) + "." : "");
    }
    setTimeout(tick, document.hidden ? 5000 : 1000);
}

function show(status) {
    answeredAt = Date.now();
    measure(status);
    showNames(status);
    showHeadline(status);
    showPath(status);
    showCopy(status.copy, status.state);
    showNumbers(status);
    showVerified(status.verified, status.comparison);
    showTables(status);
}

function showNames({ pipeline, healthy, state, addresses, slot, connector }) {
    const sign = healthy ? "✓" : state === "streaming" ? "!" : "…";
    document.title = `${sign} ${pipeline} – Caravan`;
    $("pipeline").textContent = pipeline;
    $("ends").textContent = [addresses.source, addresses.target]
        .map((url) => place(url).text)
        .filter(Boolean)
        .join("  →  ");
    const now = new Date().toLocaleTimeString([], { hour12: false });
    $("foot").textContent =
        `Slot ${slot.name} · connector ${connector.name} · process ${addresses.pid ?? "?"} · refreshed ${now}`;
}

function showNumbers(status) {
    const { lagSeconds, slot } = status;
    $("verify").hidden = isOver(status); // the target goes its own way then
    $("lag").textContent = isOver(status) ? "–" : lagSeconds == null ? "not known yet" : lag(lagSeconds);
    $("wal").textContent = slot.exists ? bytes(slot.heldBytes ?? slot.lagBytes) : "no slot";
}

$("verify").onclick = verify;
$("filter").oninput = () => showTables();
$("range").onchange = drawAll;
addEventListener("resize", drawAll);
showHeads();
tick();
readHistory();
